"""The source of the HTML report: what the table and the picture hold, and what they leave out."""

import html
import re
from typing import Any

import pytest

from bitsspec.report.as_html import render
from bitsspec.report.as_markdown import command
from bitsspec.report.model import ClauseResult, Departure, Report
from bitsspec.spec import CLAUSES, OUTCOME_CLAUSES, STATUS_CODES, outcome_due
from tests.support.reports import departs, report, result

LARGEST = 300_000


def source(*results: ClauseResult, **more: Any) -> str:
    return render(report(*results, **more))


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


def test_the_run_is_told_in_full() -> None:
    given = report(result("BITS-4XX"), strict=True, capabilities=["classify", "posts"], duration_s=1.26)
    text = render(given)
    assert f"<code>{html.escape(command(given))}</code>" in text
    assert "<title>t conforms (bitsspec)</title>" in text
    assert f"<p>{given.verdict()}</p>" in text
    assert "<dd>classify, posts</dd>" in text
    assert "<dd>bitsspec 9.9, seed 7, strict, 1.3 s</dd>" in text
    assert "<dd>1,000 of 1,000</dd>" in text
    assert ", strict" not in source(result("BITS-4XX"))


def test_every_clause_has_a_row_with_its_rule_level_and_source() -> None:
    row = r'<tr id="(BITS-.*)"><th scope="row">(.*)</span></th><td class="long">(.*)</span></td><td>'
    found = re.findall(row, source())
    plain = [[html.unescape(cell).replace(' <span class="small">', "|") for cell in row] for row in found]
    assert plain == [[c.id, f"{c.id}|{c.level}", f"{c.text}|{c.cites}"] for c in CLAUSES]


@pytest.mark.parametrize(
    ("given", "badge", "counts"),
    [
        (result("BITS-4XX", checked=1234), "passed", "1,234 checked"),
        (result("BITS-4XX", checked=0), "passed", ""),
        (result("BITS-4XX", *departs(404)), "failed", "100 checked, 1 departs"),
        (
            result("BITS-4XX", *departs(404, 405), *departs(406, accepted="why")),
            "failed",
            "100 checked, 2 depart, 1 accepted",
        ),
        (result("BITS-4XX", *departs(404, accepted="why")), "accepted", "100 checked, 1 accepted"),
    ],
)
def test_a_clause_says_how_much_was_checked_and_departs(given: ClauseResult, badge: str, counts: str) -> None:
    assert f'<span class="badge {badge}">{badge}</span> <span class="small">{counts}</span>' in source(given)


@pytest.mark.parametrize(
    ("given", "badge", "standing"),
    [
        (report(result("BITS-4XX")), "conforms", "conforms"),
        (report(result("BITS-4XX", *departs(404))), "failed", "departs"),
        (report(result("BITS-4XX", notes=["stale"])), "failed", "does not match its baseline"),
        (report(result("BITS-4XX"), complete=False), "judged-in-part", "judged in part"),
    ],
)
def test_the_badge_is_that_of_the_verdict(given: Report, badge: str, standing: str) -> None:
    assert f'<h1><span class="badge {badge}">{standing}</span>' in render(given)


def test_the_picture_has_ten_blocks_of_ten_rows_of_ten_codes() -> None:
    text = source(*(result(clause.id) for clause in OUTCOME_CLAUSES))
    blocks = text.partition('id="picture"')[2].partition("</section>")[0].split('role="rowgroup"')[1:]
    assert [block[:21] for block in blocks] == [f' aria-label="{n}00-{n}99"' for n in range(10)]
    lines = [line for block in blocks for line in re.findall('role="row">(.*)</div>', block)]
    assert [line[:28] for line in lines] == [f'<b aria-hidden="true">{n}</b><' for n in range(10)] * 10
    assert [re.findall('title="(...):', line) for line in lines] == [
        [f"{code:03d}" for code in range(first, first + 10)] for first in range(0, 1000, 10)
    ]
    assert drawn(text) == [str(outcome_due(code)) for code in STATUS_CODES]
    for code, said in enumerate(told(text)):
        (clause,) = (each for each in OUTCOME_CLAUSES if code in each.governs)
        assert said == f"{code:03d}: expected {outcome_due(code)} ({clause.id}), got {outcome_due(code)}"


def test_a_code_is_drawn_as_what_came_of_it_and_says_every_departure() -> None:
    text = source(
        result("BITS-4XX", *departs(404, 407, got="no"), *departs(405, accepted="known")),
        result("BITS-REPOST", *departs(404, 405, 406, 407, expected="yes", got="no", accepted="known")),
        result("BITS-CONTEXT", *departs(407, expected="7", got="no")),
    )
    assert drawn(text)[403:408] == ["fatal", "departs", "accepted", "accepted", "departs"]
    assert drawn(text)[503] == "unasked"
    repost = "expected yes (BITS-REPOST), got no, accepted"
    assert told(text)[403:408] == [
        "403: expected fatal (BITS-4XX), got fatal",
        f"404: expected fatal (BITS-4XX), got no; {repost}",
        f"405: expected fatal (BITS-4XX), got transient, accepted; {repost}",
        f"406: expected fatal (BITS-4XX), got fatal; {repost}",
        f"407: expected fatal (BITS-4XX), 7 (BITS-CONTEXT), got no; {repost}",
    ]
    assert told(text)[503] == "503: expected transient (BITS-5XX), not asked"


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    def legend(*results: ClauseResult) -> list[str]:
        return re.findall('<li><i class=".*"></i>(.*)', source(*results))

    always = ["success, as expected", "transient, as expected", "fatal, as expected", "departs"]
    whole = [result(clause.id) for clause in OUTCOME_CLAUSES]
    assert legend(*whole) == always
    assert legend(*whole[1:]) == [*always, "not asked"]
    accepted = result("BITS-4XX", *departs(404, accepted="known"))
    assert legend(accepted) == [*always, "departs, accepted", "not asked"]


