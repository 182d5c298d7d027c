"""What live clients of both kinds share: a server that answers their uploads, and what is made of that."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bitsspec import processes
from bitsspec.candidates.base import Candidate, Failure, NotObserved, in_order
from bitsspec.candidates.python import hint_of_hidden, look_up
from bitsspec.errors import CannotRun
from bitsspec.history import Call
from bitsspec.report.model import Hidden, Seen
from bitsspec.spec.clauses import BITS_STABLE, OUTCOME_CLAUSES, Clause, outcome_due, posts_due
from bitsspec.spec.vocabulary import Capability, Outcome
from bitsspec.wire.cases import Case
from bitsspec.wire.function import AsyncFunction, Function, is_async
from bitsspec.wire.launcher import URL, Client, ClientFailed, CommandForEach, LoadedCommand
from bitsspec.wire.loop import Loop
from bitsspec.wire.observed import Observation, Said, observe
from bitsspec.wire.server import Server

Result = TypeVar("Result")

JOBS = 8
POLL_S = 0.1
"""After which somebody is told how far it is; on Windows, no signal ends a longer wait."""
MOST_REPEATS = 20
"""Uploads, of those that were not observed at one question, that are made once more."""
DATA = b"A file of bitsspec's, which a client uploads while it is watched.\n" * 16
"""1 KiB: the BITS upload protocol sends it as one fragment."""
NOT_OBSERVABLE = (
    Hidden("000-099", "malformed to HTTP parsers: what follows is a retry after a broken answer"),
    Hidden("100-199", "interim answers (RFC 9110, section 15.2), after which a client waits for another"),
)
CAUSES = (
    "usual causes: it wants 201, or a body in the answer; it goes through a proxy; {url} is wrong or missing"
)


class LiveClient(Candidate):
    """A client that is watched while it uploads, several times at once, to a server on loopback."""

    is_live = True
    not_observable = NOT_OBSERVABLE

    def __init__(
        self,
        target: str,
        make: Callable[[Path], Client],
        timeout: float,
        jobs: int,
        *,
        bits: bool = False,
        contested: Mapping[int, str] | None = None,
    ) -> None:
        """Start the server, and see how the client does with 200, 503 and 404.

        ``make`` returns the client, from the file to upload. Raises `CannotRun` where it is not content
        with 200.
        """
        self.target = target
        self.contested = contested or {}
        self._timeout, self._jobs = timeout, jobs
        self._first: dict[tuple[int, ...], Observation] = {}
        """The first observation of each list of answers."""
        self._asked: set[object] = set()
        self._last: dict[object, Observation] = {}
        self._has_posted_again = self._is_closed = False
        self.stumbles: dict[int, Any] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="bitsspec-", ignore_cleanup_errors=True)
        self._server = Server(bits=bits)
        self._loop = Loop()
        file = Path(self._folder.name) / "upload.bin"
        file.write_bytes(DATA)
        self._client = make(file)
        try:
            self._server.open()
            self._control()
        except BaseException:
            self.close()
            raise

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What it can be watched at; more where it says so itself."""
        return in_order(self._offered)

    @property
    def remarks(self) -> list[str]:
        """That it never posts again by itself, or too late; what is contested."""
        told = []
        if not self._has_posted_again:
            told.append(f"it never posts again by itself: after 503 it {self._after_503.seen.says()}")
        if self._after_503.said is None:
            told.append(
                f"after 503 it did not end within {self._timeout:g} s: turn its retry delay down, "
                "or give it more time with --timeout"
            )
        if self._server.strays:
            told.append("posts came for uploads that had ended, or had been given up: they are not judged")
        return told + [
            f"contested: {status}: {outcome_due(status)} by Microsoft's page; {other}"
            for status, other in self.contested.items()
        ]

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        """Make one upload for each input, several at once; what one upload shows is not asked again."""
        keys = [(capability, _key(given)) for given in inputs]
        cases = [_answers_to(capability, given) for given in inputs]
        known = self._known(capability, inputs, cases)
        missing = [index for index in range(len(inputs)) if index not in known]
        resumes = capability is Capability.REPOST
        with _without_proxies():
            made = self._run(self._observe_all([cases[index] for index in missing], resumes=resumes))
        known |= zip(missing, made, strict=True)
        for index, key in enumerate(keys):
            self._last[key] = known[index]
            if not resumes:
                self._first.setdefault(cases[index], known[index])
        read = _READERS[capability]
        return [read(known[index], given) for index, given in enumerate(inputs)]

    def seen(self, call: Call) -> Seen | None:
        """Return what was seen of the last upload of this kind."""
        return self._last[call.about, _key(call.given)].seen

    def noted(self, call: Call) -> str:
        """Return what there is to say of it beside its answer; the outcome clauses alone do."""
        return self._last[call.about, call.given].note if call.about is Capability.CLASSIFY else ""

    def close(self) -> None:
        """End the client and the server."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._loop.start(self._end()).result()
        finally:
            self._loop.stop()
            self._loop.join()
            self._server.close()
            self._folder.cleanup()

    def _run(self, made: Coroutine[Any, Any, Result]) -> Result:
        """Return what comes of uploads, and call `on_upload` now and then meanwhile, in this thread."""
        future = self._loop.start(made)
        try:
            while not wait([future], POLL_S).done:
                self.on_upload()
        except BaseException:
            future.cancel()
            raise
        return future.result()

    async def _end(self) -> None:
        """End what an interruption has left under way, and the client."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    def _known(
        self, capability: Capability, inputs: Sequence[Any], cases: Sequence[tuple[int, ...]]
    ) -> dict[int, Observation]:
        """Return by index what earlier uploads have shown; the same question again is a new upload."""
        if capability is Capability.REPOST:
            return {}
        known = {}
        for index, (given, case) in enumerate(zip(inputs, cases, strict=True)):
            question = capability, _key(given)
            if case in self._first and question not in self._asked:
                known[index] = self._first[case]
            self._asked.add(question)
        return known

    def _control(self) -> None:
        """Make one upload that is answered 200, and two that say more of the client."""
        with _without_proxies():
            content = self._run(self._observe_once(self._client, (200,)))
            if content.answer is not Outcome.SUCCESS or len(content.seen.posts_at_s) != 1:
                raise CannotRun(self._why_not(content))
            others = self._run(self._observe_all([(503,), (404,)]))
        self._after_503 = others[0]
        self._offered = {Capability.CLASSIFY, Capability.POSTS}
        said = [each.said for each in (content, *others) if each.said is not None]
        if any(each.context is not None for each in said):
            self._offered.add(Capability.CONTEXT)
        if any(each.hresult is not None for each in said):
            self._offered.add(Capability.HRESULT)
        if self._client.offers_resume:
            self._offered.add(Capability.REPOST)
        for status, observation in zip((200, 503, 404), (content, *others), strict=True):
            self._first[status,] = observation

    def _why_not(self, content: Observation) -> str:
        told = getattr(self._client, "last", "")
        more = f" ({told})" if told else ""
        return (
            f"{self.target} cannot be judged: answered 200 with no body, it {content.seen.says()}{more}\n"
            f"{CAUSES}"
        )

    async def _observe_all(
        self, cases: Sequence[tuple[int, ...]], *, resumes: bool = False
    ) -> list[Observation]:
        """Make the uploads, as many at once as there may be; repeat those that were not observed."""
        found: dict[int, Observation] = {}
        numbers = iter(range(len(cases)))

        async def work() -> None:
            for number in numbers:
                found[number] = await self._observe_once(self._client, cases[number], resumes=resumes)

        workers = [asyncio.ensure_future(work()) for _ in range(min(self._jobs, len(cases)))]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        missed = [number for number in range(len(cases)) if isinstance(found[number].answer, NotObserved)]
        for number in missed[:MOST_REPEATS]:
            found[number] = await self._repeated(found[number], cases[number], resumes=resumes)
        return [found[number] for number in range(len(cases))]

    async def _repeated(self, first: Observation, answers: tuple[int, ...], *, resumes: bool) -> Observation:
        """Make an upload that was not observed once more, by a client started anew and alone."""
        client = self._client.afresh()
        try:
            again = await self._observe_once(client, answers, resumes=resumes)
        finally:
            await client.close()
        assert isinstance(first.answer, NotObserved)
        if again.answer == first.answer:
            return Observation(Failure(first.answer.why), again.said, again.seen)
        if first.said is not None and not first.seen.posts_at_s:  # it may be what a circuit breaker does
            third = await self._observe_once(self._client, answers, resumes=resumes)
            if third.answer == first.answer and len(answers) == 1:
                self.stumbles[answers[0]] = again.answer
        note = f"{first.answer.why} at first; alone, it {again.seen.says()}"
        return Observation(again.answer, again.said, again.seen, note)

    async def _observe_once(
        self, client: Client, answers: tuple[int, ...], *, resumes: bool = False
    ) -> Observation:
        """Make one upload, whose posts get these answers and then 200."""
        case = self._server.open_case([*answers, 200])
        said, failed = None, ""
        try:
            said = await asyncio.wait_for(_upload(client, case, resumes=resumes), self._timeout)
        except TimeoutError:
            pass
        except ClientFailed as error:
            failed = str(error)
        finally:
            self._server.close_case(case)
        self.uploads += 1
        self._has_posted_again |= len(case.posts) > 1
        observation = observe(case, said, self._timeout)
        return _failed(observation, failed) if failed else observation


