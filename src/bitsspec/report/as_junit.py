"""The report as JUnit XML: one test case for each clause."""

from xml.etree import ElementTree

from bitsspec.report.model import Report, Result
from bitsspec.report.story import headline, tell
from bitsspec.report.story import skipped as told
from bitsspec.text import printable

COMPLETE = "complete run"
"""The test case that a report of a run has which is not."""


def render(report: Report) -> str:
    """Return the JUnit report, with the departures in the text of a failure."""
    results = [clause.result for clause in report.clauses]
    skipped = (Result.NOT_OFFERED, Result.NOT_RUN, Result.ACCEPTED)
    target, errors = printable(report.target), 0 if report.complete else 1
    counts = {
        "tests": str(len(results) + errors),
        "failures": str(results.count(Result.FAILED)),
        "errors": str(errors),
        "time": f"{report.duration_s:.3f}",
    }
    # Attributes and elements are those of Jenkins' junit-10.xsd, which knows no `skipped` of all suites.
    suites = ElementTree.Element("testsuites", {"name": "bitsspec", **counts})
    left_out = str(sum(result in skipped for result in results))
    suite = ElementTree.SubElement(suites, "testsuite", {"name": target, **counts, "skipped": left_out})
    facts = [(f"not observable {each.codes}", each.reason) for each in report.not_observable]
    facts += [(f"remark {number}", remark) for number, remark in enumerate(report.remarks, 1)]
    if facts:
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in facts:
            ElementTree.SubElement(properties, "property", name=name, value=printable(value))
    for clause in report.clauses:
        case = _case(suite, target, clause.clause.id, clause.duration_s)
        if clause.result is Result.FAILED:
            failure = ElementTree.SubElement(case, "failure", type="departure", message=headline(clause))
            failure.text = tell(clause)
        elif clause.result in skipped:
            ElementTree.SubElement(case, "skipped", message=told(clause, report))
    if errors:
        story = "not complete: the run ended early, or a clause had two results"
        ElementTree.SubElement(_case(suite, target, COMPLETE, 0), "error", type="incomplete", message=story)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def _case(suite: ElementTree.Element, target: str, name: str, duration_s: float) -> ElementTree.Element:
    """Add a test case; GitLab takes two of one class name and name for the same, whatever their suites."""
    return ElementTree.SubElement(suite, "testcase", classname=target, name=name, time=f"{duration_s:.3f}")
