"""Modules of the current directory and libraries of the same names."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from bitsspec import importing, starting

BORROWS = "def borrowed():\n    import of_both\n    return of_both.WHERE\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a current directory and, in the path of Python, a library, both with a module ``of_both``."""
    here, library = tmp_path / "here", tmp_path / "library"
    for folder, name in ((here, "of_mine"), (library, "of_others")):
        folder.mkdir()
        (folder / "of_both.py").write_text(f"WHERE = {folder.name!r}", encoding="utf-8")
        (folder / f"{name}.py").write_text(BORROWS, encoding="utf-8")
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "path", [str(library), *sys.path])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(importing, "_NEIGHBOURS", importing._Neighbours())
    before = set(sys.modules)
    yield here
    for name in set(sys.modules) - before:
        del sys.modules[name]


def looked_for(name: str, here: Path) -> None:
    with importing.looking_first(name, str(here)):
        import_module(name)


@pytest.mark.parametrize(("module", "where"), [("of_mine", "here"), ("of_others", "library")])
def test_each_module_finds_its_own_neighbour(module: str, where: str, here: Path) -> None:
    looked_for("of_mine", here)
    assert import_module(module).borrowed() == where


def test_the_candidate_is_looked_for_here_first_and_a_fresh_interpreter_does_so_itself(here: Path) -> None:
    looked_for("of_both", here)
    assert sys.modules["of_both"].WHERE == "here"
    assert sys.path[-1] == str(here)
    assert str(here) not in importing.path_of_others()


def test_a_library_that_bitsspec_uses_comes_before_any_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tomlkit", "zipapp"):
        (here / f"{name}.py").write_text("raise RuntimeError('not this one')", encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        looked_for(name, here)
        assert importing.hidden(["absent", name]) == here / f"{name}.py"
    assert importing.hidden(["absent", "of_mine"]) is None


def test_a_folder_without_modules_comes_last(here: Path) -> None:
    (here / "of_both.py").unlink()
    (here / "of_both").mkdir()
    looked_for("of_both", here)
    assert sys.modules["of_both"].WHERE == "library"


def test_a_python_without_its_own_finder_looks_here_all_the_same(here: Path) -> None:
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    looked_for("of_mine", here)


@pytest.mark.parametrize(
    ("words", "named", "left"),
    [
        (["-m", "bitsspec"], "", False),
        (["-mbitsspec.candidates.replay"], "", False),
        (["/usr/bin/bitsspec"], ".", False),
        (["-m", "mine"], ".", True),
        (["program.py"], "", True),
    ],
    ids=str,
)
def test_the_command_alone_takes_the_current_directory_out_of_the_path(
    words: list[str], named: str, left: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = "-m" if words[0].startswith("-m") else words[0]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, ["absent", named])))
    monkeypatch.setattr(sys, "orig_argv", ["python", *words, "check"])
    monkeypatch.setattr(sys, "argv", [first, "check"])
    monkeypatch.setattr(sys, "path", ["absent.zip", str(here)] if named else [str(here), "absent.zip"])
    monkeypatch.setattr("signal.getsignal", lambda number: None)
    starting.start()
    assert (str(here) in sys.path) is left
    assert "absent.zip" in sys.path
