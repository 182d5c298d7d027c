"""The source of the HTML report: what the table and the picture hold, and what they leave out."""

import html
import json
import re
from typing import Any

import pytest

from bitsspec.report import as_html
from bitsspec.report.as_html import render
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES, OUTCOME_CLAUSES, STATUS_CODES, outcome_due

PICTURE_BYTES = 175_000
DEPARTURES_BYTES = 212_000


def result(clause: str, *departures: Departure, checked: int = 100, **more: Any) -> ClauseResult:
    kind = Result.FAILED if departures or more.get("notes") else Result.PASSED
    return ClauseResult(CLAUSE_BY_ID[clause], more.pop("kind", kind), checked, list(departures), **more)


def source(*results: ClauseResult, target: str = "t", **more: Any) -> str:
    return render(Report(target, False, 0, ["classify"], in_full(results), 1000, **more))


def told(text: str) -> list[str]:
    """Return what each status code of the picture says."""
    return [html.unescape(said) for said in re.findall('role=gridcell class=\\S+ title="(.*?)"', text)]


def drawn(text: str) -> list[str]:
    return re.findall("role=gridcell class=(\\S+) ", text)


def rows(text: str) -> list[str]:
    """Return the rows of departures, tags replaced by bars."""
    table = text.partition('<table id="departing">')[2].partition("</table>")[0]
    lines = [line for line in table.splitlines() if line.startswith("<tr") and "scope=" not in line]
    return [html.unescape(re.sub("(<[^>]*>)+", "|", line)).strip("|") for line in lines]


def size(text: str) -> int:
    """Return what a text takes in the file, as the limits count it: its bytes, and 4 for an escape."""
    return len(text.encode()) + 4 * len(re.findall("[&<>\"']", text))


def filters(text: str) -> Any:
    return json.loads(text.partition('id="filters">')[2].partition("</script>")[0])


def test_the_picture_has_ten_blocks_of_ten_rows_of_ten_codes() -> None:
    text = source(*(result(clause.id) for clause in OUTCOME_CLAUSES))
    blocks = re.findall(
        '<div role="rowgroup" aria-label="(.*?)">\n(.*?)\n</div>\n?(?=<div role="rowgroup|</div>)', text, re.S
    )
    assert [label for label, _ in blocks] == [f"{n}00-{n}99" for n in range(10)]
    for number, (_, block) in enumerate(blocks):
        lines = block.splitlines()
        assert len(lines) == 10
        for ten, line in enumerate(lines):
            first = 100 * number + 10 * ten
            assert re.findall('title="(...):', line) == [f"{code:03d}" for code in range(first, first + 10)]
    assert drawn(text) == [str(outcome_due(code)) for code in STATUS_CODES]


def test_a_code_is_drawn_as_what_came_of_it() -> None:
    text = source(
        result("BITS-4XX", Departure(404, "fatal", "success"), Departure(405, "fatal", "success", "known")),
        result(
            "BITS-REPOST",
            Departure(405, "yes", "no", "known"),
            Departure(406, "yes", "no", "known"),
            Departure(404, "yes", "no", "known"),
        ),
    )
    assert drawn(text)[403:407] == ["fatal", "departs", "accepted", "accepted"]
    assert drawn(text)[503] == "unasked"
    assert told(text)[403:407] == [
        "403: expected fatal (BITS-4XX), got fatal",
        "404: expected fatal (BITS-4XX), got success; expected yes (BITS-REPOST), got no, accepted",
        "405: expected fatal (BITS-4XX), got success, accepted; expected yes (BITS-REPOST), got no, accepted",
        "406: expected fatal (BITS-4XX), got fatal; expected yes (BITS-REPOST), got no, accepted",
    ]


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    whole = [result(clause.id) for clause in OUTCOME_CLAUSES]
    assert '<li><i class="unasked"></i>not asked' not in source(*whole)
    assert '<li><i class="accepted"></i>' not in source(*whole)
    assert '<li><i class="unasked"></i>not asked\n' in source(*whole[1:])
    accepted = result("BITS-4XX", Departure(404, "fatal", "success", "known"))
    assert '<li><i class="accepted"></i>departs, accepted\n<li><i class="unasked"></i>not asked\n' in source(
        accepted
    )


def test_departures_that_are_alike_are_one_row_with_the_outcomes_due_there() -> None:
    alike = [Departure(code, "yes", "no") for code in (410, 404, 405, 406, *range(499, 502))]
    another = Departure(407, "yes", "perhaps")
    text = source(result("BITS-REPOST", *alike, another, Departure([503, "retry"], "2", "1")))
    assert rows(text) == [
        "404-406|yes|no",
        "407|yes|perhaps",
        "410|yes|no",
        "499-501|yes|no",
        "503 retry|2|1",
    ]
    across = " ".join(sorted({str(outcome_due(code)) for code in (499, 500, 501)}))
    assert " " in across
    assert re.findall('<tr data-due="(.*?)">', text) == ["fatal", "fatal", "fatal", across, ""]


