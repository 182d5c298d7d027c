"""The report as JUnit XML: one test case for each clause."""

from xml.etree import ElementTree

from bitsspec.report import Report, Result, tell


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
    suite = ElementTree.SubElement(suites, "testsuite", {"name": _clean(report.target), **counts})
    for clause in report.clauses:
        case = ElementTree.SubElement(
            suite, "testcase", classname="bitsspec.conformance", name=clause.clause.id, time="0.000"
        )
        if clause.result is Result.FAILED:
            story = _clean(tell(clause))
            failure = ElementTree.SubElement(case, "failure", type="departure", message=story.split("\n")[1])
            failure.text = story
        elif clause.result in skipped:
            ElementTree.SubElement(case, "skipped", message=str(clause.result))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def _clean(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 has no way to write."""
    return "".join(c if _is_xml(ord(c)) else f"\\x{ord(c):02x}" for c in text)


def _is_xml(c: int) -> bool:
    return c in (0x9, 0xA, 0xD) or 0x20 <= c <= 0xD7FF or 0xE000 <= c <= 0xFFFD or c >= 0x10000
