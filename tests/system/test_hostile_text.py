"""Text that is not ours does nothing but be read, wherever it comes from and wherever it is drawn."""

import html.parser
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

import bitsspec as library
from bitsspec import baseline, cli
from bitsspec.bench.subjects import of_candidate
from bitsspec.candidates import open_candidate
from bitsspec.comparison import as_html as side_by_side_html
from bitsspec.comparison import as_json as side_by_side_json
from bitsspec.comparison import as_markdown as side_by_side_markdown
from bitsspec.comparison import terminal as side_by_side
from bitsspec.comparison.files import FORMATS as SIDE_BY_SIDE
from bitsspec.comparison.model import Column, Comparison
from bitsspec.report import as_html, as_json, as_junit, as_markdown, github, terminal
from bitsspec.report.files import read, write
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full, tell
from bitsspec.spec import CLAUSE_BY_ID
from bitsspec.text import inert
from tests.support.browser import browser, console, requests
from tests.support.command import bitsspec, exec_target, run_pytest
from tests.support.judging import departing, judge

HOSTILE = {
    "ANSI escapes": "\x1b[31m\x1b[2J\x1b]0;title\x07\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "control characters": "a\x00\x01\b\x0b\x0c\rb\tc\x1f\x7fd",
    "C1 control characters": "\x80\x84\x8d\x90q\x9b31m\x9d0;title\x9c",
    "ends of lines": "a\nb\rc\r\nd\x0be\x0cf\x1cg\x85h\u2028i\u2029j",
    "bidirectional marks": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "what has no width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg",
    "lone surrogates": "\ud800a\udfffb\udcff",
    "no characters": "\ufffe\uffff\U0010ffff\ue000",
    "a script": "</script></title></style><script>window.pwned = 1</script>",
    "an attribute": "\"'><img src=http://198.51.100.1/x onerror='window.pwned = 2'><a href=\"javascript:1\">",
    "the end of CDATA": "]]></failure></testcase><testcase name='x'/>&amp;&#0;<!--",
    "GitHub's commands": "::error::x\n::error file=a::x\n  ::add-mask::x\r::stop-commands::x\n##[error]x",
    "Azure's commands": "##vso[task.setvariable variable=x]y\nx ##[section]y",
    "Markdown": "`a` ``b`` | c | [d](https://example.org) ![e](f) <b>g</b>\n\n# h\n\n- i\n\n```\n| --- |\n",
    "Markdown's escapes": "\\` \\| \\\\| `\\|` &lt; http://example.org @someone #1",
    "rich's markup": "[bold red]a[/bold red][/] [link=https://example.org]b[/link] :warning: [@click=x]c[/]",
    "templates": "{{ 7 * 7 }} {% raw %} {0} {target} %s ${{ github.token }} $(x)",
    "lines that wrap": "wrapped words and " * 5 + "::error::x " + "x" * 97 + "::error::x",
}
EVERYTHING = " ".join(HOSTILE.values())
NO_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def assert_harmless(shown: str, *, in_a_log: bool = True) -> None:
    """Raise unless ``shown`` is lines of printable characters, none of them a command of a CI service."""
    odd = {f"{c!a}" for c in shown if not c.isprintable() and c != "\n"}
    assert not odd, f"{odd} in {shown!a}"
    found = NO_COMMAND.search(shown) if in_a_log else None
    assert found is None, f"{shown[found.start() :][:80]!a} is a command"


def all_of_it(text: str, expected: str | None = None) -> Report:
    """Return a report in which everything that can be another's is ``text``, as in a stored one."""
    due = text if expected is None else expected
    results = [
        ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED, 100, [Departure(404, due, text)], [text]),
        ClauseResult(CLAUSE_BY_ID["BITS-5XX"], Result.ACCEPTED, 100, [Departure(501, due, text, text)]),
        ClauseResult(CLAUSE_BY_ID["BITS-POSTS"], Result.FAILED, 9, [Departure([403, text], due, text)]),
        ClauseResult(CLAUSE_BY_ID["BITS-DOMAIN"], Result.FAILED, 9, [Departure(text, due, text)]),
    ]
    return Report(text, True, 0, [text], in_full(results), 1000, version=text, baseline=text)


def compared(text: str) -> Comparison:
    columns = [Column(text, all_of_it(text, "fatal")), Column(text, None, f"{text}\n{text}")]
    return Comparison(columns, strict=False, seed=0, version=text)


