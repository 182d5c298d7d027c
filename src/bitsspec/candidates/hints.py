"""What somebody may have meant whose target names nothing: one line, or none where nobody can tell."""

import inspect
import re
import shlex
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from traceback import walk_tb
from types import ModuleType

from bitsspec.candidates import KINDS

_TABLES = (".csv", ".json")
_RUN_WITH = {
    ".awk": "awk -f",
    ".jar": "java -jar",
    ".js": "node",
    ".cjs": "node",
    ".mjs": "node",
    ".lua": "lua",
    ".php": "php",
    ".pl": "perl",
    ".ps1": "pwsh -NoProfile -File",
    ".rb": "ruby",
    ".sh": "sh",
    ".ts": "node",
}
_SOURCE = ("src", "lib", "python")
"""Folders that hold packages, and are none themselves."""
_FILE = re.compile(r"(?P<path>.+\.pyw?)(?::(?P<attribute>.*))?$", re.IGNORECASE)
_SHELL = re.compile(
    r"&&|\|\||(?<!\S)[|;<>&]|[;|&](?!\S)|\d?>|\$\(|`|(?<!\S)~(?=/|\s|$)|\$\w|\$\{|(?<!\S)\w+=\S*\s"
)
_BUILT_IN = ("cd", "export", "set", "source", ".", "alias", "ulimit", "umask")


def of_target(rest: str, kind: str) -> str | None:
    """Return what to write instead of a target that is not a module."""
    before, colon, after = rest.partition(":")
    if colon and before.lower() in KINDS:
        return f"the kind is in small letters: {before.lower()}:{after}"
    file = _FILE.match(rest)
    if file and (len(rest.split()) == 1 or Path(file["path"]).exists()):
        return _of_file(Path(file["path"].replace("\\", "/")), file["attribute"], kind)
    if "/" in before and (Path(f"{before}.py").is_file() or Path(before).is_dir()):
        return _of_file(Path(f"{before}.py"), after, kind)
    if "{url}" in rest:
        return f'a client is watched while it uploads: "client:{rest}"'
    suffix = Path(rest).suffix.lower()
    if suffix in _TABLES and len(rest.split()) == 1:
        return f"a table is a kind of its own: table:{rest}"
    if suffix in _RUN_WITH and len(rest.split()) == 1:
        return f"a program is started: exec:{_RUN_WITH[suffix]} {rest}"
    if len(rest.split()) > 1 or "/" in rest or "\\" in rest or suffix in (".exe", ".bat", ".cmd"):
        return None if "://" in rest else _started(rest)
    if rest.startswith("."):
        return f"a name starts with no dot: {kind}:{rest.lstrip('.')}"
    if colon and (meant := get_close_matches(before.lower(), [*KINDS], 1)):
        return f"the kinds are {', '.join(KINDS)}: {meant[0]}:{after}"
    return None


def of_attribute(module: str, kind: str) -> str | None:
    """Return what to write instead of ``MODULE.FUNCTION``, where that module has such a function."""
    name, _, attribute = module.rpartition(".")
    path = [attribute]
    while name and not isinstance(sys.modules.get(name), ModuleType):
        name, _, step = name.rpartition(".")
        path.insert(0, step)
    found: object = sys.modules.get(name)
    for step in path if name else ():
        found = inspect.getattr_static(found, step, None)
    if name and found is not None:
        return f"a colon stands before the attribute: {kind}:{name}:{'.'.join(path)}"
    return None


def of_folder(module: str, here: Path) -> str | None:
    """Return how to make a module importable that lies in a folder for sources."""
    first = module.partition(".")[0]
    for folder in _SOURCE:
        if (here / folder / first).is_dir() or (here / folder / f"{first}.py").is_file():
            return f"it lies in {folder}: install the project (pip install -e .), or set PYTHONPATH={folder}"
    parts = module.split(".")
    files = here.glob(f"*/{'/'.join(parts)}.py") if all(part.isidentifier() for part in parts) else ()
    for file in sorted(files):
        path = file.relative_to(here)
        return f"write {'.'.join(path.with_suffix('').parts)}, as it is {path}"
    return None


