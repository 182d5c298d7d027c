"""What every report tells of a live client: what was seen, and what could not be."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from bitsspec.report import as_html, as_junit, as_markdown, files, story, terminal
from bitsspec.report.model import ClauseResult, Departure, Hidden, Report, Result, Seen
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.reports import report, result
from tests.support.schema import valid

REASON = "interim answers"
REMARK = "it never posts again by itself"


def departure(code: int, ended: str, *posts_at: float) -> Departure:
    return Departure(code, "fatal", "transient", seen=Seen(list(posts_at), ended))


def live(*results: ClauseResult) -> Report:
    return report(
        *results,
        target="client:curl {url}",
        codes_asked=798,
        not_observable=(Hidden("000-099", "malformed"), Hidden("100-199", REASON)),
        remarks=(REMARK,),
        jobs=64,
    )


DEPARTS = result(
    "BITS-4XX",
    departure(413, "exit 0", 0.1, 0.25),
    departure(414, "exit 0", 0.1, 0.5),
    departure(415, "raised E: answered 415", 0.5),
    departure(416, "raised E: at 416, too", 0.5),
    departure(417, "raised E: answered 417"),
)
MISSED = result("BITS-5XX")
MISSED.not_observed = [Hidden("501", "no decision"), Hidden("505", "no decision")]
MISSED.remarks = ["503: posted again, and still reported a failure"]
DOMAIN = ClauseResult(CLAUSE_BY_ID["BITS-DOMAIN"], remarks=["nothing else can be said"])
GIVEN = live(DEPARTS, MISSED, DOMAIN)
SEEN = (
    "413-414: expected fatal, got transient (posted 2 times within 0.4 s, exit 0)",
    "415-416: expected fatal, got transient (posted once, raised E)",
    "417: expected fatal, got transient (posted nothing, raised E: answered 417)",
)
UNSEEN = "not observed: no decision: 501, 505"


def in_terminal(given: Report) -> str:
    printed = StringIO()
    terminal.show(Console(file=printed, width=200), given)
    return printed.getvalue()


@pytest.mark.parametrize("render", [in_terminal, as_markdown.render, as_html.render])
def test_every_report_tells_what_was_seen_and_what_cannot_be(render: Callable[[Report], str]) -> None:
    text = render(GIVEN)
    for told in (REMARK, UNSEEN, f"note: {MISSED.remarks[0]}", REASON, "note: nothing else can be said"):
        assert told in text
    for line in SEEN:
        assert line.partition(" (")[2] in text
    if render is not as_html.render:
        assert all(line in text for line in SEEN)
    assert text.index(REMARK) < text.index("posted 2 times")


def test_the_map_has_a_sign_for_what_cannot_be_observed_and_for_what_was_not() -> None:
    lines = in_terminal(GIVEN).splitlines()
    assert (
        "codes  . conforms  # departs  ~ accepted  - not observable  ? not observed, blank: not asked"
        in lines
    )
    assert "000-199 not observable" in lines
    assert "500 .?...?.... .......... .......... .......... .........." in lines
    assert not any("not observable" in line for line in in_terminal(report(MISSED)).splitlines())
    page = as_html.render(GIVEN)
    assert 'class=unobservable title="150: not observable: interim answers"' in page
    assert 'class=unobserved title="505: not observed: no decision"' in page
    assert "cannot be observed" in page
    assert "<dd>798 of 800</dd>" in page


def test_junit_has_what_cannot_be_observed_as_properties_of_the_suite() -> None:
    suite = ElementTree.fromstring(as_junit.render(GIVEN))[0]
    told = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert told == {
        "not observable 000-099": "malformed",
        "not observable 100-199": REASON,
        "remark 1": REMARK,
    }
    messages = {case.get("name"): case[0].get("message") for case in suite.iter("testcase") if len(case)}
    assert messages["BITS-DOMAIN"] == "not run: note: nothing else can be said"
    assert "properties" not in as_junit.render(report(MISSED))


def test_the_verdict_names_the_codes_that_a_client_can_be_shown() -> None:
    of = "of 800 status codes that a client can be shown"
    made = "(bitsspec 9.9, seed 7)."
    assert GIVEN.verdict() == f"client:curl {{url}} departs from BITS-4XX at 5 {of} {made}"
    assert live(MISSED).verdict() == f"client:curl {{url}} conforms at 798 {of}: 1 clause held {made}"
    assert "--jobs 64" in as_markdown.command(GIVEN)
    assert "--only" not in as_markdown.command(GIVEN)


def test_the_json_report_has_the_times_of_the_posts_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    files.write(GIVEN, path)
    data = valid(json.loads(path.read_text(encoding="utf-8")))
    assert data["not_observable"][1] == {"codes": "100-199", "reason": REASON}
    assert (data["jobs"], data["remarks"]) == (64, [REMARK])
    clauses = {clause["id"]: clause for clause in data["clauses"]}
    assert clauses["BITS-4XX"]["departures"][1]["seen"] == {"posts_at_s": [0.1, 0.5], "ended": "exit 0"}
    assert clauses["BITS-5XX"]["not_observed"][0] == {"codes": "501", "reason": "no decision"}
    assert files.read(path) == GIVEN


def test_many_notes_are_told_in_part_and_a_cause_is_not_looked_for_in_what_was_seen() -> None:
    many = result("BITS-3XX", Departure(300, "fatal", "None", seen=Seen([0.1], "exit 0")))
    many.remarks = [f"note {number}" for number in range(20)]
    assert story.noticed(many)[-1] == "and 12 notes more: --report out.json lists them"
    assert not any(line.startswith("cause") for line in story.details(many))
    assert [each.result for each in live(many, MISSED).telling] == [Result.FAILED, Result.PASSED]
