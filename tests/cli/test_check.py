"""``bitsspec check``: what it prints, writes and refuses, and its exit codes."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bitsspec import __version__
from bitsspec.baseline import PLACEHOLDER
from bitsspec.spec import CLAUSES
from bitsspec.vectors import as_csv
from tests.support.in_process import invoke

MADE_BY = f"(bitsspec {__version__}, seed 0)."
DEPARTS = "departs from BITS-4XX at 1 of 100 status codes"
WRONG = """import bitsspec

def classify(status):
    return "transient" if status == 429 else bitsspec.classify(status)
"""
EVERYTHING = """import bitsspec
from bitsspec import classify, get_error, may_repost

def count_posts(events):
    return bitsspec.count_posts(events) + (403 in events and events[-1] == "resume")
"""


@pytest.mark.parametrize(
    ("named", "told"),
    [("reference", ""), (None, "bitsspec: no TARGET was named: this is the built-in reference\n")],
)
def test_the_reference_conforms_and_the_last_line_says_so(
    named: str | None, told: str, project: Path
) -> None:
    done = invoke("check", *([] if named is None else [named]))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == (
        f"python:bitsspec.reference conforms: 9 clauses held, 1,000 status codes asked {MADE_BY}"
    )
    assert "".join(line for line in done.stderr.splitlines(True) if " calls, " not in line) == told
    assert list(project.iterdir()) == []


def test_the_report_has_one_row_a_clause_and_a_picture_of_the_codes(module: Callable[[str], str]) -> None:
    target = module(WRONG.replace("== 429", "in (429, 430)"))
    lines = invoke("check", target).stdout.splitlines()
    assert lines[0] == f"candidate  python:{target}"
    assert lines[1].split() == ["offers", "classify"]
    for clause in CLAUSES:
        assert any(line.startswith(f"{clause.id} ") for line in lines), clause.id
    start = lines.index("000-399 all conform")
    assert lines[start + 1 : start + 4] == [
        "400 .......... .......... .........# #......... ..........",
        "450-999 all conform",
        "",
    ]
    assert "  429-430: expected fatal, got transient" in lines
    assert (
        max(len(line) for line in lines[:-1] if "not offered: " not in line and "rules: " not in line) <= 80
    )


def test_departing_is_exit_code_1_and_quiet_is_the_verdict_alone(module: Callable[[str], str]) -> None:
    target = module(WRONG)
    done = invoke("check", f"python:{target}", "-q", "--only", "4XX")
    assert done.exit_code == 1
    assert done.output == f"python:{target} {DEPARTS} {MADE_BY}\n"


def test_only_runs_the_named_clauses_and_no_others(project: Path) -> None:
    done = invoke("check", "--only", "BITS-4XX", "--only", "success", "--report", "o.json")
    assert done.exit_code == 0
    report = json.loads((project / "o.json").read_text(encoding="utf-8"))
    ran = [clause["id"] for clause in report["clauses"] if clause["result"] == "passed"]
    assert ran == ["BITS-SUCCESS", "BITS-4XX"]
    assert report["codes_asked"] == 101


def test_strict_checks_the_should_clauses_and_so_does_naming_one(module: Callable[[str], str]) -> None:
    target = module("import bitsspec\n\ndef classify(status):\n    return bitsspec.classify(int(status))\n")
    domain = "'200' was a success: reject it or answer an error"
    for arguments, exit_code in (((), 0), (("--strict",), 1), (("--only", "DOMAIN"), 1)):
        done = invoke("check", target, *arguments)
        assert (done.exit_code, domain in done.output) == (exit_code, bool(exit_code)), arguments


def test_a_clause_that_is_not_offered_is_not_passed_and_alone_it_is_exit_code_2(
    module: Callable[[str], str],
) -> None:
    target = module(WRONG)
    done = invoke("check", target, "--only", "REPOST", "--only", "5XX")
    assert re.search(r"^BITS-REPOST .* not offered", done.stdout, re.MULTILINE)
    assert "conforms: 1 clause held" in done.stdout.splitlines()[-1]
    done = invoke("check", target, "--only", "REPOST")
    assert done.exit_code == 2
    assert "was not judged: it offers nothing of what was asked for" in done.stderr


def test_what_is_required_and_not_offered_is_a_failure_in_every_report(
    project: Path, module: Callable[[str], str]
) -> None:
    target = module(f"{WRONG.replace('== 429', '== 1429')}\n\ndef may_post_again(status):\n    return True\n")
    done = invoke("check", target, "--require", "repost", "--require", "hresult", "--report", "o.json")
    assert done.exit_code == 1
    assert "  required: repost is not offered" in done.stdout.splitlines()
    assert f"{target} does not offer what is required for BITS-REPOST, BITS-HRESULT" in done.stdout
    report = json.loads((project / "o.json").read_text(encoding="utf-8"))
    assert report["require"] == ["repost", "hresult"]
    assert [each["id"] for each in report["clauses"] if each["result"] == "failed"] == [
        "BITS-REPOST",
        "BITS-HRESULT",
    ]


@pytest.mark.usefixtures("replays_here")
def test_the_smallest_sequence_is_shown_and_the_same_seed_makes_the_same_report(
    project: Path, module: Callable[[str], str]
) -> None:
    target = module(EVERYTHING)
    done = invoke("check", target, "--seed", "7", "--strict", "--report", "a.json")
    assert "  after 403, resume: posted 2 times, expected 1" in done.output.splitlines()
    invoke("check", target, "--seed", "7", "--strict", "--report", "b.json")
    a, b = ((project / name).read_text(encoding="utf-8") for name in ("a.json", "b.json"))
    duration = re.compile(r'"duration_s": [\d.]+')
    assert duration.sub("", a) == duration.sub("", b)
    assert json.loads(a)["seed"] == 7


def test_a_program_that_does_not_count_posts_is_told_to_say_so(module: Callable[[str], str]) -> None:
    target = module(f"{WRONG}\ndef count_posts(events):\n    return 'fatal'\n")
    done = invoke("check", target, "--only", "POSTS")
    told = "a program that does not count posts answers unsupported"
    assert f"  cause: the answers to posts are not numbers: {told}" in done.output.splitlines()
    assert done.output.count("answered 'fatal'") == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([""], "the target '' names no candidate"),
        (["--needs-target", "--strict"], "no TARGET was named\nwrite python:PACKAGE.MODULE"),
        (["--only", "4xx", "--require", "posts", "reference"], "posts is required, and none of the clauses"),
        (["--require", "post"], "there is no capability 'post'"),
        (["no_such_module:classify"], "cannot import 'no_such_module'"),
        (["exec:no-such-program"], "cannot start 'no-such-program'"),
        (["table:absent.csv"], "absent.csv: cannot be read"),
        (["--only", "BITS-6XX"], "there is no clause 'BITS-6XX'; the clauses are BITS-SUCCESS, "),
        (["--timeout", "0"], "Invalid value for '--timeout': '0' is not a number from 0.001 to 86,400"),
        (["--examples", "none"], "Invalid value for '--examples': 'none' is not a whole number from 1 to "),
        (["--seed", "-1"], "Invalid value for '--seed': '-1' is not a whole number from 0 to "),
        (["--report", "out.txt"], "a report ends in .json"),
        (["--report", "no/such/folder/out.json"], "there is no directory"),
        (["--report", "."], "is a directory"),
        (["--baseline", "absent.toml"], "absent.toml: cannot be read"),
        (["--baseline", "."], "is a directory"),
        (["--write-baseline", "no/such/folder/b.toml"], "there is no directory"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_what_cannot_be_run_is_exit_code_2_with_a_short_message(
    arguments: list[str], message: str, project: Path
) -> None:
    done = invoke("check", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr, done.stderr
    assert done.stderr.count(message) == 1
    assert done.stdout == ""
    assert list(project.iterdir()) == []


def test_a_report_that_cannot_be_written_is_told_beside_the_verdict(
    project: Path, module: Callable[[str], str]
) -> None:
    (project / "out").mkdir()
    target = module(f"import os\nif os.path.exists('out'):\n    os.rmdir('out')\n{WRONG}")
    done = invoke("check", target, "--only", "4XX", "--report", "out/a.json", "--report", "b.json")
    assert done.exit_code == 2
    assert f"bitsspec: {Path('out/a.json')}: there is no directory" in done.stderr
    assert DEPARTS in done.stdout.splitlines()[-1]
    assert json.loads((project / "b.json").read_text(encoding="utf-8"))["conforms"] is False


def test_an_interrupted_check_shows_what_was_judged_and_is_exit_code_130(
    project: Path, module: Callable[[str], str]
) -> None:
    target = module(
        WRONG.replace("    return", "    if status == 500:\n        raise KeyboardInterrupt\n    return")
    )
    done = invoke("check", target, "--report", "o.json")
    assert done.exit_code == 130
    told = (
        f"bitsspec: interrupted while python:{target} was answering 500; this is what was judged until then\n"
    )
    assert "".join(line for line in done.stderr.splitlines(True) if " calls, " not in line) == told
    assert "departs from BITS-4XX at 1 of" in done.stdout.splitlines()[-1]
    assert json.loads((project / "o.json").read_text(encoding="utf-8"))["complete"] is False


def test_a_workflow_gets_annotations_and_a_summary(project: Path, module: Callable[[str], str]) -> None:
    summary = project / "summary.md"
    done = invoke(
        "check", module(WRONG), "--only", "4XX", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert done.exit_code == 1
    assert [line[:8] for line in done.output.splitlines() if "::error" in line] == ["::error "]
    assert DEPARTS in summary.read_text(encoding="utf-8")


def test_the_verdict_stands_where_the_summary_of_a_workflow_cannot_be_written(
    project: Path, module: Callable[[str], str]
) -> None:
    done = invoke(
        "check", module(WRONG), "--only", "4XX", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(project)
    )
    assert done.exit_code == 1
    assert DEPARTS in done.stdout
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("expired", "told"),
    [
        ([429], "; 1 entry waits for a reason; 1 entry has expired"),
        ([429, 430], "; 2 entries wait for a reason; 2 entries have expired"),
        ([], "; 1 entry waits for a reason"),
    ],
)
def test_writing_a_baseline_tells_what_is_left_to_do(expired: list[int], told: str, project: Path) -> None:
    wrong = [429, 430] if len(expired) > 1 else [429]
    text = as_csv()
    for code in wrong:
        text = text.replace(f"{code},fatal", f"{code},transient")
    (project / "mine.csv").write_text(text, encoding="utf-8")
    entry = '[[accepted]]\nclause = "BITS-4XX"\ncodes = {}\ngot = "transient"\nuntil = 2020-01-31\n'
    entry += f'reason = "{PLACEHOLDER}"\n'
    (project / "accepted.toml").write_text("".join(map(entry.format, expired)), encoding="utf-8")
    done = invoke("check", "table:mine.csv", "--only", "4XX", "--write-baseline", "accepted.toml")
    assert done.exit_code == 0
    assert done.stderr == f"bitsspec: wrote accepted.toml{told}\n"
