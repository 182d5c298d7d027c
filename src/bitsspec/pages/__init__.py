"""The HTML pages: each is one file that asks nothing of any network, drawn from a template in its own room.

Every text is escaped, and what is not printable is shown as an escape. Styles and scripts run by their hash
alone, so that text of a candidate's could not become one even if it were not escaped.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from bitsspec.text import printable, shorten


def render(template: str, **data: Any) -> str:
    """Return the page that a template of this package draws, such as ``report/report.html.jinja``."""
    return _environment().get_template(template).render(data)


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        finalize=_shown,
        loader=FunctionLoader(_file),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"line": shorten, "csp_hash": _csp_hash, "file": _file}
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment


def _shown(value: object) -> object:
    """Return what a template puts in: text that is not markup of our own as one printable line."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _file(name: str) -> str:
    return (resources.files("bitsspec") / name).read_text(encoding="utf-8")


def _csp_hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
