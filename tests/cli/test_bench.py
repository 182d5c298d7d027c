"""`bitsspec bench`, with as few rounds as it takes: what it judges, writes and refuses."""

import contextlib
import io
import json
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from bitsspec import bench as package
from bitsspec import vectors
from bitsspec.bench import flatness, growth, measurement, sampling
from bitsspec.cli import bench as command
from bitsspec.cli.bench import bench
from bitsspec.errors import CannotRun
from tests.support.command import exec_target

CONTRASTS = "bitsspec.benchmarks.contrasts"
Run = Callable[..., Result]


def untraced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` as it runs without coverage, which would slow down what it times."""

    def call(*arguments: object, **options: object) -> Any:
        tracing = sys.gettrace()
        sys.settrace(None)
        try:
            return function(*arguments, **options)
        finally:
            sys.settrace(tracing)

    return call


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the command in this process."""
    monkeypatch.setattr(sampling, "MOST_ROUNDS", sampling.FEWEST_ROUNDS)
    for module in (measurement, growth):
        monkeypatch.setattr(module, "sample", untraced(sampling.sample))
    return lambda *arguments: CliRunner().invoke(bench, [str(each) for each in arguments])


def refusal(result: Result) -> str:
    assert isinstance(result.exception, CannotRun)
    return str(result.exception)


def test_the_reference_is_flat_and_grows_with_nothing(run: Run) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "python:bitsspec.reference is flat" in result.output
    assert re.search(r"growth +constant", result.output)


def test_an_if_chain_is_not_flat_by_its_instructions(run: Run) -> None:
    result = run(f"{CONTRASTS}:if_chain")
    assert result.exit_code == 1
    assert "is not flat (by instructions" in result.output


def test_a_scan_in_c_is_not_flat_by_its_time(run: Run) -> None:
    result = run(f"{CONTRASTS}:list_scan")
    assert result.exit_code == 1
    assert "is not flat (by timing)" in result.output


def test_a_higher_bar_lets_an_if_chain_pass(run: Run) -> None:
    assert run(f"{CONTRASTS}:if_chain", "--max-spread", "10").exit_code == 0


def test_no_fail_only_reports(run: Run) -> None:
    result = run(f"{CONTRASTS}:if_chain", "--no-fail")
    assert result.exit_code == 0
    assert "is not flat" in result.output


def test_a_candidate_over_the_ratio_fails(run: Run) -> None:
    result = run(f"{CONTRASTS}:in_list", "--max-spread", "1000", "--max-ratio", "3")
    assert result.exit_code == 1
    assert "over the 3 allowed" in result.output


def test_a_candidate_within_the_ratio_passes(run: Run) -> None:
    result = run(f"{CONTRASTS}:tuple_table", "--max-ratio", "10")
    assert result.exit_code == 0
    assert "within the 10 allowed" in result.output


def test_two_candidates_are_held_against_each_other(run: Run) -> None:
    result = run(f"{CONTRASTS}:tuple_table", "--against", f"{CONTRASTS}:in_list")
    sentence = re.search(r"tuple_table costs (\d\.\d\d) \(.*\) times python:\S+:in_list", result.output)
    assert sentence is not None, result.output
    assert float(sentence[1]) < 0.5
    assert result.exit_code == 0  # the verdict is on the candidate alone


def test_a_builder_shows_its_growth(run: Run) -> None:
    result = run(f"{CONTRASTS}:c_bisect", "--growth", f"{CONTRASTS}:build_c_bisect")
    assert re.search(r"growth +log n", result.output)


def test_json_holds_the_growth_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    run("--json", path, "--no-fail")
    written = json.loads(path.read_text(encoding="utf-8"))["growth"]
    assert written["fit"] in set(growth.Shape)
    assert set(written["residuals"]) == set(growth.Shape)
    assert [point["rules"] for point in written["points"]] == list(growth.SIZES)
    assert all(point["ns"] > 0 for point in written["points"])


def test_json_holds_every_figure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    run(f"{CONTRASTS}:list_scan", "--json", path, "--max-ratio", "2")
    written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert written["target"] == f"python:{CONTRASTS}:list_scan"
    assert written["passes"] is False
    assert [subject["name"] for subject in written["subjects"]] == ["candidate", "reference", "floor"]
    assert all(len(subject["ns_by_code"]) == 1000 for subject in written["subjects"])
    ratio = written["subjects"][0]["ratio_to_reference"]
    assert 2 < ratio["low"] <= ratio["value"] <= ratio["high"]
    flatness = written["flatness"]["candidate"]
    assert flatness["verdict"] == "not flat"
    assert flatness["instructions"]["spread"] == 1
    assert flatness["timing"]["spread"]["low"] > 1.25


def test_pictures_are_written_in_every_format(run: Run, tmp_path: Path) -> None:
    paths = [tmp_path / f"bench{suffix}" for suffix in (".html", ".svg", ".png")]
    result = run(f"{CONTRASTS}:tuple_table", *(word for path in paths for word in ("--report", path)))
    assert result.exit_code == 0, result.output
    html = paths[0].read_text(encoding="utf-8")
    assert "tuple_table is flat" in html
    assert html.count("data:image/svg+xml;base64,") == 2  # one for each colour scheme
    assert not re.search(r"""(?:src|href|srcset)="(?!data:)""", html)  # nothing from a network
    assert ElementTree.parse(paths[1]).getroot().tag.endswith("svg")
    assert paths[2].read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[str], str]:
    """Return what makes a module of a text and names it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    name = f"candidate_of_{request.node.name}".replace("[", "_").replace("]", "_")

    def write(text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    return write


def test_a_candidate_that_raises_is_measured_all_the_same(run: Run, module: Callable[[str], str]) -> None:
    named = module("FATAL = ('fatal',) * 999\ndef classify(status):\n    return FATAL[status]\n")
    result = run(named, "--max-spread", "100")
    assert result.exit_code == 0, result.output
    assert "raises at some codes" in " ".join(result.output.split())


def test_coroutines_cannot_be_measured(run: Run, module: Callable[[str], str]) -> None:
    named = module("async def classify(status):\n    return 'fatal'\n")
    assert "coroutines" in refusal(run(named))


@pytest.mark.parametrize("call", [1, 1002], ids=["at the first call", "while it is timed"])
def test_ctrl_c_in_a_candidate_ends_the_measurement(
    run: Run, module: Callable[[str], str], call: int
) -> None:
    named = module(
        "calls = 0\ndef classify(status):\n    global calls\n    calls += 1\n"
        f"    raise KeyboardInterrupt if calls == {call} else ValueError\n"
    )
    result = run(named)
    assert result.exit_code == 1
    assert "Aborted" in result.output


def test_a_table_is_measured_per_answer_looked_up(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(vectors.as_csv(), encoding="utf-8")
    result = run(f"table:{table}", "--max-spread", "100", "--json", tmp_path / "bench.json")
    assert result.exit_code == 0, result.output
    shown = " ".join(result.output.split())
    assert "per answer looked up in the table" in shown
    assert "no Python function to look at" in shown
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert written["flatness"]["candidate"]["instructions"] is None


def test_a_program_that_fails_at_a_code_cannot_be_measured(run: Run) -> None:
    program = Path(__file__).with_name("misbehaving.py")
    told = refusal(run(exec_target(sys.executable, program, "prints garbage", "404")))
    assert "cannot be measured: at 404 it answers 'banana split'" in told
    assert "bitsspec check" in told


def test_a_table_is_no_builder(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(vectors.as_csv(), encoding="utf-8")
    assert "name a Python function" in refusal(run("--growth", f"table:{table}"))


def test_a_terminal_shows_progress(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    with (
        contextlib.redirect_stderr(terminal),
        contextlib.redirect_stdout(io.StringIO()),
        pytest.raises(SystemExit, match="0"),
    ):
        bench.main([f"{CONTRASTS}:tuple_table", "--no-fail"])
    assert "measuring" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # and takes it away


def test_a_target_that_is_not_there_cannot_be_measured(run: Run) -> None:
    assert "cannot import 'there_is_no_such_module'" in refusal(run("there_is_no_such_module"))


def test_a_builder_that_builds_nothing_is_refused(run: Run) -> None:
    assert "no classifier of 10 rules" in refusal(run("--growth", "bitsspec.reference:classify"))


def test_a_picture_of_an_unknown_format_is_refused_before_anything_is_measured(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "sample", None)
    assert ".html, .svg, .png" in refusal(run("--report", tmp_path / "bench.pdf"))
    assert "there is no directory" in refusal(run("--json", tmp_path / "nowhere" / "bench.json"))


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--max-ratio", "0", "0.0 is not in the range x>0"),
        ("--max-ratio", "-0.5", "-0.5 is not in the range x>0"),
        ("--max-spread", "0.99", "0.99 is not in the range x>=1"),
        ("--report", ".", "is a directory"),
        ("--json", ".", "is a directory"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(run: Run, option: str, value: str, told: str) -> None:
    result = run(option, value)
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.parametrize("options", [("--max-ratio", "0.01"), ("--max-spread", "1")])
def test_the_least_that_can_be_meant_is_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str]
) -> None:
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    assert "bench needs" in refusal(run(*options))


def test_the_bar_is_the_one_that_flat_means_and_help_tells_it(run: Run) -> None:
    assert command.MAX_SPREAD == flatness.MAX_SPREAD
    assert f"[default: {flatness.MAX_SPREAD:g}; x>=1]" in " ".join(run("--help").output.split())


def test_without_the_extra_one_line_says_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "find_spec", lambda name: None if name == "scipy" else name)
    told = refusal(run())
    assert told == 'bench needs scipy: pip install "bitsspec[bench]"'


def test_a_program_is_measured_beside_the_protocol_alone(
    run: Run, module: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "FEWEST_ROUNDS", 4)
    monkeypatch.setattr(sampling, "MOST_ROUNDS", 4)
    name = module("import sys\nfor line in sys.stdin: print('fatal', flush=True)\n")
    result = run(f"exec:{shlex.join([sys.executable, f'{name}.py'])}", "--no-fail")
    assert result.exit_code == 0, result.output
    assert "the protocol alone" in " ".join(result.output.split())
    assert "per pipelined answer" in " ".join(result.output.split())