def test_an_accepted_departure_says_why_and_is_a_row_of_its_own() -> None:
    text = source(
        result(
            "BITS-4XX",
            Departure(404, "fatal", "success", "known"),
            Departure(405, "fatal", "success"),
            Departure(406, "fatal", "success", ""),
        )
    )
    assert rows(text) == [
        "404|fatal|success |accepted: known",
        "405|fatal|success",
        "406|fatal|success |accepted: accepted",
    ]
    assert text.count('<tr class="accepted" data-due="fatal">') == 2


@pytest.mark.parametrize(
    ("drawn_as", "words"),
    [
        (result("BITS-4XX", checked=1234), 'passed</span> <span class="small">1,234 checked</span>'),
        (result("BITS-4XX", checked=0), 'passed</span> <span class="small"></span>'),
        (
            result("BITS-4XX", Departure(404, "fatal", "x")),
            'failed</span> <span class="small">100 checked, 1 departs</span>',
        ),
        (
            result("BITS-4XX", *(Departure(code, "fatal", "x") for code in (404, 405))),
            'failed</span> <span class="small">100 checked, 2 depart</span>',
        ),
        (
            result(
                "BITS-4XX",
                *(Departure(code, "fatal", "x", "why" if code < 406 else None) for code in range(404, 408)),
            ),
            'failed</span> <span class="small">100 checked, 2 depart, 2 accepted</span>',
        ),
        (
            result("BITS-4XX", Departure(404, "fatal", "x", "why"), kind=Result.ACCEPTED),
            'accepted</span> <span class="small">100 checked, 1 accepted</span>',
        ),
    ],
)
def test_a_clause_says_how_much_was_checked_and_how_much_departs(drawn_as: ClauseResult, words: str) -> None:
    assert words in source(drawn_as)


def test_the_badge_is_that_of_the_verdict() -> None:
    assert '<span class="badge conforms">' in source(result("BITS-4XX"))
    assert '<span class="badge failed">' in source(result("BITS-4XX", Departure(404, "fatal", "x")))
    assert '<span class="badge failed">' in source(result("BITS-4XX", notes=["stale entry"]))


def test_a_clause_can_be_chosen_where_it_governs_codes_or_departs() -> None:
    chosen = re.findall("<option>(BITS-.*?)</option>", source(result("BITS-4XX")))
    assert chosen == [clause.id for clause in CLAUSES if clause.governs]
    (other, *_) = (clause.id for clause in CLAUSES if not clause.governs)
    chosen = re.findall(
        "<option>(BITS-.*?)</option>", source(result(other, Departure("429 ", "refused", "fatal")))
    )
    assert other in chosen


def test_the_script_filters_by_what_was_found() -> None:
    text = source(
        result(
            "BITS-4XX",
            Departure(404, "fatal", "<x>"),
            Departure(405, "fatal", "x", "known"),
            Departure(408, "x", "y"),
        ),
        result("BITS-POSTS", Departure([503, "retry"], "2", "1")),
    )
    found = filters(text)
    by_id = {clause["id"]: clause for clause in found["clauses"]}
    assert list(by_id) == [clause.id for clause in CLAUSES]
    assert by_id["BITS-4XX"] == {
        "id": "BITS-4XX",
        "asked": True,
        "governs": [[min(CLAUSE_BY_ID["BITS-4XX"].governs), max(CLAUSE_BY_ID["BITS-4XX"].governs)]],
        "departs": [[404, 404], [408, 408]],
        "accepted": [[405, 405]],
    }
    assert by_id["BITS-POSTS"]["departs"] == []
    assert by_id["BITS-5XX"]["asked"] is False
    for outcome, ranges in found["outcomes"].items():
        codes = [code for first, last in ranges for code in range(first, last + 1)]
        assert codes == [code for code in STATUS_CODES if str(outcome_due(code)) == outcome]


def test_a_clause_that_was_asked_once_was_asked() -> None:
    assert filters(source(result("BITS-4XX", checked=1)))["clauses"][
        [c.id for c in CLAUSES].index("BITS-4XX")
    ]["asked"]


def test_the_run_is_told_in_full() -> None:
    report = Report("t", True, 7, ["classify", "posts"], in_full([result("BITS-4XX")]), 1000, 1.26, "9.9")
    text = render(report)
    assert "<dd>classify, posts</dd>" in text
    assert "<dd>bitsspec 9.9, seed 7, strict, 1.3 s</dd>" in text
    assert "<dd>1,000 of 1,000</dd>" in text
    assert "<title>t conforms (bitsspec)</title>" in text
    assert ", strict" not in source(result("BITS-4XX"))


