<#
Windows' own BITS as a live client, on Windows 10 or 11 and Windows Server:

    bitsspec check "bits-client:powershell -NoProfile -ExecutionPolicy Bypass -File examples\windows\bits-jobs.ps1" --jobs 50 --timeout 120 --strict --report bits.html

Nobody has run this script yet, as nobody who works on bitsspec has a Windows machine: please send what it says.

It reads one upload a line, URL and file separated by a tab, makes a BITS job of each, and prints a line when BITS has
decided: the state of the job, the error context and the HRESULT. A job with an error is cancelled then, so that no
retry delay has to run out. A user may have 60 jobs at once, so take no more than 50. BITS calls an error transient as
well when there is no network, on a metered one and in battery saver: what does not come from the server application
is told on stderr and left without an answer, which the report calls "no decision".
#>
$ErrorActionPreference = 'Stop'
Import-Module BitsTransfer

$HTTP_ERROR = '0x8019*'         # 0x80190000 + status code
$REMOTE_APPLICATION = 7         # BG_ERROR_CONTEXT_REMOTE_APPLICATION
$OUTCOMES = @{ TransientError = 'transient'; Error = 'fatal' }

$stdin = New-Object IO.StreamReader ([Console]::OpenStandardInput())
$reading = $stdin.ReadLineAsync()
$jobs = @{}                     # BITS jobs under way, by URL

function Write-Answer([string]$Url, [string]$Answer) {
    [Console]::Out.WriteLine("$Url $Answer")
    [Console]::Out.Flush()
}

function Start-Upload([string]$Line) {
    $url, $file = $Line.Split("`t")
    $upload = @{
        Source = $file
        Destination = "${url}upload.bin"
        DisplayName = 'bitsspec'
        TransferType = 'Upload'
        Priority = 'Foreground'
        ProxyUsage = 'NoProxy'
        Asynchronous = $true
    }
    try { $script:jobs[$url] = (Start-BitsTransfer @upload).JobId }
    catch { [Console]::Error.WriteLine("${url}: no job could be made: $_") }
}

function Receive-Decision([string]$Url) {
    $job = Get-BitsTransfer -JobId $script:jobs[$Url]
    $state = [string]$job.JobState
    if ($state -eq 'Transferred') {
        Complete-BitsTransfer -BitsJob $job
        Write-Answer $Url 'success'
    }
    elseif ($OUTCOMES.ContainsKey($state)) {
        $context = [int]$job.ErrorContext
        $hresult = '0x{0:X8}' -f $job.InternalErrorCode
        Remove-BitsTransfer -BitsJob $job
        if ($context -eq $REMOTE_APPLICATION -or $hresult -like $HTTP_ERROR) {
            $mayRepost = if ($hresult -eq '0x80190193') { 'no' } else { 'yes' }
            Write-Answer $Url "$($OUTCOMES[$state]) $mayRepost $context $hresult"
        }
        else { [Console]::Error.WriteLine("${Url}: $state, context $context, ${hresult}: $($job.ErrorDescription)") }
    }
    else { return }
    $script:jobs.Remove($Url)
}

try {
    while ($null -ne $reading -or $jobs.Count -gt 0) {
        while ($null -ne $reading -and $reading.Wait(50)) {
            if ($null -eq $reading.Result) { $reading = $null; break }
            Start-Upload $reading.Result
            $reading = $stdin.ReadLineAsync()
        }
        foreach ($url in @($jobs.Keys)) { Receive-Decision $url }
        if ($null -eq $reading) { Start-Sleep -Milliseconds 50 }
    }
}
finally {
    foreach ($id in $jobs.Values) { Get-BitsTransfer -JobId $id | Remove-BitsTransfer }
}
