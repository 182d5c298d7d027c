"""``bitsspec explain``."""

import pytest

from bitsspec.errors import CannotRun
from bitsspec.explain import explain, parse
from bitsspec.spec import STATUS_CODES
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


def test_advice_stands_at_the_surprising_codes_only() -> None:
    advised = {status for status in STATUS_CODES if "advice" in dict(explain(status).lines)}
    assert advised == {*range(201, 300), 308, 403, 408, 409, 429, 501, 505}


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
    ("text", "status"),
    {
        "7": 7,
        "007": 7,
        "999": 999,
        "0x80190193": 403,
        "0X801901f4": 500,
        "2149122452": 404,
        "-2145844844": 404,
    }.items(),
)
def test_a_status_and_its_hresult_are_understood(text: str, status: int) -> None:
    assert parse(text) == status


@pytest.mark.parametrize(
    "text",
    [
        *("1000", "-1", "0x80070005", "0x801903E8", "teapot", "", "4.04", "0x", "9" * 5000),
        *("0x1F4", "0x180190193", "6444089748", "-6440812140", "2149122047", "2149123048"),
    ],
)
def test_anything_else_is_a_clear_error(text: str) -> None:
    with pytest.raises(CannotRun, match="neither a status code nor the HRESULT of one") as raised:
        parse(text)
    assert str(raised.value).splitlines()[1:] == ["write 000 to 999, or 0x80190000 to 0x801903E7"]


def test_an_unknown_code_is_exit_code_2_and_nothing_is_explained() -> None:
    done = invoke("explain", "200", "teapot")
    assert done.exit_code == 2
    assert done.output.startswith("bitsspec: 'teapot' is neither a status code nor the HRESULT of one\n")
