"""Which question a candidate hangs at, for who interrupts it."""

import threading
from pathlib import Path
from types import SimpleNamespace

from bitsspec.candidates import open_candidate
from bitsspec.spec import Capability


def test_a_question_without_an_answer_yet_is_named_whichever_thread_asks() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def classify(status: int) -> str:
        if status == 404:
            begun.set()
            go_on.wait()
        return "fatal"

    candidate = open_candidate(SimpleNamespace(classify=classify))
    asks = threading.Thread(target=candidate.ask, args=(Capability.CLASSIFY, [403, 404, 405]))
    asks.start()
    begun.wait()
    candidate.ask(Capability.CLASSIFY, [500])
    assert candidate.waits_for() == [404]
    go_on.set()
    asks.join()
    assert candidate.waits_for() == []


def test_a_table_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("status,outcome\n", encoding="utf-8")
    assert open_candidate(f"table:{tmp_path / 'a.csv'}").waits_for() == []
