"""What BITS-STABLE shows is true: its calls, replayed on a fresh candidate, give its answers."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bitsspec import classify
from bitsspec.conformance import replaying
from bitsspec.history import Call
from bitsspec.spec import CLAUSE_BY_ID, OUTCOME_CLAUSES, Capability
from bitsspec.text import show_answer, show_hresult
from tests.support.candidates import other
from tests.support.in_process import invoke
from tests.support.judging import departing, judge
from tests.support.replays import CACHE, HEAD, REMEMBERING, calls_of, replayed_here

Module = Callable[[str], str]
pytestmark = pytest.mark.usefixtures("replays_here")

STABLE = "BITS-STABLE"
ONLY = ("--only", STABLE)
OUTCOMES = [clause.id for clause in OUTCOME_CLAUSES]


def checked(target: str, *options: str) -> Any:
    """Return what `bitsspec check` reports of BITS-STABLE: input, expected, got; None where it holds."""
    invoke("check", target, *options, "--report", "out.json")
    clauses = json.loads(Path("out.json").read_text(encoding="utf-8"))["clauses"]
    (found,) = (clause["departures"] for clause in clauses if clause["id"] == STABLE)
    return tuple(found[0].values()) if found else None


def shown(answer: Any, about: Capability) -> str:
    return show_hresult(answer) if about is Capability.HRESULT else show_answer(answer)


@pytest.mark.parametrize("options", [ONLY, (*ONLY, "--strict"), ("--strict",)], ids=" ".join)
@pytest.mark.parametrize("name", REMEMBERING)
def test_the_calls_that_are_shown_give_the_answers_that_are_shown(
    name: str, options: Sequence[str], module: Module
) -> None:
    target = module(REMEMBERING[name])
    seen, expected, got = checked(target, *options)
    *before, question = calls = calls_of(seen)
    assert before
    assert shown(replayed_here(target, [question])[-1], question.about) == expected
    assert shown(replayed_here(target, calls)[-1], question.about) == got


@pytest.mark.parametrize(
    "codes", [(404, 503), (503, 404), (777, 777), (604, 429), (17, 960), (960, 17), (555,) * 3], ids=str
)
def test_the_fewest_calls_are_shown(codes: tuple[int, ...], module: Module) -> None:
    *before, last = codes
    name = module(
        f"{HEAD}from collections import Counter\nseen = Counter()\n"
        "def classify(status):\n    outcome = right.classify(status)\n"
        f"    is_wrong = status == {last} and seen >= Counter({before})\n"
        "    seen[status] += 1\n    return 'success' if is_wrong else outcome\n"
    )
    (seen,) = departing(judge(name, [*OUTCOMES, STABLE]), STABLE).items()
    assert seen == (codes, (str(classify(last)), "success"))


@pytest.mark.parametrize("clauses", [[*CLAUSE_BY_ID], [*CLAUSE_BY_ID][::-1], [STABLE]])
@pytest.mark.parametrize("name", ["an error that is left behind", "two questions"])
def test_a_question_that_changes_the_answer_to_another_is_found_in_any_order_of_the_clauses(
    name: str, clauses: Sequence[str], module: Module
) -> None:
    report = judge(module(REMEMBERING[name]), clauses)
    (seen,) = departing(report, STABLE)
    assert len(seen) == 2


@pytest.mark.parametrize("strict", [False, True])
def test_a_cache_that_mixes_up_codes_is_found_by_another_process_that_asks_in_another_order(
    strict: bool, module: Module
) -> None:
    found = checked(module(CACHE), *ONLY, *(["--strict"] if strict else []))
    assert (found is not None) is strict
    assert found is None or len(calls_of(found[0])) == 2


def test_what_cannot_be_replayed_says_that_it_was_seen_once() -> None:
    asked = []

    def wrong_at_the_second_777(status: int) -> object:
        asked.append(status)
        return other(status) if status == 777 and asked.count(status) == 2 else classify(status)

    found = departing(judge(wrong_at_the_second_777, [STABLE]), STABLE)
    assert found == {(777,): ("transient", "fatal 667 calls later (seen once, could not be repeated)")}


def test_a_replay_that_does_not_show_it_again_says_so_as_well(
    module: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = module(
        f"{HEAD}import os\ncalls = 0\n"
        "def classify(status):\n    global calls\n    calls += 1\n"
        "    return 'fatal' if calls == 1300 and 'REPLAYED' not in os.environ else right.classify(status)\n"
    )

    def replayed_elsewhere(target: str, calls: Sequence[Call], hash_seed: int | None) -> list[Any]:
        monkeypatch.setenv("REPLAYED", "1")
        return replayed_here(target, calls, hash_seed)

    monkeypatch.setattr("bitsspec.candidates.python.replay", replayed_elsewhere)
    assert checked(name, *ONLY)[2].endswith("(seen once, could not be repeated)")


@pytest.mark.parametrize("limit", ["MOST_REPLAYS", "MOST_CALLS", "MOST_SECONDS"])
def test_replays_come_to_an_end(limit: str, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, limit, -1 if limit == "MOST_SECONDS" else 0)
    assert checked(module(REMEMBERING["a circuit breaker"]), *ONLY)[2].endswith("could not be repeated)")


def test_a_module_is_imported_once_and_asked_within_the_limits_that_docs_trial_names(
    module: Module, capfd: pytest.CaptureFixture[str]
) -> None:
    counted = (
        "import os, collections\nfrom bitsspec import reference as right\n"
        "os.environ['IMPORTED'] = os.environ.get('IMPORTED', '') + '1'\ncalls = collections.Counter()\n"
        "def counting(name):\n    method = getattr(right, name)\n"
        "    return lambda given: (calls.update([name]), method(given))[1]\n"
        "classify = counting('classify')\n"
    )
    everything = "".join(
        f"{name} = counting('{name}')\n" for name in ("may_repost", "get_error", "count_posts")
    )
    for text, most in ((counted, 6_000), (counted + everything, 50_000)):
        for options in ((), ("--strict",)):
            name = module(text)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("bitsspec.candidates.python.replay", lambda *_: None)
                patch.delenv("IMPORTED", raising=False)
                assert invoke("check", name, *options).exit_code == 0
                assert os.environ.pop("IMPORTED") == "1"
            assert 3_000 < sum(sys.modules[name].calls.values()) <= most


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(
            "in_a_row, last = 0, None\n"
            "def classify(status):\n    global in_a_row, last\n    outcome = right.classify(status)\n"
            "    in_a_row, last = (in_a_row + 1 if status == last else 1), status\n"
            "    return 'fatal' if in_a_row > 50 and outcome == 'transient' else outcome\n",
            id="a count of one code in a row",
        ),
        pytest.param(
            "before = 0\n"
            "def classify(status):\n    global before\n    last, before = before, status\n"
            "    is_broken = last in (-1, '20x', None) and status == 503\n"
            "    return 'fatal' if is_broken else right.classify(status)\n",
            id="what is not a status code leaves a mark",
        ),
    ],
)
def test_a_rare_past_is_found_and_shown(wrong: str, module: Module) -> None:
    *before, question = checked(module(HEAD + wrong), *ONLY, "--strict")[0]
    assert before in ([503] * 50, ["-1"], ["'20x'"], ["None"])
    assert classify(question) == "transient"
