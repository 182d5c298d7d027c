"""Settings: defaults, limits, and the words that name a clause."""

import pytest

from bitsspec.errors import CannotRun
from bitsspec.settings import SETTINGS, Settings, capability, clause_id
from bitsspec.spec import CLAUSE_BY_ID


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("timeout", "0.001", 0.001),
        ("timeout", "86400", 86400.0),
        ("examples", "1", 1),
        ("examples", "100000", 100_000),
        ("jobs", "1", 1),
        ("jobs", "1000", 1000),
        ("seed", "0", 0),
    ],
)
def test_both_ends_of_a_range_are_allowed(name: str, text: str, value: float) -> None:
    assert SETTINGS[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("timeout", "0", "'0' is not a number from 0.001 to 86,400"),
        ("timeout", "86400.5", "'86400.5' is not a number from 0.001 to 86,400"),
        ("timeout", "nan", "'nan' is not a number from 0.001 to 86,400"),
        ("examples", "0", "'0' is not a whole number from 1 to 100,000"),
        ("examples", "100001", "'100001' is not a whole number from 1 to 100,000"),
        ("examples", "1.5", "'1.5' is not a whole number from 1 to 100,000"),
        ("seed", "-1", "'-1' is not a whole number from 0 to "),
        ("seed", "many", "'many' is not a whole number from 0 to "),
    ],
)
def test_other_values_are_refused_with_the_range(name: str, text: str, why: str) -> None:
    with pytest.raises(CannotRun) as refused:
        SETTINGS[name].read(text)
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize("name", ["BITS-4XX", "4XX", "4xx", "bits-4xx"])
def test_a_clause_has_its_id_in_any_letters_with_or_without_bits(name: str) -> None:
    assert clause_id(name) == "BITS-4XX"


def test_an_unknown_clause_lists_the_known_ones() -> None:
    with pytest.raises(CannotRun, match="there is no clause '6XX'") as refused:
        clause_id("6XX")
    assert all(clause in str(refused.value) for clause in CLAUSE_BY_ID)


def test_a_capability_is_known_in_any_letters_and_an_unknown_one_lists_them() -> None:
    assert capability("Posts") == "posts"
    with pytest.raises(CannotRun, match="there is no capability 'post'; the capabilities are classify, "):
        capability("post")


def test_every_setting_has_a_default_and_a_help_text() -> None:
    assert Settings() == Settings(**{name: setting.default for name, setting in SETTINGS.items()})
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())
