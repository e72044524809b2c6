"""Percentages are floored, medians exact, and no suppressed number can be computed from the published ones."""

from collections import Counter
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import geo
from tracking.statistics import maps
from tracking.statistics.figures import SUBMISSION, Figures
from tracking.statistics.measures import ADOPTION, submission_row
from tracking.statistics.rules import (
    EVERYTHING,
    At,
    Delta,
    Entry,
    days_of,
    month_of,
    percent,
    spread,
    suppressed,
    total_shown,
    totals_of,
    withheld,
)


def test_the_city_s_own_figure_is_71_percent() -> None:
    figures = Figures(ADOPTION, {"received": 1196, "adopted": 800, "partly_adopted": 56, "not_adopted": 100})
    assert figures["adopted_percent"] == percent(856, 1196) == 71
    assert figures["considered"] == 956
    assert Figures(ADOPTION)["adopted_percent"] == 0
    assert Figures(ADOPTION)["median_days_to_answer"] is None


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_medians_and_percentiles_are_those_of_the_single_values(values: list[int]) -> None:
    ordered, n = sorted(values), len(values)
    found = spread(Counter(values))
    assert found is not None
    assert found.median == (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    nine = found.late
    assert sum(value <= nine for value in values) * 10 >= 9 * n
    assert sum(value < nine for value in values) * 10 < 9 * n


def test_what_is_counted_counts_in_each_combination_once() -> None:
    at = At(7, "listening", 3, "central", "m2025-03")
    places = list(totals_of(at))
    assert len(places) == len(set(places)) == 28
    assert {at, At(7, "listening", -1, "*", "y2025"), EVERYTHING, At(0, "*", 3, "*", "y2025")} <= set(places)
    assert len(set(days_of(at))) == 19


def submission_entry(
    *, forum_id: int, kind: str, department_id: int, district: str, received_on: date, outcome: str,
    outcome_on: date | None, done_on: date | None,
) -> Entry:  # fmt: skip
    at = At(forum_id, kind, department_id, district, month_of(received_on))
    return ADOPTION.entry(SUBMISSION, at, submission_row(received_on, outcome, outcome_on, done_on))


ENTRIES = st.builds(
    submission_entry, forum_id=st.integers(1, 2), kind=st.sampled_from("ab"), department_id=st.integers(0, 2),
    district=st.sampled_from(["", "x"]), received_on=st.dates(date(2024, 11, 1), date(2025, 2, 1)),
    outcome=st.sampled_from(["", "adopted", "not_adopted"]), outcome_on=st.just(date(2025, 3, 1)),
    done_on=st.none() | st.just(date(2025, 4, 1)),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=6), st.randoms())
def test_counting_again_moves_and_never_adds_twice(entries: list[Entry], random: object) -> None:
    delta = Delta()
    last: Entry | None = None
    for entry in entries:
        delta.move(last, entry)
        assert not delta.move(entry, entry)
        last = entry
    plain = Delta()
    plain.add(last)
    moved = {at: sums for at, change in delta.totals.items() if (sums := {k: v for k, v in change.items() if v})}
    assert moved == {at: dict(sums) for at, sums in plain.totals.items()}
    assert {key: n for key, n in delta.days.items() if n} == dict(plain.days)


def seen(counts: dict[str, int]) -> tuple[dict[str, int], int | None]:
    """What everybody sees of a table."""
    gone = suppressed(counts)
    return {k: n for k, n in counts.items() if k not in gone}, sum(counts.values()) if total_shown(counts) else None


@pytest.mark.parametrize("cells", range(1, 6))
def test_no_suppressed_number_can_be_computed_even_by_who_knows_the_rule(cells: int) -> None:
    """For each hidden number there is another table that is published in exactly the same way: in every small table."""
    alike: dict[tuple[tuple[tuple[str, int], ...], object], list[tuple[int, ...]]] = {}
    for numbers in product(range(11 if cells < 5 else 9), repeat=cells):
        shown, total = seen({str(n): value for n, value in enumerate(numbers)})
        assert all(value >= 5 for value in shown.values())
        alike.setdefault((tuple(shown.items()), total), []).append(numbers)
    for (published, _total), tables in alike.items():
        for key in {str(n) for n in range(cells)} - {key for key, _value in published}:
            assert len({one[int(key)] for one in tables}) > 1, (tables, key)


