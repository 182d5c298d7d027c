"""What is learnt of a program before it is judged: that it can be, what it offers, whose answer is whose."""

import sys
from collections.abc import Callable, Sequence

import pytest

from bitsspec.candidates import Candidate, Failure, open_candidate, program
from bitsspec.candidates.program.candidate import MOST_SEARCHES
from bitsspec.candidates.program.conversation import BYTES_IN_FLIGHT, Conversation, Reply
from bitsspec.candidates.program.survey import MOST_DOUBTED, PROBES, Survey
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
        survey = Survey("a program", self.program.start)
        survey.greet()
        before = len(self.program.started)
        survey.ask(requests)
        assert survey.answers.keys() == {*requests}
        assert all(conversation.is_closed for conversation in self.program.started)
        self.wrong = {
            request: str(reply) for request, reply in survey.answers.items() if [reply] != right([request])
        }
        self.rounds = self.program.asked[before:]
        self.at_once = [size for start in self.program.started[before:] for size in start.at_once]
        self.starts = len(self.program.started)
        self.survey = survey

    def doubting(self, requests: Sequence[str]) -> list[list[str]]:
        """Ask requests again that are doubted; return what the program was asked then."""
        before = len(self.program.started)
        self.survey.ask_again(requests)
        return self.program.asked[before:]


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
    assert all(conversation.is_closed for conversation in scripted.started)
    return str(raised.value)


def test_a_program_that_answers_as_it_should_is_started_five_times() -> None:
    surveyed = Surveyed(right, [*CODES, "posts 200"])
    assert surveyed.wrong == {}
    assert surveyed.program.asked[:3] == [["200"], ["200", "200"], ["200"]]
    asked = [word for words in surveyed.rounds for word in words]
    assert {*asked[::2]} == {*CODES, "posts 200"}
    assert asked[1::2] == ["200"] * 1001
    assert surveyed.starts == 5


@pytest.mark.parametrize("known", ["200", "posts 200"])
def test_as_much_is_asked_at_once_as_the_smallest_pipe_holds(known: str) -> None:
    surveyed = Surveyed(lambda asked: no_two_alike(asked) if asked[-1] != known else right(asked), CODES)
    assert surveyed.rounds[0][1] == known
    assert BYTES_IN_FLIGHT - len(f"200\n{known}\n") < max(surveyed.at_once) <= BYTES_IN_FLIGHT


@pytest.mark.parametrize(
    ("lines", "got"),
    [
        ([], "no answer"),
        (["fatal", "banana"], "printed 2 lines: 'fatal', 'banana'"),
        (["fatal", "banana", "split"], "printed 3 lines: 'fatal', 'banana', 'split'"),
        (["fatal", "success"], "printed 'success' out of turn"),
        (["a", "b", "success", "c", "d"], "printed 'c' out of turn"),
        (["fatal", "success", "fatal"], "printed 'fatal' out of turn"),
        (exits(3), "exited with code 3"),
        (TIMED_OUT, "timed out after 1 s"),
    ],
)
@pytest.mark.parametrize("requests", [AROUND, AROUND[:3], AROUND[2:], ["404"], CODES])
def test_what_goes_wrong_is_told_of_that_request_alone(
    requests: list[str], lines: list[Reply] | Failure, got: str
) -> None:
    assert Surveyed(at_404(lines), requests).wrong == {"404": got}


def test_what_ends_the_program_after_its_answer_is_told_of_that_request_alone() -> None:
    surveyed = Surveyed(lambda asked: exits(3) if "404" in asked[:-1] else right(asked))
    assert surveyed.wrong == {"404": "answered, then exited with code 3"}


@pytest.mark.parametrize("ending", [exits(3), TIMED_OUT, NO_ANSWER])
def test_an_answer_that_is_the_known_reply_counts_though_the_program_ends_after_it(ending: Failure) -> None:
    told = "ended" if ending == NO_ANSWER else ending.text
    surveyed = Surveyed(lambda asked: ending if "404" in asked[:-1] else always_fatal(asked))
    assert surveyed.wrong == {"404": f"answered, then {told}"}


