"""Wrong rules for when a file is posted again."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from bitsspec import classify
from tests.suite.wrong.base import Family, WrongCandidate
from tests.support.candidates import Conforming

Event = int | str


class Upload:
    """One upload as the rules have it; each wrong one overrides what it gets wrong."""

    posts = 1
    answer: int | None = None
    """The last answer, None while a post is outstanding."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.asked: list[tuple[int, str]] = []
        """Each word that came after an answer, with that answer."""
        self.posted: list[str] = []
        """The words that posted."""

    def replay(self, events: Sequence[Event]) -> Any:
        for event in events:
            if isinstance(event, int):
                self.on_answer(event)
            elif self.answer is None:
                self.while_outstanding(event)
            else:
                self.asked.append((self.answer, event))
                if self.posts_again(self.answer, event):
                    self.post(event)
        return self.posts

    def on_answer(self, code: int) -> None:
        self.answers.append(code)
        self.answer = code

    def while_outstanding(self, word: str) -> None:
        """What the rules make of a retry or resume meanwhile: nothing."""

    def posts_again(self, code: int, word: str) -> bool:
        return word in {"transient": ("retry", "resume"), "fatal": ("resume",)}.get(self.kind(code), ())

    def post(self, word: str) -> None:
        self.posted.append(word)
        self.posts += 1
        self.answer = None

    def kinds(self) -> list[str]:
        """Return what the answers that came are by the rules."""
        return [Upload.kind(self, code) for code in self.answers]

    def kind(self, code: int) -> str:
        return "never again" if code == 403 else str(classify(code))


def but(**overrides: object) -> type[Upload]:
    """Return the rules but for what is overridden."""
    return type("WrongUpload", (Upload,), overrides)


def but_posts_again(decide: Callable[[Any, bool, int, str], object]) -> type[Upload]:
    """Return the rules but for when to post: ``decide`` gets the upload, what is right, answer and word."""
    return but(
        posts_again=lambda self, code, word: decide(self, Upload.posts_again(self, code, word), code, word)
    )


def but_kind(decide: Callable[[Any, str, int], str]) -> type[Upload]:
    """Return the rules but for what answers are taken for: ``decide`` gets the upload, right kind, code."""
    return but(kind=lambda self, code: decide(self, Upload.kind(self, code), code))


def but_at_the_end(count: Callable[[Any], object]) -> type[Upload]:
    return but(replay=lambda self, events: [Upload.replay(self, events), count(self)][1])


def one_word_wrong(*wrong: str) -> type[Upload]:
    return but_posts_again(lambda self, right, code, word: right != ((self.kind(code), word) == wrong))


def one_code_wrong(wrong: int, taken_for: str) -> type[Upload]:
    return but_kind(lambda self, right, code: taken_for if code == wrong else right)


def gives_up_after(most: int) -> type[Upload]:
    return but_posts_again(lambda self, right, code, word: right and self.posts < most)


def no_more(last: str, after: str) -> type[Upload]:
    return but_posts_again(
        lambda self, right, code, word: right and (word != last or after not in self.posted)
    )


def second_time_lucky(*at: Event) -> type[Upload]:
    return but_posts_again(
        lambda self, right, code, word: right or ((code, word) == at and self.asked.count(at) > 1)
    )


def sticky(sticks: str, later: str) -> type[Upload]:
    return but_kind(lambda self, right, code: sticks if right == later and sticks in self.kinds() else right)


def posts_while_outstanding(*words: str) -> type[Upload]:
    def while_outstanding(self: Upload, word: str) -> None:
        self.posts += word in words

    return but(while_outstanding=while_outstanding)


def still_answered_after(word: str) -> type[Upload]:
    """Return an upload that does not take a post after ``word`` for outstanding."""

    def post(self: Upload, said: str) -> None:
        answer = self.answer
        Upload.post(self, said)
        self.answer = answer if said == word else None

    return but(post=post)


def remembers(word: str) -> type[Upload]:
    """Return an upload that lets a word that came too early post later on."""

    class Remembers(Upload):
        early = False

        def while_outstanding(self, said: str) -> None:
            self.early |= said == word

        def on_answer(self, code: int) -> None:
            super().on_answer(code)
            if self.early and self.posts_again(code, word):
                self.post(word)
                self.early = False

    return Remembers


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


class Counts(Conforming):
    """Counts the posts of an upload by a function of its events."""

    def __init__(self, count: Callable[[list[Event]], object]) -> None:
        self.count = count

    def count_posts(self, events: list[Event]) -> object:
        return self.count(events)


def replayed(upload: Callable[[], Upload], events: Sequence[Event]) -> Any:
    """Count the posts of an upload that is begun anew for each sequence of events."""
    return upload().replay(events)


right = partial(replayed, Upload)


def emptied(events: list[Event]) -> object:
    """Count what is left of the events after they were taken away from whoever asks."""
    events.clear()
    return right(events)


def without_the_last(events: list[Event]) -> object:
    del events[-1:]
    return right(events)


def answers_in(events: list[Event]) -> int:
    return sum(isinstance(event, int) for event in events)


class UsedAgain(Conforming):
    """Starts every second long upload with a post that is left over."""

    def __init__(self) -> None:
        self.left_over = 0

    def count_posts(self, events: list[Event]) -> object:
        if len(events) > 6:
            self.left_over ^= 1
        return right(events) + (self.left_over if len(events) > 6 else 0)