# What is left out where there is too much


def test_a_long_target_is_cut_after_800_characters() -> None:
    assert f"<title>{'x' * 800} conforms" in source(result("BITS-4XX"), target="x" * 800)
    assert f"<title>{'x' * 799}… conforms" in source(result("BITS-4XX"), target="x" * 801)


def test_of_many_notes_twenty_are_shown() -> None:
    text = source(result("BITS-4XX", notes=[f"stale entry {number}" for number in range(30)]))
    assert rows(text) == [f"stale entry {number}" for number in range(20)]


def test_what_came_back_is_shortened_in_the_picture_only_as_far_as_it_must(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    departing = result("BITS-4XX", Departure(404, "fatal", "raised <ValueError> " + 160 * "x"))
    for length, shorter in ((180, 60), (60, 20), (20, 1)):
        said = told(source(departing))
        assert len(said[404].partition("got ")[2]) == length
        monkeypatch.setattr(as_html, "PICTURE_BYTES", sum(map(size, said)))
        assert told(source(departing)) == said  # it just fits
        monkeypatch.setattr(as_html, "PICTURE_BYTES", sum(map(size, said)) - 1)
        assert len(told(source(departing))[404].partition("got ")[2]) == shorter


@pytest.mark.parametrize("expected", [30, 31])
def test_what_was_expected_is_shown_up_to_30_characters_in_the_smallest_picture(
    monkeypatch: pytest.MonkeyPatch, expected: int
) -> None:
    monkeypatch.setattr(as_html, "PICTURE_BYTES", 0)
    said = told(source(result("BITS-4XX", Departure(404, "e" * expected, "success"))))[404]
    shown = "e" * 30 if expected == 30 else "e" * 29 + "…"
    assert said == f"404: expected {shown} (BITS-4XX), got …"


def table_of(room: int, *results: ClauseResult) -> list[tuple[int, int]]:
    """Return how many rows of each clause are shown in so much room, and how many are left out."""
    report = Report("t", False, 0, ["classify"], in_full(results), 1000)
    return [(len(part.rows), part.left_out) for part in as_html._departing(report, room)]


def test_a_row_takes_the_size_of_its_texts_and_45_bytes() -> None:
    rows = [Departure(code, "fatal", f"{code}<") for code in (404, 406, 408)]
    each = len("404") + len("fatal") + len("404<") + 4 + 45
    assert table_of(3 * each, result("BITS-4XX", *rows)) == [(3, 0)]
    assert table_of(3 * each - 1, result("BITS-4XX", *rows)) == [(2, 1)]
    why = [Departure(code, "fatal", f"{code}", "known") for code in (404, 406)]
    each = len("404") + len("fatal") + len("404") + len("known") + 45
    assert table_of(2 * each, result("BITS-4XX", *why)) == [(2, 0)]
    assert table_of(2 * each - 1, result("BITS-4XX", *why)) == [(1, 1)]


def test_rows_are_left_out_from_the_first_that_does_not_fit() -> None:
    answers = [Departure(404, "fatal", 90 * "x"), Departure(406, "fatal", "x"), Departure(408, "fatal", "x")]
    assert table_of(120, result("BITS-4XX", *answers)) == [(0, 3)]


def test_each_clause_has_its_share_of_the_room_and_what_others_left_of_theirs() -> None:
    each = len("404") + len("fatal") + len("404") + 45
    few = [Departure(404, "fatal", "404")]
    many = [Departure(code, "fatal", f"{code}") for code in range(400, 500)]
    assert table_of(20 * each, result("BITS-4XX", *many), result("BITS-REPOST", *many)) == [
        (10, 90),
        (10, 90),
    ]
    assert table_of(20 * each, result("BITS-4XX", *few), result("BITS-REPOST", *many)) == [(1, 0), (19, 81)]


def test_rows_that_are_left_out_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    room = sum(map(size, told(source(result("BITS-REPOST")))))
    answers = [Departure(code, "yes", f"{code}") for code in STATUS_CODES]
    whole = source(result("BITS-REPOST", *answers))
    assert "left out" not in whole
    monkeypatch.setattr(as_html, "DEPARTURES_BYTES", room - 1)
    assert rows(source(result("BITS-REPOST", *answers))) == [
        "1,000 more rows are left out here; the picture has every status code, a JSON report everything."
    ]


@pytest.mark.parametrize(
    ("got", "shown"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("x" * 198 + "\n", "x" * 198 + "\\n"),
        ("x" * 199 + "\n", "x" * 199 + "…"),
    ],
    ids=["200", "201", "an escape that fits", "an escape that does not"],
)
def test_a_text_of_more_than_200_characters_is_cut(got: str, shown: str) -> None:
    assert rows(source(result("BITS-4XX", Departure(404, "fatal", got)))) == [f"404|fatal|{shown}"]