def in_terminal(show: Callable[[Console], None], width: int = 80) -> str:
    screen = StringIO()
    show(Console(file=screen, width=width, highlight=False, no_color=True))
    return screen.getvalue()


# Places that text is drawn in: each one returns what is drawn, and its structure as a reader takes it apart.


class _Elements(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def elements(page: str) -> list[Any]:
    reader = _Elements()
    reader.feed(page)
    reader.close()
    return reader.found


def blocks(page: str) -> list[Any]:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(page)
    inside = [child for token in tokens for child in token.children or ()]
    only_text = ("text", "text_special", "softbreak")
    return [[token.type for token in tokens], [t.type for t in inside if t.type not in only_text]]


def keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: keys(value) for key, value in data.items()}
    return [keys(value) for value in data] if isinstance(data, list) else type(data)


def tags(page: str) -> list[Any]:
    return [(element.tag, sorted(element.attrib)) for element in ElementTree.fromstring(page).iter()]


def lines(text: str) -> int:
    return text.count("\n")


PLACES: dict[str, tuple[Callable[[str], str], Callable[[str], Any]]] = {
    "JSON": (lambda text: as_json.render(all_of_it(text)), lambda page: keys(json.loads(page))),
    "XML": (lambda text: as_junit.render(all_of_it(text)), tags),
    "HTML": (lambda text: as_html.render(all_of_it(text)), elements),
    "Markdown": (lambda text: as_markdown.render(all_of_it(text)), blocks),
    "terminal": (lambda text: in_terminal(lambda screen: terminal.show(screen, all_of_it(text))), lines),
    "narrow terminal": (
        lambda text: in_terminal(lambda screen: terminal.show(screen, all_of_it(text)), width=20),
        lambda page: None,  # our own text wraps
    ),
    "verdict": (
        lambda text: in_terminal(lambda screen: terminal.show_verdict(screen, all_of_it(text))),
        lines,
    ),
    "failure in pytest": (
        lambda text: "\n".join(inert(tell(result)) for result in all_of_it(text).failed),
        lines,
    ),
    "comparison in JSON": (
        lambda text: side_by_side_json.render(compared(text)),
        lambda page: keys(json.loads(page)),
    ),
    "comparison in HTML": (lambda text: side_by_side_html.render(compared(text)), elements),
    "comparison in Markdown": (lambda text: side_by_side_markdown.render(compared(text)), blocks),
    "comparison in a terminal": (
        lambda text: in_terminal(lambda screen: side_by_side.show(screen, compared(text))),
        lambda page: None,  # a table wraps
    ),
}
IN_A_LOG = [name for name in PLACES if "terminal" in name or name in ("verdict", "failure in pytest")]


def assert_nothing_acts(place: str, text: str) -> None:
    draw, structure = PLACES[place]
    drawn = draw(text)
    assert_harmless(drawn, in_a_log=place in IN_A_LOG)
    assert structure(drawn) == structure(draw("x")), drawn
    drawn.encode()


@hostile
@pytest.mark.parametrize("place", PLACES)
def test_text_of_a_report_does_not_act(place: str, text: str) -> None:
    assert_nothing_acts(place, text)


ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Cn", "Co"]),
        st.sampled_from("\n\r`|<>&'\"[]:#\\*_{}%-"),
    ),
    min_size=1,
) | st.lists(st.sampled_from(list(HOSTILE.values())), min_size=1, max_size=3).map("".join)


@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(ANY_TEXT.filter(str.strip))
def test_no_text_at_all_acts_anywhere(text: str) -> None:
    for place in PLACES:
        if "HTML" not in place or len(text) % 2:  # the largest pages, for half of the texts
            assert_nothing_acts(place, text)


@hostile
def test_a_stored_report_is_read_as_it_was(text: str, tmp_path: Path) -> None:
    report = all_of_it(text)
    write(report, tmp_path / "o.json")
    assert_harmless((tmp_path / "o.json").read_bytes().decode(), in_a_log=False)
    assert read(tmp_path / "o.json").as_json() == report.as_json()


