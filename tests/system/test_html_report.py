"""The HTML report in a real browser: what only a browser can tell of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bitsspec.comparison.files import FORMATS
from bitsspec.comparison.model import Column, Comparison
from bitsspec.report.as_html import render
from bitsspec.report.files import write
from bitsspec.report.model import Departure, Report
from bitsspec.spec import OUTCOME_CLAUSES, STATUS_CODES, outcome_due
from tests.support.browser import browser, colour_scheme, console, requests, screen, spoken
from tests.support.reports import departs, report, result

HOSTILE = (
    '</script><script>window.pwned = 1</script><img src="http://198.51.100.1/x" onerror="window.pwned = 2">'
    '<iframe src="http://198.51.100.1/y"></iframe><link rel="stylesheet" href="http://198.51.100.1/z">'
    "\"' onmouseover='window.pwned = 3' {{ 7 * 7 }} {% raw %} <!-- \x1b[31m\u202e\u2066"
)
OTHERS = [result(clause.id) for clause in OUTCOME_CLAUSES if clause.id not in ("BITS-4XX", "BITS-5XX")]
REPORT = report(
    *OTHERS,
    result("BITS-4XX", *departs(404), *departs(408, expected="transient", got="fatal")),
    result("BITS-5XX"),
    result("BITS-REPOST", *departs(404, 501, expected="yes", got="no", accepted="until the new queue")),
    result("BITS-STABLE", Departure([404, 404], "fatal", "transient")),
)
TWICE = "404: fatal when asked first, transient after 404"
ALL_ROWS = ["404", "408", TWICE, "404", "501"]
FATAL = [code for code in STATUS_CODES if outcome_due(code) == "fatal"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(opened: Any, tmp_path: Path) -> Iterator[Any]:
    """Open the report; afterwards the browser is as it was."""
    colour_scheme(opened, "light")
    show(opened, REPORT, tmp_path)
    yield opened
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    opened.get("about:blank")
    console(opened)
    requests(opened)


def show(page: Any, given: Report, folder: Path) -> None:
    path = folder / "report with blanks & signs.html"
    write(given, path)
    page.get(path.as_uri())


def cells(page: Any) -> list[Any]:
    return list(page.find_elements("css selector", "[role=gridcell]"))


def visible_codes(page: Any) -> list[int]:
    script = (
        "return [...document.querySelectorAll('[role=gridcell]')].flatMap("
        "(cell, code) => getComputedStyle(cell).visibility === 'visible' ? [code] : [])"
    )
    return list(page.execute_script(script))


def visible_rows(page: Any) -> list[str]:
    rows = page.find_elements("css selector", "#departing [data-expected]")
    return [row.find_element("css selector", "td").text for row in rows if row.is_displayed()]


def choose(page: Any, **choices: str) -> None:
    from selenium.webdriver.support.select import Select

    for name, text in choices.items():
        Select(page.find_element("name", name)).select_by_visible_text(text)


def focused(page: Any) -> tuple[str, str]:
    return spoken(page, page.switch_to.active_element)


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.switch_to.active_element.send_keys(key)


def style_of(page: Any, selector: str, name: str, pseudo: str = "") -> str:
    script = "return getComputedStyle(document.querySelector(arguments[0]), arguments[2])[arguments[1]]"
    return str(page.execute_script(script, selector, name, pseudo))


def test_it_opens_from_disk_without_an_error_or_a_request(page: Any) -> None:
    assert console(page) == []
    assert [url for url in requests(page) if not url.startswith("data:")] == [page.current_url]
    assert "departs" in page.find_element("css selector", "h1").text


def test_verdict_departures_map_and_clauses_stand_in_this_order_and_clauses_are_anchors(page: Any) -> None:
    heads = page.find_elements("css selector", "h1, h2")
    assert [head.text for head in heads][1:] == ["Departures", "The 1,000 status codes", "Clauses"]
    tops = [head.location["y"] for head in heads]
    assert tops == sorted(tops)
    page.get(f"{page.current_url}#BITS-DOMAIN")
    assert page.execute_script("return document.querySelector(':target').innerText").startswith("BITS-DOMAIN")


def test_the_picture_has_digits_on_its_edges(page: Any) -> None:
    digits = "0123456789"
    assert "".join(page.find_element("css selector", ".digits").text.split()) == digits
    rows = page.find_elements("css selector", ".hundred:first-child [role=row]")
    assert "".join(row.text for row in rows) == digits
    for code in (437, 904):  # a code stands below its last digit and beside the one before it
        cell = cells(page)[code].rect
        last = page.find_elements("css selector", ".digits b")[11 * (code // 100) + 1 + code % 10].rect
        ten = page.find_elements("css selector", ".ten > b")[code // 10].rect
        assert abs(cell["x"] + cell["width"] / 2 - last["x"] - last["width"] / 2) < 2
        assert abs(cell["y"] + cell["height"] / 2 - ten["y"] - ten["height"] / 2) < 4


def test_a_comparison_fits_a_phone_with_a_map_of_each_candidate(page: Any, tmp_path: Path) -> None:
    long = report(result("BITS-4XX", *departs(404, got="x" * 150)), target="x" * 900)
    columns = [Column(f"{'t' * 90}{n}", given) for n, given in enumerate((REPORT, long) * 2)]
    path = tmp_path / "side by side.html"
    write(Comparison(columns, strict=False, seed=0), path, FORMATS)
    for width, beside in ((1200, True), (400, False)):
        screen(page, width, 900)
        page.get(path.as_uri())
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
        first, second, *others = page.find_elements("css selector", "figure")
        assert len(others) == 2
        assert (first.rect["y"] == second.rect["y"]) is beside
    got = page.find_elements("css selector", ".got")
    assert [each.is_displayed() for each in got if not each.text] == [False] * 2
    assert console(page) == []


def test_nothing_is_fetched_even_if_text_of_the_candidate_were_markup(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "unescaped.html"
    text = render(report(result("BITS-4XX", *departs(404, got="MARK"))))
    assert "<td>MARK" in text
    path.write_text(text.replace("<td>MARK", f"<td>{HOSTILE}"), encoding="utf-8")
    page.get(path.as_uri())
    assert "Content Security Policy" in "".join(console(page))
    assert page.execute_script("return window.pwned") is None
    assert not [url for url in requests(page) if url.startswith("http")]


def test_text_of_the_candidate_stays_text(page: Any, tmp_path: Path) -> None:
    hostile = report(
        result("BITS-4XX", *departs(404, expected=HOSTILE, got=HOSTILE), notes=[HOSTILE]),
        result("BITS-5XX", *departs(501, accepted=HOSTILE)),
        result("BITS-DOMAIN", Departure(HOSTILE, "rejected", HOSTILE)),
        target=f"exec:{HOSTILE}",
    )
    show(page, hostile, tmp_path)
    for cell in cells(page)[400:410]:
        cell.click()
    choose(page, result="departing")
    assert page.execute_script("return window.pwned") is None
    assert len(page.find_elements("css selector", "script")) == 2
    assert page.find_elements("css selector", "img, iframe, link[rel=stylesheet]") == []
    assert console(page) == []
    assert "{{ 7 * 7 }} {% raw %}" in page.find_element("css selector", "body").get_attribute("textContent")
    assert not re.search("[\x1b\u202e\u2066]", page.page_source)


def test_the_arrow_keys_walk_the_codes_and_a_screen_reader_is_told_each(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.find_element("css selector", "button[type=reset]").send_keys(Keys.TAB)
    departs_at_404 = "expected fatal (BITS-4XX), got transient; expected yes (BITS-REPOST), got no, accepted"
    assert focused(page) == ("gridcell", f"404: {departs_at_404}")
    arrows = {Keys.ARROW_RIGHT: 405, Keys.ARROW_UP: 395, Keys.ARROW_LEFT: 394, Keys.ARROW_DOWN: 404}
    jumps = {Keys.HOME: 400, Keys.END: 409, Keys.PAGE_DOWN: 509, Keys.PAGE_UP: 409}
    for key, code in {**arrows, **jumps}.items():
        press(page, key)
        role, name = focused(page)
        assert role == "gridcell"
        assert name.startswith(f"{code:03d}: expected {outcome_due(code)} ("), key
        assert page.find_element("id", "told").text == name
    press(page, Keys.CONTROL + Keys.END, Keys.ARROW_RIGHT)
    assert focused(page)[1].startswith("999: ")
    press(page, Keys.SHIFT + Keys.TAB, Keys.TAB)
    assert focused(page)[1].startswith("999: ")


def test_the_keyboard_steps_over_what_a_filter_hides(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    choose(page, result="departing")
    page.find_element("css selector", "button[type=reset]").send_keys(Keys.TAB)
    for key, code in ((Keys.ARROW_RIGHT, 408), (Keys.ARROW_RIGHT, 408), (Keys.HOME, 404)):
        press(page, key)
        assert focused(page)[1].startswith(f"{code}: ")


def test_pointing_at_a_code_says_what_it_is(page: Any) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(page).move_to_element(cells(page)[403]).perform()
    assert page.find_element("id", "told").text == "403: expected fatal (BITS-4XX), got fatal"


def test_without_scripts_the_codes_still_speak(page: Any) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.refresh()
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert not page.find_element("id", "choose").is_displayed()
    assert len(cells(page)) == 1000
    assert spoken(page, cells(page)[403]) == ("gridcell", "403: expected fatal (BITS-4XX), got fatal")
    assert visible_rows(page) == ALL_ROWS


@pytest.mark.parametrize(
    ("choices", "codes", "rows"),
    [
        (
            {"result": "departing"},
            [404, 408],
            ["404", "408", TWICE],
        ),
        ({"result": "accepted"}, [501], ["404", "501"]),
        ({"result": "conforming"}, [c for c in STATUS_CODES if c not in (404, 408, 501)], []),
        ({"clause": "BITS-REPOST"}, [c for c in STATUS_CODES if c != 200], ["404", "501"]),
        ({"clause": "BITS-4XX"}, list(range(400, 500)), ["404", "408"]),
        ({"clause": "BITS-4XX", "result": "departing"}, [404, 408], ["404", "408"]),
        ({"clause": "BITS-5XX", "result": "departing"}, [], []),
        ({"outcome": "fatal"}, FATAL, ["404", "404", "501"]),
        ({"outcome": "fatal", "result": "departing"}, [404], ["404"]),
        ({"outcome": "success"}, [200], []),
    ],
    ids=str,
)
def test_codes_and_departures_are_filtered_and_all_shown_again(
    choices: dict[str, str], codes: list[int], rows: list[str], page: Any
) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    choose(page, **choices)
    assert visible_codes(page) == codes
    assert visible_rows(page) == rows
    assert page.find_element("css selector", "[role=status]").text == f"{len(codes)} of 1000 codes"
    page.find_element("css selector", "button[type=reset]").click()
    # The page draws again once the browser has emptied the form, after the event.
    WebDriverWait(page, 60).until(lambda page: len(visible_codes(page)) == 1000)
    assert visible_rows(page) == ALL_ROWS


def luminance(colour: str) -> float:
    channels = [int(channel) / 255 for channel in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_in_both_colour_schemes(scheme: str, page: Any) -> None:
    colour_scheme(page, scheme)
    page_colour = style_of(page, "html", "backgroundColor")
    assert (luminance(page_colour) > 0.5) == (scheme == "light")
    for selector in ("body", "p.small", ".badge.passed", "select"):
        assert contrast(style_of(page, selector, "color"), page_colour) >= 4.5, selector
    for selector in (".badge.failed", "i.departs", "i.accepted"):
        colours = style_of(page, selector, "color"), style_of(page, selector, "backgroundColor")
        assert contrast(*colours) >= 4.5, selector
    fills = [style_of(page, f"#picture i.{kind}", "backgroundColor") for kind in ("transient", "fatal")]
    assert contrast(*fills) >= 2


def test_a_departure_is_not_told_by_colour_alone(page: Any) -> None:
    kinds = ("departs", "accepted", "fatal")
    marks = [style_of(page, f"#picture i.{kind}", "content", "::before") for kind in kinds]
    assert [mark[:2] for mark in marks] == ['"×', '"~', "no"]
    assert style_of(page, "#departing [data-expected] td", "content", "::before").startswith('"×')


def test_it_fits_a_phone(page: Any, tmp_path: Path) -> None:
    screen(page, 360, 760)
    show(page, report(result("BITS-4XX", *departs(404, got="x" * 150)), target="x" * 900), tmp_path)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 360


def test_on_paper_it_is_light_and_complete(page: Any) -> None:
    colour_scheme(page, "dark", "print")
    assert luminance(style_of(page, "body", "color")) < 0.1
    assert not page.find_element("id", "choose").is_displayed()
    assert not page.find_element("id", "told").is_displayed()
    assert style_of(page, ".tall", "maxHeight") == "none"
    assert page.find_element("id", "picture").is_displayed()
