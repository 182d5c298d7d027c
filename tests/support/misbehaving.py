"""A program of the line protocol that goes wrong in one way, at one code or at all of them.

Usage: misbehaving.py HOW [CODE]. Without a code it goes wrong at every one.
"""

import os
import subprocess
import sys
import time

ENDLESS = "ignores the end of its input"
TRANSIENT_4XX, FATAL_5XX = (408, 409), (501, 505)


def outcome(status: int) -> str:
    if status == 200:
        return "success"
    if 300 <= status <= 305 or status == 307 or status in FATAL_5XX:
        return "fatal"
    return "fatal" if 400 <= status <= 499 and status not in TRANSIENT_4XX else "transient"


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def go_wrong(how: str, answer: str) -> None:
    match how:
        case "crashes":
            sys.stderr.write("looking it up\nno such code\n")
            sys.exit(3)
        case "is killed":
            os.abort()
        case "hangs":
            time.sleep(1000)
        case "prints garbage":
            say("banana split\n")
        case "prints two lines":
            say(f"{answer}\n{answer}\n")
        case "prints a second line late":
            say(f"{answer}\n")
            time.sleep(0.01)
            say(f"{answer}\n")
        case "prints nothing":
            pass
        case "prints an empty line":
            say("\n")
        case "closes stdout":
            os.close(1)
            time.sleep(1000)
        case "answers with invalid UTF-8":
            sys.stdout.buffer.write(b"\xff\xfe\n")
            sys.stdout.flush()
        case "prints a line of 20 MB":
            say("x" * 20_000_000)
        case "prints lines without end":
            while True:
                say(f"{answer}\n" * 100)
        case "prints half a line":
            say("fat")
            sys.exit(0)
        case "exits after each answer":
            say(f"{answer}\n")
            sys.exit(0)
        case "leaves a child behind":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
            sys.exit(4)
        case "writes megabytes to stderr":
            sys.stderr.write("noise " * 1_000_000)
            say(f"{answer}\n")
        case "answers in upper case":
            say(f"{answer.upper()}\n")
        case "does not flush":
            sys.stdout.write(f"{answer}\n")
        case _:
            raise SystemExit(f"no such way to go wrong: {how}")


def main() -> None:
    how = sys.argv[1] if len(sys.argv) > 1 else ""
    code = sys.argv[2] if len(sys.argv) > 2 else None
    if how == "greets":
        say("Ready.\n")
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["posts"]:
            say("unsupported\n")
        elif len(words) != 1 or len(words[0]) != 3 or not words[0].isdigit():
            say("rejected\n")
        else:
            answer = outcome(int(words[0]))
            if how not in ("", "greets", ENDLESS) and code in (None, words[0]):
                go_wrong(how, answer)
            else:
                say(f"{answer}\n")
    if how == ENDLESS:
        time.sleep(1000)


if __name__ == "__main__":
    main()
