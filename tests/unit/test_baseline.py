"""Accepted departures: the decision table of the README, row by row, and the file itself."""

import json
from datetime import date
from pathlib import Path

import pytest

from bitsspec import baseline
from bitsspec.errors import CannotRun
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.candidates import Conforming, classify, wrong_at
from tests.support.command import bitsspec, run_pytest
from tests.support.judging import judge
from tests.support.schema import valid

TODAY, YESTERDAY = date(2026, 6, 1), date(2026, 5, 31)
ENTRY = (
    '[[accepted]]\nclause = "BITS-4XX"\ncodes = [404, "429-431"]\ngot = "transient"\nreason = "our proxy"\n'
)
README = Path(__file__).parents[2] / "README.md"


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
    "overlap": (
        ENTRY + ENTRY.replace("404, ", ""),
        "entry 1 (BITS-4XX) at 429: accept each code once",
    ),
    "no got": (ENTRY.replace('got = "transient"', ""), "'got' is missing"),
    "whole twice": (
        '[[accepted]]\nclause = "BITS-POSTS"\nreason = "x"\n' * 2,
        "entry 1 (BITS-POSTS): accept each code once",
    ),
    "list of numbers": ("accepted = [1]", "must be written as [[accepted]] entries"),
    "a number as reason": (ENTRY.replace('"our proxy"', "1"), "the reason is missing"),
    "a number as got": (ENTRY.replace('"transient"', "1"), "'got' is missing"),
    "empty got": (ENTRY.replace('"transient"', '""'), "'got' is missing"),
    "a time": (ENTRY + "until = 2026-01-31T00:00:00", "is no date: write until = 2027-01-31"),
    "got of a whole": (
        '[[accepted]]\nclause = "BITS-POSTS"\ngot = "1"\nreason = "x"',
        "'got' does not apply",
    ),
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


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), (b"\xff", "is not UTF-8 text")])
def test_a_baseline_that_cannot_be_read_is_a_clear_error(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "accepted.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotRun) as raised:
        baseline.read(path)
    assert str(raised.value).startswith(f"{path}: {message}")
    assert "[Errno" not in str(raised.value)


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


def test_a_clause_about_sequences_is_written_as_a_whole(tmp_path: Path) -> None:
    class NeverRetries(Conforming):
        def count_posts(self, events: object) -> object:
            return 1

    path = tmp_path / "accepted.toml"
    (entry,) = baseline.write(path, judge(NeverRetries, ["BITS-POSTS"]).clauses)
    assert (entry.clause, entry.codes, entry.got) == ("BITS-POSTS", (), "")
    assert "codes =" not in path.read_text(encoding="utf-8")


def test_what_would_be_written_over_must_be_a_baseline(project: Path) -> None:
    path = project / "accepted.toml"
    path.write_text("[[accepted]]\n", encoding="utf-8")
    done = bitsspec("check", "mine:classify", "--write-baseline", "accepted.toml", cwd=project)
    assert done.returncode == 2
    assert "accepted.toml, entry 1" in done.stderr
    assert done.stdout == ""  # nothing was judged
    assert path.read_text(encoding="utf-8") == "[[accepted]]\n"


def test_an_entry_for_what_is_not_offered_changes_nothing(tmp_path: Path) -> None:
    entry = '[[accepted]]\nclause = "BITS-POSTS"\nreason = "retries are done elsewhere"\n'
    assert result_of(classify, entry, tmp_path, "BITS-POSTS").result == "not offered"


def test_clauses_that_did_not_run_keep_their_entries(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY, encoding="utf-8")
    assert len(baseline.write(path, judge(Conforming, ["BITS-5XX"]).clauses)) == 1


def test_a_conforming_candidate_writes_an_empty_baseline(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    assert baseline.write(path, judge(Conforming, ["BITS-4XX"]).clauses) == []
    assert path.exists()


def departed_at(*codes: int, got: str = "transient", clause: str = "BITS-4XX") -> ClauseResult:
    departures = [Departure(code, "fatal", got) for code in codes]
    return ClauseResult(CLAUSE_BY_ID[clause], Result.FAILED if codes else Result.PASSED, 100, departures)


def entry(
    *codes: int, got: str = "transient", clause: str = "BITS-4XX", until: date | None = None
) -> baseline.Entry:
    return baseline.Entry("entry 1", clause, codes, got, "known", until)


@pytest.mark.parametrize(
    ("entries", "given", "result", "open_codes", "notes"),
    [
        ([], departed_at(), "passed", [], []),
        ([], departed_at(404), "failed", [404], []),
        ([entry(404)], departed_at(404), "accepted", [], []),
        ([entry(404, clause="BITS-5XX")], departed_at(404), "failed", [404], []),
        ([entry(404), entry(405)], departed_at(404, 405), "accepted", [], []),
        (
            [entry(404, 405)],
            departed_at(404, 406),
            "failed",
            [406],
            ["stale entry: entry 1 is no longer needed at 405"],
        ),
        ([entry(404)], departed_at(), "failed", [], ["stale entry: entry 1 is no longer needed at 404"]),
        (
            [entry(404, got="success")],
            departed_at(404),
            "failed",
            [404],
            ["another departure: entry 1 accepts success at 404"],
        ),
        (
            [entry(404, 405, got="success")],
            departed_at(404),
            "failed",
            [404],
            [
                "another departure: entry 1 accepts success at 404",
                "stale entry: entry 1 is no longer needed at 405",
            ],
        ),
        ([entry(404, until=TODAY)], departed_at(404), "accepted", [], []),
        (
            [entry(404, until=YESTERDAY)],
            departed_at(404),
            "failed",
            [404],
            ["expired entry: entry 1 counted until 2026-05-31 only"],
        ),
        ([entry(404, until=YESTERDAY)], departed_at(405), "failed", [405], []),
        ([entry(404, until=YESTERDAY), entry(405)], departed_at(405), "accepted", [], []),
        (
            [entry(404, until=YESTERDAY), entry(405)],
            departed_at(),
            "failed",
            [],
            ["stale entry: entry 1 is no longer needed at 405"],
        ),
    ],
)
def test_what_becomes_of_departures(
    entries: list[baseline.Entry], given: ClauseResult, result: str, open_codes: list[int], notes: list[str]
) -> None:
    applied = baseline.apply(entries, given, TODAY)
    assert applied.result == result
    assert [departure.input for departure in applied.open] == open_codes
    assert [note.removesuffix("; remove it") for note in applied.notes] == notes
    assert {d.accepted for d in applied.departures if d.accepted is not None} <= {"known"}


def test_what_was_not_judged_is_left_alone() -> None:
    for result in (Result.NOT_RUN, Result.NOT_OFFERED):
        given = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], result)
        assert baseline.apply([entry(404)], given, TODAY) is given


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        ("404", (404,)),
        ('"404"', (404,)),
        ('"404-404"', (404,)),
        ('"404-"', (404,)),
        ('["410-411", 404]', (404, 410, 411)),
        ('"400-499"', tuple(range(400, 500))),
    ],
)
def test_codes_are_numbers_ranges_or_lists_of_both(codes: str, read: tuple[int, ...], tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY.replace('[404, "429-431"]', codes), encoding="utf-8")
    (found,) = baseline.read(path)
    assert found == baseline.Entry(f"{path}, entry 1 (BITS-4XX)", "BITS-4XX", read, "transient", "our proxy")


