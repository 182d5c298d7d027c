"""Wrong rules for when a file is posted again."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bitsspec import classify
from tests.suite.wrong.base import Family, WrongCandidate
from tests.support.candidates import Conforming

Event = int | str


class Upload:
    """One upload as the rules have it; each wrong one overrides what it gets wrong."""

    at_start = 1

    def __init__(self) -> None:
        self.posts = self.at_start
        self.answer: int | None = None
        """The last answer, None while a post is outstanding."""

    def replay(self, events: Sequence[Event]) -> Any:
        for event in events:
            if isinstance(event, int):
                self.on_answer(event)
            elif self.answer is None:
                self.while_outstanding(event)
            elif self.posts_again(self.answer, event):
                self.post(event)
        return self.posts

    def on_answer(self, code: int) -> None:
        self.answer = code

    def while_outstanding(self, word: str) -> None:
        """What the rules make of a retry or resume meanwhile: nothing."""

    def posts_again(self, code: int, word: str) -> bool:
        return word in self.words_after(self.kind(code))

    def post(self, word: str) -> None:
        self.posts += 1
        self.answer = None

    def kind(self, code: int) -> str:
        return "never again" if code == 403 else str(classify(code))

    def words_after(self, kind: str) -> tuple[str, ...]:
        return {"transient": ("retry", "resume"), "fatal": ("resume",)}.get(kind, ())


class OneWordWrong(Upload):
    """Wrong about one word after one kind of answer."""

    def __init__(self, kind: str, word: str) -> None:
        super().__init__()
        self.wrong = kind, word

    def posts_again(self, code: int, word: str) -> bool:
        return super().posts_again(code, word) != ((self.kind(code), word) == self.wrong)


class OneCodeWrong(Upload):
    """Takes one code for another kind of answer."""

    def __init__(self, code: int, kind: str) -> None:
        super().__init__()
        self.code, self.taken_for = code, kind

    def kind(self, code: int) -> str:
        return self.taken_for if code == self.code else super().kind(code)


class StartsAt(Upload):
    def __init__(self, posts: int) -> None:
        super().__init__()
        self.posts = posts


class PostsWhileOutstanding(Upload):
    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def while_outstanding(self, word: str) -> None:
        self.posts += word in self.words


class GivesUpAfter(Upload):
    """Has a most number of posts."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def posts_again(self, code: int, word: str) -> bool:
        return super().posts_again(code, word) and self.posts < self.most


