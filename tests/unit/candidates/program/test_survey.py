"""What is learnt of a program before it is judged: that it can be, what it offers, whose answer is whose."""

import sys
from collections.abc import Callable, Sequence

import pytest

from bitsspec.candidates import Candidate, Failure, open_candidate
from bitsspec.candidates.program import candidate as program
from bitsspec.candidates.program.candidate import MOST_SEARCHES
from bitsspec.candidates.program.conversation import BYTES_IN_FLIGHT, Conversation, Reply
from bitsspec.candidates.program.survey import HOW_TO_FLUSH, MOST_DOUBTED, PROBES, Survey
from bitsspec.errors import CannotRun
from bitsspec.reference import classify
from bitsspec.spec.vocabulary import Capability
from tests.support.scripted import END, NO_ANSWER, TIMED_OUT, Does, ScriptedProgram, exits, right

CODES = [f"{status:03d}" for status in range(1000)]
AROUND = ["402", "403", "404", "405", "406"]
"""Requests that go wrong in the middle; each right answer to them is ``fatal``."""


class Surveyed:
    """A program that was asked for its first answers."""

    def __init__(self, does: Does, requests: Sequence[str] = AROUND) -> None:
        self.program = ScriptedProgram(does)
        self.survey = Survey("a program", self.program.start)
        self.survey.greet()
        self.survey.ask(requests)
        assert self.survey.answers.keys() == {*requests}
        assert self.program.is_ended()
        self.starts = len(self.program.started)

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong among the answers."""
        answers = self.survey.answers.items()
        return {request: str(reply) for request, reply in answers if [reply] != right([request])}


def at_404(lines: Sequence[Reply] | Failure) -> Does:
    """Return a program that does this at 404, and what is right elsewhere."""
    return lambda asked: lines if asked[-1] == "404" else right(asked)


def always_fatal(asked: list[str]) -> list[Reply]:
    return ["fatal"] if asked[-1] else []


def no_two_alike(asked: list[str]) -> list[Reply]:
    return [f"{line} {('yes', 'no')[len(asked) % 2]}" for line in right(asked)]


def refused(does: Does) -> str:
    """Return why a program cannot be judged."""
    scripted = ScriptedProgram(does)
    with pytest.raises(CannotRun) as raised:
        Survey("a program", scripted.start).greet()
    assert scripted.is_ended()
    return str(raised.value)


def test_a_right_program_needs_few_starts_and_no_more_in_flight_than_the_smallest_pipe_holds() -> None:
    surveyed = Surveyed(right, [*CODES, "posts 200"])
    assert surveyed.wrong == {}
    assert surveyed.starts < 10
    in_flight = [size for conversation in surveyed.program.started for size in conversation.at_once]
    assert max(in_flight) <= BYTES_IN_FLIGHT


@pytest.mark.parametrize(
    ("lines", "got"),
    [
        ([], "no answer"),
        (["fatal", "banana"], "printed 2 lines: 'fatal', 'banana'"),
        (["fatal", "banana", "split"], "printed 3 lines: 'fatal', 'banana', 'split'"),
        (["fatal", "success"], "printed 'success' out of turn"),
        (["a", "b", "success", "c", "d"], "printed 'c' out of turn"),
        (exits(3), "exited with code 3"),
        (TIMED_OUT, "timed out after 1 s"),
    ],
)
@pytest.mark.parametrize("requests", [AROUND, AROUND[:3], AROUND[2:], ["404"], CODES])
def test_what_goes_wrong_is_told_of_that_request_alone(
    requests: list[str], lines: list[Reply] | Failure, got: str
) -> None:
    surveyed = Surveyed(at_404(lines), requests)
    assert surveyed.wrong == {"404": got}
    assert surveyed.starts < 30


@pytest.mark.parametrize("otherwise", [right, always_fatal])
@pytest.mark.parametrize("ending", [exits(3), TIMED_OUT, NO_ANSWER])
def test_what_ends_the_program_after_its_answer_is_told_of_that_request_alone(
    ending: Failure, otherwise: Does
) -> None:
    told = "ended" if ending == NO_ANSWER else ending.text
    surveyed = Surveyed(lambda asked: ending if "404" in asked[:-1] else otherwise(asked))
    assert surveyed.wrong == {"404": f"answered, then {told}"}


@pytest.mark.parametrize("at_the_end", [[], exits(3), TIMED_OUT])
@pytest.mark.parametrize("otherwise", [right, always_fatal])
def test_silence_is_no_answer_however_the_program_ends_with_its_input(
    otherwise: Does, at_the_end: list[Reply] | Failure
) -> None:
    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        return at_the_end if asked[-1] == END else [] if asked[-1] == "404" else otherwise(asked)

    assert Surveyed(does).wrong == {"404": "no answer"}


def late_by_one(asked: list[str]) -> Sequence[Reply]:
    late = right(["404"]) if asked[-2:-1] == ["404"] else []
    return [] if asked[-1] == "404" else [*right(asked), *late]


def test_an_answer_that_comes_with_the_next_one_is_out_of_turn() -> None:
    assert Surveyed(late_by_one).wrong == {"404": "printed 'fatal' out of turn"}


def test_an_answer_counts_though_it_spoils_the_next_one() -> None:
    surveyed = Surveyed(lambda asked: ["banana"] if asked[-2:] == ["404", "200"] else right(asked))
    assert surveyed.wrong == {}


def test_a_program_that_died_by_chance_is_asked_again() -> None:
    deaths = [exits(3)]
    surveyed = Surveyed(lambda asked: deaths.pop() if asked[-1] == "404" and deaths else right(asked))
    assert surveyed.wrong == {}


@pytest.mark.parametrize(("does", "can_find"), [(right, True), (no_two_alike, False)])
def test_a_doubted_request_that_fails_before_all_others_is_wrong(does: Does, can_find: bool) -> None:
    surveyed = Surveyed(does, CODES)
    surveyed.program.does = at_404([])
    surveyed.survey.ask_again(["403", "404"])
    assert surveyed.survey.failures() == ({"404": NO_ANSWER} if can_find else {})
    before = len(surveyed.program.started)
    surveyed.survey.ask_again([code for code in CODES if code != "404"])
    assert len(surveyed.program.started) - before <= MOST_DOUBTED


# The request whose reply is known


@pytest.mark.parametrize("useless", [[], ["200"], ["200", "posts 200"], ["200", "posts 200", "404"]])
@pytest.mark.parametrize("how", [exits(3), TIMED_OUT, no_two_alike])
def test_one_of_several_requests_that_gets_the_same_reply_each_time_is_enough(
    useless: list[str], how: Failure | Does
) -> None:
    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        if asked[-1] not in useless:
            return right(asked)
        return how if isinstance(how, Failure) else how(asked)

    surveyed = Surveyed(does, ["402", "405", "406"])
    assert surveyed.wrong == {}
    assert surveyed.starts < 20


def test_the_known_reply_has_as_many_lines_as_most() -> None:
    surveyed = Surveyed(lambda asked: right(asked) * (2 if asked[-1] == "200" else 1), ["200", "404", "408"])
    assert surveyed.wrong == {"200": "printed 2 lines: 'success', 'success'"}
    doubled = Surveyed(lambda asked: right(asked) * 2, ["200", "404"])
    assert doubled.wrong["404"] == "printed 2 lines: 'fatal', 'fatal'"


@pytest.mark.parametrize(
    ("lines", "got"),
    [
        (["fatal no"], "fatal no"),
        ([], "no answer"),
        (["fatal", "fatal"], "printed 2 lines: 'fatal', 'fatal'"),
        (exits(3), "exited with code 3"),
    ],
)
def test_a_program_that_answers_nothing_twice_alike_is_judged_by_the_number_of_its_lines(
    lines: list[Reply] | Failure, got: str
) -> None:
    wrong = Surveyed(lambda asked: lines if asked[-1] == "405" else no_two_alike(asked), AROUND).wrong
    assert wrong.pop("405") == got
    assert {got.split()[0] for got in wrong.values()} == {"fatal"}


# Programs that cannot be judged


def flushes_at_the_end(asked: list[str]) -> list[Reply]:
    return [] if asked[-1] else [line for word in asked[:-1] for line in right([word])]


TOO_LONG = Failure("printed a line of over 4,096 bytes that starts with 'x'")


def test_a_program_that_does_not_flush_is_told_after_two_time_outs() -> None:
    scripted = ScriptedProgram(flushes_at_the_end)
    with pytest.raises(CannotRun, match="it must flush"):
        Survey("a program", scripted.start).greet()
    assert len(scripted.started) == 2 + len(["the one whose input ends"])


def answers_one_line(asked: list[str]) -> Sequence[Reply] | Failure:
    return right(asked) if not asked[1:] or not asked[-1] else exits(1)


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (
            lambda asked: exits(PROBES.index(asked[-1])),
            "answers nothing: it exited with code 2\n"
            "asked 200, 404, 503, one line each; it must answer each with one line, flushed",
        ),
        (
            flushes_at_the_end,
            f"answers only when its input ends\nit must flush its output after every line: {HOW_TO_FLUSH}",
        ),
        (
            lambda asked: exits(3) if asked[-1] == "404" else flushes_at_the_end(asked),
            "answers nothing: it timed out after 1 s\n",
        ),
        (lambda asked: [], "answers nothing: it timed out after 1 s\n"),
        (
            lambda asked: ["bye", "said", "he"] if not asked[-1] else right(asked),
            "prints 'bye' without being asked anything\n"
            "it must print one line for each line it is asked, and nothing else",
        ),
        (
            lambda asked: [TOO_LONG] if not asked[-1] else right(asked),
            f"{TOO_LONG}, without being asked anything\n",
        ),
        (
            answers_one_line,
            "answers one line but not a second one: exited with code 1\n"
            "it must answer each line with one line until its input ends",
        ),
    ],
)
def test_a_program_that_cannot_be_judged_is_told_why(does: Does, told: str) -> None:
    assert refused(does).startswith(f"'a program' {told}")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(2, "No such file or directory"), "No such file or directory"),
        (ValueError("embedded null byte"), "embedded null byte"),
    ],
)
def test_a_program_that_cannot_be_started_is_told_why(error: Exception, cause: str) -> None:
    def start() -> Conversation:
        raise error

    with pytest.raises(CannotRun) as raised:
        Survey("a program", start).greet()
    assert str(raised.value) == f"cannot start 'a program': {cause}"


@pytest.mark.skipif(sys.platform == "win32", reason="the system splits the command line there")
def test_a_command_line_that_cannot_be_split_is_told_so() -> None:
    with pytest.raises(CannotRun, match=r"^the command line \"'a\" cannot be split into words: No closing"):
        open_candidate("exec:'a")


# What a program offers, and what is found out about it before it is judged

Opened = Callable[[Does], Candidate]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Open a program, which is started by its command line."""

    def open_program(does: Does) -> Candidate:
        scripted = ScriptedProgram(does)

        def prepare(command: str | Sequence[str], timeout: float) -> ScriptedProgram:
            assert (command, timeout) == ("a 'b c'" if sys.platform == "win32" else ["a", "b c"], 7)
            return scripted

        monkeypatch.setattr(program, "Program", prepare)
        candidate = open_candidate("exec:a 'b c'", timeout=7)
        assert candidate.target == "exec:a 'b c'"
        assert scripted.is_ended()
        return candidate

    return open_program


