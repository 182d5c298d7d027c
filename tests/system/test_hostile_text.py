"""Text that is not ours does nothing but be read, wherever it comes from and wherever it is drawn."""

import html.parser
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import bitsspec
from bitsspec import baseline
from tests.support.browser import browser, console, requests
from tests.support.command import exec_target
from tests.support.hostile_text import EVERYTHING, HOSTILE, TYPED, assert_harmless, assert_printable
from tests.support.in_process import invoke
from tests.support.judging import judge

PAGES = ("html", "md", "xml")
CANDIDATE = """
import sys
from bitsspec import classify as right

TEXTS = {texts!a}

def classify(status):
    index = status % 100 - 10
    if status // 100 in (4, 5) and 0 <= index < len(TEXTS):
        raise ValueError(TEXTS[index])
    return TEXTS[index - 20] if status // 100 == 4 and 20 <= index < 20 + len(TEXTS) else right(status)

classify.__qualname__ = {name!a}
globals()[{name!a}] = classify

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\\n")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace", newline="\\n")
    for line in sys.stdin:
        if line.startswith("posts"):
            print("unsupported", flush=True)
            continue
        try:
            print(str(classify(int(line))).replace("\\n", " "), flush=True)
        except ValueError as error:
            sys.exit(str(error))
"""
ACCEPTED = '[[accepted]]\nclause = "BITS-{clause}"\ncodes = {code}\ngot = {got}\nreason = {reason}\n'
FILE_NAME = (
    "\x1b[31m\u202e\u2066\x9b\x7f ::error::x ##[error]x <b>&`|x`\n::error::y"
    if sys.platform != "win32"
    else "x"
)


def toml(text: str) -> str:
    """Return ``text`` as a string of TOML, which writes everything but surrogates as an escape."""
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text if not "\ud800" <= c <= "\udfff") + '"'


def write_candidate(folder: Path, module: str, texts: list[str], name: str) -> None:
    """Write a candidate that answers, raises and is called these texts, and a baseline that has them too."""
    (folder / f"{module}.py").write_text(CANDIDATE.format(texts=texts, name=name), encoding="utf-8")
    entries = {"4XX": 429, "5XX": 510}  # accepts another answer than there is, and the one that there is
    got = toml(f"raised ValueError: {name}")
    text = "".join(
        ACCEPTED.format(clause=clause, code=code, got=got, reason=toml(name))
        for clause, code in entries.items()
    )
    (folder / "accepted.toml").write_text(text, encoding="utf-8")


# A stored report, and every page that is drawn from it


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return a JSON report with the text MARK wherever a text of somebody else's can be."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("stored")
        patch.chdir(folder)
        patch.syspath_prepend(folder)
        write_candidate(folder, "marked", ["MARK"], "MARK")
        (folder / "accepted.toml").rename("MARK.toml")
        only = ("--only", "4XX", "--only", "5XX")
        done = invoke("check", "marked:MARK", *only, "--baseline", "MARK.toml", "--report", "o.json")
        assert done.exit_code == 1, done.output
        report: dict[str, Any] = json.loads(Path("o.json").read_text(encoding="utf-8"))
        clause = next(each for each in report["clauses"] if each["departures"])
        for departure in clause["departures"]:  # as where a live client was watched
            departure["seen"] = {"posts_at_s": [0.5], "ended": "MARK"}
        hidden = [{"codes": "100-199", "reason": "MARK"}]
        clause |= {"remarks": ["MARK"], "not_observed": hidden}
        return report | {"not_observable": hidden, "remarks": ["MARK"]}


def filled(data: Any, text: str) -> Any:
    """Return JSON in which every MARK is ``text``."""
    if isinstance(data, dict):
        return {key: filled(value, text) for key, value in data.items()}
    if isinstance(data, list):
        return [filled(value, text) for value in data]
    return data.replace("MARK", text) if isinstance(data, str) else data


