"""``bitsspec explain``: the pages it prints."""

import io

import click
import pytest
from click.testing import CliRunner

from bitsspec.cli import main
from bitsspec.cli.explain import explain as command
from bitsspec.explain import SURPRISING, explain, explain_all
from bitsspec.report.story import PAGE
from bitsspec.spec import STATUS_CODES
from bitsspec.text import show
from tests.support.in_process import invoke


def text_of(status: int) -> str:
    return "\n".join(f"{label}: {text}" for label, text in explain(status).lines)


def test_each_code_is_explained_in_the_order_of_asking() -> None:
    done = invoke("explain", "201", "403", "-2145844845", "429", "0x801901F4")
    assert done.exit_code == 0, done.output
    heads = [line for line in done.output.splitlines() if line[:1].isdigit()]
    assert heads == ["201", "403", "403", "429", "500"]


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        (200, ["outcome: success", "TRANSFERRED", "nothing left to post", "BG_ERROR_CONTEXT_NONE"]),
        (201, ["transient error", "sent again and again", "BITS-OTHER", "P2S4", "0x801900C9", "Answer 200"]),
        (403, ["fatal error", "never", "P2S5", "0x80190193", "BG_E_HTTP_ERROR_403", "BITS-4XX"]),
        (404, ["fatal error", "only after Resume", "BG_ERROR_CONTEXT_REMOTE_APPLICATION", "7"]),
        (429, ["fatal error", "answer 503", "0x801901AD", "no name"]),
        (308, ["transient error", "same URL again", "BITS-3XX"]),
        (503, ["transient error", "600 s", "yes, by itself", "0x801901F7"]),
        (999, ["transient error", "BITS-OTHER"]),
    ],
)
def test_an_explanation_has_the_facts(status: int, facts: list[str]) -> None:
    for fact in facts:
        assert fact in text_of(status), f"{fact!r} is missing from\n{text_of(status)}"


def test_both_ends_are_advised_and_at_the_surprising_codes_in_words_of_their_own() -> None:
    for label in ("to a server", "to a client"):
        advice = {status: dict(explain(status).lines)[label] for status in STATUS_CODES}
        own = {
            status
            for status in STATUS_CODES
            if advice[status] not in {advice[code] for code in (200, 404, 500)}
        }
        assert own == SURPRISING == {*range(201, 300), 308, 403, 408, 409, 429, 501, 505}


def test_the_codes_that_the_documentation_names_have_their_symbol() -> None:
    """The symbols are those that "BITS Return Values" lists, from BG_E_HTTP_ERROR_100 to _505."""
    named = {status for status in STATUS_CODES if f"BG_E_HTTP_ERROR_{status}" in text_of(status)}
    series = [*range(200, 207), *range(300, 306), *range(400, 418), *range(500, 506)]
    assert named == {100, 101, *series, 307, 449} - {200}


def test_only_after_403_does_resume_not_post_the_file() -> None:
    final = [c for c in STATUS_CODES if "even Resume does not" in dict(explain(c).lines)["next"]]
    assert final == [403]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        *((status, "yes, by itself") for status in (0, 201, 503)),
        (200, "no, there is nothing left to post"),
        (404, "yes, but only after Resume"),
    ],
)
def test_whether_the_file_is_posted_again_has_one_answer(status: int, answer: str) -> None:
    assert [text for label, text in explain(status).lines if label == "post again"] == [answer]


@pytest.mark.parametrize(
    ("asked", "heads"),
    [
        ("300-399", ["300-305, 307", "306, 309-399", "308"]),
        ("4xx", ["400-402, 404-407, 410-428, 430-499", "403", "408-409", "429"]),
        ("bits-5xx", ["BITS-5XX", "500, 502-504, 506-599", "501, 505"]),
        ("REPOST", ["BITS-REPOST"]),
        ("domain", ["BITS-DOMAIN"]),
    ],
)
def test_codes_that_mean_the_same_stand_together(asked: str, heads: list[str]) -> None:
    done = invoke("explain", asked)
    assert heads_of(done.output) == heads
    assert done.output.endswith(f"\n\n{PAGE}\n")


def heads_of(output: str) -> list[str]:
    return [line for line in output.splitlines() if line[:1].isalnum() and line != PAGE]


def test_every_code_is_in_one_group_whose_hresults_are_told_as_a_formula() -> None:
    groups = explain_all(STATUS_CODES)
    assert sorted(code for group in groups for code in group.codes) == list(STATUS_CODES)
    last = dict(groups[-1].lines)["HRESULT"]
    assert last == "0x80190000 + status, from 0x801901F5 to 0x801901F9"


LOG = """\
2024-05-01 10:00:00 POST /upload HTTP/1.1" 403 17
job failed: 0x80190193 after 500 ms
then 0x80200013
"""


@pytest.mark.parametrize("arguments", [[], ["-"], ["-", "201"]])
def test_a_log_is_explained_with_the_lines_that_speak_of_each_code(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["explain", *arguments], input=LOG)
    heads = ["403  (lines 1, 2)", "0x80200013  (line 3)"]
    assert heads_of(done.output) == (["201", *heads] if "201" in arguments else heads)
    assert "BG_E_INSUFFICIENT_RANGE_SUPPORT" in done.output


@pytest.mark.parametrize(
    "log", ["\ufeff403".encode("utf-16-le"), "\ufeff403".encode(), b"\xff\xf0 status 403"]
)
def test_a_log_may_be_utf_16_or_hold_bytes_of_any_kind(log: bytes) -> None:
    assert heads_of(CliRunner().invoke(main, ["explain"], input=log).output) == ["403  (line 1)"]


def test_of_many_lines_of_a_log_the_first_ones_are_named() -> None:
    done = CliRunner().invoke(main, ["explain"], input="404\n" * 7)
    assert heads_of(done.output) == ["404  (lines 1, 2, 3, 4, 5 and 2 more)"]


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("", "no status code and no HRESULT stands in what was read"),
        ("all is well after 403 ms\n", "no status code and no HRESULT stands in what was read"),
        ("0x80072EE7\n", "ERROR_WINHTTP_NAME_NOT_RESOLVED\nno HTTP status stands behind it"),
    ],
)
def test_a_log_without_a_status_is_exit_code_2(log: str, message: str) -> None:
    done = CliRunner().invoke(main, ["explain"], input=log)
    assert (done.exit_code, message in done.output) == (2, True), done.output


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    with pytest.raises(click.UsageError, match=r"Missing argument 'CODE\.\.\.'"):
        command.main([], standalone_mode=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("code", ["teapot", "0x80070005"])
def test_what_has_no_status_is_exit_code_2_and_nothing_is_explained(code: str) -> None:
    done = invoke("explain", "200", code)
    assert done.exit_code == 2
    assert done.output.startswith(f"bitsspec: {show(code) if code == 'teapot' else code} is ")
    assert len(done.output.splitlines()) == 2
