"""The trial of the suite: every wrong candidate has to be caught, no right one may ever be accused.

    python -m tests.suite.matrix.kill_matrix               the wrong ones, and 50 through `bitsspec check`
    python -m tests.suite.matrix.kill_matrix --right 20   20 runs with different seeds for each right one
    python -m tests.suite.matrix.kill_matrix --write       both, and makes the tables of their page

Exit code 1 when a wrong candidate is not killed as it has to be, or a right one is accused.
"""

import argparse
import gc
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

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "contributors" / "trial.md"
EXAMPLES = 1
"""How much Hypothesis draws for each wrong candidate; what is not drawn is asked in full all the same."""
CHECKED_BY_ALL = 250
"""One in so many is checked by all eleven clauses, also those that do not ask what is wrong."""
SAMPLE = 50
RUNS = 20
CHUNK = 200
FAMILY_BY_NAME = {family.name: family for family in FAMILIES}


class Kill(NamedTuple):
    """What came of one wrong candidate."""

    family: str
    name: str
    killed: bool
    departed: frozenset[str]
    owners: frozenset[str]


Row = tuple[str, ...]
"""One line of a table."""


@cache
def candidates_of(family: str) -> Sequence[WrongCandidate]:
    """Return the wrong candidates of a family, made once in each process."""
    return FAMILY_BY_NAME[family].candidates()


def verdict(family: str, wrong: WrongCandidate, found: set[str], failed: bool = True) -> Kill:
    return Kill(family, wrong.name, failed and wrong.is_killed(found), frozenset(found), wrong.owners)


def kill(task: tuple[str, int]) -> list[Kill]:
    """Check a chunk of a family's wrong candidates, from a number on."""
    name, start = task
    kills = []
    for number, wrong in enumerate(candidates_of(name)[start : start + CHUNK], start):
        clauses = CLAUSE_BY_ID if number % CHECKED_BY_ALL == 0 else FAMILY_BY_NAME[name].clauses
        kills.append(verdict(name, wrong, departed(judge(wrong.source, clauses, examples=EXAMPLES))))
    return kills


def kill_all() -> dict[str, list[Kill]]:
    """Check every wrong candidate, on all cores."""
    tasks = [(name, start) for name in FAMILY_BY_NAME for start in range(0, len(candidates_of(name)), CHUNK)]
    kills: dict[str, list[Kill]] = {name: [] for name in FAMILY_BY_NAME}
    # What a process has imported need not be looked through for garbage again and again.
    with multiprocessing.get_context("spawn").Pool(initializer=gc.freeze) as pool:
        for found in pool.imap(kill, tasks):
            kills[found[0].family] += found
    return kills


def matrix(kills: dict[str, list[Kill]]) -> Iterator[Row]:
    """Yield a line for each family and one for all."""
    total = killed = 0
    for name, found in kills.items():
        dead = [each for each in found if each.killed]
        by = Counter(clause for each in dead for clause in each.owners or each.departed)
        clauses = ", ".join(f"{clause} {by[clause]:,}" for clause in CLAUSE_BY_ID if by[clause])
        title = FAMILY_BY_NAME[name].title
        yield title, f"{len(found):,}", f"{len(dead):,}", clauses
        total, killed = total + len(found), killed + len(dead)
    yield "**all**", f"**{total:,}**", f"**{killed:,}**", ""


def check(chosen: tuple[str, int], folder: Path) -> Kill:
    """Check one wrong candidate by all clauses with `bitsspec check`, as a user would."""
    name, number = chosen
    report = folder / f"{name}-{number}.json"
    source = candidates_of(name)[number].source
    target = source if isinstance(source, str) else "python:tests.suite.chosen:candidate"
    done = bitsspec(
        *("check", target, "--strict", "--report", str(report)),
        cwd=ROOT,
        env={"CHOSEN_CANDIDATE": f"{name}:{number}"},
    )
    clauses = json.loads(report.read_text(encoding="utf-8"))["clauses"] if report.exists() else ()
    found = {clause["id"] for clause in clauses if clause["result"] == "failed"}
    return verdict(name, candidates_of(name)[number], found, failed=done.returncode == 1)


def check_sample(seed: int, size: int = SAMPLE) -> list[Kill]:
    """Check a sample of the wrong candidates, drawn from all families alike, through the command line."""
    drawn = random.Random(seed)
    names = [list(FAMILY_BY_NAME)[place % len(FAMILY_BY_NAME)] for place in range(size)]
    chosen = [(name, drawn.randrange(len(candidates_of(name)))) for name in names]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(check, folder=Path(folder)), chosen))


def accusations(task: tuple[str, int]) -> tuple[str, int, set[str]]:
    """Return what a right candidate is accused of in the run with one seed."""
    name, seed = task
    return name, seed, departed(judge(RIGHT[name], seed=seed))


def judge_right(seeds: range) -> Iterator[Row]:
    """Yield a line for each right candidate: its runs with different seeds, and the accusations."""
    tasks = [(name, seed) for name in RIGHT for seed in seeds]
    accused: Counter[str] = Counter()
    with multiprocessing.get_context("spawn").Pool() as pool:
        for name, seed, found in pool.imap_unordered(accusations, tasks, chunksize=min(10, len(seeds))):
            if found:
                print(f"accused with seed {seed}: {name}: {', '.join(sorted(found))}", file=sys.stderr)
                accused[name] += 1
    for name in RIGHT:
        yield name, f"{len(seeds):,}", str(accused[name])


def table(header: Row, rows: Sequence[Row]) -> list[str]:
    """Return a Markdown table whose numbers stand on the right."""
    rule = [
        "---:" if all(row[column].strip("*").replace(",", "").isdigit() for row in rows) else "---"
        for column in range(len(header))
    ]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]


MATRIX = ("what is wrong", "wrong candidates", "killed", "by the clause that owns it, or found it")
RIGHTS = ("how it is written", "runs", "accused")


def main() -> int:
    """Run what the arguments ask for; 0 when nothing got past the suite."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--right", type=int, metavar="RUNS", help="runs for each right candidate")
    parser.add_argument("--seed", type=int, default=0, help="decides which ones the command line checks")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    all_right = True

    def show(mark: str, lines: list[str]) -> None:
        print("\n".join(lines))
        if arguments.write:
            replace_between(PAGE, f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->", lines)

    if arguments.right is None or arguments.write:
        began = time.perf_counter()
        kills = kill_all()
        show("matrix", table(MATRIX, list(matrix(kills))))
        print(f"{time.perf_counter() - began:.0f} s on {os.cpu_count()} cores\n")
        sample = check_sample(arguments.seed)
        print(f"through bitsspec check: {sum(each.killed for each in sample)} of {len(sample)} killed\n")
        for each in (each for found in (*kills.values(), sample) for each in found if not each.killed):
            departs = ", ".join(sorted(each.departed))
            print(f"not killed: {each.family}, {each.name}: departs from {departs}")
            all_right = False
    if arguments.right is not None or arguments.write:
        rows = list(judge_right(range(arguments.right or RUNS)))
        show("right", table(RIGHTS, rows))
        all_right &= all(accused == "0" for *_, accused in rows)
    return 0 if all_right else 1


if __name__ == "__main__":
    sys.exit(main())