@pytest.mark.parametrize(
    "spoil",
    [
        {"seed": float("inf")},
        {"codes_asked": float("-inf")},
        {"version": None, "bitsspec": ["[/]"]},
        {"capabilities": "[/x]"},
    ],
)
def test_odd_values_in_a_stored_report_are_no_traceback(spoil: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(all_of_it("x").as_json() | spoil), encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["report", str(tmp_path / "o.json")])
    assert result.exit_code in (0, 2)
    assert isinstance(result.exception, SystemExit | None)
    assert_harmless(result.output)


def test_a_failed_clause_that_lists_nothing_is_still_a_failure_in_xml() -> None:
    report = Report("x", False, 0, [], in_full([ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED)]), 0)
    (failure,) = ElementTree.fromstring(as_junit.render(report)).iter("failure")
    assert failure.text is not None
    assert failure.text.startswith("BITS-4XX: ")


# Sources of text: what a candidate answers, raises and is called


class _Shown:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def answering(answer: Callable[[], object]) -> Callable[[int], object]:
    return lambda status: answer() if status == 404 else library.classify(status)


def raising(error: BaseException) -> object:
    raise error


def named(kind: type, text: str) -> type:
    return type(text.replace("\0", "").encode("utf-8", "replace").decode() or "x", (kind,), {})


SOURCES: dict[str, Callable[[str], object]] = {
    "an answer": lambda text: text,
    "an answer as bytes": lambda text: text.encode("utf-8", "surrogatepass"),
    "an answer among others": lambda text: {text: [text]},
    "the repr of an answer": _Shown,
    "the class of an answer": lambda text: named(object, text)(),
    "the message of an exception": lambda text: raising(ValueError(text)),
    "the class of an exception": lambda text: raising(named(Exception, text)(text)),
    "the message of an exit": lambda text: raising(SystemExit(text)),
}


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_candidate_says_is_one_printable_line(source: str) -> None:
    for text in HOSTILE.values():
        report = judge(answering(partial(SOURCES[source], text)), ["BITS-4XX"])
        ((status, (_, got)),) = departing(report, "BITS-4XX").items()
        assert status == 404
        assert_harmless(got, in_a_log=False)
        assert "\n" not in got
        assert len(got) <= 200


class _NoValue:
    @property
    def value(self) -> object:
        raise RuntimeError("no value")


class _NoClass:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("no class")


class _NoText(str):
    def __format__(self, spec: str) -> str:
        raise RuntimeError("no text")

    def __len__(self) -> int:
        raise RuntimeError("no length")

    def isprintable(self) -> bool:
        return True


class _SaysNoText(Exception):
    def __str__(self) -> str:
        return _NoText("\x1b")


class _LeavesWhenShown:
    def __repr__(self) -> str:
        raise SystemExit(0)


class _Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("no name")


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        (_NoValue, "_NoValue object>"),
        (_NoClass, "_NoClass object>"),
        (lambda: _Shown(_NoText("\x1b")), "\\x1b"),
        (lambda: raising(_SaysNoText()), "raised _SaysNoText: \\x1b"),
        (_LeavesWhenShown, "<_LeavesWhenShown whose repr raised SystemExit>"),
        (_Nameless("Named", (_LeavesWhenShown,), {}), "<Named whose repr raised SystemExit>"),
    ],
    ids=["value", "class", "characters", "message", "repr", "name"],
)
def test_an_answer_that_cannot_be_looked_at_departs_as_any_other(
    answer: Callable[[], object], got: str
) -> None:
    ((_, shown),) = departing(judge(answering(answer), ["BITS-4XX"]), "BITS-4XX").values()
    assert shown.endswith(got)


def interrupting(*_: object) -> Any:
    raise KeyboardInterrupt


INTERRUPTED: dict[str, Callable[[], object]] = {
    "its repr": lambda: answering(type("Odd", (), {"__repr__": interrupting})),
    "its attribute": lambda: answering(type("Odd", (), {"value": property(interrupting)})),
    "its message": lambda: answering(lambda: raising(type("Odd", (Exception,), {"__str__": interrupting})())),
    "its method": lambda: type("Odd", (), {"classify": property(interrupting)})(),
    "its copy": lambda: type("Odd", (), {"__deepcopy__": interrupting, "__call__": interrupting})(),
    "its module": lambda: "bitsspec:reached.within",
}