class Awaits(Upload):
    """Does not take a post after ``word`` for outstanding."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def post(self, word: str) -> None:
        answer = self.answer
        super().post(word)
        if word == self.word:
            self.answer = answer


class Once(Upload):
    """Lets ``word`` post only once in an upload."""

    def __init__(self, word: str, counts: str) -> None:
        super().__init__()
        self.word, self.counts, self.used = word, counts, False

    def posts_again(self, code: int, word: str) -> bool:
        return super().posts_again(code, word) and not (word == self.word and self.used)

    def post(self, word: str) -> None:
        super().post(word)
        self.used |= word == self.counts


class Sticky(Upload):
    """Once an answer of one kind has come, takes later ones of another kind for it."""

    def __init__(self, kind: str, later: str) -> None:
        super().__init__()
        self.sticks, self.later, self.stuck = kind, later, False

    def on_answer(self, code: int) -> None:
        self.stuck |= super().kind(code) == self.sticks
        super().on_answer(code)

    def kind(self, code: int) -> str:
        kind = super().kind(code)
        return self.sticks if self.stuck and kind == self.later else kind


class FirstAnswerDecides(Upload):
    first: int | None = None

    def on_answer(self, code: int) -> None:
        self.first = code if self.first is None else self.first
        super().on_answer(self.first)


class SecondTimeLucky(Upload):
    """Lets ``word`` post after ``code`` when it comes a second time."""

    def __init__(self, code: int, word: str) -> None:
        super().__init__()
        self.at, self.asked = (code, word), 0

    def posts_again(self, code: int, word: str) -> bool:
        self.asked += (code, word) == self.at
        return super().posts_again(code, word) or ((code, word) == self.at and self.asked > 1)


class RemembersARetry(Upload):
    """Lets a retry that came too early post later on."""

    early = False

    def while_outstanding(self, word: str) -> None:
        self.early |= word == "retry"

    def on_answer(self, code: int) -> None:
        super().on_answer(code)
        if self.early and self.posts_again(code, "retry"):
            self.post("retry")
            self.early = False


class RemembersAResume(RemembersARetry):
    def while_outstanding(self, word: str) -> None:
        self.early |= word == "resume"

    def on_answer(self, code: int) -> None:
        Upload.on_answer(self, code)
        if self.early and self.posts_again(code, "resume"):
            self.post("resume")
            self.early = False


class RetryOfAFatalWaitsForTheResume(Upload):
    waiting = 0

    def posts_again(self, code: int, word: str) -> bool:
        self.waiting += word == "retry" and self.kind(code) == "fatal"
        return super().posts_again(code, word)

    def post(self, word: str) -> None:
        super().post(word)
        self.posts, self.waiting = self.posts + self.waiting, 0


class ResumeAfterFatalPostsTwice(Upload):
    def post(self, word: str) -> None:
        self.posts += self.answer is not None and self.kind(self.answer) == "fatal"
        super().post(word)


class EndsAtTheFirstFatal(Upload):
    over = False

    def posts_again(self, code: int, word: str) -> bool:
        self.over |= self.kind(code) == "fatal"
        return super().posts_again(code, word) and not self.over


class CountsAnsweredPosts(Upload):
    """Forgets the post that is still outstanding at the end."""

    def replay(self, events: Sequence[Event]) -> Any:
        super().replay(events)
        return self.posts - (self.answer is None)


class ForgetsThePostThatSucceeded(Upload):
    def replay(self, events: Sequence[Event]) -> Any:
        super().replay(events)
        return self.posts - (self.answer == 200)


class EmptiesTheEvents(Upload):
    """Counts what is left of the events after it has taken them away from its caller."""

    def replay(self, events: Sequence[Event]) -> Any:
        if isinstance(events, list):
            events.clear()
        return super().replay(events)


class TakesAwayTheLastEvent(EmptiesTheEvents):
    def replay(self, events: Sequence[Event]) -> Any:
        if isinstance(events, list) and events:
            events.pop()
        return Upload.replay(self, events)


class ByUploads(Conforming):
    """Counts the posts of an upload that is begun anew for each sequence of events."""

    def __init__(self, begin: Callable[[], Upload]) -> None:
        self.begin = begin

    def count_posts(self, events: list[Event]) -> object:
        return self.begin().replay(events)


class ByFormula(Conforming):
    """Counts the posts by a formula that looks plausible."""

    def __init__(self, formula: Callable[[Sequence[Event]], object]) -> None:
        self.formula = formula

    def count_posts(self, events: list[Event]) -> object:
        return self.formula(events)


def _right(events: Sequence[Event]) -> int:
    return int(Upload().replay(events))


TAKEN_FOR = {
    "success": (0, 201, 202, 204, 206, 304),
    "never again": (401, 402, 404, 410, 451, 503),
    "transient": (200, 300, 305, 307, 400, 403, 407, 410, 429, 499, 501, 505),
    "fatal": (200, 201, 306, 308, 399, 403, 408, 409, 500, 503, 599, 600, 0, 999),
}

UPLOADS: dict[str, Callable[[], Upload]] = {
    **{
        f"{word} after {kind} the other way round": partial(OneWordWrong, kind, word)
        for kind in ("transient", "fatal", "never again", "success")
        for word in ("retry", "resume")
    },
    **{
        f"{code:03} taken for {kind}": partial(OneCodeWrong, code, kind)
        for kind, codes in TAKEN_FOR.items()
        for code in codes
    },
    **{f"starts at {posts}": partial(StartsAt, posts) for posts in (-1, 0, 2, 10)},
    **{
        f"{' and '.join(words)} posts while outstanding": partial(PostsWhileOutstanding, *words)
        for words in (("retry",), ("resume",), ("retry", "resume"))
    },
    **{f"gives up after {most} posts": partial(GivesUpAfter, most) for most in (1, 2, 3, 4, 5, 10, 20)},
    **{f"{word} again while its post is outstanding": partial(Awaits, word) for word in ("retry", "resume")},
    **{
        f"one {counts}, then no {word}": partial(Once, word, counts)
        for word in ("retry", "resume")
        for counts in ("retry", "resume")
    },
    **{
        f"{later} taken for {kind} once that has come": partial(Sticky, kind, later)
        for kind, later in (("fatal", "transient"), ("transient", "fatal"), ("transient", "never again"))
    },
    **{
        f"the second {word} after {code} posts": partial(SecondTimeLucky, code, word)
        for code in (403, 200)
        for word in ("retry", "resume")
    },
    "the second retry after 404 posts": partial(SecondTimeLucky, 404, "retry"),
    "the first answer decides for all": FirstAnswerDecides,
    "an early retry posts later": RemembersARetry,
    "an early resume posts later": RemembersAResume,
    "a retry after fatal posts with the resume": RetryOfAFatalWaitsForTheResume,
    "a resume after fatal posts twice": ResumeAfterFatalPostsTwice,
    "ends at the first fatal": EndsAtTheFirstFatal,
    "counts answered posts": CountsAnsweredPosts,
    "forgets the post that succeeded": ForgetsThePostThatSucceeded,
    "empties the events": EmptiesTheEvents,
    "takes away the last event": TakesAwayTheLastEvent,
}

FORMULAS: dict[str, Callable[[Sequence[Event]], object]] = {
    "always 1": lambda events: 1,
    "as many as events": len,
    "one more than events": lambda events: 1 + len(events),
    "as many as answers": lambda events: sum(isinstance(event, int) for event in events),
    "one more than answers": lambda events: 1 + sum(isinstance(event, int) for event in events),
    "one more than retries": lambda events: 1 + list(events).count("retry"),
    "one more than resumes": lambda events: 1 + list(events).count("resume"),
    "one more than words": lambda events: 1 + sum(isinstance(event, str) for event in events),
    "reads the events backwards": lambda events: _right(list(events)[::-1]),
    "forgets the first event": lambda events: _right(list(events)[1:]),
    "forgets the last event": lambda events: _right(list(events)[:-1]),
    "looks at four events": lambda events: _right(list(events)[:4]),
    "forgets an event after the fifth": lambda events: _right(list(events)[:5] + list(events)[6:]),
    "answers with text": lambda events: str(_right(events)),
    "answers with a float": lambda events: float(_right(events)),
    "answers with True for 1": lambda events: _right(events) if _right(events) > 1 else True,
    "answers with None for 1": lambda events: _right(events) if _right(events) > 1 else None,
    "answers with a list": lambda events: [_right(events)],
    "raises where nothing happened": lambda events: _right(events) if events else events[0],
    "raises at the third post": lambda events: [None, 1, 2][_right(events)],
}


def mutants() -> list[WrongCandidate]:
    """Return every mutant of the rules for posting."""
    owners = frozenset({"BITS-POSTS"})
    return [
        *(WrongCandidate(name, partial(ByUploads, begin), owners) for name, begin in UPLOADS.items()),
        *(WrongCandidate(name, partial(ByFormula, formula), owners) for name, formula in FORMULAS.items()),
    ]


FAMILY = Family("posting", "a rule for when the file is posted again", ("BITS-POSTS",), mutants)