@pytest.mark.parametrize("at_the_end", [[], exits(3), TIMED_OUT])
@pytest.mark.parametrize("otherwise", [right, always_fatal])
def test_silence_is_no_answer_however_the_program_ends_with_its_input(
    otherwise: Does, at_the_end: list[Reply] | Failure
) -> None:
    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        return at_the_end if asked[-1] == END else [] if asked[-1] == "404" else otherwise(asked)

    assert Surveyed(does).wrong == {"404": "no answer"}


def test_what_seems_wrong_among_others_is_asked_before_all_others_and_the_others_again() -> None:
    rounds = Surveyed(at_404(exits(3))).rounds
    assert rounds == [
        ["402", "200", "403", "200", "404"],
        ["404"],
        ["404"],
        ["405", "200", "406", "200"],
        ["402", "200", "403", "200"],
    ]


@pytest.mark.parametrize(
    ("does", "starts"),
    [
        (lambda asked: exits(3) if asked[-1][1:] == "07" else right(asked), 50),
        (lambda asked: exits(3) if asked[-1][1:] == "07" else always_fatal(asked), 50),
        (lambda asked: exits(3) if asked[-1][:1] == "4" else right(asked), 320),
        (lambda asked: exits(3) if len(asked) > 200 else right(asked), 40),
        (lambda asked: [] if asked[-1] == "407" else always_fatal(asked), 30),
        (at_404(["fatal", "success", "fatal"]), 30),
    ],
)
def test_a_wrong_answer_costs_few_starts(does: Does, starts: int) -> None:
    surveyed = Surveyed(does, CODES)
    assert surveyed.starts < starts


def test_requests_that_get_no_reply_do_not_share_one_with_the_known_one() -> None:
    silent = ["200", "301", "302", "303", "304", "499"]
    surveyed = Surveyed(lambda asked: [] if asked[-1] in silent else right(asked), CODES)
    assert surveyed.wrong == dict.fromkeys(silent, "no answer")


def test_an_answer_that_comes_with_the_next_one_is_out_of_turn() -> None:
    surveyed = Surveyed(
        lambda asked: (
            [] if asked[-1] == "404" else [*right(asked), *(right(["404"]) * (asked[-2:-1] == ["404"]))]
        )
    )
    assert surveyed.wrong == {"404": "printed 'fatal' out of turn"}


def test_an_answer_that_is_another_one_when_more_is_asked_is_out_of_turn() -> None:
    def does(asked: list[str]) -> Sequence[Reply]:
        if asked[-1] == "404":
            return []
        return right(asked) if "404" not in asked else ["x", "y"] if asked[-1] else ["fatal"]

    assert Surveyed(does).wrong == {"404": "printed 'x' out of turn"}


def test_a_known_reply_that_is_spoilt_by_the_request_before_does_not_spoil_its_answer() -> None:
    def does(asked: list[str]) -> Sequence[Reply]:
        return ["banana"] if asked[-2:] == ["404", "200"] else right(asked)

    assert Surveyed(does).wrong == {}


def test_a_program_that_died_by_chance_is_asked_again() -> None:
    deaths = [exits(3)]
    surveyed = Surveyed(lambda asked: deaths.pop() if asked[-1] == "404" and deaths else right(asked))
    assert surveyed.wrong == {}


def test_the_doubted_are_asked_before_all_others_and_the_others_again_if_one_of_them_fails() -> None:
    surveyed = Surveyed(right)
    surveyed.program.does = at_404([])
    assert surveyed.doubting(["403", "405"]) == [["403", "200"], ["405", "200"]]
    assert surveyed.survey.failures() == {}
    *alone, rest = surveyed.doubting(["403", "404"])
    assert alone == [["403", "200"], ["404", "200"], ["404"]]
    assert rest == [word for code in AROUND if code != "404" for word in (code, "200")]
    assert surveyed.survey.failures() == {"404": Failure("no answer")}


def test_only_some_of_many_that_are_doubted_are_asked_before_all_others() -> None:
    surveyed = Surveyed(right, CODES)
    assert surveyed.doubting(CODES) == [[code, "200"] for code in CODES[:MOST_DOUBTED]]
    assert 0 < MOST_DOUBTED < 20


def test_without_a_known_reply_nobody_is_doubted() -> None:
    assert Surveyed(no_two_alike).doubting(AROUND) == []


# The request whose reply is known


