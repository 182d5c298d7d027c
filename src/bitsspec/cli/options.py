"""Options that several commands take; those of a run are made from the settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bitsspec.errors import CannotRun
from bitsspec.settings import SETTINGS, Setting

Function = TypeVar("Function", bound=Callable[..., Any])

FILE = click.Path(path_type=Path, dir_okay=False)


class _Value(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """The value of a setting."""

    def __init__(self, setting: Setting) -> None:
        self.name = setting.name
        self._setting = setting

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):  # the default
            return value
        try:
            return self._setting.read(value)
        except CannotRun as error:
            return self.fail(str(error), param, ctx)


def of_run(*names: str) -> Callable[[Function], Function]:
    """Return what adds the options of these settings to a command."""

    def add(function: Function) -> Function:
        for name in reversed(names):
            function = _option(SETTINGS[name])(function)
        return function

    return add


def report_option(suffixes: str) -> Callable[[Function], Function]:
    """Return what adds ``--report``, for formats that these suffixes name."""
    return click.option(
        "--report",
        metavar="PATH",
        type=FILE,
        multiple=True,
        help=f"Write a report, in the format its suffix names ({suffixes}); repeatable.",
    )


def _option(setting: Setting) -> Callable[[Function], Function]:
    if setting.is_flag:
        return click.option(f"--{setting.name}", is_flag=True, help=setting.help)
    if setting.metavar == "PATH":
        return click.option(f"--{setting.name}", metavar="PATH", type=FILE, help=setting.help)
    return click.option(
        f"--{setting.name}",
        metavar=setting.metavar,
        type=_Value(setting),
        multiple=setting.repeats,
        default=setting.default,
        show_default=not setting.repeats,
        help=setting.help,
    )
