"""Accepted departures: the decision table of the README, row by row, and the file itself."""

import json
from datetime import date
from pathlib import Path

import pytest
from candidates_for_tests import Conforming, wrong_at
from command import bitsspec, run_pytest
from judging import judge
from schema import valid

from bitsspec import baseline
from bitsspec.errors import CannotRun
from bitsspec.report import ClauseResult

TODAY = date(2026, 6, 1)
ENTRY = (
    '[[accepted]]\nclause = "BITS-4XX"\ncodes = [404, "429-431"]\ngot = "transient"\nreason = "our proxy"\n'
)
README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(
        "import os, bitsspec\n\nCODES = [int(code) for code in os.environ.get('CODES', '').split()]\n\n"
        "def classify(status):\n    return 'transient' if status in CODES else bitsspec.classify(status)\n",
        encoding="utf-8",
    )
    (tmp_path / "accepted.toml").write_text(ENTRY, encoding="utf-8")
    return tmp_path


def check(project: Path, codes: str, *arguments: str) -> tuple[int, str, dict[str, object]]:
    done = bitsspec(
        *("check", "mine:classify", "--only", "4XX", "--baseline", "accepted.toml", "--report", "out.json"),
        *arguments,
        cwd=project,
        env={"CODES": codes},
    )
    report = valid(json.loads((project / "out.json").read_text(encoding="utf-8")))
    return done.returncode, done.stdout, report["clauses"][2]


def result_of(candidate: object, text: str, folder: Path, clause: str = "BITS-4XX") -> ClauseResult:
    path = folder / "accepted.toml"
    path.write_text(text, encoding="utf-8")
    (result,) = (r for r in judge(candidate, [clause]).clauses if r.clause.id == clause)
    return baseline.apply(baseline.read(path), result, TODAY)


def test_row_1_departs_and_accepted_is_quiet(project: Path) -> None:
    exit_code, shown, clause = check(project, "404 429 430 431")
    assert exit_code == 0
    assert clause["result"] == "accepted"
    assert shown.splitlines()[-1].startswith("python:mine:classify conforms but for 4 accepted departures")


def test_row_2_departs_and_not_accepted_fails(project: Path) -> None:
    exit_code, shown, clause = check(project, "404 429 430 431 432")
    assert exit_code == 1
    assert clause["result"] == "failed"
    assert "  432: expected fatal, got transient" in shown.splitlines()
    assert "at 1 of 100 status codes" in shown.splitlines()[-1]


def test_row_3_departs_otherwise_fails_and_says_what_was_accepted(tmp_path: Path) -> None:
    result = result_of(wrong_at(404, 429, 430, 431), ENTRY.replace('"transient"', '"success"'), tmp_path)
    assert result.result == "failed"
    assert len(result.open) == 4
    assert result.notes == [
        f"another departure: {tmp_path / 'accepted.toml'}, entry 1 (BITS-4XX) accepts success at 404, 429-431"
    ]


def test_row_4_conforms_but_accepted_fails_as_stale(project: Path) -> None:
    exit_code, shown, clause = check(project, "404 429")
    assert exit_code == 1
    assert clause["result"] == "failed"
    stale = "stale entry: accepted.toml, entry 1 (BITS-4XX) is no longer needed at 430-431; remove it"
    assert clause["notes"] == [stale]
    assert stale in " ".join(shown.split())
    assert "does not match its baseline" in shown.splitlines()[-1]


def test_row_5_expired_counts_as_not_accepted_and_says_so(tmp_path: Path) -> None:
    candidate = wrong_at(404, 429, 430, 431)
    assert result_of(candidate, ENTRY + "until = 2026-06-01\n", tmp_path).result == "accepted"
    result = result_of(candidate, ENTRY + "until = 2026-05-31\n", tmp_path)
    assert result.result == "failed"
    assert len(result.open) == 4
    assert "expired entry: " in result.notes[0]
    assert "2026-05-31" in result.notes[0]


def test_an_expired_entry_that_nobody_needs_is_quiet(tmp_path: Path) -> None:
    assert result_of(Conforming, ENTRY + "until = 2026-05-31\n", tmp_path).result == "passed"


def test_the_readme_has_the_five_rows() -> None:
    text = README.read_text(encoding="utf-8")
    for row in (
        "| departs | accepted | `accepted` | 0 |",
        "| departs | not accepted | `failed` | 1 |",
        "| departs otherwise than accepted | accepted | `failed`, says what was accepted | 1 |",
        '| conforms | accepted | `failed`, "stale entry" with file and entry | 1 |',
        "| departs | accepted until a day that is past | `failed`, says when it expired | 1 |",
    ):
        assert row in text, row


def test_a_clause_about_sequences_is_accepted_as_a_whole(tmp_path: Path) -> None:
    class NeverRetries(Conforming):
        def count_posts(self, events: object) -> object:
            return 1

    entry = '[[accepted]]\nclause = "BITS-POSTS"\nreason = "retries are done elsewhere"\n'
    assert result_of(NeverRetries, entry, tmp_path, "BITS-POSTS").result == "accepted"
    stale = result_of(Conforming, entry, tmp_path, "BITS-POSTS")
    assert stale.result == "failed"
    assert "is no longer needed; remove it" in stale.notes[0]


def test_in_pytest_accepted_is_xfail_and_stale_fails(project: Path) -> None:
    suite = ("--pyargs", "bitsspec.conformance", "-p", "no:cacheprovider", "-k", "400_to_499", "-rx")
    options = ("--bits-candidate", "mine:classify", "--bits-baseline", "accepted.toml")
    accepted = run_pytest(*suite, *options, cwd=project, env={"CODES": "404 429 430 431"})
    assert accepted.returncode == 0
    assert "1 xfailed" in accepted.stdout
    assert "4 accepted departures" in accepted.stdout
    stale = run_pytest(*suite, *options, cwd=project, env={"CODES": "404 429"})
    assert stale.returncode == 1
    assert "stale entry" in stale.stdout