def words_after(code: int, *words: str, posts: int) -> Callable[[list[Event]], object]:
    """Return a count that adds ``posts`` where these words come right after one code."""
    wrong = [code, *words]
    size = len(wrong)

    def count(events: list[Event]) -> object:
        found = any(events[start : start + size] == wrong for start in range(len(events)))
        return right(events) + posts * found

    return count


TAKEN_FOR = {
    "success": (0, 201, 202, 204, 206, 304),
    "never again": (401, 402, 404, 410, 451, 503),
    "transient": (200, 300, 305, 307, 400, 403, 407, 410, 429, 499, 501, 505),
    "fatal": (200, 201, 306, 308, 399, 403, 408, 409, 500, 503, 599, 600, 0, 999),
}
WORDS = ("retry", "resume")


def uploads() -> Iterator[tuple[str, type[Upload]]]:
    """Yield the rules with one mistake, each with a name."""
    for word in WORDS:
        for kind in ("transient", "fatal", "never again", "success"):
            yield f"{word} after {kind} the other way round", one_word_wrong(kind, word)
        for counts in WORDS:
            yield f"one {counts}, then no {word}", no_more(word, after=counts)
        for code in (403, 200, 404) if word == "retry" else (403, 200):
            yield f"the second {word} after {code} posts", second_time_lucky(code, word)
        yield f"an early {word} posts later", remembers(word)
        yield f"{word} again while its post is outstanding", still_answered_after(word)
    for words in (("retry",), ("resume",), WORDS):
        yield f"{' and '.join(words)} posts while outstanding", posts_while_outstanding(*words)
    for posts in (-1, 0, 2, 10):
        yield f"starts at {posts}", but(posts=posts)
    for most in (1, 2, 3, 4, 5, 10, 20, 25, 32, 50, 100, 255):
        yield f"gives up after {most} posts", gives_up_after(most)
    for kind, codes in TAKEN_FOR.items():
        for code in codes:
            yield f"{code:03} taken for {kind}", one_code_wrong(code, kind)
    for kind, later in (("fatal", "transient"), ("transient", "fatal"), ("transient", "never again")):
        yield f"{later} taken for {kind} once that has come", sticky(kind, later)


OTHERS: dict[str, type[Upload]] = {
    "the first answer decides for all": but_kind(lambda self, kind, code: Upload.kind(self, self.answers[0])),
    "counts answered posts": but_at_the_end(lambda self: self.posts - (self.answer is None)),
    "forgets the post that succeeded": but_at_the_end(lambda self: self.posts - (self.answer == 200)),
    "a retry after fatal posts with the resume": RetryOfAFatalWaitsForTheResume,
    "a resume after fatal posts twice": ResumeAfterFatalPostsTwice,
    "ends at the first fatal": but_posts_again(
        lambda self, right, code, word: right and "fatal" not in self.kinds()
    ),
}

AFTER_RARE_CODES = {
    f"{posts:+} post after {code:03} {' '.join(words)}": words_after(code, *words, posts=posts)
    for code, words, posts in (
        (417, ("retry", "resume"), -1),
        (226, ("retry", "resume"), 1),
        (783, ("resume", "retry", "retry"), 1),
        (418, ("retry", "retry", "resume"), -1),
        (530, ("resume", "resume"), 1),
        (333, ("retry",), -1),
        (444, ("resume", "retry", "resume"), 1),
    )
}

FORMULAS: dict[str, Callable[[list[Event]], object]] = {
    "empties the events": emptied,
    "takes away the last event": without_the_last,
    "always 1": lambda events: 1,
    "as many as events": len,
    "one more than events": lambda events: 1 + len(events),
    "as many as answers": answers_in,
    "one more than answers": lambda events: 1 + answers_in(events),
    "one more than retries": lambda events: 1 + events.count("retry"),
    "one more than resumes": lambda events: 1 + events.count("resume"),
    "one more than words": lambda events: 1 + len(events) - answers_in(events),
    "reads the events backwards": lambda events: right(events[::-1]),
    "forgets the first event": lambda events: right(events[1:]),
    "forgets the last event": lambda events: right(events[:-1]),
    "looks at four events": lambda events: right(events[:4]),
    "forgets an event after the fifth": lambda events: right(events[:5] + events[6:]),
    "answers with text": lambda events: str(right(events)),
    "answers with a float": lambda events: float(right(events)),
    "answers with True for 1": lambda events: right(events) if right(events) > 1 else True,
    "answers with None for 1": lambda events: right(events) if right(events) > 1 else None,
    "answers with a list": lambda events: [right(events)],
    "raises where nothing happened": lambda events: right(events) if events else events[0],
    "raises at the third post": lambda events: [None, 1, 2][right(events)],
}


def candidates() -> list[WrongCandidate]:
    """Return every candidate with a wrong rule for posting."""
    counts = {name: partial(replayed, upload) for name, upload in (*uploads(), *OTHERS.items())}
    owners = frozenset({"BITS-POSTS"})
    return [
        *(
            WrongCandidate(name, Counts(count), owners)
            for name, count in (counts | AFTER_RARE_CODES | FORMULAS).items()
        ),
        WrongCandidate(
            "every second long upload has one more", UsedAgain, owners, frozenset({"BITS-STABLE"})
        ),
    ]


FAMILY = Family("posting", "a rule for when the file is posted again", ("BITS-POSTS",), candidates)