@pytest.mark.parametrize(
    ("line", "posts", "offered"),
    [
        ("fatal", "unsupported", "classify"),
        ("fatal", " UNSUPPORTED ", "classify"),
        ("fatal yes", "unsupported", "classify repost"),
        ("fatal yes 7", "unsupported", "classify repost context"),
        ("fatal yes 7 0x80190194", "1", "classify repost context hresult posts"),
        ("fatal", "banana", "classify posts"),
        ("fatal yes 7 0x80190194 1", "unsupported", "classify"),
        ("banana yes 7", "unsupported", "classify"),
    ],
)
def test_what_is_offered_shows_in_the_answers_to_all_codes_but_200(
    line: str, posts: str, offered: str, opened: Opened
) -> None:
    known = {"": [], "200": ["success no 0 0"], "posts 200": [posts]}
    candidate = opened(lambda asked: known.get(asked[-1], [line]))
    assert " ".join(candidate.capabilities) == offered


def test_posts_are_offered_by_a_program_that_ends_when_it_is_asked_for_them(opened: Opened) -> None:
    candidate = opened(lambda asked: exits(3) if asked[-1] == "posts 200" else right(asked))
    assert candidate.capabilities == (Capability.CLASSIFY, Capability.POSTS)
    assert candidate.ask(Capability.POSTS, [[200]]) == [exits(3)]


