"""`bitsspec bench`: what it judges, writes and refuses. Most of these tests make the samples up."""

import contextlib
import io
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from bitsspec import bench, spec
from bitsspec.bench import growth, measurement, sampling
from bitsspec.bench.subjects import Subject
from bitsspec.cli import main
from tests.support.in_process import invoke

CONTRASTS = "bitsspec.benchmarks.contrasts"
TUPLE, CHAIN, SCAN = (f"{CONTRASTS}:{name}" for name in ("tuple_table", "if_chain", "list_scan"))
TABLE = f"table:{Path(spec.__file__).with_name('vectors.csv')}"


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no time taken: the candidate costs twice what the reference costs, and another one eight times."""

    def sample(given: Sequence[Subject], watch: Any, *, time_limit_s: float) -> dict[str, Any]:
        watch.at(1, 8, "measuring")
        costs = {"candidate": 80.0, "against": 320.0, "reference": 40.0, "floor": 20.0}
        return {subject.name: np.full((8, 1000), costs[subject.name]) for subject in given}

    monkeypatch.setattr(measurement, "sample", sample)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure with as few rounds as it takes, and without coverage, which would slow down what is timed."""

    def untraced(*arguments: Any, **options: Any) -> Any:
        tracing = sys.gettrace()
        sys.settrace(None)
        try:
            return sampling.sample(*arguments, **options)
        finally:
            sys.settrace(tracing)

    monkeypatch.setattr(sampling, "MOST_ROUNDS", sampling.FEWEST_ROUNDS)
    for module in (measurement, growth):
        monkeypatch.setattr(module, "sample", untraced)


def words(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.usefixtures("real")
def test_the_reference_is_flat_and_its_cost_does_not_grow_with_the_rules() -> None:
    result = invoke("bench")
    assert result.exit_code == 0, result.output
    assert "python:bitsspec.reference is flat" in result.output
    assert re.search(r"growth +constant", result.output)


@pytest.mark.usefixtures("real")
def test_a_scan_in_c_is_not_flat_by_its_time() -> None:
    result = invoke("bench", SCAN, "--require-flat")
    assert result.exit_code == 1
    assert "is not flat (by timing" in result.output


@pytest.mark.usefixtures("real")
def test_a_builder_shows_how_the_cost_grows() -> None:
    result = invoke("bench", f"{CONTRASTS}:c_bisect", "--growth", f"{CONTRASTS}:build_c_bisect")
    assert re.search(r"growth +log n", result.output)


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        ((TUPLE,), 0, "one item of a tuple"),
        ((CHAIN,), 0, "is not flat (by instructions)"),
        ((CHAIN, "--require-flat"), 1, "is not flat (by instructions)"),
        ((CHAIN, "--max-spread", "3"), 1, "its spread is over the 3 allowed"),
        ((CHAIN, "--max-spread", "10"), 0, "its spread is within the 10 allowed"),
        ((TUPLE, "--max-ratio", "3"), 0, "within the 3 allowed"),
        ((TUPLE, "--max-ratio", "1.5"), 1, "over the 1.5 allowed"),
        (("math:log",), 0, "raises at some codes"),
        ((TABLE,), 0, "per answer looked up in the table"),
        ((TUPLE, "--against", CHAIN), 0, f"costs 0.25 (0.25-0.25) times python:{CHAIN}"),
    ],
)
def test_the_exit_code_is_the_verdict_on_the_candidate(
    arguments: tuple[str, ...], exit_code: int, says: str
) -> None:
    result = invoke("bench", *arguments)
    assert result.exit_code == exit_code, result.output
    assert says in words(result)


@pytest.mark.usefixtures("made_up")
def test_pictures_and_json_are_written(tmp_path: Path) -> None:
    html, svg, written = (str(tmp_path / f"bench{suffix}") for suffix in (".html", ".svg", ".json"))
    assert invoke("bench", TUPLE, "--report", html, "--report", svg, "--report", written).exit_code == 0
    assert "tuple_table is flat" in Path(html).read_text(encoding="utf-8")
    assert "<svg" in Path(svg).read_text(encoding="utf-8")
    assert json.loads(Path(written).read_text(encoding="utf-8"))["passes"] is True


def test_ctrl_c_in_a_candidate_ends_the_measurement(module: Callable[[str], str]) -> None:
    result = invoke("bench", module("def classify(status):\n    raise KeyboardInterrupt\n"))
    assert result.exit_code == 130
    assert "interrupted" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("there_is_no_such_module",), "cannot import 'there_is_no_such_module'"),
        (("--growth", TABLE), "name a Python function"),
        (("--growth", "bitsspec.reference:classify"), "no classifier of 10 rules"),
        (("--report", "bench.pdf"), ".json, .html, .svg, .png"),
        (("--report", "nowhere/bench.json"), "there is no directory"),
        (("--max-ratio", "0"), "0.0 is not in the range x>0"),
        (("--max-spread", "0.99"), "0.99 is not in the range x>=1"),
        (("--max-ratio", "nan"), "nan is not a number"),
        (("--max-spread", "inf"), "inf is not a number"),
        (("--timeout", "nan"), "nan is not a number"),
        (("--report", "."), "is a directory"),
    ],
)
@pytest.mark.usefixtures("made_up")
def test_what_cannot_be_measured_is_exit_code_2(arguments: tuple[str, ...], says: str) -> None:
    result = invoke("bench", *arguments)
    assert result.exit_code == 2
    assert says in words(result)


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "find_spec", lambda name: None if name == "scipy" else name)
    result = invoke("bench", "--max-ratio", "0.01", "--max-spread", "1")
    assert result.exit_code == 2
    assert 'bench needs scipy: pip install "bitsspec[bench]"' in result.output


def test_help_names_the_bar_that_flat_means() -> None:
    assert f"the bar being {bench.MAX_SPREAD:g}" in words(invoke("bench", "--help"))


@pytest.mark.usefixtures("made_up")
def test_a_terminal_shows_progress_and_takes_it_away(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")  # draw into a file as into a terminal
    with (
        (project / "sent").open("wb") as file,
        contextlib.redirect_stderr(Terminal(file, encoding="utf-8")),
        contextlib.redirect_stdout(io.StringIO()),
        pytest.raises(SystemExit, match="0"),
    ):
        main(["bench", TUPLE])
    sent = (project / "sent").read_text(encoding="utf-8")
    assert "starting" in sent
    assert sent.endswith("\x1b[2K")
