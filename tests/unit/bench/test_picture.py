"""The picture of a measurement: what is drawn where, taken from matplotlib as it is saved."""

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text

from bitsspec.bench import picture
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import cost_by_code
from tests.support.measured import GROWTH, measured, with_another


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Canvas]:
    """Return the list of all that is drawn from now on."""
    canvases: list[Canvas] = []
    save = Canvas.savefig

    def note(canvas: Canvas, *arguments: Any, **options: Any) -> None:
        canvases.append(canvas)
        save(canvas, *arguments, **options)

    monkeypatch.setattr(Canvas, "savefig", note)
    return canvases


def axes_of(measurement: Measurement, drawn: list[Canvas]) -> Axes:
    picture.draw(measurement, "png", picture.LIGHT, captioned=False)
    return drawn[-1].axes[0]


def texts(canvas: Canvas) -> list[str]:
    return [text.get_text() for text in canvas.findobj(Text) if isinstance(text, Text)]


def uneven(times: float) -> Measurement:
    """Return a measurement whose candidate costs more at 400 to 409, and most at 404."""
    measurement = measured(times=1)
    samples = measurement.samples["candidate"].copy()
    samples[:, 400:410] *= times
    samples[:, 404] *= 3
    return replace(measurement, samples={**measurement.samples, "candidate": samples})


def test_each_subject_is_a_point_for_each_code_and_a_line_through_the_medians_of_ten(
    drawn: list[Canvas],
) -> None:
    measurement = uneven(2)
    axes = axes_of(measurement, drawn)
    names = ["candidate", "reference", "floor"]
    points, lines = axes.lines[::2], axes.lines[1::2]
    assert [line.get_label() for line in lines] == names
    for name, point, line in zip(names, points, lines, strict=True):
        costs = cost_by_code(measurement.samples[name])
        assert np.array_equal(point.get_xydata(), np.column_stack([np.arange(1000), costs]))
        tens = costs if name != "candidate" else np.where(np.arange(1000) // 10 == 40, 80, 40)
        assert np.array_equal(line.get_xydata(), np.column_stack([np.arange(1000), tens]))
        assert line.get_zorder() > point.get_zorder()


def test_a_second_candidate_is_drawn_too(drawn: list[Canvas]) -> None:
    axes = axes_of(with_another(measured()), drawn)
    assert [line.get_label() for line in axes.lines[1::2]] == ["candidate", "against", "reference", "floor"]
    assert [text.get_text() for text in drawn[-1].legends[0].get_texts()] == [
        line.get_label() for line in axes.lines[1::2]
    ]


def test_the_codes_stand_below_from_000_to_999_and_each_hundred_is_named(drawn: list[Canvas]) -> None:
    axes = axes_of(measured(), drawn)
    assert axes.get_xlim() == (-5, 1004)  # five codes of room on either side
    assert list(axes.get_xticks()) == list(range(0, 1000, 100))
    assert [label.get_text() for label in axes.get_xticklabels()] == [f"{status}00" for status in range(10)]


@pytest.mark.parametrize("times", [2, 6])
def test_up_to_twelve_times_the_cheapest_the_axis_starts_at_nothing(
    times: float, drawn: list[Canvas]
) -> None:
    axes = axes_of(uneven(times), drawn)  # the floor costs half of the reference
    assert axes.get_yscale() == "linear"
    assert axes.get_ylim() == (0, times * 40 * 1.25)
    assert any(line.get_visible() for line in axes.get_ygridlines())


def test_over_twelve_times_the_cheapest_the_axis_is_logarithmic(drawn: list[Canvas]) -> None:
    assert axes_of(uneven(6.25), drawn).get_yscale() == "log"
    axes = axes_of(uneven(60), drawn)
    low, high = axes.get_ylim()
    shown = [tick for tick in axes.get_yticks() if low < tick < high]
    assert shown == pytest.approx([20, 50, 100, 200, 500, 1000, 2000, 5000])
    assert [axes.yaxis.get_major_formatter()(tick) for tick in shown][-4:] == [
        "500",
        "1,000",
        "2,000",
        "5,000",
    ]


def test_a_picture_is_1500_by_750_pixels(tmp_path: Path) -> None:
    picture.write(measured(), tmp_path / "bench.PNG")
    header = (tmp_path / "bench.PNG").read_bytes()[16:24]
    assert struct.unpack(">II", header) == (1500, 750)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_picture_tells_the_conclusion_and_the_machine(
    suffix: str, drawn: list[Canvas], tmp_path: Path
) -> None:
    measurement = measured()
    picture.write(measurement, tmp_path / f"bench{suffix}")
    assert f"{measurement.conclusion}\n{measurement.machine}" in texts(drawn[-1])


def test_on_a_page_they_stand_below_the_picture_and_not_in_it(drawn: list[Canvas], tmp_path: Path) -> None:
    measurement = measured()
    picture.write(measurement, tmp_path / "bench.html")
    assert [measurement.machine in " ".join(texts(canvas)) for canvas in drawn] == [False, False]
    assert measurement.machine in (tmp_path / "bench.html").read_text(encoding="utf-8")


def named(target: str) -> Measurement:
    measurement = measured()
    candidate = replace(measurement.candidate, target=target)
    return replace(measurement, subjects=[candidate, *measurement.subjects[1:]])


def test_a_long_conclusion_is_cut_to_150_characters(drawn: list[Canvas]) -> None:
    picture.draw(named("m" * 200), "svg", picture.LIGHT, captioned=True)
    caption = next(text for text in texts(drawn[-1]) if "mmm" in text)
    assert len(caption.splitlines()[0]) == 150


def test_dollars_in_a_target_are_no_formula(drawn: list[Canvas]) -> None:
    picture.draw(named(r"table:$\nothing$.csv"), "svg", picture.LIGHT, captioned=True)
    assert any(r"$\nothing$" in text for text in texts(drawn[-1]))


def test_an_svg_is_the_same_each_time_and_holds_its_points_as_pixels() -> None:
    first, second = (picture.draw(measured(), "svg", picture.LIGHT, captioned=True) for _ in range(2))
    assert first == second
    assert b"dc:date" not in first
    assert b"<image" in first


def test_a_page_shows_the_growth_of_the_candidate_alone() -> None:
    page = picture.page(with_another(measured(growth=GROWTH)))
    sections = page.split("<h2>")[2:]
    assert [section.startswith("The candidate is ") for section in sections] == [True, False]
    assert ['<th scope="row">growth</th>' in section for section in sections] == [True, False]


def test_a_target_is_no_part_of_the_page() -> None:
    page = picture.page(named("table:<b>.csv"))
    assert "table:&lt;b&gt;.csv" in page
    assert "<b>" not in page