@pytest.mark.parametrize(("cells", "most"), [(1, 11), (2, 11), (3, 7)])
def test_nor_where_the_table_tells_what_no_number_can_exceed(cells: int, most: int) -> None:
    for limits in product(range(1, most), repeat=cells):
        alike: dict[object, list[tuple[int, ...]]] = {}
        for numbers in product(*(range(limit + 1) for limit in limits)):
            counts, room = dict(enumerate(numbers)), dict(enumerate(limits))
            gone = withheld(counts, room)
            shown = tuple((key, n) for key, n in counts.items() if key not in gone)
            total = sum(numbers) if total_shown(counts, room) else None
            alike.setdefault((tuple(sorted(gone)), shown, total), []).append(numbers)
        for (gone, *_), tables in alike.items():  # type: ignore[misc]
            for key in gone:
                assert len({one[key] for one in tables}) > 1, (limits, tables, key)


def test_bands_of_eight_and_nine_are_shown_beside_those_with_nobody() -> None:
    shown, total = seen({"": 0, "10s": 0, "20s": 8, "30s": 9, "40s": 9, "50s": 9, "60s": 9, "70s": 8})
    assert (shown, total) == (dict.fromkeys(("30s", "40s", "50s", "60s"), 9), 52)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10_000), max_size=30))
def test_little_is_hidden_where_numbers_are_large(counts: dict[str, int]) -> None:
    small = {key for key, n in counts.items() if n < 5}
    gone = suppressed(counts)
    assert small <= gone
    assert bool(gone) == bool(small)
    assert len({counts[key] for key in gone - small}) <= 1
    if gone and total_shown(counts):
        assert len(gone) > 1
        assert sum(counts[key] for key in gone) >= 5


SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]
ISLAND = [[20, 0], [22, 0], [22, 2], [20, 2], [20, 0]]


def test_a_district_may_have_parts_and_holes() -> None:
    outline = geo.rings(geo.read_geometry({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [ISLAND]]}))
    assert geo.inside((2, 2), outline)
    assert not geo.inside((5, 5), outline)
    assert geo.inside((1, 21), outline)
    assert not geo.inside((5, 15), outline)
    assert geo.rings([[0, 0], [1, 0], [1, 1]]) == (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),), "as single rings are kept"
    sheet = maps.draw({"a": outline, "b": geo.rings([[30, 0], [31, 0], [31, 1]])})
    assert sheet
    assert sheet.shapes[0].path.count("M") == 3
    assert maps.draw({}) is None


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[["x", 0], [1, 1], [2, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0], [1, 1], [2, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[200000, 500000], [1, 1], [2, 2], [200000, 500000]]]},
    ],
)
def test_what_is_no_area(geometry: object) -> None:
    with pytest.raises(geo.BadShape):
        geo.read_geometry(geometry)


def test_a_small_map_has_fewer_points_in_the_same_places() -> None:
    fine = (*((n / 1000, 0.0) for n in range(1000)), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    found = geo.sketch({"a": (fine,), "none": ()})
    assert set(found) == {"a"}
    (ring,) = found["a"]
    assert 4 <= len(ring) <= 8
    assert {(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)} <= set(ring)
    assert geo.inside((0.5, 0.5), found["a"])
    x, y = geo.middle(fine)
    assert (round(x, 2), round(y, 2)) == (0.5, 0.5)


def test_depths_of_colour() -> None:
    bounds, steps = maps.steps({"a": 0, "b": 50, "c": 100})
    assert (bounds, steps) == ([(0, 0), (50, 50), (100, 100)], {"a": 0, "b": 1, "c": 2})
    bounds, steps = maps.steps(dict(zip("abcdef", (22, 25, 27, 28, 34, 34), strict=True)))
    assert bounds == [(22, 22), (25, 25), (27, 28), (34, 34)], "no value in two classes, and none without a value"
    assert list(steps.values()) == [0, 1, 2, 2, 3, 3]
    assert maps.steps({"a": 7}) == ([(7, 7)], {"a": 0})
    assert maps.steps({}) == ([], {})


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(856, 1196, 71), (0, 0, 0), (1, 3, 33), (2, 3, 66), (199, 200, 99), (7, 7, 100)]
)
def test_percentages_are_floored(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown
