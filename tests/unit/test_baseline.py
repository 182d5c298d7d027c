"""Accepted departures: the decision table of docs/baselines.md, and the file itself."""

from datetime import date
from pathlib import Path

import pytest

from bitsspec import baseline
from bitsspec.errors import CannotRun
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.reports import departs, result

TODAY, YESTERDAY = date(2026, 6, 1), date(2026, 5, 31)
ENTRY = (
    '[[accepted]]\nclause = "BITS-4XX"\ncodes = [404, "429-431"]\ngot = "transient"\nreason = "our proxy"\n'
)
WHOLE = '[[accepted]]\nclause = "BITS-STABLE"\nreason = "it learns"\n'
PAIR = ENTRY.replace("4XX", "POSTS").replace('"transient"', '"1"') + 'after = "retry"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "accepted.toml"
    path.write_text(ENTRY, encoding="utf-8")
    return path


def at(*codes: int, clause: str = "BITS-4XX") -> ClauseResult:
    return result(clause, *departs(*codes))


def test_a_contested_code_of_a_live_client_needs_no_entry_and_gets_none(path: Path) -> None:
    contested = result("BITS-4XX", *departs(413, accepted="contested: another page"))
    assert baseline.apply([], contested, TODAY) == contested
    assert baseline.apply([entry(413)], contested, TODAY).departures[0].accepted == "known"
    assert baseline.write(path.with_name("new.toml"), [contested]) == []


# What becomes of departures


def entry(
    *codes: int, got: str = "transient", clause: str = "BITS-4XX", until: date | None = None
) -> baseline.Entry:
    return baseline.Entry("entry 1", clause, codes, got, "known", until)


STALE, OTHERWISE, EXPIRED = "is no longer needed at 405; remove it", "accepts success at 404", "counted until"
PAST = entry(404, until=YESTERDAY)


@pytest.mark.parametrize(
    ("entries", "codes", "verdict", "open_codes", "notes"),
    [
        ([], [], "passed", [], []),
        ([], [404], "failed", [404], []),
        ([entry(404)], [404], "accepted", [], []),
        ([entry(404, clause="BITS-5XX")], [404], "failed", [404], []),
        ([entry(404), entry(405)], [404, 405], "accepted", [], []),
        ([entry(404, 405)], [404, 406], "failed", [406], [STALE]),
        ([entry(405)], [], "failed", [], [STALE]),
        ([entry(404, got="success")], [404], "failed", [404], [OTHERWISE]),
        ([entry(404, 405, got="success")], [404], "failed", [404], [OTHERWISE, STALE]),
        ([entry(404, until=TODAY)], [404], "accepted", [], []),
        ([PAST], [404], "failed", [404], [EXPIRED]),
        ([PAST], [405], "failed", [405], []),
        ([PAST, entry(405)], [405], "accepted", [], []),
        ([PAST, entry(405)], [], "failed", [], [STALE]),
    ],
)
def test_what_becomes_of_departures(
    entries: list[baseline.Entry], codes: list[int], verdict: str, open_codes: list[int], notes: list[str]
) -> None:
    applied = baseline.apply(entries, at(*codes), TODAY)
    assert applied.result == verdict
    assert [departure.input for departure in applied.open] == open_codes
    for note, said in zip(applied.notes, notes, strict=True):
        assert f": entry 1 {said}" in note
    assert {d.accepted for d in applied.departures if d.accepted is not None} <= {"known"}


def test_a_clause_about_histories_is_accepted_as_a_whole() -> None:
    learns = result("BITS-STABLE", Departure([503, 503], "transient", "fatal"))
    accepted = entry(clause="BITS-STABLE", got="")
    assert baseline.apply([accepted], learns, TODAY).result == "accepted"
    stale = baseline.apply([accepted], result("BITS-STABLE"), TODAY)
    assert stale.result == "failed"
    assert stale.notes == ["stale entry: entry 1 is no longer needed; remove it"]


def posts(*inputs: list[int | str], got: str = "1") -> ClauseResult:
    return result("BITS-POSTS", *(Departure(given, "2", got) for given in inputs))


@pytest.mark.parametrize(
    ("given", "verdict", "notes"),
    [
        (posts([503, "retry"], [504, "retry"]), "accepted", []),
        (posts([503, "retry"], [504, "retry"], [503, "resume"]), "failed", []),
        (posts([503, "retry"], [504, "retry"], [503, "retry", 404]), "failed", []),
        (
            posts([503, "retry"]),
            "failed",
            ["stale entry: entry 1 is no longer needed at 504 retry; remove it"],
        ),
        (
            posts([503, "retry"], [504, "retry"], got="3"),
            "failed",
            ["changed entry: entry 1 accepts 1 at 503-504 retry"],
        ),
    ],
)
def test_departing_posts_are_accepted_one_by_one(given: ClauseResult, verdict: str, notes: list[str]) -> None:
    accepted = baseline.Entry("entry 1", "BITS-POSTS", (503, 504), "1", "known", after="retry")
    applied = baseline.apply([accepted], given, TODAY)
    assert (applied.result, applied.notes) == (verdict, notes)


def test_an_exception_that_names_another_code_is_the_same_departure() -> None:
    raised = [Departure(code, "fatal", f"raised KeyError: {code}") for code in (404, 405)]
    accepted = entry(404, 405, got="raised KeyError: CODE")
    assert baseline.apply([accepted], result("BITS-4XX", *raised), TODAY).result == "accepted"


@pytest.mark.parametrize("kind", [Result.NOT_RUN, Result.NOT_OFFERED])
def test_what_was_not_judged_is_left_alone(kind: Result, path: Path) -> None:
    given = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], kind)
    assert baseline.apply([entry(404)], given, TODAY) is given
    (kept,) = baseline.write(path, [given])
    assert kept.codes == (404, 429, 430, 431)


# Reading


MALFORMED = [
    ("[[accepted]", "is not TOML"),
    ("exceptions = []", "unknown key 'exceptions'"),
    ("accepted = 1", "must be written as [[accepted]] entries"),
    ("accepted = [1]", "must be written as [[accepted]] entries"),
    (ENTRY + "note = 1", "unknown key 'note'"),
    (ENTRY.replace("4XX", "6XX"), "is not a clause: the clauses are BITS-SUCCESS"),
    ("[[accepted]]\nreason = 'x'", "without 'clause' it is not a clause"),
    (ENTRY.replace("our proxy", " "), "the reason is missing"),
    (ENTRY.replace('"our proxy"', "1"), "the reason is missing"),
    (ENTRY.replace("our proxy", baseline.PLACEHOLDER), "still the placeholder"),
    (ENTRY.replace('codes = [404, "429-431"]', ""), "are not codes: write 429"),
    (ENTRY.replace('[404, "429-431"]', "[]"), "are not codes"),
    (ENTRY.replace("429-431", "431-429"), "are not codes"),
    (ENTRY.replace("429-431", "few-many"), "are not codes"),
    (ENTRY.replace("404", "true"), "are not codes"),
    (ENTRY.replace("404", "1404"), "does not speak about all of codes = 1404"),
    (ENTRY.replace("429-431", "429-500"), "does not speak about all of codes = '429-500'"),
    (ENTRY.replace("429-431", "0-999999999999"), "does not speak about all of codes"),
    (ENTRY.replace("404", "430"), "names a code twice"),
    (ENTRY + ENTRY.replace("404, ", ""), "entry 1 (BITS-4XX) at 429: accept each code once"),
    (WHOLE + WHOLE, "entry 1 (BITS-STABLE): accept each code once"),
    (PAIR + PAIR, "entry 1 (BITS-POSTS) at 404: accept each code once"),
    (PAIR.replace('codes = [404, "429-431"]\n', "").replace("after", "#"), "write the code and the events"),
    (PAIR.replace('"retry"', "1"), "write the code and the events after it"),
    (PAIR.replace("404", "1404"), "does not speak about all of codes = 1404"),
    (ENTRY + 'after = "retry"', "'after' does not apply: it goes with BITS-POSTS alone"),
    (ENTRY.replace("404", '"404"'), "are not codes: write 429"),
    (ENTRY.replace('"transient"', '"transeint"'), "got = 'transeint' is not an outcome: write success, "),
    (ENTRY.replace('"transient"', '"Fatal"'), "got = 'Fatal' is not an outcome"),
    (ENTRY.replace('got = "transient"', ""), "'got' is missing"),
    (ENTRY.replace('"transient"', "1"), "'got' is missing"),
    (WHOLE + 'got = "1"', "'got' does not apply"),
    (ENTRY.replace("4XX", "STABLE"), "this clause is accepted as a whole"),
    (ENTRY + "until = 2026-01-31T00:00:00", "is not a date: write until = 2027-01-31"),
    (ENTRY + 'until = "soon"', "is not a date: write until = 2027-01-31"),
]


@pytest.mark.parametrize(("text", "message"), MALFORMED)
def test_a_malformed_baseline_is_refused_by_entry(text: str, message: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun) as raised:
        baseline.read(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        ("404", (404,)),
        ('"404-404"', (404,)),
        ('["410-411", 404]', (404, 410, 411)),
        ('"400-499"', tuple(range(400, 500))),
    ],
)
def test_codes_are_numbers_ranges_or_lists_of_both(codes: str, read: tuple[int, ...], path: Path) -> None:
    path.write_text(ENTRY.replace('[404, "429-431"]', codes), encoding="utf-8")
    (found,) = baseline.read(path)
    assert found == baseline.Entry(f"{path}, entry 1 (BITS-4XX)", "BITS-4XX", read, "transient", "our proxy")


