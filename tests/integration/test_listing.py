"""Lists: filters read from one declaration, one form of cursor, walks along an index that end after a window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.core import contract, database, listing
from server.core.city import City
from server.core.contract import Contract
from server.core.errors import BadRequest, Invalid, _
from server.core.forms import Parameters
from server.core.listing import Condition, Order, Walk, cursor, place
from tests.support.system import System

NAMES = {"ko": "중앙구", "en": "Central", "ja": "中央区"}
CITY = City({}, {"central": NAMES}, {}, {}, ())
SORTS = {"new": _("New"), "old": _("Old")}
DAY, NOON = date(2026, 5, 6), datetime(2026, 5, 6, 3, 0, 0, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted(listing.Filters):
    """Every sort of filter."""

    q: str = listing.words(20)
    tab: str = listing.tab(SORTS, "new", json="status", about="Which.")
    district: str = listing.district("t.district = ?")
    open: bool = listing.flag(_("Open"), "t.open = 1", about="Only open ones.")
    year: int = listing.number(1900, 2999, "t.year = ? OR t.last = ?", json=None)


def test_filters_are_read_and_written_as_an_address_says_them() -> None:
    raw = {"q": " a  b ", "tab": "old", "district": "central", "open": "1", "year": "2026", "utm_source": "mail"}
    wanted = Wanted.parse(raw, CITY)
    assert wanted == Wanted("a b", "old", "central", True, 2026)
    assert wanted.query() == {"q": "a b", "tab": "old", "district": "central", "open": "1", "year": "2026"}
    assert Wanted.carried("district=central&open=1", CITY) == Wanted(district="central", open=True)
    assert Wanted.carried("district=moon", CITY) == Wanted(), "what cannot be read any more narrows nothing"
    assert Wanted(tab="old").address("/x", after="7", before="") == "/x?tab=old&after=7"
    assert Wanted().address("/x") == "/x"


def test_what_is_no_filter_or_no_choice_is_refused_by_its_name() -> None:
    raw = {"tab": "lost", "district": "moon", "open": "maybe", "year": "1", "colour": "red", "after": "x"}
    with pytest.raises(Invalid) as refused:
        Wanted.parse(raw, CITY, also=listing.PAGING)
    errors = {error.field: str(error.text) for error in refused.value.errors}
    assert set(errors) == {"tab", "district", "open", "year", "colour"}
    assert errors["colour"] == "There is no parameter “colour” here."
    assert errors["tab"] == "“lost” is not one of the choices for tab."


def test_the_words_of_chips_and_fields_and_the_parameters_of_json_come_from_the_filters() -> None:
    wanted = Wanted("trees", "old", "central", True, 2026)
    assert wanted.chips("/x", CITY, "en") == [
        ("“trees”", "/x?tab=old&district=central&open=1&year=2026"),
        ("Central", "/x?q=trees&tab=old&open=1&year=2026"),
        ("Open", "/x?q=trees&tab=old&district=central&year=2026"),
        ("2026", "/x?q=trees&tab=old&district=central&open=1"),
    ]
    assert Wanted.choices(CITY, "ja") == {
        "tab": (("new", "New"), ("old", "Old")),
        "district": (("central", "中央区"),),
    }
    assert Wanted.schema() == {
        "q": contract.text(most=20),
        "status": contract.one_of(SORTS, "Which."),
        "district": contract.text(about="A district's code."),
        "open": {"type": "boolean", "description": "Only open ones."},
    }
    data = Parameters({"status": "old", "tab": "x", "year": "x"})
    assert Wanted.take(data, CITY, json=True) == Wanted(tab="old")
    assert not data.errors
    assert wanted.conditions(CITY) == {
        "district": Condition("t.district = ?", ("central",)),
        "open": Condition("t.open = 1"),
        "year": Condition("t.year = ? OR t.last = ?", (2026, 2026)),
    }
    tabs = listing.tabs("/x", Wanted(year=7), "tab", SORTS, "en")
    assert [(tab["href"], tab["current"]) for tab in tabs] == [("/x?year=7", True), ("/x?tab=old&year=7", False)]


@pytest.mark.parametrize(
    ("parts", "types", "text"),
    [
        ((7,), (int,), "7"),
        ((DAY, 7), (date, int), "2026-05-06.7"),
        ((NOON, 7), (datetime, int), "1778036400000007.7"),
        ((None, 7), (datetime | None, int), ".7"),
        ((2, None, "a.b/c-1"), (int, datetime | None, str), "2..a.b/c-1"),
        ((datetime(1900, 1, 1, tzinfo=UTC), 1), (datetime, int), "-2208988800000000.1"),
    ],
)
def test_a_cursor_holds_the_values_of_the_keys(parts: tuple[object, ...], types: tuple[Any, ...], text: str) -> None:
    assert cursor(*parts) == text
    assert place(text, *types) == parts
    assert place("", *types) == ()


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("x", (int,)), ("-1", (int,)), ("7.7", (int,)), ("7", (int, int)), ("9" * 19, (int,)), ("1.", (int, int)),
        ("²", (int,)),
        ("2026-13-01.1", (date, int)), ("20260501.1", (date, int)), ("9" * 18 + ".1", (datetime, int)),
        (".1", (datetime, int)), ("a b", (str,)), ("1", (str, int)),
    ],
)  # fmt: skip
def test_a_cursor_that_no_page_gave_is_refused(text: str, types: tuple[Any, ...]) -> None:
    with pytest.raises(BadRequest):
        place(text, *types)


async def rows_of(walk: Walk, start: str = "", limit: int = 3) -> tuple[list[int], str, bool]:
    sql = "SELECT t.id, t.day FROM ({walk}) t ORDER BY {order}"
    page = await walk.page(sql, walk.order.read(start), limit)
    return [row["id"] for row in page.rows], page.after, page.stopped


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("window", [0, 4])
async def test_a_walk_shows_every_row_once_whatever_is_looked_at_row_by_row(
    system: System, window: int, descending: bool
) -> None:
    days = [date(2026, 5, 1 + n % 3) for n in range(20)]
    day = {"sqlite": "'{}'", "postgres": "DATE '{}'"}[database.dialect()]
    rows = (f"SELECT {n} AS id, {day.format(days[n])} AS day, '{'rd'[n % 7 > 1]}' AS colour" for n in range(20))
    table = f"({' UNION ALL '.join(rows)})"
    order = Order({"t.day": date, "t.id": int}, descending=descending)
    for residual in ([], [Condition("t.colour = ?", ("r",))], [Condition("t.colour = ?", ("none",))]):
        walk = Walk(f"{table} t", order, [Condition("t.id >= ?", (2,))], residual, window)
        wanted = [n for n in range(2, 20) if not residual or "rd"[n % 7 > 1] == residual[0].values[0]]
        seen, start, steps = list[int](), "", 0
        while True:
            found, start, stopped = await rows_of(walk, start)
            seen += found
            steps += 1
            assert stopped == (bool(start) and len(found) < 3) or len(found) == 3
            if not start:
                break
        assert seen == sorted(wanted, key=lambda n: (days[n], n), reverse=descending)
        assert steps <= 8
    some = {"high": Condition(f"{table} t WHERE t.id > ?", (9,)), "none": Condition(f"{table} WHERE id < ?", (0,))}
    assert await listing.counts(some, 5) == {"high": 6, "none": 0}, "counted up to one more than the limit"
    assert await listing.counts({"every": Condition(table)}, 100) == {"every": 20}


def test_the_first_index_that_fits_leads() -> None:
    by = {name: Condition(name) for name in ("forum", "status", "outcome")}
    assert listing.lead(by, [("department",), ("forum", "status"), ("forum",)]) == (
        [Condition("forum"), Condition("status")], [Condition("outcome")]
    )  # fmt: skip
    assert listing.lead(by, []) == ([], list(by.values()))


def test_a_json_list_names_a_bad_cursor() -> None:
    data = Parameters({"cursor": "x", "limit": "0"})
    text, limit = listing.asked(data, 20, 100)
    assert (listing.started(data, text, int), limit) == ((), 20)
    assert {error.field for error in data.errors} == {"cursor", "limit"}
    assert set(listing.paging(100)) == {"cursor", "limit"}


async def test_json_refuses_a_parameter_that_its_contract_does_not_name(system: System) -> None:
    assert Contract("", None).query == {}
    answer = await system.client.get("/api/v1/forums?colour=red&limit=1")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "colour"
    assert (await system.client.get("/api/v1/departments?lang=en")).status_code == 200
    assert (await system.client.get("/api/v1/departments?utm_source=mail")).status_code == 422
    assert (await system.client.get("/petitions?utm_source=mail")).status_code == 200
    assert (await system.client.get("/forums?utm_source=mail&fbclid=7")).status_code == 200