def test_each_answer_is_an_entry_of_its_own_and_what_is_accepted_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY, encoding="utf-8")
    given = departed_at(404, 440, 429, 430, 431)
    given.departures += [Departure(450, "fatal", "success"), Departure(451, "fatal", "success")]
    stable = ClauseResult(
        CLAUSE_BY_ID["BITS-STABLE"],
        Result.FAILED,
        9,
        [Departure([404, 404], "a", "b"), Departure([1], "a", "b")],
    )
    written = baseline.write(path, [given, stable])
    assert [(e.clause, e.codes, e.got) for e in written] == [
        ("BITS-4XX", (404, 429, 430, 431), "transient"),
        ("BITS-4XX", (440,), "transient"),
        ("BITS-4XX", (450, 451), "success"),
        ("BITS-STABLE", (), ""),
    ]
    text = path.read_text(encoding="utf-8")
    assert 'codes = [404, "429-431"]' in text
    assert "codes = 440" in text
    assert 'codes = "450-451"' in text
    for _ in range(3):
        assert baseline.write(path, [given, stable]) == written
        assert path.read_text(encoding="utf-8") == text


def test_entries_that_stand_in_one_line_are_written_out(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    one = '{clause = "BITS-4XX", codes = [404, 405], got = "transient", reason = "our proxy"}'
    path.write_text(f"# ours\naccepted = [{one}]\n", encoding="utf-8")
    kept, new = baseline.write(path, [departed_at(404, 440)])
    assert (kept.codes, kept.reason, new.codes) == ((404,), "our proxy", (440,))
    assert path.read_text(encoding="utf-8").startswith("# ours\n")


def test_an_entry_that_is_dropped_leaves_the_later_ones(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY.replace('[404, "429-431"]', "404") + ENTRY.replace("404, ", ""), encoding="utf-8")
    (kept,) = baseline.write(path, [departed_at(429, 430, 431)])
    assert kept.codes == (429, 430, 431)


@pytest.mark.parametrize("result", [Result.NOT_RUN, Result.NOT_OFFERED])
def test_entries_of_what_was_not_judged_stay_as_they_are(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY, encoding="utf-8")
    (kept,) = baseline.write(path, [ClauseResult(CLAUSE_BY_ID["BITS-4XX"], result)])
    assert kept.codes == (404, 429, 430, 431)


def test_a_new_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    baseline.write(path, [departed_at(7, clause="BITS-OTHER")])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(baseline.HEADER)
    assert "codes = 7\n" in text
    baseline.write(path, [departed_at(clause="BITS-OTHER")])
    assert "accepted]]" not in path.read_text(encoding="utf-8")
