"""Modules of the current directory beside the libraries that bitsspec uses, whatever their names are.

A file of the user's may be called ``json.py`` or ``rich.py``. What lies in the current directory finds its
neighbours there first, as ever; what lies elsewhere, such as a library, finds libraries first.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

LIBRARIES = frozenset(
    {"click", "hypothesis", "jinja2", "matplotlib", "msgspec", "numpy", "psutil", "pytest", "rich", "scipy"}
    | {"tomlkit"}
)
"""What bitsspec imports here and there. A module of the user's must not be found first under such a name."""
_STANDARD = sys.stdlib_module_names - {"test"}  # which no library uses, and many a project has
_IMPORTED_BY = ("importlib", "_frozen_importlib")


class _Neighbours:
    """Finds in a directory first what its own modules import, and the one module that is ``wanted``."""

    def __init__(self) -> None:
        self.folders: set[str] = set()
        self.wanted: tuple[str, str] | None = None

    def find_spec(self, name: str, path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return what is there under this name; None leaves it to Python's own ways."""
        if path is not None or name in LIBRARIES or name in _STANDARD:
            return None
        wanted, folder = self.wanted or ("", "")
        folder = folder if name == wanted else _folder_of(_importer())
        spec = PathFinder.find_spec(name, [folder]) if folder in self.folders else None
        return None if spec is None or spec.loader is None else spec  # a mere folder comes last, as ever


_NEIGHBOURS = _Neighbours()


@contextmanager
def looking_first(name: str, here: str) -> Iterator[None]:
    """Have the module ``name`` looked for in the directory ``here`` first, and later its neighbours."""
    if here not in sys.path:
        sys.path.append(here)
        _NEIGHBOURS.folders.add(here)
        if _NEIGHBOURS not in sys.meta_path:
            last = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)
            sys.meta_path.insert(last, _NEIGHBOURS)
    _NEIGHBOURS.wanted = name.partition(".")[0], here
    try:
        yield
    finally:
        _NEIGHBOURS.wanted = None


def path_of_others() -> list[str]:
    """Return ``sys.path`` without what `looking_first` added, for an interpreter that does so itself."""
    return [entry for entry in sys.path if entry not in _NEIGHBOURS.folders]


def hidden(names: Iterable[str]) -> Path | None:
    """Return a file or package of the current directory with one of ``names``, where that means a library."""
    for top in (name.partition(".")[0] for name in names):
        found = getattr(sys.modules.get(top), "__file__", None)
        is_taken = found is not None or top in LIBRARIES or top in _STANDARD
        for path in (Path(f"{top}.py"), Path(top, "__init__.py")):
            if is_taken and path.is_file() and str(path.absolute()) != found:
                return path.absolute()
    return None


def leave_out_current_directory() -> None:
    """Take the current directory, where all modules would be looked for first, out of ``sys.path``.

    ``python -m`` puts it there, or the user in PYTHONPATH; `looking_first` puts it where it does no harm.
    """
    if sys.argv[0] == "-m" and not sys.flags.safe_path:
        del sys.path[0]
    if any(map(_is_here, os.environ.get("PYTHONPATH", "").split(os.pathsep))):
        sys.path.remove(next(filter(_is_here, sys.path)))


def _is_here(entry: str) -> bool:
    try:
        return os.path.samefile(entry, ".")  # noqa: PTH121
    except OSError:
        return False


def _importer() -> str:
    """Return the file of the module that is importing now."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_IMPORTED_BY):
        frame = frame.f_back
    return str(frame.f_globals.get("__file__") or "")


def _folder_of(file: str) -> str:
    """Return the entry of ``sys.path`` in which ``file`` lies."""
    entries = (entry for entry in sys.path if entry and file.startswith(os.path.join(entry, "")))  # noqa: PTH118
    return max(entries, key=len, default="")
