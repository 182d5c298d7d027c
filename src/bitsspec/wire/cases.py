"""Cases: a case is one upload that is watched, and what came of it at the server."""

import secrets
import string
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MOST_POSTS = 1_000
"""Of the posts of one case, how many are listed; a client may post for ever."""
MOST_PATHS = 4_096
"""How many paths of a standing server are told apart; the oldest is forgotten first."""
FOLDER = "u"


@dataclass(slots=True)
class Post:
    """One time that the server had the whole file, and what the server application answered."""

    at: float
    """Seconds since the case was opened."""
    size: int
    """Bytes of the file."""
    answered: int
    """The status code, 0 to 999."""
    whole: bool = True
    """Whether the client took the whole answer, as far as the connection tells."""


@dataclass(eq=False)
class Case:
    """One upload that is watched: the answers to its posts in order, of which the last is repeated."""

    url: str
    answers: tuple[int, ...]
    clock: Callable[[], float] = time.monotonic
    posts: list[Post] = field(default_factory=list)
    count: int = 0
    """How many posts there were, `MOST_POSTS` of which are listed."""
    others: int = 0
    """How many requests there were that post nothing, such as HEAD and OPTIONS."""
    broken: bool = False
    """Whether a connection ended before a post was whole or its answer was taken: that voids the case."""

    def __post_init__(self) -> None:
        self._opened = self.clock()

    def post(self, size: int) -> Post:
        """Count a post of ``size`` bytes, and return it with its answer."""
        answered = self.answers[min(self.count, len(self.answers) - 1)]
        post = Post(self.clock() - self._opened, size, answered)
        self.count += 1
        if len(self.posts) < MOST_POSTS:
            self.posts.append(post)
        return post


class Cases:
    """The open cases of a server by their paths; what is posted to no open case is a stray, answered 200."""

    def __init__(self, base: str, standing: Sequence[int] = ()) -> None:
        """``base`` is the URL of the server; with ``standing`` answers each path is a case by itself."""
        self._base = base
        self._standing = tuple(standing)
        self._open: dict[str, Case] = {}
        self._strays = Case(base, (200,))

    @property
    def strays(self) -> int:
        """How many posts came to paths of no open case."""
        return self._strays.count

    def open(self, answers: Sequence[int]) -> Case:
        """Return a new case with a path that nobody can guess, and that no status code stands in.

        Raises ValueError where there is no answer, or one that is not a status code.
        """
        if not answers or not all(0 <= answer <= 999 for answer in answers):
            raise ValueError(f"the answers must be status codes, one or more: {answers!r}")
        path = f"/{FOLDER}/{''.join(secrets.choice(string.ascii_lowercase) for _ in range(16))}"
        case = Case(f"{self._base}{path[1:]}/", tuple(answers))
        self._open[path] = case
        return case

    def close(self, case: Case) -> None:
        """Make strays of what is still posted to the path of a case."""
        self._open.pop(case.url.removeprefix(self._base[:-1]).rstrip("/"), None)

    def of(self, path: str) -> Case:
        """Return the case to which a path belongs, whatever follows the first parts of the path."""
        if self._standing:
            return self._standing_case(path)
        return self._open.get("/".join(path.partition("?")[0].split("/", 3)[:3]), self._strays)

    def _standing_case(self, path: str) -> Case:
        case = self._open.get(path)
        if case is None:
            if len(self._open) >= MOST_PATHS:
                del self._open[next(iter(self._open))]
            case = self._open[path] = Case(self._base[:-1] + path, self._standing)
        return case