def test_a_broken_baseline_ends_a_pytest_run_before_anything_is_checked(project: Path) -> None:
    (project / "accepted.toml").write_text("[[accepted]]\n", encoding="utf-8")
    done = run_pytest("--pyargs", "bitsspec.conformance", "--bits-baseline", "accepted.toml", cwd=project)
    assert done.returncode == 2
    assert "accepted.toml, entry 1" in done.stdout + done.stderr
    assert "passed" not in done.stdout


def test_workers_read_the_baseline_too(project: Path) -> None:
    assert check(project, "404 429 430 431", "-n", "2")[0] == 0


MALFORMED = {
    "not toml": ("[[accepted]", "is not TOML"),
    "unknown top key": ("exceptions = []", "unknown key 'exceptions'"),
    "no table": ("accepted = 1", "must be written as [[accepted]] entries"),
    "unknown key": (ENTRY + "note = 1", "unknown key 'note'"),
    "unknown clause": (ENTRY.replace("4XX", "6XX"), "is no clause: the clauses are BITS-SUCCESS"),
    "no clause": ("[[accepted]]\nreason = 'x'", "without 'clause' it is no clause"),
    "no reason": (ENTRY.replace("our proxy", " "), "the reason is missing"),
    "placeholder": (ENTRY.replace("our proxy", baseline.PLACEHOLDER), "still the placeholder"),
    "no codes": (ENTRY.replace('codes = [404, "429-431"]', ""), "are no codes: write 429"),
    "empty codes": (ENTRY.replace('[404, "429-431"]', "[]"), "are no codes"),
    "bad range": (ENTRY.replace("429-431", "431-429"), "are no codes"),
    "text": (ENTRY.replace("429-431", "many"), "are no codes"),
    "truth value": (ENTRY.replace("404", "true"), "are no codes"),
    "out of range": (ENTRY.replace("404", "1404"), "does not speak about all of codes = 1404"),
    "out of clause": (ENTRY.replace("429-431", "429-500"), "does not speak about all of codes = '429-500'"),
    "huge range": (ENTRY.replace("429-431", "0-999999999999"), "does not speak about all of codes"),
    "twice in an entry": (ENTRY.replace("404", "430"), "names a code twice"),
    "overlap": (ENTRY + ENTRY.replace("404, ", ""), "entry 2 (BITS-4XX): overlaps with"),
    "no got": (ENTRY.replace('got = "transient"', ""), "'got' is missing"),
    "no date": (ENTRY + 'until = "soon"', "is no date: write until = 2027-01-31"),
    "codes of a whole": (ENTRY.replace("4XX", "STABLE"), "this clause is accepted as a whole"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_baseline_is_refused_by_entry(name: str, tmp_path: Path) -> None:
    text, message = MALFORMED[name]
    path = tmp_path / "accepted.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun) as raised:
        baseline.read(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_malformed_baseline_is_exit_code_2_and_nothing_is_checked(project: Path) -> None:
    (project / "accepted.toml").write_text("[[accepted]]\n", encoding="utf-8")
    done = bitsspec(
        "check", "mine:classify", "--baseline", "accepted.toml", "--report", "out.json", cwd=project
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert not (project / "out.json").exists()


def test_a_written_baseline_is_refused_until_its_reasons_are_given(project: Path) -> None:
    codes = {"CODES": "408 430 431 432 440"}
    (project / "accepted.toml").unlink()
    wrote = bitsspec("check", "mine:classify", "--write-baseline", "accepted.toml", cwd=project, env=codes)
    assert wrote.returncode == 0
    assert "wrote accepted.toml; 1 entry waits for a reason" in wrote.stderr
    text = (project / "accepted.toml").read_text(encoding="utf-8")
    assert 'codes = ["430-432", 440]' in text
    refused = bitsspec("check", "mine:classify", "--baseline", "accepted.toml", cwd=project, env=codes)
    assert refused.returncode == 2
    assert "still the placeholder" in refused.stderr
    (project / "accepted.toml").write_text(text.replace(baseline.PLACEHOLDER, "known"), encoding="utf-8")
    accepted = bitsspec("check", "mine:classify", "--baseline", "accepted.toml", cwd=project, env=codes)
    assert accepted.returncode == 0, accepted.stdout


def test_writing_again_keeps_reasons_that_still_apply_and_drops_what_does_not(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(
        f"# ours\n{ENTRY}until = 2026-01-31\n\n"
        '[[accepted]]\nclause = "BITS-5XX"\ncodes = 501\ngot = "transient"\nreason = "gone by now"\n',
        encoding="utf-8",
    )
    results = judge(wrong_at(404, 430, 501 + 4), ["BITS-4XX", "BITS-5XX"]).clauses
    kept, new = baseline.write(path, results)
    assert (kept.codes, kept.reason, kept.until) == ((404, 430), "our proxy", date(2026, 1, 31))
    assert (new.clause, new.codes, new.reason) == ("BITS-5XX", (505,), baseline.PLACEHOLDER)
    assert path.read_text(encoding="utf-8").startswith("# ours\n")


def test_clauses_that_did_not_run_keep_their_entries(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY, encoding="utf-8")
    assert len(baseline.write(path, judge(Conforming, ["BITS-5XX"]).clauses)) == 1


def test_a_conforming_candidate_writes_an_empty_baseline(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    assert baseline.write(path, judge(Conforming, ["BITS-4XX"]).clauses) == []
    assert path.exists()
