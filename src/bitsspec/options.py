"""pytest's options and the keys of its ini file, and the session that they make."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bitsspec.errors import CannotRun
from bitsspec.settings import SETTINGS, Setting, Settings
from bitsspec.text import inert, show

if TYPE_CHECKING:
    from bitsspec.session import Session

SESSION: pytest.StashKey[Session] = pytest.StashKey()
IN_ENVIRONMENT = "BITSSPEC_CANDIDATE"
NOT_IN_INI = ("only",)
KEYS = ("bits_candidate", *(f"bits_{name}" for name in SETTINGS if name not in NOT_IN_INI))
ON_OR_OFF = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def add_options(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    group = parser.getgroup("bitsspec", "bitsspec: conformance with BITS' reaction to HTTP status codes")
    what = "the candidate to judge: python:MODULE[:ATTRIBUTE], exec:COMMAND, table:PATH or reference"
    group.addoption("--bits-candidate", metavar="TARGET", help=what)
    parser.addini("bits_candidate", what, default=None)
    for setting in SETTINGS.values():
        option, text = f"--bits-{setting.name}", setting.help
        if setting.is_flag:
            group.addoption(option, action="store_true", default=None, help=text)
        else:
            shown = text if setting.repeats or setting.default is None else f"{text} ({setting.default:g})"
            action = "append" if setting.repeats else "store"
            group.addoption(option, metavar=setting.metavar, action=action, help=shown)
        if setting.name not in NOT_IN_INI:
            kind = "bool" if setting.is_flag else "linelist" if setting.repeats else "string"
            parser.addini(f"bits_{setting.name}", text, kind, default=None)  # type: ignore[arg-type]


def session_of(config: pytest.Config) -> Session:
    """Return the one session of a pytest run; ends the run where its settings cannot be used."""
    if SESSION not in config.stash:
        from bitsspec.session import Session

        try:
            config.stash[SESSION] = Session(_settings(config))
        except CannotRun as error:
            pytest.exit(inert(f"bitsspec: {error}"), returncode=2)
    return config.stash[SESSION]


def is_given(config: pytest.Config) -> bool:
    """Return whether any setting is given."""
    return any(_given(config, setting)[1] is not None for setting in SETTINGS.values())


def candidate_named(config: pytest.Config) -> str | None:
    """Return the target that the option, the environment or the ini file names, in this order."""
    named = config.getoption("--bits-candidate"), os.environ.get(IN_ENVIRONMENT)
    target: str | None = next((each for each in named if each is not None), None)
    if target is None:
        in_ini = ini_value(config, "bits_candidate")
        if not isinstance(in_ini, str | None):
            pytest.fail(f"bits_candidate: {show(in_ini)} is not the text of a target", pytrace=False)
        target = in_ini
    return target


def why_nobody_is_named(config: pytest.Config) -> str:
    """Return how to name a candidate, and what looks like an attempt at it."""
    attempts = get_close_matches(IN_ENVIRONMENT, os.environ, cutoff=0.8)
    attempts += get_close_matches("bits_candidate", _ini_file(config), cutoff=0.8)
    meant = f" (is that what {attempts[0]} is meant to do?)" if attempts else ""
    return (
        "no candidate is named by --bits-candidate, by BITSSPEC_CANDIDATE, by bits_candidate in the ini file"
        f" or by a fixture bits_candidate{meant}\n"
        "name one: --bits-candidate python:PACKAGE.MODULE:ATTRIBUTE, or reference for the built-in reference"
    )


def unknown_key(config: pytest.Config) -> str:
    """Return what is wrong with the keys of the ini file and the names in the environment; else nothing."""
    twins = {f"BITSSPEC_{name.upper()}": f"--bits-{name}" for name in SETTINGS}
    close = get_close_matches(IN_ENVIRONMENT, os.environ, cutoff=0.85)
    for name in [*close, *twins]:
        if name != IN_ENVIRONMENT and name in os.environ:
            instead = twins.get(name, IN_ENVIRONMENT)
            return f"{name} in the environment is not what bitsspec looks for\nwrite {instead}"
    unknown = next((key for key in _ini_file(config) if key.startswith("bits_") and key not in KEYS), None)
    if unknown is None:
        return ""
    return f"{config.inipath}: {unknown} is not a key of bitsspec's\nthe keys are {', '.join(KEYS)}"


def ini_value(config: pytest.Config, name: str) -> Any:
    """Return what the ini file says: text, or what a file in TOML has there; None where it says nothing."""
    try:
        return config.getini(name)
    except (TypeError, ValueError, pytest.UsageError):  # TOML's type is not the registered one
        return _ini_file(config).get(name)


def _ini_file(config: pytest.Config) -> Mapping[str, Any]:
    """Return the ini file as it stands there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pytest has no other way to see keys and values of any type
        return getattr(config, "inicfg", {})


def _settings(config: pytest.Config) -> Settings:
    """Return the settings that the options and the ini file make."""
    values: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        source, given = _given(config, setting)
        if given is None:
            continue
        try:
            values[name] = _read(setting, given)
        except CannotRun as error:
            raise CannotRun(f"{source}: {error}") from error
    return Settings(**values)


def _read(setting: Setting, given: Any) -> Any:
    """Return the value that an option's text or any value of an ini file makes."""
    if setting.is_flag:
        value = ON_OR_OFF.get(str(given).strip().lower())
        if value is None:
            raise CannotRun(f"{show(given)} is neither true nor false")
        return value
    each = given if setting.repeats and isinstance(given, list) else [given]
    kinds = (str, int, float) if setting.is_number else (str,)
    wrong = next((one for one in each if isinstance(one, bool) or not isinstance(one, kinds)), None)
    if wrong is not None:
        raise CannotRun(f"{show(wrong)} is not {'a number' if setting.is_number else 'text'}")
    read = tuple(setting.read(str(one)) for one in each)
    return read if setting.repeats else read[0]


def _given(config: pytest.Config, setting: Setting) -> tuple[str, Any]:
    """Return what names a setting, an option before a key of the ini file, and what that says."""
    given = config.getoption(f"--bits-{setting.name}")
    if given is not None:
        return f"--bits-{setting.name}", given
    given = None if setting.name in NOT_IN_INI else ini_value(config, f"bits_{setting.name}")
    if given in (None, "", []):
        return "", None
    if setting.repeats and isinstance(given, str):
        given = [line.strip() for line in given.splitlines() if line.strip()]
    if setting.metavar == "PATH":
        given = (
            [_beside_ini(config, path) for path in given]
            if isinstance(given, list)
            else _beside_ini(config, given)
        )
    return f"bits_{setting.name}", given


def _beside_ini(config: pytest.Config, path: Any) -> Any:
    """Return a path of the ini file's, which is relative to it, as one of the current directory's."""
    if not isinstance(path, str):
        return path
    found, here = (config.inipath.parent if config.inipath else Path()) / path, Path.cwd()
    return str(found.relative_to(here) if found.is_relative_to(here) else found)
