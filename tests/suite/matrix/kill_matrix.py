"""Puts the suite on trial: wrong candidates have to be caught, right ones must never be accused.

    python tests/kill_matrix.py                     every mutant, then 50 of them through `bitsspec check`
    python tests/kill_matrix.py --right 200         200 runs with different seeds for each right candidate
    python tests/kill_matrix.py --write             both, and puts the tables into docs/trial.md

Exit code 1 when a mutant is not killed as it has to be, or a right candidate is accused.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from bitsspec.spec import CLAUSE_BY_ID
from tests.suite.right import RIGHT
from tests.suite.wrong import FAMILIES, WrongCandidate
from tests.support.command import bitsspec
from tests.support.judging import departed, judge
from tools.pages import replace_between

PAGE = Path(__file__).parents[3] / "docs" / "trial.md"
EXAMPLES = 1
"""How much Hypothesis draws for each mutant; what is not drawn is asked in full all the same."""
HELD_AGAINST_ALL = 100
"""One mutant in so many is held against all eleven clauses, also those that do not ask what is mutated."""
SAMPLE = 50
RUNS = 200
CHUNK = 50
FAMILY_BY_NAME = {family.name: family for family in FAMILIES}


class Kill(NamedTuple):
    """What came of one mutant."""

    family: str
    mutant: str
    killed: bool
    departed: frozenset[str]
    owners: frozenset[str]


class Row(NamedTuple):
    """One line of a table."""

    cells: Sequence[str]
    right: bool


@cache
def candidates_of(family: str) -> Sequence[WrongCandidate]:
    """Return the mutants of a family, made once in each process."""
    return FAMILY_BY_NAME[family].mutants()


def kill(task: tuple[str, int]) -> list[Kill]:
    """Hold a chunk of a family's mutants, from a number on, against the clauses."""
    name, start = task
    family = FAMILY_BY_NAME[name]
    kills = []
    for number, mutant in enumerate(candidates_of(name)[start : start + CHUNK], start):
        clauses = CLAUSE_BY_ID if number % HELD_AGAINST_ALL == 0 else family.clauses
        found = departed(judge(mutant.make(), clauses, examples=EXAMPLES))
        kills.append(Kill(name, mutant.name, mutant.is_killed(found), frozenset(found), mutant.owners))
    return kills


def kill_all() -> dict[str, list[Kill]]:
    """Hold every mutant against the clauses, on all cores."""
    tasks = [(name, start) for name in FAMILY_BY_NAME for start in range(0, len(candidates_of(name)), CHUNK)]
    kills: dict[str, list[Kill]] = {name: [] for name in FAMILY_BY_NAME}
    with multiprocessing.get_context("spawn").Pool() as pool:
        for found in pool.imap(kill, tasks):
            kills[found[0].family] += found
    return kills


def matrix(kills: dict[str, list[Kill]]) -> Iterator[Row]:
    """Yield a line for each family and one for all."""
    total = killed = 0
    for name, found in kills.items():
        dead = [each for each in found if each.killed]
        by = Counter(clause for each in dead for clause in each.owners)
        clauses = ", ".join(f"{clause} {by[clause]:,}" for clause in CLAUSE_BY_ID if by[clause])
        title = FAMILY_BY_NAME[name].title
        yield Row((title, f"{len(found):,}", f"{len(dead):,}", clauses), len(dead) == len(found))
        total, killed = total + len(found), killed + len(dead)
    yield Row(("**all**", f"**{total:,}**", f"**{killed:,}**", ""), killed == total)


def sampled(seed: int) -> list[tuple[str, int]]:
    """Draw mutants from all families alike, as a family and a number in it."""
    drawn = random.Random(seed)
    names = [list(FAMILY_BY_NAME)[place % len(FAMILY_BY_NAME)] for place in range(SAMPLE)]
    return [(name, drawn.randrange(len(candidates_of(name)))) for name in names]