async def _upload(client: Client, case: Case, *, resumes: bool) -> Said:
    """Make the upload, and resume it if it is to be and ended with an error."""
    said = await client.upload(case.url)
    if resumes and len(case.posts) == 1 and not said.is_success:
        return await client.resume(case.url)
    return said


def _failed(observation: Observation, why: str) -> Observation:
    """Return the observation of an upload in which the client itself came to an end."""
    seen = Seen(observation.seen.posts_at_s, why)
    answer = observation.answer if len(seen.posts_at_s) > 1 else NotObserved(why)
    return Observation(answer, None, seen)


def open_live(
    kind: str,
    rest: str,
    timeout: float,
    jobs: int | None,
    *,
    bits: bool = False,
    contested: Mapping[int, str] | None = None,
) -> Candidate:
    """Open ``python:PACKAGE.MODULE:FUNCTION`` or a command line as a live client."""
    rest = rest.strip()
    prefix, colon, name = rest.partition(":")
    usual_jobs = JOBS
    if colon and prefix == "python":
        with hint_of_hidden(name), _without_proxies():
            function = look_up(name, f"{kind}:python")
        if not callable(function):
            raise CannotRun(f"{kind}:{rest} cannot be called\nname a function upload(url, data)")
        usual_jobs = JOBS if is_async(function) else 1
        made = AsyncFunction if is_async(function) else Function

        def make(file: Path) -> Client:
            return made(function, file.read_bytes())

    else:
        words = processes.split(rest)
        if shutil.which(words[0]) is None:
            raise CannotRun(f"cannot start {words[0]!r}: it is not found, or cannot be executed")
        form = CommandForEach if any(URL in word for word in words) else LoadedCommand

        def make(file: Path) -> Client:
            return form(words, str(file))

    return LiveClient(f"{kind}:{rest}", make, timeout, jobs or usual_jobs, bits=bits, contested=contested)


