"""The picture of a measurement, in each format."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bitsspec.bench import picture
from bitsspec.bench.picture import LIGHT, draw
from tests.support.measured import GROWTH, measured, named, with_another


def texts(svg: bytes) -> list[str]:
    """Return the texts that an SVG shows: matplotlib draws them as outlines and notes them beside."""
    return re.findall("<!-- (.*?) -->", svg.decode(), re.DOTALL)


@pytest.mark.parametrize("suffix", [".html", ".svg", ".PNG"])
def test_a_picture_is_written_in_the_format_that_its_suffix_names(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bench{suffix}"
    picture.write(measured(), path)
    written = path.read_bytes()
    if suffix == ".html":
        assert written.count(b"data:image/svg+xml;base64,") == 2  # one for each colour scheme
        assert not re.search(rb"""(?:src|href|srcset)="(?!data:)""", written)  # nothing from a network
    elif suffix == ".svg":
        assert ElementTree.fromstring(written).tag.endswith("svg")
    else:
        assert written.startswith(b"\x89PNG")


def test_a_picture_shows_every_subject_the_conclusion_and_the_machine() -> None:
    measurement = with_another(measured())
    shown = texts(draw(measurement, "svg", LIGHT, captioned=True))
    assert {"mine:classify", "theirs:classify", "reference", "floor", "000", "900"} <= set(shown)
    assert measurement.conclusion in shown
    assert measurement.machine in shown
    assert measurement.conclusion not in texts(draw(measurement, "svg", LIGHT, captioned=False))


@pytest.mark.parametrize(("times", "logarithmic"), [(4, False), (100, True)])
def test_costs_that_lie_far_apart_are_drawn_to_a_logarithmic_scale(times: float, logarithmic: bool) -> None:
    shown = texts(draw(measured(times=times), "svg", LIGHT, captioned=False))
    assert ("0" in shown) is not logarithmic
    assert ("1,000" in shown) is logarithmic


def test_dollars_in_a_target_are_not_a_formula() -> None:
    shown = texts(draw(named(r"table:$\nothing$.csv"), "svg", LIGHT, captioned=True))
    assert any(r"$\nothing$" in text for text in shown)


def test_a_page_shows_the_evidence_for_both_and_the_growth_of_the_candidate_alone() -> None:
    measurement = with_another(measured(growth=GROWTH))
    page = picture.page(measurement)
    assert measurement.conclusion in page
    assert measurement.machine in page
    assert page.count('<th scope="row">timing</th>') == 2
    assert page.count('<th scope="row">growth</th>') == 1


def test_a_target_is_text_on_the_page() -> None:
    page = picture.page(named("table:<b>.csv"))
    assert "table:&lt;b&gt;.csv" in page
    assert "<b>" not in page
