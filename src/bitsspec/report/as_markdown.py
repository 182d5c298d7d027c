"""The report as Markdown, for a pull request or the summary of a job.

What comes from the candidate stands in code spans alone, on lines of its own or in sentences, never in a
table: a code span is the one place where Markdown gives no character but the backtick a meaning.
"""

import re
import shlex

from bitsspec.report.model import REQUIRED, ClauseResult, Report, Result
from bitsspec.report.story import PAGE, details, unjudged
from bitsspec.settings import Settings
from bitsspec.spec.vocabulary import Level
from bitsspec.text import printable, shorten

LONGEST_LINE = 300
LONGEST_TARGET = 1000


def render(report: Report) -> str:
    """Return the verdict, the clauses as a table, and the departures as bounded lists."""
    lines = [f"## bitsspec: {standing(report)}", "", _verdict(report), ""]
    lines += ["| clause | level | rule | cites | result | checked | departures |"]
    lines += ["| --- | --- | --- | --- | --- | ---: | ---: |"]
    lines += [_row(result) for result in report.clauses]
    lines += [line for remark in report.remarks for line in ("", f"- {code_span(remark)}")]
    for result in report.telling:
        lines += ["", *_departures(result)]
    lines += [f"{line}\n" for line in ["", *_unjudged(report)]] if unjudged(report) else [""]
    lines += [f"The rules: [Handling Server Application Errors]({PAGE})"]
    lines += ["", f"Run it again: {code_span(command(report), LONGEST_TARGET)}"]
    return "\n".join(lines) + "\n"


def standing(report: Report) -> str:
    """Return the verdict in a few words, such as ``departs`` or ``conforms``."""
    if any(result.open for result in report.failed):
        return "departs"
    if report.failed:
        is_missing = any(REQUIRED in result.blames for result in report.failed)
        return "lacks what is required" if is_missing else "does not match its baseline"
    if not report.complete:
        return "judged in part"
    ran = any(result.result in (Result.PASSED, Result.ACCEPTED) for result in report.clauses)
    return "conforms" if ran else "not judged"


def command(report: Report) -> str:
    """Return the command that makes this run again, quoted for a POSIX shell.

    Where a clause that every run checks was not run, as with pytest's ``-k``, the run was one over chosen
    clauses.
    """
    words = ["bitsspec", "check", report.target]
    words += ["--strict"] if report.strict else []
    words += ["--baseline", report.baseline] if report.baseline else []
    words += [word for each in report.only or _chosen(report) for word in ("--only", each)]
    words += [word for each in report.require for word in ("--require", each)]
    if report.timeout_s != Settings.timeout:
        words += ["--timeout", str(report.timeout_s).removesuffix(".0")]
    words += ["--jobs", str(report.jobs)] if report.jobs is not None else []
    words += ["--examples", str(report.examples)] if report.examples != Settings.examples else []
    return shlex.join([*words, "--seed", str(report.seed)])


def _chosen(report: Report) -> list[str]:
    if report.is_live or all(
        r.result is not Result.NOT_RUN or r.clause.level is not Level.MUST for r in report.clauses
    ):
        return []
    return [r.clause.id for r in report.clauses if r.result is not Result.NOT_RUN]


def code_span(text: str, longest: int = LONGEST_LINE) -> str:
    """Return ``text`` as one code span, its control characters written as escapes."""
    line = shorten(text, longest)
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) or not line else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def _verdict(report: Report) -> str:
    sentence = shorten(report.verdict().removeprefix(printable(report.target)), LONGEST_TARGET)
    return code_span(report.target, LONGEST_TARGET) + re.sub(r"[\\`*_\[\]<>|~&@#!]", r"\\\g<0>", sentence)


def _unjudged(report: Report) -> list[str]:
    """Return what was not judged; in a live client's report, in which reasons may be anything, as code."""
    is_ours = not report.is_live and not any(r.remarks or r.not_observed for r in report.clauses)
    return unjudged(report) if is_ours else [f"- {code_span(line)}" for line in unjudged(report)]


def _row(result: ClauseResult) -> str:
    clause = result.clause
    checked = f"{result.checked:,}" if result.checked else ""
    accepted = len(result.departures) - len(result.open)
    counts = [f"{len(result.open):,}"] if result.open else []
    counts += [f"{accepted:,} accepted"] if accepted else []
    text = str(result.result)
    shown = f"**{text}**" if result.result is Result.FAILED else text
    cells = (clause.id, str(clause.level), clause.text, clause.cites, shown, checked, " + ".join(counts))
    return f"| {' | '.join(cells)} |"


def _departures(result: ClauseResult) -> list[str]:
    shown = [f"- {code_span(line)}" for line in details(result)]
    return [f"### {result.clause.id} {result.result}", "", *shown]
