"""Status codes as ranges."""

from bitsspec.ranges import alike, by_likeness, runs, show_codes


def test_neighbouring_codes_are_one_range() -> None:
    assert runs([]) == []
    assert show_codes([0, 1, 2, 7, 200, 201, 203]) == "000-002, 007, 200-201, 203"


def test_neighbours_are_one_range_where_they_are_alike() -> None:
    codes = [(404, "a"), (403, "a"), (402, "b"), (499, "a")]
    assert alike(codes) == [(402, 402, "b"), (403, 404, "a"), (499, 499, "a")]
    assert by_likeness(codes) == {"a": [403, 404, 499], "b": [402]}