def test_an_answer_that_depends_on_the_order_is_found_before_the_program_is_judged(opened: Opened) -> None:
    """The lines that 408 has too many are as many as 410 and 411 have too few."""
    printed: dict[str, list[Reply]] = {"408": ["transient", "success", "fatal"], "410": [], "411": []}
    candidate = opened(lambda asked: printed.get(asked[-1], right(asked)))
    answers = zip(range(1000), candidate.ask(Capability.CLASSIFY, range(1000)), strict=True)
    assert {code: str(answer) for code, answer in answers if answer is not classify(code)} == {
        408: "printed 'fatal' out of turn",
        410: "no answer",
        411: "no answer",
    }


@pytest.mark.parametrize("culprits", [1, 4, 9])
def test_what_ends_a_program_at_a_later_request_is_known_before_it_is_judged(
    culprits: int, opened: Opened
) -> None:
    """Each time that all codes are asked, one of several culprits is found."""
    to_blame = CODES[100 : 100 + culprits]

    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        return exits(3) if asked[-1] == "600" and {*asked} & {*to_blame} else right(asked)

    answers = opened(does).ask(Capability.CLASSIFY, [*range(100, 200), 200])
    wrong = [answer for answer in answers if isinstance(answer, Failure)]
    assert wrong == [Failure("answered, then exited with code 3")] * min(culprits, MOST_SEARCHES)