def test_departures_that_are_alike_are_one_row_with_the_outcomes_that_are_expected_there() -> None:
    alike = departs(410, 404, 405, 406, *range(499, 502), expected="yes", got="no")
    another = departs(407, expected="yes", got="perhaps")
    text = source(
        result("BITS-REPOST", *alike, *another),
        result(
            "BITS-POSTS",
            *(Departure([code, "retry"], "2", f"raised E: {code}") for code in (503, 504)),
            Departure([503, "retry", 404, "retry"], "2", "1"),
        ),
    )
    assert rows(text) == [
        "why: bitsspec explain 404 410 499",
        "404-406|yes|no",
        "407|yes|perhaps",
        "410|yes|no",
        "499-501|yes|no",
        "why: bitsspec explain 503",
        "after 503-504, retry|2|raised E: CODE",
        "after 503, retry, 404, retry: posted 1 time, expected 2",
    ]
    outcomes = re.findall('<tr data-expected="(.*?)">', text)
    assert outcomes == ["fatal", "fatal", "fatal", "fatal transient", "", ""]


def test_an_accepted_departure_says_why_and_comes_last() -> None:
    accepted = [*departs(404, accepted="known"), *departs(406, accepted="")]
    text = source(result("BITS-4XX", *departs(405), *accepted))
    assert rows(text) == [
        "why: bitsspec explain 405",
        "405|fatal|transient",
        "404|fatal|transient |accepted: known",
        "406|fatal|transient |accepted: accepted",
    ]
    assert text.count('<tr class="accepted" data-expected="fatal">') == 2


def test_a_clause_has_forty_rows_at_most_and_its_cause_above_them() -> None:
    text = source(result("BITS-4XX", *departs(*range(400, 499, 2), got="None")))
    assert len(re.findall("<tr data-expected", text)) == 40
    assert '\n<tr><td colspan="3">10 more rows are left out here' in text
    assert rows(text)[0].startswith("cause: the answers are None: ")


def test_where_nothing_departs_there_is_no_table() -> None:
    assert "<p>None.</p>" in source(result("BITS-4XX"))
    assert 'id="departing"' not in source(result("BITS-4XX"))


def test_a_clause_can_be_chosen_where_it_governs_codes_or_departs() -> None:
    def choices(*results: ClauseResult) -> list[str]:
        return re.findall("<option>(BITS-.*?)</option>", source(*results))

    assert choices() == [clause.id for clause in CLAUSES if clause.governs]
    assert "BITS-DOMAIN" in choices(result("BITS-DOMAIN", Departure("429 ", "refused", "fatal")))


# What is left out where there is too much


@pytest.mark.parametrize(("every", "accepted"), [(1, None), (1, ""), (2, "why")])
@pytest.mark.parametrize("got", ["", '"' * 200, "\u4e2d" * 200])
def test_it_stays_small_whatever_the_candidate_answers(got: str, every: int, accepted: str | None) -> None:
    clauses = []
    for number, clause in enumerate(CLAUSES):
        codes = clause.governs[::every]
        departures = [Departure(code, "0x80190190", f"{number}{code}{got}", accepted) for code in codes]
        clauses.append(result(clause.id, *departures))
    text = source(*clauses, target=f"exec:{got * 100}")
    assert len(text.encode()) < LARGEST
    assert len(told(text)) == 1000
    assert "more rows are left out here; the picture has every status code, a JSON report everything" in text


def test_what_came_back_is_said_in_full_where_there_is_room_and_as_short_as_it_must_be_elsewhere() -> None:
    answers = {code: f"'{code}' {'x' * 170}" for code in range(400, 440)}
    text = source(result("BITS-4XX", *(Departure(code, "fatal", got) for code, got in answers.items())))
    for answer in answers.values():
        assert text.count(html.escape(answer).replace("x27", "39")) == 2  # in the picture and in the table
    assert "left out" not in text
    odd = source(result("BITS-REPOST", *departs(*STATUS_CODES, expected="&" * 90, got="x" * 90)))
    assert told(odd)[404].endswith(f"; expected {'&' * 29}… (BITS-REPOST), got …")


def test_each_clause_has_its_share_of_the_table_and_what_others_left_of_theirs() -> None:
    long = "\U00010348" * 190

    def shown(*codes: range) -> list[int]:
        given = []
        for clause, of in zip(("BITS-REPOST", "BITS-CONTEXT"), codes, strict=True):
            given.append(result(clause, *(Departure(code, long, f"{code}{long}") for code in of)))
        return [part.count("data-expected") for part in source(*given).split("<tbody data-clause")[1:]]

    one, other = shown(range(300, 1000), range(300, 1000))
    assert abs(one - other) < 5
    assert 1.5 * other < shown(range(404, 405), range(300, 1000))[1] < 40


def test_texts_targets_and_notes_that_are_too_long_are_cut() -> None:
    for got, shown in (("x" * 200, "x" * 200), ("x" * 201, "x" * 199 + "…")):
        assert rows(source(result("BITS-4XX", *departs(404, got=got))))[1:] == [f"404|fatal|{shown}"]
    assert f"<title>{'x' * 800} conforms" in source(result("BITS-4XX"), target="x" * 800)
    assert f"<title>{'x' * 799}… conforms" in source(result("BITS-4XX"), target="x" * 801)
    notes = [f"stale entry {number}" for number in range(30)]
    assert rows(source(result("BITS-4XX", notes=notes))) == notes[:20]