def check(chosen: tuple[str, int], folder: Path) -> Kill:
    """Hold one mutant against all clauses by `bitsspec check`, as a user would."""
    name, number = chosen
    mutant = candidates_of(name)[number]
    report = folder / f"{name}-{number}.json"
    done = bitsspec(
        *("check", "python:chosen:candidate", "--strict", "--report", str(report)),
        cwd=Path(__file__).parent,
        env={"CHOSEN_CANDIDATE": f"{name}:{number}"},
    )
    found = {
        clause["id"]
        for clause in (json.loads(report.read_text(encoding="utf-8"))["clauses"] if report.exists() else ())
        if clause["result"] == "failed"
    }
    killed = done.returncode == 1 and mutant.is_killed(found)
    return Kill(name, mutant.name, killed, frozenset(found), mutant.owners)


def check_sample(seed: int) -> list[Kill]:
    """Hold a sample of the mutants against all clauses by the command line."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(check, folder=Path(folder)), sampled(seed)))


def accusations(task: tuple[str, int]) -> tuple[str, int, set[str]]:
    """Return what a right candidate is accused of in the run with one seed."""
    name, seed = task
    return name, seed, departed(judge(RIGHT[name], seed=seed))


def judge_right(runs: int) -> Iterator[Row]:
    """Yield a line for each right candidate: its runs with different seeds, and the accusations."""
    tasks = [(name, seed) for name in RIGHT for seed in range(runs)]
    accused: Counter[str] = Counter()
    with multiprocessing.get_context("spawn").Pool() as pool:
        for name, seed, found in pool.imap_unordered(accusations, tasks, chunksize=10):
            if found:
                print(f"accused with seed {seed}: {name}: {', '.join(sorted(found))}", file=sys.stderr)
                accused[name] += 1
    for name in RIGHT:
        yield Row((name, f"{runs:,}", str(accused[name])), not accused[name])


def table(header: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return a Markdown table whose numbers stand on the right."""
    rule = [
        "---:" if all(row.cells[column].strip("*").replace(",", "").isdigit() for row in rows) else "---"
        for column in range(len(header))
    ]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *(row.cells for row in rows))]


MATRIX = ("what is wrong", "mutants", "killed", "by the clause that owns it")
RIGHTS = ("how it is written", "runs", "accused")


def main() -> int:
    """Run what the arguments ask for; 0 when nothing got past the suite."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--right", type=int, metavar="RUNS", help="runs for each right candidate")
    parser.add_argument("--seed", type=int, default=0, help="decides which mutants are checked end to end")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    all_right = True
    if arguments.right is None or arguments.write:
        began = time.perf_counter()
        kills = kill_all()
        lines = table(MATRIX, list(matrix(kills)))
        print("\n".join(lines), f"\n{time.perf_counter() - began:.0f} s on {os.cpu_count()} cores\n")
        sample = check_sample(arguments.seed)
        end_to_end = f"{sum(each.killed for each in sample)} of {len(sample)}"
        print(f"through bitsspec check: {end_to_end} killed\n")
        survivors = [each for found in (*kills.values(), sample) for each in found if not each.killed]
        for each in survivors:
            print(
                f"not killed: {each.family}, {each.mutant}: departs from {', '.join(sorted(each.departed))}"
            )
        all_right &= not survivors
        if arguments.write:
            replace_between(PAGE, "<!-- matrix: begin -->", "<!-- matrix: end -->", lines)
    if arguments.right is not None or arguments.write:
        rows = list(judge_right(arguments.right or RUNS))
        print("\n".join(table(RIGHTS, rows)))
        all_right &= all(row.right for row in rows)
        if arguments.write:
            replace_between(PAGE, "<!-- right: begin -->", "<!-- right: end -->", table(RIGHTS, rows))
    return 0 if all_right else 1


if __name__ == "__main__":
    sys.exit(main())