@pytest.mark.parametrize("where", INTERRUPTED)
def test_ctrl_c_is_never_taken_for_an_answer(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    within = type("Odd", (), {"within": property(interrupting)})()
    monkeypatch.setattr(library, "reached", within, raising=False)
    with pytest.raises(KeyboardInterrupt):
        judge(INTERRUPTED[where](), ["BITS-4XX"])


class _OnlyOnce:
    made = 0

    def __init__(self) -> None:
        _OnlyOnce.made += 1
        if _OnlyOnce.made > 1:
            raise RuntimeError("only once")

    classify = staticmethod(library.classify)


class _LeavesWhenCopied:
    def __deepcopy__(self, memo: object) -> object:
        raise SystemExit(0)

    classify = staticmethod(library.classify)


@pytest.mark.parametrize("candidate", [_OnlyOnce, _LeavesWhenCopied()], ids=["made once", "never copied"])
def test_a_candidate_of_which_there_is_no_second_is_judged(candidate: object) -> None:
    assert judge(candidate, ["BITS-STABLE"]).conforms


@hostile
def test_a_candidates_name_is_text(text: str, tmp_path: Path) -> None:
    class Named:
        classify = staticmethod(library.classify)

    Named.__qualname__ = text.encode("utf-8", "replace").decode() or "x"
    report = judge(Named, ["BITS-4XX"])
    report.target.encode()
    assert_harmless(report.verdict(), in_a_log=False)
    subject = of_candidate("candidate", open_candidate(Named))
    assert_harmless(subject.target, in_a_log=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.nested_given])
@given(st.text(min_size=1))
def test_a_baseline_accepts_any_answer_that_it_was_written_for(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("baseline") / "accepted.toml"
    report = judge(answering(lambda: _Shown(text)), ["BITS-4XX"])
    (written,) = baseline.write(path, report.clauses)
    (departure,) = report.failed[0].departures
    assert written.matches(departure)


# Messages: everything that the command line says of what it was given


def spoken(*arguments: str) -> str:
    """Return what the command says, which must be an error of one or two short lines."""
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert_harmless(result.output)
    return result.output


ARGUMENTS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "a module": lambda text: ("check", text),
    "an attribute": lambda text: ("check", f"bitsspec:x{text}"),
    "a program": lambda text: ("check", f"exec:{text}"),
    "a table": lambda text: ("check", f"table:{text}.csv"),
    "a table of no kind": lambda text: ("check", f"table:x.{text}"),
    "a report in no directory": lambda text: ("check", "--report", f"absent{text}/o.json"),
    "a report of no format": lambda text: ("check", "--report", f"o.{text}"),
    "a baseline": lambda text: ("check", "--baseline", f"{text}.toml"),
    "a baseline to write": lambda text: ("check", "--write-baseline", f"absent{text}/o.toml"),
    "a clause": lambda text: ("check", "--only", text),
    "a number": lambda text: ("check", "--seed", text),
    "an option": lambda text: ("check", f"--x{text}"),
    "a command": lambda text: (text or "-", "check"),
    "a stored report": lambda text: ("report", f"{text}.json"),
    "a status": lambda text: ("explain", text),
    "a format": lambda text: ("vectors", "--format", text),
    "a second target": lambda text: ("compare", f"{text}x", f"{text}y", "--report", text),
}