class Elements(html.parser.HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def blocks(page: str) -> list[Any]:
    """Return the kinds of everything in a page of Markdown that is more than text."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(page)
    inside = [child.type for token in tokens for child in token.children or ()]
    only_text = ("text", "text_special", "softbreak")
    return [[token.type for token in tokens], [kind for kind in inside if kind not in only_text]]


def tags(page: str) -> list[Any]:
    return [(element.tag, sorted(element.attrib)) for element in ElementTree.fromstring(page).iter()]


STRUCTURE: dict[str, Callable[[str], Any]] = {
    "html": lambda page: Elements(page).found,
    "md": blocks,
    "xml": tags,
    "terminal": lambda shown: shown.count("\n"),
}


def drawn(report: dict[str, Any], text: str, folder: Path) -> dict[str, str]:
    """Return what is drawn from ``report`` where MARK is ``text``: as files and in a terminal."""
    path, again = folder / "o.json", folder / "again.json"
    path.write_text(json.dumps(filled(report, text)), encoding="utf-8")
    files = [folder / f"o.{suffix}" for suffix in PAGES]
    done = invoke("report", str(path), *(f"--report={file}" for file in (*files, again)))
    assert (done.exit_code, done.output) == (0, "")
    assert json.loads(again.read_bytes()) == filled(report, text)
    assert_printable(again.read_bytes().decode())
    narrow = invoke("report", str(path), COLUMNS="20")
    assert_harmless(narrow.output)
    shown = invoke("report", str(path), COLUMNS="80").output
    assert_harmless(shown)
    return {file.suffix[1:]: file.read_bytes().decode() for file in files} | {"terminal": shown}


def assert_nothing_acts(report: dict[str, Any], text: str, folder: Path) -> None:
    harmless = drawn(report, "x", folder)
    for place, page in drawn(report, text, folder).items():
        assert_printable(page)
        assert STRUCTURE[place](page) == STRUCTURE[place](harmless[place]), f"{text!a} acts in {place}"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_of_a_report_does_not_act_in_any_format(
    text: str, stored: dict[str, Any], tmp_path: Path
) -> None:
    assert_nothing_acts(stored, text, tmp_path)


SIGNS = st.sampled_from("\n\r`|<>&'\"[]:#\\*_{}%-") | st.characters(categories=["C", "Z"])


@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(text=st.text(SIGNS | st.characters(), min_size=1).filter(str.strip))
def test_no_text_at_all_acts_in_any_format(text: str, stored: dict[str, Any], tmp_path: Path) -> None:
    assert_nothing_acts(stored, text, tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", float("inf")),
        ("bitsspec", EVERYTHING),
        ("capabilities", [EVERYTHING]),
        ("clauses", [{"id": EVERYTHING}]),
    ],
    ids=range(4),
)
def test_odd_values_in_a_stored_report_are_not_a_traceback(
    key: str, value: object, stored: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "o.json").write_text(json.dumps(stored | {key: value}), encoding="utf-8")
    done = invoke("report", str(tmp_path / "o.json"))
    assert done.exit_code in (0, 2)
    assert isinstance(done.exception, SystemExit | None)
    assert_harmless(done.output)


# Commands from end to end: a candidate, a file and a folder with such names and texts


@pytest.mark.parametrize("kind", ["python", "exec"])
def test_a_whole_check_prints_and_writes_nothing_that_acts(
    kind: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / FILE_NAME
    folder.mkdir()
    texts = [TYPED] if kind == "exec" else list(HOSTILE.values())  # a program is started again at each
    write_candidate(project, "mine_to_check", texts, TYPED)
    target = exec_target(sys.executable, "mine_to_check.py") if kind == "exec" else f"mine_to_check:{TYPED}"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    options = [f"--report={folder / 'o'}.{suffix}" for suffix in ("json", *PAGES)]
    options += ["--baseline", "accepted.toml", "--write-baseline", str(folder / "new.toml")]
    done = invoke("check", *options, "--only", "4XX", "--", target, COLUMNS="60", **actions)
    assert done.exit_code == 0, done.output
    assert_harmless(done.output)
    assert "  410: expected fatal, got " in done.output
    assert "\n::error title=bitsspec BITS-4XX::" in done.output
    for name in ("o.json", "o.html", "o.md", "o.xml", "summary.md"):
        assert_printable((folder / name).read_bytes().decode())
    assert baseline.read(folder / "new.toml", placeholders=True)


def compared(folder: Path, kind: str, texts: list[str], name: str) -> dict[str, str]:
    """Return the pages and the output of a comparison of two candidates, one of which cannot be opened."""
    write_candidate(folder, f"{kind}_to_compare", texts, name)
    targets = (f"{kind}_to_compare:{name}", f"table:absent{name}.csv")
    done = invoke("compare", *targets, "--report=o.html", "--report=o.md", COLUMNS="60")
    assert done.exit_code == 2, done.output
    assert "could not be judged" in done.output
    return {"html": Path("o.html").read_bytes().decode(), "md": Path("o.md").read_bytes().decode()} | {
        "terminal": done.output
    }


def test_a_comparison_does_nothing_in_any_format(project: Path) -> None:
    plain = compared(project, "plain", [f"x{number}" for number in range(len(HOSTILE))], "x")
    shown = compared(project, "hostile", list(HOSTILE.values()), TYPED)
    assert_harmless(shown["terminal"])
    for place in ("html", "md"):
        assert_printable(shown[place])
        assert STRUCTURE[place](shown[place]) == STRUCTURE[place](plain[place])
    with browser(project / "profile") as page:
        page.get((project / "o.html").as_uri())
        assert [url for url in requests(page) if not url.startswith("data:")] == [page.current_url]
        assert console(page) == []
        assert page.execute_script("return window.pwned") is None
        assert "window.pwned = 1" in page.find_element("css selector", "body").text


def test_nothing_acts_in_pytest_either(
    project: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_candidate(project, "mine_in_pytest", list(HOSTILE.values()), TYPED)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        "import pytest\nfrom mine_in_pytest import classify\nfrom bitsspec.conformance import *\n"
        "@pytest.fixture(scope='session')\ndef bits_candidate(): return classify"
    )
    accepted = ("--bits-only=4XX", f"--bits-baseline={project / 'accepted.toml'}", "--junitxml=j.xml")
    done = pytester.runpytest_inprocess("-p", "bitsspec.plugin", *accepted)
    assert done.ret == 1
    story = done.stdout.str().partition("BITS-4XX: ")[2].partition("short test summary")[0]
    assert "410: expected fatal, got raised ValueError: " in story
    assert_harmless(story)
    (failure,) = ElementTree.parse(pytester.path / "j.xml").iter("failure")
    assert "410: expected fatal, got raised ValueError: " in (failure.text or "")
    assert_harmless((failure.text or "").partition("BITS-4XX: ")[2])
    absent = ("--pyargs", "bitsspec.conformance", f"--bits-candidate=absent{TYPED}", "-q", "-W", "ignore")
    done = pytester.runpytest_inprocess("-p", "bitsspec.plugin", *absent)
    assert done.ret == 2
    assert "cannot import 'absent" in done.stdout.str() + done.stderr.str()
    assert_harmless(done.stdout.str() + done.stderr.str())


# Messages about what the command line was given


def message(*arguments: str) -> str:
    """Return what the command says, which must be an error and harmless."""
    done = invoke(*arguments)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert_harmless(done.output)
    return done.output


ARGUMENTS = {
    "a module": "check {}",
    "an attribute": "check bitsspec:x{}",
    "a program": "check exec:{}",
    "a table": "check table:{}.csv",
    "a report in a directory that is not there": "check --report absent{}/o.json",
    "a baseline": "check --baseline {}.toml",
    "a clause": "check --only {}",
    "an option": "check --x{}",
    "a command": "-{} check",
    "a stored report": "report {}.json",
    "a status": "explain {}",
    "a format": "vectors --format {}",
    "a second target": "compare x {}y --report {}",
}


@pytest.mark.parametrize("what", ARGUMENTS)
def test_a_message_about_an_argument_does_not_act(what: str, project: Path) -> None:
    for text in (*HOSTILE.values(), EVERYTHING, ""):
        typed = re.sub("[\0\ud800-\udbff\udc00-\udc7f\udd00-\udfff]", "", text)
        message(*(word.format(typed) for word in ARGUMENTS[what].split()))


CONTENTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "the header of a table": ("t.csv", lambda text: f"status,{text}\n"),
    "an outcome in a table": ("t.csv", lambda text: f"status,outcome\n200,{text!r}\n"),
    "a key in a table": ("t.json", lambda text: json.dumps([{f"{text}x": 1}])),
    "a table that is not JSON": ("t.json", lambda text: f"[{text}"),
    "a baseline that is not TOML": ("b.toml", lambda text: f"{text} = ="),
    "a key of a baseline": ("b.toml", lambda text: f"{toml(text)} = 1\n"),
    "codes of a baseline": (
        "b.toml",
        lambda text: ACCEPTED.format(clause="4XX", code=toml(text), got='"y"', reason='"x"'),
    ),
    "a module that raises": ("m.py", lambda text: f"raise RuntimeError({text!a})"),
    "a class that raises": ("m.py", lambda text: f"class C:\n  def __init__(self): raise KeyError({text!a})"),
}


@pytest.mark.parametrize("what", CONTENTS)
def test_a_message_about_what_is_in_a_file_does_not_act(
    what: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name, content = CONTENTS[what]
    targets = {"m.py": ("check", "m:C"), "b.toml": ("check", "--baseline", "b.toml")}
    for text in (*HOSTILE.values(), EVERYTHING):
        sys.modules.pop("m", None)
        (project / name).write_text(content(text), encoding="utf-8", errors="replace", newline="")
        said = message(*targets.get(name, ("check", f"table:{name}")))
        assert name.removesuffix(".py") in said
        assert len(said) < 1000
    sys.modules.pop("m", None)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text())
def test_a_baseline_accepts_any_answer_that_it_was_written_for(text: str, tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.unlink(missing_ok=True)
    report = judge(lambda status: text if status == 404 else bitsspec.classify(status), ["BITS-4XX"])
    (written,) = baseline.write(path, report.clauses)
    (departure,) = report.failed[0].departures
    assert written.matches(departure)
