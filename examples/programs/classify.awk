# The rules as a program, asked line by line on stdin: awk -Winteractive -f classify.awk
# mawk reads ahead until its input ends unless told -Winteractive; other awks ignore the option.
function answer(status) {
    if (status ~ /^posts/) return "unsupported"
    if (status !~ /^[0-9][0-9][0-9]$/) return "rejected"
    if (status == 200) return "success no 0"
    outcome = "transient"
    if (status ~ /^(30[0-57]|4[0-9][0-9]|50[15])$/ && status !~ /^40[89]$/) outcome = "fatal"
    return sprintf("%s %s 7 0x8019%04X", outcome, status == 403 ? "no" : "yes", status)
}
{ sub(/\r$/, ""); print answer($0); fflush() }
