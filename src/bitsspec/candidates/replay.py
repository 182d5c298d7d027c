"""Asking a Python candidate in a fresh interpreter, which has imported and asked nothing before.

``python -m bitsspec.candidates.replay`` is that interpreter: it reads what to ask from its standard input.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from bitsspec import importing
from bitsspec.history import Call

TIME_LIMIT_S = 60.0
"""For one fresh interpreter; a candidate that needs longer cannot be replayed."""


def replay(target: str, calls: Sequence[Call], hash_seed: int | None = None) -> list[Any] | None:
    """Return the answers of the candidate ``target`` in a fresh interpreter; None where it gives none."""
    environment = dict(os.environ)
    if hash_seed is not None:
        environment["PYTHONHASHSEED"] = str(hash_seed)
    question = pickle.dumps((target, importing.path_of_others(), [tuple(call) for call in calls]))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "bitsspec.candidates.replay"],
            input=question,
            capture_output=True,
            env=environment,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    try:
        answers = pickle.loads(done.stdout)
    except Exception:  # what is not a pickle may raise anything
        return None
    return answers if isinstance(answers, list) else None


def main() -> None:
    """Answer what the standard input asks, with what the candidate prints kept out of it."""
    answers_go_to = os.dup(1)
    os.dup2(2, 1)
    target, path, calls = pickle.load(sys.stdin.buffer)
    sys.path[:] = path
    from bitsspec.candidates import open_candidate

    candidate = open_candidate(target)
    answers = candidate.ask_each([Call(*call) for call in calls])
    with os.fdopen(answers_go_to, "wb") as out:
        pickle.dump(answers, out)


if __name__ == "__main__":
    main()
