"""The comparison as one HTML file, in the clothes of the report."""

from importlib import resources

from bitsspec.comparison.model import Comparison
from bitsspec.spec.clauses import CLAUSES
from bitsspec.text import printable


def render(comparison: Comparison) -> str:
    """Return a page that loads nothing; every text of a candidate's is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        autoescape=True, finalize=shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = (resources.files("bitsspec.comparison") / "comparison.html.jinja").read_text(encoding="utf-8")
    style = (resources.files("bitsspec.report") / "report.css").read_text(encoding="utf-8")
    return environment.from_string(page).render(comparison=comparison, clauses=CLAUSES, style=Markup(style))