@pytest.mark.parametrize("useless", [[], ["200"], ["200", "posts 200"], ["200", "posts 200", "404"]])
@pytest.mark.parametrize("how", [exits(3), TIMED_OUT, no_two_alike])
def test_a_request_is_known_that_gets_the_same_reply_each_time(
    useless: list[str], how: Failure | Does
) -> None:
    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        if asked[-1] not in useless:
            return right(asked)
        return how if isinstance(how, Failure) else how(asked)

    surveyed = Surveyed(does, ["402", "405", "406"])
    known = next(request for request in ("200", "posts 200", "404", "503") if request not in useless)
    assert surveyed.rounds == [["402", known, "405", known, "406", known]]
    assert surveyed.wrong == {}


def test_the_known_reply_has_as_many_lines_as_most() -> None:
    surveyed = Surveyed(lambda asked: right(asked) * (2 if asked[-1] == "200" else 1), ["200", "404", "408"])
    assert surveyed.wrong == {"200": "printed 2 lines: 'success', 'success'"}
    doubled = Surveyed(lambda asked: right(asked) * 2, ["200", "404"])
    assert doubled.rounds == [["200", "200", "404", "200"]]
    assert doubled.wrong["404"] == "printed 2 lines: 'fatal', 'fatal'"


def test_a_program_of_which_no_reply_is_known_is_asked_all_at_once() -> None:
    surveyed = Surveyed(no_two_alike, AROUND)
    assert surveyed.rounds == [AROUND]
    assert {request: got.split()[0] for request, got in surveyed.wrong.items()} == dict.fromkeys(
        AROUND, "fatal"
    )


@pytest.mark.parametrize(
    ("lines", "got"),
    [
        ([], "no answer"),
        (["fatal", "fatal"], "printed 2 lines: 'fatal', 'fatal'"),
        (exits(3), "exited with code 3"),
    ],
)
def test_a_program_of_which_no_reply_is_known_is_asked_one_by_one_if_the_lines_are_not_as_many(
    lines: list[Reply] | Failure, got: str
) -> None:
    surveyed = Surveyed(lambda asked: lines if asked[-1] == "405" else no_two_alike(asked), AROUND)
    assert surveyed.wrong.pop("405") == got
    assert {got.split()[0] for got in surveyed.wrong.values()} == {"fatal"}


# Programs that cannot be judged


def at_each(*endings: Failure) -> Does:
    """Return a program that ends at each of the probes, in a way of its own."""
    return lambda asked: dict(zip(PROBES, endings, strict=True)).get(asked[-1], exits(9))


def test_a_program_that_answers_no_probe_is_told_how_the_last_one_ended() -> None:
    told = refused(at_each(exits(1), exits(2), exits(3)))
    assert told == (
        "'a program' answers nothing: it exited with code 3\n"
        "asked 200, 404, 503, one line each; it must answer each with one line, flushed"
    )


@pytest.mark.parametrize("probe", PROBES)
def test_a_program_that_answers_one_probe_can_be_judged(probe: str) -> None:
    surveyed = Surveyed(lambda asked: right(asked) if asked[-1] in (probe, "") else exits(3), [probe])
    assert surveyed.wrong == {}


def flushes_at_the_end(asked: list[str]) -> list[Reply]:
    return [] if asked[-1] else [line for word in asked[:-1] for line in right([word])]


def test_a_program_that_answers_only_at_the_end_of_its_input_is_told_to_flush() -> None:
    told = refused(flushes_at_the_end)
    assert told == ("'a program' answers only when its input ends\nit must flush its output after every line")


def test_a_program_that_flushes_at_the_end_and_dies_at_a_probe_is_not_told_to_flush() -> None:
    told = refused(lambda asked: exits(3) if asked[-1] == "404" else flushes_at_the_end(asked))
    assert told.startswith("'a program' answers nothing: it timed out after 1 s\n")


def test_a_program_that_never_answers_is_not_told_to_flush() -> None:
    assert refused(lambda asked: []).startswith("'a program' answers nothing: it timed out after 1 s\n")


def test_a_program_that_talks_without_being_asked_is_told_what_it_said_first() -> None:
    told = refused(lambda asked: ["bye", "said", "he"] if not asked[-1] else right(asked))
    assert told == (
        "'a program' prints 'bye' without being asked anything\n"
        "it must print one line for each line it is asked, and nothing else"
    )


