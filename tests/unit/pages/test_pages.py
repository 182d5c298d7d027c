"""What all HTML pages have in common: they load nothing, and a candidate's text stays text."""

import base64
import hashlib
import re
from collections.abc import Callable

import pytest

from bitsspec import pages
from bitsspec.comparison import as_html as side_by_side
from bitsspec.comparison.model import Column, Comparison
from bitsspec.report import as_html
from bitsspec.report.story import PAGE
from tests.support.reports import departs, report, result

TEXT = "</script><script>alert(1)</script>\"'&{{ 7 * 7 }}\x1b\u202e"
SHOWN = "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{ 7 * 7 }}\\x1b\\u202e"


def report_of(text: str) -> str:
    departures = [*departs(404, expected=text, got=text), *departs(405, got=text, accepted=text)]
    return as_html.render(report(result("BITS-4XX", *departures, notes=[text]), target=text))


def comparison_of(text: str) -> str:
    columns = [Column(text, report(result("BITS-4XX", *departs(404, got=text)))), Column("b", None, text)]
    return side_by_side.render(Comparison(columns, strict=True, seed=3, version=text))


PAGES = pytest.mark.parametrize("page_of", [report_of, comparison_of])


@PAGES
def test_text_of_a_candidate_stays_text(page_of: Callable[[str], str]) -> None:
    page = page_of(TEXT)
    assert SHOWN in page
    assert "alert(1)</script>" not in page
    assert page.replace("\n", "").isprintable()


@PAGES
def test_a_page_loads_nothing_and_runs_its_own_code_alone(page_of: Callable[[str], str]) -> None:
    page = page_of("text")
    assert page.count("://") == page.count(f'<a href="{PAGE}">') == 1
    policy = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', page)[0]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    for kind in ("style", "script"):
        for code in re.findall(f"<{kind}>(.*?)</{kind}>", page, re.S):
            digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
    assert ("script-src 'none'" in policy) == ("<script>" not in page)


def test_a_value_that_a_page_lacks_is_an_error() -> None:
    with pytest.raises(Exception, match="'comparison' is undefined"):
        pages.render("comparison/comparison.html.jinja")
