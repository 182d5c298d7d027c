"""Whatever the program on the other side of the pipe does: the run ends, is right and leaves nothing.

Some dozen behaviours are played each time; ``BITSSPEC_BEHAVIOURS=10000`` plays that many.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bitsspec.candidates import Candidate, open_candidate
from bitsspec.candidates.program import conversation
from bitsspec.candidates.program.survey import PROBES
from bitsspec.errors import CannotRun
from bitsspec.reference import classify
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.strategies import BOUNDARIES
from tests.support.command import clean_environment, exec_target
from tests.support.hostile import Script, build
from tests.support.leftovers import Leftovers, memory

pytestmark = pytest.mark.skipif(os.name == "nt", reason="plays programs that fork and send signals")

BEHAVIOURS = int(os.environ.get("BITSSPEC_BEHAVIOURS", "25"))
A_RUN = 1000  # behaviours that Hypothesis draws at a time: it keeps a record of each
MOST_MEMORY = 200_000_000
QUICK, PATIENT = 0.2, 10.0  # seconds for an answer: what seems wrong in haste is tried again with patience
LENIENCE = 20  # how many times longer than all its time-outs a run may last on a busy machine

CODES = st.sampled_from(BOUNDARIES) | st.integers(0, 999)
WHENS = CODES.map("{:03d}".format)
LINES = st.binary(max_size=30) | st.text(max_size=12).map(str.encode)
OUTCOMES = st.sampled_from(
    [b"fatal\n", b"transient", b"success\n", b"fatal no\n", b"unsupported\n", b"\n", b"\r"]
)
CHILDREN = st.sampled_from(["plain", "group", "detached", "silent", "chatty"])


@contextmanager
def opened(target: str, timeout: float) -> Iterator[Candidate]:
    """Open a program that has ``timeout`` seconds for an answer, and no longer for its end."""
    with patch.object(conversation, "GRACE", min(conversation.GRACE, timeout)):
        candidate = open_candidate(target, timeout=timeout)
        try:
            yield candidate
        finally:
            candidate.close()


class HostileProgram(RuleBasedStateMachine):
    """The other side of the pipe: each rule adds to what it does, the end is the judgement."""

    program: ClassVar[Path]
    behaviours: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.script = Script()
        self.questions: list[list[int]] = []

    @rule(when=WHENS, said=LINES | OUTCOMES, answers=st.booleans())
    def prints(self, when: str, said: bytes, answers: bool) -> None:
        self.script.add(
            when, *(["answer"] if answers else []), *([f"say {said.hex()}"] if said else ["wait 0"])
        )

    @rule(when=WHENS, times=st.integers(1, 3))
    def answers(self, when: str, times: int) -> None:
        self.script.add(when, *["answer"] * times)

    @rule(when=WHENS)
    def says_nothing(self, when: str) -> None:
        self.script.add(when, "wait 0")

    @rule(when=WHENS)
    def answers_out_of_turn(self, when: str) -> None:
        self.script.add(when, "hold")

    @rule(when=WHENS, milliseconds=st.integers(1, 30))
    def is_slow(self, when: str, milliseconds: int) -> None:
        self.script.add(when, f"wait {milliseconds}", "answer")

    @rule(when=WHENS, code=st.integers(0, 255), answers=st.booleans())
    def exits(self, when: str, code: int, answers: bool) -> None:
        self.script.add(when, *(["answer"] if answers else []), f"exit {code}")

    @rule(when=WHENS, number=st.sampled_from([6, 9, 11, 13, 15, 19]), answers=st.booleans())
    def gets_a_signal(self, when: str, number: int, answers: bool) -> None:
        self.script.add(when, *(["answer"] if answers else []), f"signal {number}", "answer")

    @rule(when=WHENS, answers=st.booleans())
    def hangs(self, when: str, answers: bool) -> None:
        if not any("hang" in steps for steps in self.script.steps.values()):  # each costs a time-out
            self.script.add(when, *(["answer"] if answers else []), "hang")

    @rule(when=WHENS, pipe=st.integers(0, 2), first=st.booleans())
    def closes_a_pipe(self, when: str, pipe: int, first: bool) -> None:
        steps = [f"close {pipe}", "answer"]
        self.script.add(when, *(steps if first else reversed(steps)))

    @rule(when=WHENS, step=st.sampled_from(["pour 100", "lines 1", "noise 1"]), answers=st.booleans())
    def prints_megabytes(self, when: str, step: str, answers: bool) -> None:
        self.script.add(when, step, *(["answer"] if answers else []))

    @rule(when=WHENS | st.sampled_from(["start", "end"]), how=CHILDREN)
    def leaves_a_child(self, when: str, how: str) -> None:
        self.script.add(when, f"child {how}", *(["answer"] if when.isdigit() else []))

    @rule(step=st.sampled_from(["wait 20", "ignore", "noise 1", "close 2"]))
    def starts_oddly(self, step: str) -> None:
        self.script.add("start", step)

    @rule(step=st.sampled_from(["wait 20", "hang", "exit 3", "signal 15", "noise 1", "close 1"]))
    def ends_oddly(self, step: str) -> None:
        self.script.add("end", step)

    @rule(when=st.sampled_from(["start", "end"]), said=LINES.filter(bool))
    def talks_unasked(self, when: str, said: bytes) -> None:
        if len(self.script.steps) == 1:  # nothing else matters then
            self.script.add(when, f"say {said.hex()}")

    @rule(codes=st.lists(CODES, min_size=1, max_size=20))
    def is_asked(self, codes: list[int]) -> None:
        self.questions.append(codes)

    def teardown(self) -> None:
        type(self).behaviours += 1
        before = Leftovers.now()
        faults = self._faults(QUICK) and self._faults(PATIENT)
        assert not faults, "\n".join(["", str(self.script), *faults])
        before.check(str(self.program))

    def _faults(self, timeout: float) -> list[str]:
        script = self.program.with_name("script")
        script.write_text(str(self.script), encoding="utf-8")
        started = time.monotonic()
        try:
            with opened(exec_target(self.program, script), timeout) as candidate:
                faults = self._faults_in(candidate)
        except CannotRun as error:
            return self._faults_of(error)
        if self.script.talks_unasked:
            faults.append("it talked without being asked, and was judged")
        took, restarts = time.monotonic() - started, 10 + 10 * len(self.script.steps)
        longest = LENIENCE * restarts * (timeout + 3 * conversation.GRACE)
        return [*faults, *([f"it took {took:.0f} s"] if took > longest else [])]

    def _faults_of(self, error: CannotRun) -> list[str]:
        if len(str(error).splitlines()) > 2:
            return [f"more than two lines: {error}"]
        never_answers = not any(self.script.at(int(probe)).answers_once for probe in PROBES)
        return [] if self.script.may_talk_unasked or never_answers else [f"it could be judged: {error}"]

    def _faults_in(self, candidate: Candidate) -> list[str]:
        faults = []
        deeds = {status: self.script.at(status) for status in self.script.odd_codes()}
        around = {status + step for status in deeds for step in (-1, 0, 1)} & set(STATUS_CODES)
        for codes in (list(STATUS_CODES), *self.questions, sorted(around, reverse=True)):
            for status, answer in zip(codes, candidate.ask(Capability.CLASSIFY, codes), strict=True):
                if status in deeds:
                    why = deeds[status].why_wrong(answer)
                else:
                    why = "" if answer is classify(status) else f"expected {classify(status)}"
                faults += [f"{status:03d}: {why}, got {answer!r}"] if why else []
        honest = sorted(around - {200} - set(deeds))
        for capability, expected in (
            (Capability.REPOST, [status != 403 for status in honest]),
            (Capability.CONTEXT, [7 for _ in honest]),
            (Capability.HRESULT, [0x80190000 + status for status in honest]),
        ):
            if candidate.ask(capability, honest) != expected:
                faults.append(f"{capability} is wrong at an honest code")
        return faults


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("hostile"))


def test_no_behaviour_breaks_hangs_or_misleads_the_run(program: Path) -> None:
    HostileProgram.program = program
    HostileProgram.behaviours = 0
    before = memory()
    while HostileProgram.behaviours < BEHAVIOURS:
        run_state_machine_as_test(
            HostileProgram,
            settings=settings(
                max_examples=min(A_RUN, BEHAVIOURS - HostileProgram.behaviours),
                stateful_step_count=8,
                deadline=None,
                database=None,
                derandomize=BEHAVIOURS <= A_RUN,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert memory() - before < MOST_MEMORY


@pytest.mark.parametrize(
    ("steps", "departures"),
    [
        ("404 answer, 404 exit 3", {404: "answered, then exited with code 3"}),
        ("404 answer, 404 exit 0", {404: "answered, then ended"}),
        ("404 answer, 404 hang", {404: "answered, then timed out after"}),
        ("404 answer, 404 say 78", {404: "'x' without an end of line, then ended its output"}),
        ("404 say 666174, 404 exit 0", {404: "'fat' without an end of line, then ended its output"}),
        ("404 answer, 404 say ff, 405 exit 3", {404: "printed 2 lines: ", 405: "exited with code 3"}),
        ("404 answer, 404 pour 1", {404: "printed a line of over 4,096 bytes"}),
        ("404 say 0a0a0a", {404: "printed 3 lines: '', '', ''"}),
        ("404 say 464154414c0a", {}),
        ("404 answer, 404 answer, 410 wait 0", {404: "printed 2 lines: ", 410: "no answer"}),
        ("404 answer, 404 close 0, 475 answer, 475 close 0", {404: "answered, then", 475: "answered, then"}),
        ("200 wait 0, 301 wait 0, 499 wait 0", dict.fromkeys((200, 301, 499), "no answer")),
        ("200 hold, 400 answer, 400 hold", {200: "out of turn", 400: "out of turn"}),
        ("404 hold, 405 hold", {404: "out of turn", 405: "out of turn"}),
        ("200 answer, 200 hold, 201 hold", {200: "", 201: "out of turn"}),
        (
            "404 answer, 404 say 737563636573730a, 405 hang",
            {404: "printed 'success' out of turn", 405: "timed"},
        ),
        ("200 answer, 200 answer, 200 answer", {200: "printed 3 lines: 'success', 'success', 'success'"}),
        ("200 say 78, 404 exit 1, 503 say 78, posts exit 2", None),
        ("200 answer, 200 exit 1, 404 exit 1, 503 exit 1, posts exit 1", None),
        ("posts exit 1", {}),
        ("512 exit 3", {512: "exited with code 3"}),
        ("512 signal 6", {512: "was ended by signal 6 (SIGABRT)"}),
        ("404 child plain, 404 exit 3", {404: "exited with code 3"}),
        ("404 close 1, 404 hang", {404: "closed its stdout"}),
        *((f"404 child {how}, 404 answer", {}) for how in ("plain", "group", "detached", "silent", "chatty")),
        *((f"start {step}", {}) for step in ("ignore", "close 2", "noise 1", "child detached")),
        ("start ignore, end child chatty, end hang", {}),
    ],
)
def test_the_code_that_goes_wrong_is_blamed_and_no_other(
    steps: str, departures: dict[int, str] | None, program: Path, tmp_path: Path
) -> None:
    before = Leftovers.now()
    target = exec_target(program, _write(tmp_path, steps))
    if departures is None:
        with pytest.raises(CannotRun), opened(target, QUICK):
            pass
    else:
        faults = _faults(target, QUICK, departures) and _faults(target, PATIENT, departures)
        assert faults == {}
    before.check(str(program))


@pytest.mark.parametrize(
    ("steps", "exit_code", "told"),
    [
        (
            "404 answer, 404 lines 100, 405 pour 100, 500 child chatty, 500 exit 3",
            1,
            "printed over 1,000 lines",
        ),
        ("start ignore, 404 hang, 999 close 0, 000 close 1", 1, "timed out after 0.3 s"),
        ("200 exit 1, 404 signal 9, 503 close 1", 2, "answers nothing"),
        ("start say 78", 2, "without being asked anything"),
    ],
)
def test_the_worst_end_in_a_verdict_or_an_error_within_little_memory(
    steps: str, exit_code: int, told: str, program: Path, tmp_path: Path
) -> None:
    script = (
        "from pathlib import Path\nfrom bitsspec.cli import main\n"
        "from bitsspec.candidates.program import conversation\nconversation.GRACE = 0.1\n"
        "try:\n    main()\nfinally:\n    status = Path('/proc/self/status')\n"
        "    print('VmHWM:', status.read_text().split('VmHWM:')[1] if status.exists() else 0)\n"
    )
    arguments = ["check", exec_target(program, _write(tmp_path, steps)), "--timeout", "0.3", "--only", "BITS-4XX"]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == exit_code, done.stderr
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert int(done.stdout.partition("VmHWM:")[2].split()[0]) * 1024 < MOST_MEMORY
    Leftovers.now().check(str(program))


def _faults(target: str, timeout: float, departures: dict[int, str]) -> dict[int, str]:
    """Return what came back, in any of several orders, where it is not what is expected."""
    with opened(target, timeout) as candidate:
        wrong = {
            status: str(answer)
            for codes in (STATUS_CODES, STATUS_CODES[:2], STATUS_CODES[::-1])
            for status, answer in zip(codes, candidate.ask(Capability.CLASSIFY, codes), strict=True)
            if answer is not classify(status)
        }
    missed = dict.fromkeys(departures.keys() - wrong.keys(), "not found")
    return missed | {
        status: got for status, got in wrong.items() if departures.get(status, "nothing") not in got
    }


def _write(folder: Path, steps: str) -> Path:
    script = folder / "script"
    script.write_text("\n".join(steps.split(", ")) + "\n", encoding="utf-8")
    return script