@pytest.mark.parametrize("what", ARGUMENTS)
def test_a_message_about_an_argument_does_not_act(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (*HOSTILE.values(), EVERYTHING, ""):
        spoken(*ARGUMENTS[what](re.sub("[\0\ud800-\udbff\udc00-\udc7f\udd00-\udfff]", "", text)))


CONTENTS: dict[str, tuple[str, Callable[[str], str], tuple[str, ...]]] = {
    "the header of a table": ("t.csv", lambda text: f"status,{text}\n", ("check", "table:t.csv")),
    "an outcome in a table": (
        "t.csv",
        lambda text: 'status,outcome\n200,"{}"\n'.format(text.replace('"', '""')),
        ("check", "table:t.csv"),
    ),
    "a status in a table": (
        "t.json",
        lambda text: json.dumps([{"status": text, "outcome": "fatal"}]),
        ("check", "table:t.json"),
    ),
    "a key in a table": ("t.json", lambda text: json.dumps([{f"{text}x": 1}]), ("check", "table:t.json")),
    "no JSON in a table": ("t.json", lambda text: f"[{text}", ("check", "table:t.json")),
    "a stored report": ("o.json", lambda text: json.dumps({text: text}), ("report", "o.json")),
    "an unknown clause in a stored report": (
        "o.json",
        lambda text: json.dumps(all_of_it("x").as_json() | {"clauses": [{"id": f"{text}x"}]}),
        ("report", "o.json"),
    ),
    "no TOML": ("b.toml", lambda text: f"{text} = =", ("check", "--baseline", "b.toml")),
    "a key of a baseline": (
        "b.toml",
        lambda text: f"{toml(text)} = 1\n",
        ("check", "--baseline", "b.toml"),
    ),
    "a clause of a baseline": (
        "b.toml",
        lambda text: f"[[accepted]]\nclause = {toml(text)}\n",
        ("check", "--baseline", "b.toml"),
    ),
    "codes of a baseline": (
        "b.toml",
        lambda text: f'[[accepted]]\nclause = "BITS-4XX"\nreason = "x"\ngot = "y"\ncodes = {toml(text)}\n',
        ("check", "--baseline", "b.toml"),
    ),
    "a module that raises": ("m.py", lambda text: f"raise RuntimeError({text!a})", ("check", "m")),
    "a class that raises": (
        "m.py",
        lambda text: f"class C:\n    def __init__(self):\n        raise RuntimeError({text!a})\n",
        ("check", "m:C"),
    ),
    "an attribute that raises": (
        "m.py",
        lambda text: (
            f"class C:\n    def __getattr__(self, name):\n        raise RuntimeError({text!a})\nc = C()"
        ),
        ("check", "m:c"),
    ),
}


def toml(text: str) -> str:
    """Return ``text`` as a string of TOML, which writes everything but surrogates as an escape."""
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text if not "\ud800" <= c <= "\udfff") + '"'


