"""``bitsspec check --baseline`` and ``--write-baseline``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result as Ran

from bitsspec.baseline import PLACEHOLDER
from tests.support.in_process import invoke
from tests.support.schema import valid

ENTRY = (
    '[[accepted]]\nclause = "BITS-4XX"\ncodes = [404, "429-431"]\ngot = "transient"\nreason = "our proxy"\n'
)

LAST = "  accepted: 429-431: expected fatal, got transient (our proxy)"


@pytest.fixture
def check(module: Callable[[str], str]) -> Callable[..., Ran]:
    """Return what checks a candidate that takes these codes for transient."""

    def run(*arguments: str, codes: tuple[int, ...] = (404, 429, 430, 431)) -> Ran:
        right = "from bitsspec import classify as right\n\n"
        rule = f"'transient' if status in {codes} else right(status)"
        name = module(f"{right}def classify(status):\n    return {rule}\n")
        return invoke("check", name, "--only", "4XX", *arguments)

    return run


@pytest.mark.parametrize(
    ("codes", "exit_code", "verdict", "line"),
    [
        ((404, 429, 430, 431), 0, " conforms but for 4 accepted departures", LAST),
        ((404, 429, 430, 431, 432), 1, " at 1 of 100 status codes", "  432: expected fatal, got transient"),
        (
            (404, 429),
            1,
            " does not match its baseline: stale at BITS-4XX",
            "  stale entry: accepted.toml, entry 1 (BITS-4XX) is no longer needed at 430-431; remove it",
        ),
    ],
)
def test_the_command_says_what_is_accepted_and_what_is_not(
    codes: tuple[int, ...], exit_code: int, verdict: str, line: str, check: Callable[..., Ran]
) -> None:
    Path("accepted.toml").write_text(ENTRY, encoding="utf-8")
    done = check("--baseline", "accepted.toml", "--report", "out.json", codes=codes)
    assert done.exit_code == exit_code
    lines = done.output.splitlines()
    assert verdict in lines[-1]
    assert [shown for shown in lines if shown.startswith(line)]
    data = valid(json.loads(Path("out.json").read_text(encoding="utf-8")))
    assert data["baseline"] == "accepted.toml"
    assert data["clauses"][2]["result"] == ("failed" if exit_code else "accepted")


@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_a_malformed_baseline_is_exit_code_2_and_nothing_is_checked(
    option: str, check: Callable[..., Ran], project: Path
) -> None:
    path = project / "accepted.toml"
    path.write_text("[[accepted]]\n", encoding="utf-8")
    done = check(option, "accepted.toml", "--report", "out.json")
    assert done.exit_code == 2
    assert done.output.startswith("bitsspec: accepted.toml, entry 1: ")
    assert not Path("out.json").exists()
    assert path.read_text(encoding="utf-8") == "[[accepted]]\n"


def test_a_written_baseline_is_refused_until_its_reasons_are_given(
    check: Callable[..., Ran], project: Path
) -> None:
    path = project / "accepted.toml"
    wrote = check("--write-baseline", "accepted.toml")
    assert wrote.exit_code == 0
    assert "wrote accepted.toml; 1 entry waits for a reason" in wrote.output
    refused = check("--baseline", "accepted.toml")
    assert refused.exit_code == 2
    assert "still the placeholder" in refused.output
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(PLACEHOLDER, "known"), encoding="utf-8")
    assert check("--baseline", "accepted.toml").exit_code == 0


def test_a_new_baseline_has_the_reasons_of_the_one_that_was_given(
    check: Callable[..., Ran], project: Path
) -> None:
    (project / "a.toml").write_text(ENTRY, encoding="utf-8")
    done = check("--baseline", "a.toml", "--write-baseline", "b.toml", codes=(404, 405, 429))
    assert done.exit_code == 0
    assert done.output.endswith("bitsspec: wrote b.toml\n")
    written = (project / "b.toml").read_text(encoding="utf-8")
    assert written.endswith('\ncodes = ["404-405", 429]\ngot = "transient"\nreason = "our proxy"\n')


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (ENTRY.replace("404", '"404"'), "entry 1 (BITS-4XX): codes = ['404', '429-431'] are not codes"),
        (ENTRY.replace("transient", "transeint"), "entry 1 (BITS-4XX): got = 'transeint' is not an outcome"),
    ],
)
def test_a_mistake_in_a_baseline_is_told_with_its_entry(
    entry: str, message: str, check: Callable[..., Ran], project: Path
) -> None:
    (project / "a.toml").write_text(entry, encoding="utf-8")
    done = check("--baseline", "a.toml")
    assert (done.exit_code, message in done.output) == (2, True)


@pytest.mark.usefixtures("replays_here")
def test_a_new_departure_never_hides_behind_an_accepted_one(
    module: Callable[[str], str], project: Path
) -> None:
    counts = "import bitsspec\nclassify = bitsspec.classify\n\ndef count_posts(events):\n"
    counts += "    return bitsspec.count_posts(events) + (events[-2:] in {})\n"
    accepted, worse = (
        module(counts.format(pairs)) for pairs in ([[403, "resume"]], [[403, "resume"], [200, "retry"]])
    )
    invoke("check", accepted, "--write-baseline", "b.toml")
    text = (project / "b.toml").read_text(encoding="utf-8")
    assert 'codes = 403\nafter = "resume"\ngot = "2"\n' in text
    (project / "b.toml").write_text(text.replace(PLACEHOLDER, "ours"), encoding="utf-8")
    for target, exit_code in ((accepted, 0), (worse, 1)):
        assert invoke("check", target, "--baseline", "b.toml").exit_code == exit_code
