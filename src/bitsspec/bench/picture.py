"""The cost over the 1,000 status codes as a picture, drawn by matplotlib."""

import base64
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib
import matplotlib.ticker
import numpy as np
from matplotlib.figure import Figure as Canvas

from bitsspec import __version__, pages
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import cost_by_code
from bitsspec.bench.terminal import evidence, head_to_head, show_figure
from bitsspec.files import replace_file
from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.text import shorten

NEIGHBOURS: Final = 10
LOGARITHMIC_FROM: Final = 12.0  # times: a linear axis would press the fast ones flat
LONGEST_CAPTION: Final = 150


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of a picture for one colour scheme."""

    page: str
    text: str
    faint: str
    grid: str
    lines: dict[str, str]


LIGHT: Final = Scheme(
    "#ffffff",
    "#1c2430",
    "#55606e",
    "#d5dbe3",
    {"candidate": "#0b57a4", "against": "#9c2a8c", "reference": "#b35900", "floor": "#55606e"},
)
DARK: Final = Scheme(
    "#12171e",
    "#e6ebf1",
    "#a3afbd",
    "#323c49",
    {"candidate": "#8cc0ff", "against": "#f0a3e4", "reference": "#ffb454", "floor": "#a3afbd"},
)
DASHES: Final = {"candidate": "-", "against": "-", "reference": "--", "floor": ":"}


def write(measurement: Measurement, path: Path) -> None:
    """Write it in the format that the suffix of ``path`` names: .html, .svg, .png, or .json for the figures.

    Raises `CannotRun` when that is not possible.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        replace_file(path, json.dumps(measurement.as_json(), indent=1) + "\n")
    elif suffix == ".html":
        replace_file(path, page(measurement))
    elif suffix == ".svg":
        replace_file(path, draw(measurement, "svg", LIGHT, captioned=True).decode())
    else:
        replace_file(path, draw(measurement, "png", LIGHT, captioned=True))


def draw(measurement: Measurement, file_format: str, scheme: Scheme, *, captioned: bool) -> bytes:
    """Return the picture as a file of the format ``svg`` or ``png``."""
    settings: dict[Any, Any] = {
        "font.size": 10,
        "svg.hashsalt": "bitsspec",
        "axes.facecolor": scheme.page,
        "axes.edgecolor": scheme.faint,
        "axes.labelcolor": scheme.text,
        "text.color": scheme.text,
        "text.parse_math": False,
        "xtick.color": scheme.faint,
        "ytick.color": scheme.faint,
        "xtick.labelcolor": scheme.text,
        "ytick.labelcolor": scheme.text,
        "grid.color": scheme.grid,
    }
    with matplotlib.rc_context(settings):
        canvas = Canvas(figsize=(10, 5), facecolor=scheme.page, layout="constrained")
        axes = canvas.add_subplot()
        profiles = {s.name: cost_by_code(measurement.samples[s.name]) for s in measurement.subjects}
        for name, ns in profiles.items():
            colour = scheme.lines[name]
            axes.plot(
                STATUS_CODES, ns, ".", markersize=2.5, color=colour, alpha=0.35, zorder=2, rasterized=True
            )
            tens = np.repeat(np.median(ns.reshape(-1, NEIGHBOURS), axis=1), NEIGHBOURS)
            axes.plot(
                STATUS_CODES,
                tens,
                DASHES[name],
                linewidth=1.8,
                color=colour,
                label=measurement.labels[name],
                zorder=3,
            )
        tens_only = [np.median(ns.reshape(-1, NEIGHBOURS), axis=1) for ns in profiles.values()]
        highest, lowest = max(map(np.max, tens_only)), min(map(np.min, tens_only))
        if highest / lowest > LOGARITHMIC_FROM:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
            axes.yaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
            axes.yaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,g}"))
        else:
            axes.set_ylim(0, float(highest) * 1.25)
        axes.set_xlim(-5, 1004)
        axes.set_xticks(range(0, 1000, 100), [f"{status:03d}" for status in range(0, 1000, 100)])
        axes.set_xlabel("status code")
        axes.set_ylabel("ns per answer")
        axes.grid(axis="y", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        canvas.legend(loc="outside upper right", ncols=len(profiles), frameon=False, labelcolor=scheme.text)
        if captioned:
            caption = shorten(measurement.conclusion, LONGEST_CAPTION)
            canvas.supxlabel(f"{caption}\n{measurement.machine}", fontsize=9, color=scheme.faint)
        buffer = BytesIO()
        metadata: dict[str, None] = {"Date": None} if file_format == "svg" else {}
        canvas.savefig(buffer, format=file_format, dpi=150, metadata=metadata)
    return buffer.getvalue()


def page(measurement: Measurement) -> str:
    """Return one HTML file that needs no network and follows the reader's colour scheme."""

    def embedded(scheme: Scheme) -> str:
        svg = draw(measurement, "svg", scheme, captioned=False)
        return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"

    return pages.render(
        "bench/page.html.jinja",
        version=__version__,
        measurement=measurement,
        light=embedded(LIGHT),
        dark=embedded(DARK),
        evidence={
            name: list(evidence(flatness, measurement.growth if name == "candidate" else None))
            for name, flatness in measurement.flatness.items()
        },
        head_to_head=list(head_to_head(measurement)),
        show_figure=show_figure,
    )
