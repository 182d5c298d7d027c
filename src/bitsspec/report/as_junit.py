"""The report as JUnit XML: one test case for each clause."""

from xml.etree import ElementTree

from bitsspec.report.model import Report, Result
from bitsspec.report.story import headline, tell
from bitsspec.report.story import skipped as told
from bitsspec.text import printable


def render(report: Report) -> str:
    """Return the JUnit report, with the departures in the text of a failure."""
    results = [clause.result for clause in report.clauses]
    skipped = (Result.NOT_OFFERED, Result.NOT_RUN, Result.ACCEPTED)
    counts = {
        "tests": str(len(results)),
        "failures": str(results.count(Result.FAILED)),
        "errors": "0",
        "skipped": str(sum(result in skipped for result in results)),
        "time": f"{report.duration_s:.3f}",
    }
    suites = ElementTree.Element("testsuites", {"name": "bitsspec", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": printable(report.target), **counts})
    for clause in report.clauses:
        case = ElementTree.SubElement(
            suite, "testcase", classname="bitsspec.conformance", name=clause.clause.id, time="0.000"
        )
        if clause.result is Result.FAILED:
            failure = ElementTree.SubElement(case, "failure", type="departure", message=headline(clause))
            failure.text = tell(clause)
        elif clause.result in skipped:
            ElementTree.SubElement(case, "skipped", message=told(clause, report))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"