def uploads_due(candidate: Candidate, clauses: Iterable[Clause], examples: int) -> int:
    """Return how many uploads ``clauses`` are going to take, if none is made twice for a departure's sake."""
    due = candidate.uploads
    for clause in clauses:
        if clause.capability is Capability.POSTS:
            due += examples
        elif clause.capability is Capability.REPOST or clause in OUTCOME_CLAUSES or clause is BITS_STABLE:
            is_offered = clause.capability in candidate.capabilities
            due += len(candidate.observable(clause.governs)) if is_offered else 0
    return due


def _key(given: Any) -> object:
    return tuple(given) if isinstance(given, list) else given


def _answers_to(capability: Capability, given: Any) -> tuple[int, ...]:
    """Return what the server is to answer, one post after another, before it answers 200."""
    if capability is not Capability.POSTS:
        return (given,)
    return tuple(event for event in given if isinstance(event, int))


def _is_counted(observation: Observation) -> bool:
    """Say whether its posts are all there are; what the client says at the end does not matter."""
    if isinstance(observation.answer, Failure):
        return observation.said is not None and observation.said.unreadable is not None
    return not isinstance(observation.answer, NotObserved)


def _outcome(observation: Observation, _given: Any) -> Any:
    return observation.answer


def _posts(observation: Observation, given: Any) -> Any:
    """Return how often the file was posted; where its own scheduler would go on, nobody knows."""
    if not _is_counted(observation):
        return observation.answer
    said, count = observation.said, len(observation.seen.posts_at_s)
    if said is None and count <= posts_due(given):
        return NotObserved(observation.seen.ended)
    if said is not None and said.outcome is Outcome.TRANSIENT:
        return NotObserved("it leaves posting again to its scheduler")
    return count


def _reposts(observation: Observation, _given: Any) -> Any:
    if not _is_counted(observation):
        return observation.answer
    return len(observation.seen.posts_at_s) > 1


def _field(name: str) -> Callable[[Observation, Any], Any]:
    def read(observation: Observation, _given: Any) -> Any:
        said = observation.said
        if isinstance(observation.answer, NotObserved | Failure):
            return observation.answer
        if said is None or said.is_success:
            return NotObserved("it posted again until it was answered 200, and reported no error")
        value = getattr(said, name)
        return Failure("no answer") if value is None else value

    return read


_READERS: Mapping[Capability, Callable[[Observation, Any], Any]] = {
    Capability.CLASSIFY: _outcome,
    Capability.REPOST: _reposts,
    Capability.CONTEXT: _field("context"),
    Capability.HRESULT: _field("hresult"),
    Capability.POSTS: _posts,
}


@contextmanager
def _without_proxies() -> Iterator[None]:
    """Have this process, in which a function may be the client, use no proxy for a while."""
    proxies = {name: os.environ.pop(name) for name in list(os.environ) if name.lower().endswith("_proxy")}
    os.environ["NO_PROXY"] = "*"
    try:
        yield
    finally:
        del os.environ["NO_PROXY"]
        os.environ.update(proxies)
