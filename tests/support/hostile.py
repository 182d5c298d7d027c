"""What a program does that is not honest, as a script for hostile.c, and which verdicts on it are right."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bitsspec.candidates import Failure
from bitsspec.reference import classify, may_repost
from bitsspec.spec.vocabulary import Outcome
from bitsspec.text import show
from tests.support.tools import need

SOURCE = Path(__file__).with_name("hostile.c")
LONGEST_LINE = 4096
MOST_LINES = 1000


def build(folder: Path) -> Path:
    """Compile, into ``folder``, the program that plays scripts."""
    program = folder / "hostile"
    subprocess.run([need("cc", "gcc"), "-O1", "-o", program, SOURCE], check=True, timeout=120)
    return program


def honest_line(status: int) -> str:
    """Return the right answer to a status code, with every field."""
    if status == 200:
        return "success"
    return f"{classify(status)} {'yes' if may_repost(status) else 'no'} 7 0x{0x80190000 + status:08X}"


@dataclass
class Deed:
    """What the program does at one code: what it prints, and how it ends if it does."""

    printed: bytes = b""
    ending: tuple[str, ...] = ()
    """What a report may say about its end."""
    is_closed: bool = False
    """Whether it has closed its input or output."""
    has_output: bool = True
    is_late: bool = False
    """Whether it keeps the answer back until the next one is given."""

    @property
    def answers_once(self) -> bool:
        """Whether it prints one line and goes on."""
        goes_on = not (self.ending or self.is_closed or self.is_late)
        return goes_on and self.printed.endswith(b"\n") and self.printed.count(b"\n") == 1

    def why_wrong(self, answer: object) -> str:
        """Say what is wrong with ``answer`` as a verdict over this deed; nothing if it is right."""
        expected = self._expected()
        if isinstance(expected, Outcome):
            return "" if answer is expected else f"expected {expected}"
        if not isinstance(answer, Failure):
            return f"expected a departure: {expected}"
        return "" if any(text in answer.text for text in expected) else f"expected one of {expected}"

    def _expected(self) -> Outcome | tuple[str, ...]:
        *lines, rest = self.printed.split(b"\n")
        counts = [f"printed {count} lines: " for count in (2, len(lines), len(lines) + 1)]
        several = (*counts, "printed over 1,000 lines: ", "out of turn")
        if self.is_closed or self.is_late or rest:
            return ("",)  # how that shows depends on what the system tells first
        if any(len(line) > LONGEST_LINE for line in (*lines, rest)):
            return (f"printed a line of over {LONGEST_LINE:,} bytes", *several)
        if self.ending:
            return (*self.ending, *(several if lines else ()))
        if not lines:
            return ("no answer",)
        return several if len(lines) > 1 else _read(lines[0])


@dataclass
class Script:
    """What the program does at which request; at every other it answers as it should."""

    steps: dict[str, list[str]] = field(default_factory=dict)

    def add(self, when: str, *steps: str) -> None:
        """Append steps, unless the program would never come to them, or hang a second time."""
        before = self.steps.setdefault(when, [])
        for step in steps:
            if step == "hang" and "hang" in str(self):
                break  # each costs a time-out
            if not before or before[-1].split()[0] not in ("exit", "hang"):
                before.append(step)

    def __str__(self) -> str:
        return "".join(f"{when} {step}\n" for when, steps in self.steps.items() for step in steps)

    def odd_codes(self) -> list[int]:
        """Return the codes at which it does something of its own."""
        return [int(when) for when in self.steps if when.isdigit()]

    @property
    def may_talk_unasked(self) -> bool:
        """Whether there are words of its own before the first request or after the last."""
        return any(step.startswith("say") for when in ("start", "end") for step in self.steps.get(when, []))

    @property
    def talks_unasked(self) -> bool:
        """Whether these words come for certain: nothing ends or silences it before."""
        return any(self.steps.get(when, [""])[0].startswith("say") for when in ("start", "end"))

    def at(self, status: int) -> Deed:
        """Return what it does when it is asked about a status code."""
        deed = Deed()
        for step in self.steps.get(f"{status:03d}", ["answer"]):
            self._do(step, deed, honest_line(status))
            if deed.ending:
                break
        return deed

    def _do(self, step: str, deed: Deed, honest: str) -> None:
        name, _, argument = step.partition(" ")
        said = b""
        match name:
            case "answer":
                said = f"{honest}\n".encode()
            case "say":
                said = bytes.fromhex(argument)
            case "pour":
                said = b"x" * (LONGEST_LINE + 1)
            case "lines":
                said = b"fatal\n" * (MOST_LINES + 1)
            case "hold":
                deed.is_late = True
            case "close":
                deed.is_closed = deed.is_closed or argument != "2"
                deed.has_output = deed.has_output and argument != "1"
            case "hang":
                deed.ending = ("timed out",)
            case "exit" if argument == "0":
                deed.ending = ("exited with code 0", "no answer", "answered, then ended")
            case "exit":
                deed.ending = (f"exited with code {argument}",)
            case "signal" if argument in ("19", "9") or "ignore" not in self.steps.get("start", []):
                deed.ending = ("timed out",) if argument == "19" else (f"was ended by signal {argument}",)
        if deed.has_output:
            deed.printed += said


def _read(line: bytes) -> Outcome | tuple[str, ...]:
    try:
        text = line.decode().rstrip("\r")
    except UnicodeDecodeError:
        return ("printed what is not UTF-8: ",)
    words = text.split()
    if 1 <= len(words) <= 4 and words[0].lower() in list(Outcome):
        return Outcome(words[0].lower())
    return (show(text),)
