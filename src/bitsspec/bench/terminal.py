"""The measurement as a person reads it in a terminal, a pipe or the log of a CI run."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bitsspec.bench.flatness import Flatness, Verdict
from bitsspec.bench.growth import Growth
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import Figure
from bitsspec.text import inert

LARGE = 1000
FITTING = 80  # columns, for labels, figures and notes beside each other
STYLES = {Verdict.FLAT: "bold green", Verdict.NOT_FLAT: "bold red", Verdict.CLOSE: "bold yellow"}


def show(console: Console, measurement: Measurement) -> None:
    """Print the conclusion, in one line, then the costs and the evidence of flatness."""
    style = "bold green" if measurement.passes else "bold red"
    console.print(Text(inert(measurement.conclusion), style=style), soft_wrap=True)
    for line in head_to_head(measurement):
        console.print(Text(inert(line)), soft_wrap=True)
    console.print(f"measured {measurement.rounds} rounds of 1,000 codes on {measurement.machine}")
    console.print()
    console.print(_costs(measurement, console.width))
    for name, flatness in measurement.flatness.items():
        console.print()
        growth = measurement.growth if name == "candidate" else None
        console.print(_evidence(measurement.labels[name], flatness, growth))


def head_to_head(measurement: Measurement) -> Iterator[str]:
    """Yield the sentences about the second candidate, where there is one."""
    if "against" in measurement.samples:
        ratio = measurement.ratio("candidate", "against")
        other = next(subject for subject in measurement.subjects if subject.name == "against")
        yield f"{measurement.candidate.target} costs {show_figure(ratio)} times {other.target}"
        flatness = measurement.flatness["against"]
        yield f"{other.target} is {flatness.verdict} ({flatness.reason})"


def evidence(flatness: Flatness, growth: Growth | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield what the verdict rests on: a name, the figure, and what it says."""
    counted = flatness.instructions
    if counted is None:
        yield "instructions", "", "no Python function to look at"
    elif not counted.sees_code:
        yield "instructions", f"{counted.spread:.2f}", "it is not written in Python: says nothing"
    else:
        fewest, most = min(counted.instructions), max(counted.instructions)
        at = f"{counted.instructions.index(most):03d} and {counted.instructions.index(fewest):03d}"
        says = f"{most} and {fewest}, such as at {at}" if fewest < most else f"{fewest} at every code"
        yield "instructions", f"{counted.spread:.2f}", says
    timing = flatness.timing
    where = f"slowest about {_ten(timing.slowest)}, fastest about {_ten(timing.fastest)}"
    yield "timing", show_figure(timing.figure), where
    yield (
        "scattered",
        show_figure(flatness.scattered),
        "slowest over fastest tenth of the codes",
    )
    says = f"slowest at {flatness.single.slowest:03d}, over the fastest tenth"
    yield "one code", show_figure(flatness.single.figure), says
    slope = flatness.slope
    yield "slope", f"{slope.value:+.1%}", f"from 000 to 999 ({slope.low:+.1%} to {slope.high:+.1%})"
    if flatness.kept_ints is not None:
        yield "000-256", f"{flatness.kept_ints:.2f}", "of the time of the rest (CPython keeps these ints)"
    if growth is not None:
        yield "growth", str(growth.shape), f"{growth.times:.3g} times the cost from 10 to 1,000,000 rules"
        residuals = ", ".join(f"{shape} {residual:.0%}" for shape, residual in growth.residuals.items())
        yield "", "", f"residuals: {residuals}"


def show_figure(figure: Figure, decimals: int = 2) -> str:
    """Return a value and its interval, ``1.04 (1.03-1.06)``; large ones without decimals."""
    decimals = decimals if figure.high < LARGE else 0
    return f"{figure.value:,.{decimals}f} ({figure.low:,.{decimals}f}-{figure.high:,.{decimals}f})"


def _costs(measurement: Measurement, width: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("", overflow="fold", no_wrap=width >= FITTING)
    table.add_column("ns per answer (quartiles)", header_style="dim", no_wrap=True)
    table.add_column("times the reference", header_style="dim", no_wrap=True)
    table.add_column("", overflow="fold", min_width=12)
    for subject in measurement.subjects:
        ratio = measurement.ratio(subject.name, "reference") if subject.name != "reference" else None
        about = [subject.target] if subject.name == "floor" else []
        about += [subject.note] if subject.note else []
        table.add_row(
            _text(measurement.labels[subject.name]),
            show_figure(measurement.cost(subject), 1),
            show_figure(ratio) if ratio else "1",
            Text(", ".join(about), style="dim"),
        )
    return table


def _evidence(label: str, flatness: Flatness, growth: Growth | None) -> Table:
    table = Table.grid(padding=(0, 2))
    verdict = Text(f"{flatness.verdict}", style=STYLES[flatness.verdict])
    table.add_row(_text(label), verdict, flatness.reason)
    for kind, figure, says in evidence(flatness, growth):
        table.add_row(Text(f"  {kind}", style="dim"), figure, Text(says, style="dim"))
    return table


def _text(label: str) -> Text:
    return Text(inert(label, wrapped=True), overflow="fold")


def _ten(first: int) -> str:
    return f"{first:03d}-{first + 9:03d}"
