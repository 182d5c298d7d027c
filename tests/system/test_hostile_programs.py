"""Whatever the program on the other side of the pipe does: the run ends, is right and leaves nothing.

Some dozen behaviours are played each time; ``BITSSPEC_BEHAVIOURS=10000`` plays that many.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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

CODES = st.sampled_from(BOUNDARIES) | st.integers(0, 999)
WORDS = [b"fatal\n", b"transient", b"success\n", b"fatal no\n", b"unsupported\n", b"\n", b"\r"]
SAID = st.binary(min_size=1, max_size=30) | st.sampled_from(WORDS)
SAYS = SAID.map(lambda said: f"say {said.hex()}")
CHILDREN = [f"child {how}" for how in ("plain", "group", "detached", "silent", "chatty")]
STEPS = st.one_of(
    SAYS,
    st.integers(0, 30).map("wait {}".format),
    st.integers(0, 255).map("exit {}".format),
    st.sampled_from([6, 9, 11, 13, 15, 19]).map("signal {}".format),
    st.sampled_from([*CHILDREN, "answer", "hold", "hang", "close 0", "close 1", "close 2"]),
    st.sampled_from(["pour 100", "lines 1", "noise 1"]),
)
AROUND = st.sampled_from([[], ["answer"]])
AT_A_CODE = st.tuples(
    CODES.map("{:03d}".format), st.builds(lambda a, step, b: [*a, step, *b], AROUND, STEPS, AROUND)
)
AT_THE_START = st.sampled_from([*CHILDREN, "wait 20", "ignore", "noise 1", "close 2"])
AT_THE_END = st.sampled_from([*CHILDREN, "wait 20", "hang", "exit 3", "signal 15", "noise 1", "close 1"])
UNASKED = st.tuples(st.sampled_from(["start", "end"]), SAYS.map(lambda step: [step]))
ODD = st.one_of(
    *[AT_A_CODE] * 6,
    st.tuples(st.just("start"), AT_THE_START.map(lambda step: [step])),
    st.tuples(st.just("end"), AT_THE_END.map(lambda step: [step])),
)
DEEDS = st.lists(ODD, max_size=8) | st.tuples(UNASKED, AT_A_CODE)


@contextmanager
def opened(target: str, timeout: float) -> Iterator[Candidate]:
    """Open a program that has ``timeout`` seconds for an answer, and no longer for its end."""
    short = {name: min(getattr(conversation, name), timeout) for name in ("GRACE", "TIME_TO_LEAVE")}
    with patch.multiple(conversation, **short):
        candidate = open_candidate(target, timeout=timeout)
        try:
            yield candidate
        finally:
            candidate.close()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize(
    "behaviours", [min(A_RUN, BEHAVIOURS - done) for done in range(0, BEHAVIOURS, A_RUN)]
)
def test_no_behaviour_breaks_hangs_or_misleads_the_run(behaviours: int, program: Path) -> None:
    @settings(
        max_examples=behaviours,
        deadline=None,
        database=None,
        derandomize=BEHAVIOURS <= A_RUN,
        suppress_health_check=list(HealthCheck),
    )
    @given(deeds=DEEDS, questions=st.lists(st.lists(CODES, min_size=1, max_size=20), max_size=2))
    def play(deeds: list[tuple[str, list[str]]], questions: list[list[int]]) -> None:
        script = Script()
        for when, steps in deeds:
            script.add(when, *steps)
        before = Leftovers.now()
        faults = faults_of(program, script, questions, QUICK) and faults_of(
            program, script, questions, PATIENT
        )
        assert not faults, "\n".join(["", str(script), *faults])
        before.check(str(program))

    memory_before = memory()
    play()
    assert memory() - memory_before < MOST_MEMORY


def faults_of(program: Path, script: Script, questions: list[list[int]], timeout: float) -> list[str]:
    """Play a script; return what is wrong with the verdict over it."""
    path = program.with_name("script")
    path.write_text(str(script), encoding="utf-8")
    try:
        with opened(exec_target(program, path), timeout) as candidate:
            faults = faults_in(candidate, script, questions)
    except CannotRun as error:
        never_answers = not any(script.at(int(probe)).answers_once for probe in PROBES)
        is_right = (script.may_talk_unasked or never_answers) and len(str(error).splitlines()) <= 2
        return [] if is_right else [f"it could be judged: {error}"]
    return [*faults, *(["it talked without being asked, and was judged"] if script.talks_unasked else [])]


def faults_in(candidate: Candidate, script: Script, questions: list[list[int]]) -> list[str]:
    faults = []
    deeds = {status: script.at(status) for status in script.odd_codes()}
    around = {status + step for status in deeds for step in (-1, 0, 1)} & set(STATUS_CODES)
    for codes in (list(STATUS_CODES), *questions, sorted(around, reverse=True)):
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
        ("404 say 464154414c0a", {}),
        ("404 answer, 404 close 0, 475 answer, 475 close 0", {404: "answered, then", 475: "answered, then"}),
        ("200 hold, 400 answer, 400 hold", {200: "out of turn", 400: "out of turn"}),
        ("200 answer, 200 hold, 201 hold", {200: "", 201: "out of turn"}),
        (
            "404 answer, 404 say 737563636573730a, 405 hang",
            {404: "printed 'success' out of turn", 405: "timed"},
        ),
        ("200 say 78, 404 exit 1, 503 say 78, posts exit 2", None),
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
        "from bitsspec.candidates.program import conversation as it\nit.GRACE = it.TIME_TO_LEAVE = 0.1\n"
        "try:\n    main()\nfinally:\n    status = Path('/proc/self/status')\n"
        "    print('VmHWM:', status.read_text().split('VmHWM:')[1] if status.exists() else 0)\n"
    )
    options = ["--timeout", "0.3", "--only", "BITS-4XX"]
    done = subprocess.run(
        [sys.executable, "-c", script, "check", exec_target(program, _write(tmp_path, steps)), *options],
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
    assert int((done.stdout + done.stderr).partition("VmHWM:")[2].split()[0]) * 1024 < MOST_MEMORY
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
