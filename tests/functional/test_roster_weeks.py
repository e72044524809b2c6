"""A manager enters the roster of a whole week at once, copies it forward, and takes either back."""

from datetime import timedelta

import httpx
import pytest

from server.core import ledger
from server.core.accounts import Account
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import form, send, submit
from tests.support.system import System
from tests.support.visits import an_office, next_monday
from tracking.visits.models import Counter, Office, Opening, Shift
from tracking.visits.states import OpeningKind

WEEK = timedelta(days=7)
API = "/api/v1/desk/roster"


async def empty_office(*counters: str) -> Office:
    office = await an_office({one: ["passport"] for one in counters})
    await Shift.all().delete()
    return office


async def page(browser: httpx.AsyncClient, counter: str = "") -> httpx.Response:
    return await browser.get(f"/desk/roster/week?office=east&week={next_monday()}&counter={counter}&lang=en")


async def entries() -> list[tuple[str, str, int, str]]:
    """Counter, official, days after Monday and start of all entries."""
    names = {one.id: one.username for one in await Account.all()}
    rows = await Shift.all().order_by("date", "counter__number", "starts").select_related("counter")
    return [(r.counter.number, names[r.account_id], (r.date - next_monday()).days, r.starts) for r in rows]


def cell_errors(answer: httpx.Response) -> dict[str, str]:
    found = [e for e in parse(answer.text).walk() if e.attrs.get("id", "").endswith("-error")]
    return {e.attrs["id"].removeprefix("field-rows.").removesuffix("-error"): e.text for e in found}


async def test_a_whole_week_is_entered_in_one_press(system: System) -> None:
    office = await empty_office("1", "2")
    manager = await system.official("manager")
    shown = await page(manager)
    assert form(shown, "/week").values["rows.1.starts"] == ["09:00"], "the hours of the office"
    answer = await send(
        manager, form(shown, "/week"), rows__1__official="clerk", rows__1__days=["mon", "tue", "wed"],
        rows__2__official="handler", rows__2__days=["mon", "fri"], rows__2__starts="13:00",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert await entries() == [
        ("1", "clerk", 0, "09:00"), ("2", "handler", 0, "13:00"), ("1", "clerk", 1, "09:00"),
        ("1", "clerk", 2, "09:00"), ("2", "handler", 4, "13:00"),
    ]  # fmt: skip
    said = parse((await manager.get(f"{answer.headers['location']}&lang=en")).text).one("p", class_="toast")
    assert "Entered, counted by counter and day: 5." in said.text
    assert [e.data["how"] for e in await ledger.read("settings/roster")] == ["entered"]
    asked = await manager.get(said.one("a").attrs["href"])
    back = await send(manager, form(asked, "/undo"))
    assert (back.headers["location"], await entries()) == ("/desk/roster?office=east", [])
    assert [e.data["how"] for e in await ledger.read("settings/roster")] == ["entered", "taken_back"]
    assert (await send(manager, form(asked, "/undo"))).status_code == 409, "once only"
    audit = (await (await system.official("admin")).get("/desk/audit?lang=en")).text
    assert f"Roster of office {office.id}" in audit


async def test_a_counter_has_a_form_of_its_own(system: System) -> None:
    await empty_office("1", "2")
    manager = await system.official("manager")
    answer = await send(
        manager, form(await page(manager, "2"), "/week"), rows__1__official="clerk", rows__1__days=["sat"]
    )
    assert (answer.status_code, await entries()) == (303, [("2", "clerk", 5, "09:00")])


async def test_each_counter_and_day_that_does_not_fit_is_named_and_nothing_is_entered(system: System) -> None:
    office = await empty_office("1", "2", "3")
    monday = next_monday()
    counters = {one.number: one.id for one in await Counter.all()}
    handler, clerk = await official("handler"), await official("clerk")
    await Shift.create(counter_id=counters["1"], account_id=handler.id, date=monday, starts="10:00", ends="11:00")
    west = await an_office({"9": ["passport"]}, code="west", days=[monday + timedelta(days=1)])
    await Opening.create(
        office_id=office.id, date=monday + timedelta(days=2), kind=OpeningKind.OPEN, opens="10:00", closes="12:00"
    )
    manager = await system.official("manager")
    answer = await send(
        manager, form(await page(manager), "/week"), rows__1__official="clerk",
        rows__1__days=["mon", "tue", "wed", "fri"], rows__2__official="clerk", rows__2__days=["fri", "sat"],
        rows__3__official="intake", rows__3__starts="09:05", rows__3__days=["sat"],
    )  # fmt: skip
    assert answer.status_code == 422
    assert cell_errors(answer) == {
        "1.days.mon": "Counter 1, Monday: Somebody else sits at this counter at that time.",
        "1.days.tue": "Counter 1, Tuesday: This official sits at another counter at that time.",
        "1.days.wed": "Counter 1, Wednesday: The office is open from 10:00 to 12:00 on this day.",
        "2.days.fri": "Counter 2, Friday: This official sits at another counter at that time.",
        "3.starts": "Please enter a time on the office's steps of 15 minutes.",
    }
    again = form(answer, "/week").values
    assert (again["rows.1.official"], again["rows.1.days"]) == (["clerk"], ["mon", "tue", "wed", "fri"])
    assert again["rows.3.starts"] == ["09:05"]
    links = {a.attrs["href"] for a in parse(answer.text).one(class_="error-summary").all("a")}
    ids = {e.attrs.get("id") for e in parse(answer.text).walk()}
    assert {link.removeprefix("#") for link in links} <= ids, "the summary leads to each cell"
    assert await Shift.filter(counter__office_id=office.id).count() == 1
    assert await Shift.filter(counter__office_id=west.id, account_id=clerk.id).count() == 1


async def test_a_closed_day_has_no_box_and_is_refused_in_json(system: System) -> None:
    office = await empty_office("1")
    thursday = next_monday() + timedelta(days=3)
    await Opening.create(office_id=office.id, date=thursday, kind=OpeningKind.CLOSED)
    manager, program = await system.official("manager"), await system.program("manager")
    boxes = form(await page(manager), "/week").named("rows.1.days")
    assert [box.attrs["value"] for box in boxes] == ["mon", "tue", "wed", "fri", "sat", "sun"]
    row = {"counter": "east/1", "official": "clerk", "starts": "09:00", "ends": "17:00", "days": ["thu"]}
    for week in (thursday, thursday - 8 * WEEK):
        refused = await program.post(f"{API}/enter", json={"office": "east", "week": f"{week}", "rows": [row]})
        assert [e["field"] for e in refused.json()["errors"]] == ["rows.1.days.thu"]
    assert not await Shift.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "rows"),
        ({"rows__1__official": "clerk"}, "rows.1.days"),
        ({"rows__1__days": ["mon"]}, "rows.1.official"),
        ({"rows__1__official": "clerk", "rows__1__days": ["mon"], "rows__1__ends": "09:00"}, "rows.1.ends"),
    ],
)
async def test_a_row_is_complete_or_empty(system: System, sent: dict[str, str], field: str) -> None:
    await empty_office("1", "2")
    manager = await system.official("manager")
    refused = await send(manager, form(await page(manager), "/week"), **sent)
    assert refused.status_code == 422
    assert f'href="#field-{field}"' in refused.text
    assert f'id="field-{field}"' in refused.text
    assert not await Shift.exists()