def test_a_program_that_answers_one_line_alone_is_told_how_it_ends() -> None:
    def does(asked: list[str]) -> Sequence[Reply] | Failure:
        codes = {"200": 1, "posts 200": 2, "404": 3, "503": 4}
        return right(asked) if not asked[1:] or not asked[-1] else exits(codes[asked[0]])

    assert refused(does) == (
        "'a program' answers one line but not a second one: exited with code 1\n"
        "it must answer each line with one line until its input ends"
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (OSError("no more processes"), "no more processes"),
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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Does], tuple[ScriptedProgram, Candidate]]:
    """Open a program, which is started by its command line."""

    def open_program(does: Does) -> tuple[ScriptedProgram, Candidate]:
        scripted = ScriptedProgram(does)

        def start(command: str | Sequence[str], timeout: float) -> Conversation:
            assert (command, timeout) == ("a 'b c'" if sys.platform == "win32" else ["a", "b c"], 7)
            return scripted.start()

        monkeypatch.setattr(program, "Conversation", start)
        candidate = open_candidate("exec:a 'b c'", timeout=7)
        assert candidate.target == "exec:a 'b c'"
        assert all(conversation.is_closed for conversation in scripted.started)
        return scripted, candidate

    return open_program


Opened = Callable[[Does], tuple[ScriptedProgram, Candidate]]


@pytest.mark.parametrize(
    ("line", "posts", "offered"),
    [
        ("fatal", "unsupported", "classify"),
        ("fatal", " UNSUPPORTED ", "classify"),
        ("fatal yes", "unsupported", "classify repost"),
        ("fatal yes 7", "unsupported", "classify repost context"),
        ("fatal yes 7 0x80190194", "1", "classify repost context hresult posts"),
        ("fatal", "banana", "classify posts"),
        ("fatal", "", "classify posts"),
        ("fatal yes 7 0x80190194 1", "unsupported", "classify"),
        ("banana yes 7", "unsupported", "classify"),
    ],
)
def test_what_is_offered_shows_in_the_answers_to_all_codes_but_200(
    line: str, posts: str, offered: str, opened: Opened
) -> None:
    def does(asked: list[str]) -> Sequence[Reply]:
        known = {"": [], "200": ["success no 0 0"], "posts 200": [posts]}
        return known.get(asked[-1], [line])

    _, candidate = opened(does)
    assert " ".join(candidate.capabilities) == offered


@pytest.mark.parametrize("fields", ["fatal yes 7 0x80190194", "banana yes 7"])
def test_one_answer_that_has_more_fields_offers_them_if_it_is_one(fields: str, opened: Opened) -> None:
    _, candidate = opened(at_404([fields]))
    assert len(candidate.capabilities) == (4 if fields.startswith("fatal") else 1)


def test_posts_are_offered_by_a_program_that_ends_when_it_is_asked_for_them(opened: Opened) -> None:
    _, candidate = opened(lambda asked: exits(3) if asked[-1] == "posts 200" else right(asked))
    assert candidate.capabilities == (Capability.CLASSIFY, Capability.POSTS)
    assert candidate.ask(Capability.POSTS, [[200]]) == [exits(3)]


def test_what_the_first_answers_show_as_wrong_is_not_asked_again(opened: Opened) -> None:
    scripted, candidate = opened(at_404(exits(3)))
    before = len(scripted.started)
    assert candidate.ask(Capability.CLASSIFY, [403, 404]) == [classify(403), exits(3)]
    assert scripted.asked[before:] == [["403"]]


def test_all_codes_are_asked_upwards_and_downwards_before_a_program_is_judged(opened: Opened) -> None:
    scripted, _ = opened(right)
    assert scripted.asked[5:] == [CODES + CODES[::-1]]


def test_what_the_number_of_lines_hides_shows_in_another_order(opened: Opened) -> None:
    """The lines that 408 has too many are as many as 410 and 411 have too few."""
    printed: dict[str, list[Reply]] = {"408": ["transient", "success", "fatal"], "410": [], "411": []}
    _, candidate = opened(lambda asked: printed.get(asked[-1], right(asked)))
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

    _, candidate = opened(does)
    answers = candidate.ask(Capability.CLASSIFY, [*range(100, 200), 200])
    wrong = [answer for answer in answers if isinstance(answer, Failure)]
    assert wrong == [Failure("answered, then exited with code 3")] * min(culprits, MOST_SEARCHES)