@pytest.mark.parametrize("got", ["True", "None", "nan", "'retry'", "no answer", "STOP"])
def test_whatever_comes_back_can_be_accepted(got: str, path: Path) -> None:
    given = result("BITS-4XX", *departs(404, got=got))
    (written,) = baseline.write(path.with_name("new.toml"), [given])
    assert baseline.apply([written], given, TODAY).result == "accepted"


# Writing


def test_each_answer_is_an_entry_of_its_own_and_what_is_accepted_is_not_written_again(path: Path) -> None:
    given = result("BITS-4XX", *departs(404, 440, 429, 430, 431), *departs(450, 451, got="success"))
    stable = result("BITS-STABLE", Departure([404, 404], "a", "b"), Departure([1], "a", "b"))
    written = baseline.write(path, [given, stable])
    assert [(e.clause, e.codes, e.got) for e in written] == [
        ("BITS-4XX", (404, 429, 430, 431), "transient"),
        ("BITS-4XX", (440,), "transient"),
        ("BITS-4XX", (450, 451), "success"),
        ("BITS-STABLE", (), ""),
    ]
    text = path.read_text(encoding="utf-8")
    for codes in ('codes = [404, "429-431"]', "codes = 440", 'codes = "450-451"'):
        assert codes in text
    for _ in range(3):
        assert baseline.write(path, [given, stable]) == written
        assert path.read_text(encoding="utf-8") == text


def test_writing_again_keeps_reasons_that_still_apply_and_drops_what_does_not(path: Path) -> None:
    gone = '[[accepted]]\nclause = "BITS-5XX"\ncodes = 501\ngot = "transient"\nreason = "gone by now"\n\n'
    path.write_text(f"# ours\n{gone}{ENTRY}until = 2026-01-31\n", encoding="utf-8")
    kept, new = baseline.write(path, [at(404, 430), at(505, clause="BITS-5XX")])
    assert (kept.codes, kept.reason, kept.until) == ((404, 430), "our proxy", date(2026, 1, 31))
    assert (new.clause, new.codes, new.reason) == ("BITS-5XX", (505,), baseline.PLACEHOLDER)
    assert path.read_text(encoding="utf-8").startswith("# ours\n")


def test_a_clause_about_histories_is_written_and_kept_as_a_whole(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    (kept,) = baseline.write(path, [result("BITS-STABLE", Departure([503, 503], "transient", "fatal"))])
    assert (kept.clause, kept.codes, kept.got, kept.reason) == ("BITS-STABLE", (), "", "it learns")
    assert "codes =" not in path.read_text(encoding="utf-8")


def test_departing_posts_are_written_with_what_follows_the_code(path: Path) -> None:
    path.unlink()
    given = posts([], ["retry"], [503, "retry"], [504, "retry"], [503, "retry", 404, "retry"])
    written = baseline.write(path, [given])
    assert [(entry.codes, entry.after) for entry in written] == [
        ((baseline.NO_CODE,), "no events"),
        ((baseline.NO_CODE,), "retry"),
        ((503, 504), "retry"),
        ((503,), "retry 404 retry"),
    ]
    assert baseline.apply(written, given, TODAY).result == "accepted"
    (stale, *_) = baseline.apply(written, posts(["retry"]), TODAY).notes
    assert stale.endswith("(BITS-POSTS) is no longer needed; remove it")
    assert baseline.write(path, [given]) == written


def test_a_new_entry_has_the_reason_of_another_baseline_that_accepts_the_same(path: Path) -> None:
    known = baseline.read(path)
    raised = [Departure(code, "fatal", f"raised KeyError: {code}") for code in (501, 505)]
    ours, new = baseline.write(path.with_name("new.toml"), [at(404, 405), result("BITS-5XX", *raised)], known)
    assert (ours.codes, ours.reason) == ((404, 405), "our proxy")
    assert (new.got, new.reason) == ("raised KeyError: CODE", baseline.PLACEHOLDER)


def test_entries_that_stand_in_one_line_are_written_out(path: Path) -> None:
    one = '{clause = "BITS-4XX", codes = [404, 405], got = "transient", reason = "our proxy"}'
    path.write_text(f"# ours\naccepted = [{one}]\n", encoding="utf-8")
    kept, new = baseline.write(path, [at(404, 440)])
    assert (kept.codes, kept.reason, new.codes) == ((404,), "our proxy", (440,))
    assert path.read_text(encoding="utf-8").startswith("# ours\n")


def test_a_new_file_says_what_it_is_and_a_conforming_candidate_leaves_it_empty(path: Path) -> None:
    path.unlink()
    assert baseline.write(path, [at(7, clause="BITS-OTHER")])[0].codes == (7,)
    assert path.read_text(encoding="utf-8").startswith(baseline.HEADER)
    assert baseline.write(path, [at(clause="BITS-OTHER")]) == []
    assert "accepted]]" not in path.read_text(encoding="utf-8")
