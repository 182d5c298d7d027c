# The rules as a program, asked line by line on stdin: pwsh -NoProfile -File classify.ps1
function Get-Outcome([string]$Status) {
    if ($Status -eq '200') { 'success' }
    elseif ($Status -match '^(30[0-57]|4(?!0[89])[0-9]{2}|50[15])$') { 'fatal' }
    else { 'transient' }
}

function Get-PostCount([string[]]$Words) {
    $posts = 1
    $last = ''  # the last answer; empty while a post is outstanding
    foreach ($word in $Words) {
        if ($word -ne 'retry' -and $word -ne 'resume') { $last = $word }
        elseif ($last -notin '', '200', '403') {
            if ($word -eq 'resume' -or (Get-Outcome $last) -ne 'fatal') { $posts++; $last = '' }
        }
    }
    $posts
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    if ($line -eq 'posts' -or $line.StartsWith('posts ')) {
        $answer = Get-PostCount (-split $line.Substring(5))
    }
    elseif ($line -notmatch '^[0-9]{3}$') { $answer = 'rejected' }
    elseif ($line -eq '200') { $answer = 'success no 0' }
    else {
        $repost = if ($line -eq '403') { 'no' } else { 'yes' }
        $answer = '{0} {1} 7 0x8019{2:X4}' -f (Get-Outcome $line), $repost, [int]$line
    }
    [Console]::Out.WriteLine($answer)  # which flushes
}