async def test_what_was_changed_since_is_not_taken_back(system: System) -> None:
    await empty_office("1")
    manager = await system.official("manager")
    answer = await send(
        manager, form(await page(manager), "/week"), rows__1__official="clerk", rows__1__days=["mon", "tue"]
    )
    said = parse((await manager.get(answer.headers["location"])).text).one("p", class_="toast")
    monday, _tuesday = await Shift.all().order_by("date")
    path = f"/desk/roster/shifts/{monday.id}"
    assert (await submit(manager, path, path, ends="12:00")).status_code == 303
    await send(manager, form(await manager.get(said.one("a").attrs["href"]), "/undo"))
    assert [one.id for one in await Shift.all()] == [monday.id]


async def test_programs_enter_copy_and_take_back_a_week(system: System) -> None:
    await empty_office("1", "2")
    program = await system.program("manager")
    monday = next_monday()
    row = {"counter": "east/1", "official": "clerk", "starts": "09:00", "ends": "17:00", "days": ["mon", "tue"]}
    entered = await program.post(f"{API}/enter", json={"office": "east", "week": f"{monday}", "rows": [row]})
    assert (entered.status_code, entered.json()["cells"]) == (200, 2)
    twice = await program.post(f"{API}/enter", json={"office": "east", "week": f"{monday}", "rows": [row]})
    assert [e["field"] for e in twice.json()["errors"]] == ["rows.1.days.mon", "rows.1.days.tue"]
    other = {**row, "counter": "west/1"}
    wrong = await program.post(f"{API}/enter", json={"office": "east", "week": f"{monday}", "rows": [other]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rows.1.counter")
    first, clerk = await Counter.get(number="1"), await official("clerk")
    await Shift.create(counter_id=first.id, account_id=clerk.id, date=monday + WEEK, starts="09:00", ends="10:00")
    copied = await program.post(f"{API}/copy", json={"office": "east", "week": f"{monday}", "weeks": 2})
    found = copied.json()
    assert (found["cells"], found["skipped"]) == (
        3, [{"counter": "east/1", "date": f"{monday + WEEK}", "why": "filled"}],
    )  # fmt: skip
    count = await Shift.all().count()
    undone = await program.post(f"{API}/undo", json={"undo": found["undo"]})
    assert (undone.json(), await Shift.all().count()) == ({"cells": 3, "skipped": [], "undo": ""}, count - 3)
    late = await program.post(f"{API}/undo", json={"undo": entered.json()["undo"]})
    assert (late.status_code, late.json()["code"]) == (409, "roster_changed")
    for name in ("enter", "copy", "undo"):
        assert (await (await system.program("clerk")).post(f"{API}/{name}", json={})).status_code == 403
