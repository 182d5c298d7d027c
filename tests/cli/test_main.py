"""The command ``bitsspec`` itself: help, version, exit codes whatever happens, and what it imports."""

import contextlib
import importlib
import io
import sys

import pytest

from bitsspec import __version__
from bitsspec.cli import COMMANDS, main
from bitsspec.report.model import Report
from bitsspec.settings import Settings
from tests.support.in_process import invoke

ABSENT = "no_such_module:classify"


def test_help_lists_every_command_and_each_teaches_with_examples() -> None:
    shown = invoke("--help").output
    assert shown == invoke("-h").output
    for command, text in COMMANDS.items():
        assert f"\n  {command} " in shown
        assert text in shown
        assert "Examples:" in invoke(command, "--help").output
    offered = main.shell_complete(main.make_context("bitsspec", ["check"]), "")
    assert {item.value for item in offered} >= set(COMMANDS)


def test_a_command_that_is_not_there_is_refused() -> None:
    done = invoke("frobnicate")
    assert (done.exit_code, "No such command 'frobnicate'" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "hint"), [(("check", "exec:node", "x.js"), True), (("init", "a", "b"), False)]
)
def test_a_command_line_that_is_not_in_quotes_is_told_to_be(arguments: tuple[str, ...], hint: bool) -> None:
    done = invoke(*arguments)
    assert (done.exit_code, "put a command line in quotes" in done.output) == (2, hint), done.output


def test_the_version_is_one_line() -> None:
    assert invoke("--version").output == f"bitsspec {__version__}\n"


@pytest.mark.parametrize("command", ["check", "compare"])
def test_help_tells_the_defaults(command: str) -> None:
    shown = " ".join(invoke(command, "--help").output.split())
    for default in ("10.0", "50", "0"):
        assert f"[default: {default}]" in shown


def test_options_become_the_settings_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def note(target: str | None, settings: Settings, progress: object) -> Report:
        made.append((target, settings))
        raise KeyboardInterrupt

    monkeypatch.setattr("bitsspec.cli.check.run", note)
    options = ["--strict", "--only", "4xx", "--timeout", "3", "--examples", "4", "--seed", "5"]
    invoke("check")
    invoke("check", ABSENT, *options)
    settings = Settings(strict=True, only=("BITS-4XX",), timeout=3, examples=4, seed=5)
    assert made == [(None, Settings()), (ABSENT, settings)]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["compare"], "Missing argument 'TARGET TARGET...'"),
        (["compare", "a:b"], "two targets or more"),
        (["explain"], "no status code and no HRESULT stands in what was read"),
        (["report"], "Missing argument 'REPORT.json'"),
        (["compare", ABSENT, ABSENT, "--timeout", "0"], "'0' is not a number from 0.001"),
        (["compare", ABSENT, ABSENT, "--report", "out.xml"], "a report ends in .json, .html, .md"),
    ],
)
def test_a_command_without_what_it_is_about_is_refused(arguments: list[str], why: str) -> None:
    done = invoke(*arguments)
    assert (done.exit_code, why in done.output) == (2, True), done.output


def test_an_interruption_of_anything_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    importlib.import_module("bitsspec.cli.vectors")
    monkeypatch.setitem(sys.modules["bitsspec.cli.vectors"].FORMATS, "json", interrupted)
    done = invoke("vectors")
    assert (done.exit_code, done.output) == (130, "bitsspec: interrupted\n")


def test_closed_streams_change_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("stdin", "stdout", "stderr")
    for name in names:
        monkeypatch.setattr(sys, name, None)
    with pytest.raises(SystemExit) as ended:
        main(["check", "--only", "4XX"])
    assert ended.value.code == 0
    for stream in [getattr(sys, name) for name in names]:
        stream.close()


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_an_error_that_nobody_can_be_told_is_still_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(SystemExit) as ended:
        main(["check", ABSENT])
    assert ended.value.code == 2


def test_an_output_that_cannot_be_written_is_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(SystemExit) as ended:
        main(["vectors"])
    assert ended.value.code == 2


def test_a_reader_that_has_left_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", Left())
    with pytest.raises(SystemExit) as ended:
        main(["vectors"])
    assert ended.value.code == 0


def test_a_standard_output_without_a_file_descriptor_will_do() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["explain", "429"], standalone_mode=False) is None
    assert "BITS-4XX" in printed.getvalue()


def test_to_import_a_module_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bitsspec", "check", ABSENT])
    for name in ("bitsspec.__main__", "bitsspec.bench.served"):
        importlib.import_module(name)