@pytest.mark.parametrize("what", CONTENTS)
def test_a_message_about_what_is_in_a_file_does_not_act(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name, content, arguments = CONTENTS[what]
    for text in (*HOSTILE.values(), EVERYTHING):
        sys.modules.pop("m", None)
        (tmp_path / name).write_text(content(text), encoding="utf-8", errors="replace", newline="")
        said = spoken(*arguments)
        assert name.removesuffix(".py") in said
        assert len(said) < 1000
    sys.modules.pop("m", None)


# The commands themselves, from end to end


RUNS = """
import sys
from bitsspec import classify as right

TEXT = {text!a}

def classify(status):
    if status == 404:
        raise ValueError(TEXT)
    return TEXT if status == 405 else right(status)

classify.__qualname__ = TEXT
globals()[TEXT] = classify

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\\n")
    sys.stderr.reconfigure(encoding="utf-8", newline="\\n")
    for line in sys.stdin:
        if line.startswith("404"):
            sys.exit(TEXT)
        elif line.startswith("405"):
            print(TEXT.replace("\\n", " "), flush=True)
        else:
            print("unsupported" if line.startswith("posts") else right(int(line)), flush=True)
"""
TYPED = "".join(c for c in EVERYTHING if c not in "\0./" and not "\ud800" <= c <= "\udfff")
"""What a command line can hold, and a path."""
FILE_NAME = (
    "\x1b[31m\u202e\u2066\x9b\x7f ::error::x ##[error]x <b>&`|x`\n::error::y"
    if sys.platform != "win32"
    else "x"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / FILE_NAME
    folder.mkdir()
    (folder / "mine.py").write_text(RUNS.format(text=TYPED), encoding="utf-8")
    (folder / "accepted.toml").write_text(
        "\n".join(
            f'[[accepted]]\nclause = "BITS-4XX"\ncodes = {code}\ngot = {toml(TYPED)}\nreason = {toml(TYPED)}'
            for code in (404, 429)
        ),
        encoding="utf-8",
    )
    return folder


def without_our_own_commands(shown: str) -> str:
    """Return what is printed but for our own commands to GitHub."""
    ours = re.compile(
        r"::stop-commands::[0-9a-f]{32}|::[0-9a-f]{32}::|::error title=bitsspec BITS-4XX::[^\n]*"
    )
    return "\n".join(line for line in shown.split("\n") if not ours.fullmatch(line))


@pytest.mark.parametrize("kind", ["python", "exec"])
def test_a_whole_check_prints_and_writes_nothing_that_acts(kind: str, project: Path) -> None:
    target = f"python:mine:{TYPED}" if kind == "python" else exec_target(sys.executable, "mine.py")
    reports = [word for suffix in ("json", "html", "md", "xml") for word in ("--report", f"o.{suffix}")]
    summary = project / "summary"
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "COLUMNS": "60"}
    paths = ("--baseline", project / "accepted.toml", "--write-baseline", project / "written.toml")
    done = bitsspec("check", "--only", "4XX", *reports, *paths, "--", target, cwd=project, env=env)
    assert done.returncode == 0, done.stderr
    assert_harmless(without_our_own_commands(done.stdout))
    assert_harmless(done.stderr)
    assert re.search("^bitsspec: wrote .*written.toml", done.stderr)
    assert "  404: expected fatal, got " in done.stdout
    pages = {
        suffix: (project / f"o.{suffix}").read_bytes().decode() for suffix in ("json", "html", "md", "xml")
    }
    for page in (*pages.values(), summary.read_bytes().decode()):
        assert_harmless(page, in_a_log=False)
    assert json.loads(pages["json"])["target"] == target
    assert tags(pages["xml"])[0][0] == "testsuites"
    assert sum(tag == ("script", []) for tag in elements(pages["html"])) <= 2


def test_a_whole_comparison_prints_nothing_that_acts(project: Path) -> None:
    target = exec_target(sys.executable, "mine.py")
    arguments = (
        target,
        f"mine:{TYPED}",
        f"absent{TYPED}",
        "--report",
        f"{FILE_NAME[:30]}.html".replace("/", ""),
    )
    done = bitsspec("compare", *arguments, cwd=project, env={"COLUMNS": "60", "GITHUB_ACTIONS": "true"})
    assert done.returncode == 2
    assert "could not be judged" in done.stdout
    assert_harmless(without_our_own_commands(done.stdout))
    assert done.stderr == ""


def test_in_pytest_nothing_acts_either(project: Path) -> None:
    (project / "test_adopted.py").write_text(
        "import mine, pytest\n"
        "from bitsspec.conformance import test_400_to_499_are_fatal_except_408_and_409\n\n"
        "@pytest.fixture(scope='session')\ndef bits_candidate():\n    return mine.classify\n",
        encoding="utf-8",
    )
    options = ("-p", "no:cacheprovider", "--junitxml", "j.xml", "--rootdir", project, "-q", "-c", "none.ini")
    (project / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    done = run_pytest("test_adopted.py", *options, "--bits-baseline", "accepted.toml", cwd=project)
    assert done.returncode == 1, done.stdout
    ours = [line for line in done.stdout.splitlines() if str(project)[:20] not in line]
    story = "\n".join(ours).partition("smallest counterexample")[2].partition("short test summary")[0]
    assert "404: expected fatal, got raised ValueError: " in story
    assert_harmless(story)
    (failure,) = ElementTree.parse(project / "j.xml").iter("failure")
    assert "404: expected fatal, got raised ValueError: " in (failure.text or "")
    assert_harmless((failure.text or "").partition("smallest")[2])


def test_what_ends_a_run_of_pytest_does_not_act(tmp_path: Path) -> None:
    target = f"absent{TYPED}"
    suite = ("--pyargs", "bitsspec.conformance", "-p", "no:cacheprovider", "-q", "--bits-candidate", target)
    done = run_pytest(*suite, cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot import 'absent" in done.stdout + done.stderr
    shown = [line for line in (done.stdout + done.stderr).splitlines() if "arning" not in line]
    assert_harmless("\n".join(shown))


# A real browser


def test_a_comparison_does_nothing_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "comparison.html"
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE.values()]
    columns = [Column(text, all_of_it(text)) for text in texts] + [Column(text, None, text) for text in texts]
    write(Comparison(columns, strict=True, seed=0), path, SIDE_BY_SIDE)
    with browser(tmp_path / "profile") as page:
        page.get(path.as_uri())
        assert [url for url in requests(page) if not url.startswith("data:")] == [page.current_url]
        assert console(page) == []
        assert page.execute_script("return window.pwned") is None
        assert page.find_elements("css selector", "script, img, a, iframe, b") == []
        assert "window.pwned = 1" in page.find_element("css selector", "body").text


def test_an_annotation_of_github_is_one_line() -> None:
    for text in HOSTILE.values():
        for line in github.annotations(all_of_it(text), {"GITHUB_ACTIONS": "true"}):
            assert line.isprintable()
            assert line.startswith("::error title=bitsspec BITS-")
            assert line.count("::error") == 1 + line.partition("::error")[2].count("::error")