def of_command(command: str, kind: str = "exec") -> str | None:
    """Return what to write instead of a command line that cannot be started, or that answers nothing."""
    words = command.split()
    if _SHELL.search(command) or words[0] in _BUILT_IN:
        shell = f"cmd /c {command}" if sys.platform == "win32" else f"sh -c {shlex.quote(command)}"
        return f'{kind}: starts a program without a shell; to have one, write "{kind}:{shell}"'
    suffix = Path(command).suffix.lower()
    if suffix in _TABLES and len(words) == 1:
        return f"a table is a kind of its own: table:{command}"
    runner = Path(sys.executable).stem if suffix == ".py" else _RUN_WITH.get(suffix)
    if runner and Path(command).is_file():
        return f"name the program that runs it: {kind}:{runner} {command}"
    if Path(command).is_file() and len(Path(command).parts) == 1:
        return f"write where it is: {kind}:./{command}"
    return None


def of_names(module: str, subject: object, kind: str = "python") -> str | None:
    """Return which functions and classes of a module, or methods of an object, could be meant."""
    found = []
    if not isinstance(subject, ModuleType) or not hasattr(subject, "__file__"):
        return None
    for name, value in sorted(vars(subject).items()):
        if name.startswith("_") or getattr(value, "__module__", None) != subject.__name__:
            continue
        is_function = callable(value) and not inspect.isclass(value)
        if is_function or callable(getattr(value, "classify", None)):
            of = "retry" if _is_predicate(name, value) else kind if is_function else "python"
            found.append(f"{of}:{module}:{name}")
    if not found:
        return None
    more = f", and {len(found) - 5} more" if len(found) > 5 else ""
    return f"it has {', '.join(found[:5])}{more}"


def _is_predicate(name: str, value: object) -> bool:
    annotations = getattr(value, "__annotations__", {})
    returned = annotations.get("return") if isinstance(annotations, dict) else None
    return returned in (bool, "bool") or (
        returned is None and "retry" in name.lower() and not inspect.isclass(value)
    )


def place_of(error: BaseException) -> str | None:
    """Return file and line of the user's code that an import failed in."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return _place(error.filename, error.lineno)
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    theirs = [at for at in frames if not at[0].startswith("<") and "importlib" not in Path(at[0]).parts]
    ours = str(Path(__file__).parent)
    theirs = [at for at in theirs if not at[0].startswith(ours)]
    own = [at for at in theirs if not at[0].startswith((sys.prefix, sys.base_prefix))]
    return _place(*(own or theirs)[-1]) if theirs else None


def _place(file: str, line: int) -> str:
    return f"{file}, line {line}"


def _started(command: str) -> str:
    return f"a program is started: exec:{command}"


def _of_file(path: Path, attribute: str | None, kind: str) -> str:
    """Return the target of a module from the name of its file, and how to make it importable."""
    here = Path.cwd()
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    parts = [part for part in path.with_suffix("").parts if part != "."]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    start = len(parts) - 1
    while start and parts[start - 1].isidentifier() and parts[start - 1] not in _SOURCE:
        start -= 1
    if path.is_absolute() or ".." in parts:
        start = _package_start(path, parts)
    target = f"{kind}:{'.'.join(parts[start:])}" + (f":{attribute.strip(':')}" if attribute else "")
    hint = f"name the module, not its file: {target}"
    if start:
        folder = str(Path(*parts[:start]))
        how = "install the project (pip install -e .), or set" if parts[start - 1] in _SOURCE else "set"
        hint += f" (to make it importable, {how} PYTHONPATH={folder})"
    return hint


def _package_start(path: Path, parts: Sequence[str]) -> int:
    """Return where the dotted name starts of a file that is not below the current directory."""
    start, folder = len(parts) - 1, path.parent
    while start > 1 and (folder / "__init__.py").is_file():
        start, folder = start - 1, folder.parent
    return start
