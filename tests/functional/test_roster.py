"""A manager keeps the roster by week: entries, copies, absences; visits that lose their counter are never dropped."""

from datetime import date, timedelta

import httpx
import pytest

from server.core import i18n, ledger
from server.core.accounts import Absence, Account
from server.core.days import today
from server.core.resource import api
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import form, submit
from tests.support.system import System
from tests.support.visits import an_office, contact, next_monday, wish
from tracking.visits.actions import booking, taking
from tracking.visits.desk.places import roster
from tracking.visits.models import Counter, Opening, Shift, Visit
from tracking.visits.queries import grid
from tracking.visits.states import Channel, OpeningKind, VisitState

WEEK = timedelta(days=7)


def page(day: date | None = None) -> str:
    return f"/desk/roster?office=east&week={day or next_monday()}"


def new(counter: str, day: date | None = None) -> str:
    return f"/desk/roster/shifts/new?counter=east%2F{counter}&date={day or next_monday()}"


async def capacity(start: str = "09:00", day: date | None = None) -> int:
    """How many passports the grid offers at a time; 0 if it does not show it."""
    errand = await taking.errand("east", ["passport"], Channel.ONLINE)
    (found,) = await grid.days(errand, [day or next_monday()])
    return next((slot.capacity for slot in found.slots if f"{slot.start:%H:%M}" == start), 0)


async def add(browser: httpx.AsyncClient, counter: str, who: str, starts: str, ends: str) -> httpx.Response:
    return await submit(browser, new(counter), "/new", official=who, starts=starts, ends=ends)


async def test_entries_are_added_changed_and_removed_in_the_table(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await Shift.filter(counter__number="2").delete()
    manager = await system.official("manager")
    added = await add(manager, "2", "handler", "10:00", "12:00")
    assert (added.status_code, added.headers["location"]) == (303, page())
    assert (await capacity("09:00"), await capacity("10:00")) == (1, 2)
    shown = (await manager.get(f"{page()}&lang=en")).text
    assert '10:00–12:00 <bdi lang="ko">김처리</bdi>' in shown
    row = await Shift.get(counter__number="2")
    path = f"/desk/roster/shifts/{row.id}"
    assert f'href="{path}"' in shown
    tuesday = next_monday() + timedelta(days=1)
    moved = await submit(manager, path, path, date=tuesday.isoformat(), starts="09:00")
    assert (moved.status_code, await capacity("10:00"), await capacity("09:00", tuesday)) == (303, 1, 1)
    assert (await submit(manager, f"{path}/delete", "/delete")).headers["location"] == page()
    assert await capacity("09:00", tuesday) == 0
    assert [e.data["how"] for e in await ledger.read("settings/roster")] == ["added", "changed", "deleted"]


async def test_an_entry_begins_with_the_hours_of_its_day(system: System) -> None:
    await an_office({"1": ["passport"]})
    manager = await system.official("manager")
    shown = parse((await manager.get(page())).text)
    link = shown.all("a", class_="roster-add")[0].attrs["href"]
    values = form(await manager.get(link), "/new").values
    assert (values["counter"], values["date"]) == (["east/1"], [next_monday().isoformat()])
    assert (values["starts"], values["ends"]) == (["09:00"], ["17:00"])


async def test_nobody_sits_at_two_counters_and_two_not_at_one(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await Shift.filter(counter__number="2").delete()
    manager = await system.official("manager")
    for counter, who, starts, ends, field in (
        ("2", "clerk", "16:00", "18:00", "official"),
        ("1", "handler", "16:00", "18:00", "counter"),
        ("2", "handler", "12:00", "12:00", "ends"),
        ("2", "handler", "25:00", "26:00", "starts"),
    ):
        refused = await add(manager, counter, who, starts, ends)
        assert refused.status_code == 422
        assert f'id="field-{field}-error"' in refused.text
    assert (await add(manager, "1", "handler", "17:00", "18:00")).status_code == 303, "one after the other"
    past = await submit(manager, new("2"), "/new", official="handler", starts="09:00", ends="12:00", date="2020-01-06")
    assert 'id="field-date-error"' in past.text


async def test_entries_keep_to_the_steps_of_the_office(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await Shift.filter(counter__number="2").delete()
    manager = await system.official("manager")
    for starts, ends, field in (("09:05", "12:00", "starts"), ("09:00", "11:55", "ends")):
        refused = await add(manager, "2", "handler", starts, ends)
        assert (refused.status_code, f'id="field-{field}-error"' in refused.text) == (422, True)
    body = {"counter": "east/2", "official": "handler", "date": f"{next_monday()}", "starts": "09:10", "ends": "12:00"}
    refused = await (await system.program("manager")).post("/api/v1/desk/roster/shifts", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "starts")
    assert not await Shift.exists(counter__number="2")


async def test_a_counter_is_lost_and_its_visits_are_listed_not_dropped(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    made = [await booking.book_now(await wish(start="09:00"), contact(name)) for name in ("kim", "lee")]
    manager = await system.official("manager")
    row = await Shift.get(counter__number="2")
    assert (await submit(manager, f"/desk/roster/shifts/{row.id}/delete", "/delete")).status_code == 303
    shown = (await manager.get(f"{page()}&lang=en")).text
    assert "Reservations without a counter because of this: 1" in shown
    assert "Reservations that no counter can serve any more: 1." in shown
    assert shown.count('href="/desk/visits/unplaced?office=east"') == 2
    await system.work()
    assert await Visit.filter(office_id=office.id, state=VisitState.BOOKED).count() == 2
    lost = await Visit.get(unplaced_since__not_isnull=True)
    assert lost.number == made[1].number, "who booked first keeps the time"
    assert (await add(manager, "2", "handler", "09:00", "17:00")).status_code == 303
    assert "/desk/visits/unplaced" not in (await manager.get(page())).text
    await system.work()
    assert not await Visit.exists(unplaced_since__not_isnull=True)


async def test_a_week_is_copied_but_not_to_filled_or_closed_days(system: System) -> None:
    monday = next_monday()
    days = [monday + timedelta(days=n) for n in range(3)]
    office = await an_office({"1": ["passport"], "2": ["passport"]}, days=days)
    clerk, handler = await official("clerk"), await official("handler")
    await Shift.filter(counter__number="2").update(account_id=handler.id)
    first = await Counter.get(number="1")
    await Shift.create(counter_id=first.id, account_id=clerk.id, date=days[0] + WEEK, starts="13:00", ends="17:00")
    await Opening.create(office_id=office.id, date=days[1] + WEEK, kind=OpeningKind.CLOSED, reason="이사")
    manager = await system.official("manager")
    manager.cookies.set("lang", "en")
    answer = await submit(manager, page(), "/desk/roster", weeks="2")
    assert answer.headers["location"] == page(monday + WEEK)
    said = (await manager.get(answer.headers["location"])).text
    filled, closed = (i18n.short_date_text(day + WEEK, "en") for day in days[:2])
    assert "Copied, counted by counter and day: 9." in said
    assert f"somebody sits there already: 1 ({filled})." in said
    assert f"office is closed: 1 ({closed}); 2 ({closed})." in said
    assert "has left" not in said
    copied = await Shift.filter(date__gt=days[2])
    assert sorted({one.date for one in copied}) == [
        days[0] + WEEK, days[2] + WEEK, *(day + 2 * WEEK for day in days),
    ]  # fmt: skip
    on_filled = await Shift.filter(date=days[0] + WEEK).order_by("counter__number")
    assert [one.starts for one in on_filled] == ["13:00", "09:00"], "the counter that was filled stays as it was"
    assert await capacity("09:00", days[2] + WEEK) == 2
    again = await submit(manager, page(), "/desk/roster", weeks="2")
    assert again.status_code == 303
    assert await Shift.filter(date__gt=days[2]).count() == len(copied)
    assert "copied" in [e.data["how"] for e in await ledger.read("settings/roster")]
    audit = await (await system.official("admin")).get("/desk/audit?lang=en")
    assert f"Roster of office {office.id}" in audit.text
    wrong = await submit(manager, page(), "/desk/roster", weeks="13")
    assert (wrong.status_code, 'id="field-weeks-error"' in wrong.text) == (422, True)


async def test_who_has_left_or_sits_elsewhere_is_not_copied(system: System) -> None:
    monday = next_monday()
    await an_office({"1": ["passport"]}, days=[monday, monday + timedelta(days=1)])
    west = await an_office({"9": ["passport"]}, code="west", days=[monday + WEEK])
    manager = await system.official("manager")
    await submit(manager, page(), "/desk/roster", weeks="1")
    assert await Shift.filter(counter__office__code="east", date__gte=monday + WEEK).count() == 1, "only Tuesday"
    clerk = await official("clerk")
    await Account.filter(id=clerk.id).update(active=False)
    await submit(manager, page(), "/desk/roster", weeks="2")
    assert await Shift.filter(counter__office__code="east", date__gte=monday + 2 * WEEK).count() == 0
    assert await Shift.filter(counter__office_id=west.id).count() == 1


async def test_only_who_may_enter_absences_is_led_to_them(system: System) -> None:
    await an_office({"1": ["passport"]})
    for name, led in (("manager", False), ("admin", True)):
        browser = await system.official(name)
        hints = parse((await browser.get(page())).text).all("p", class_="field-hint")
        assert any(hint.all("a", href="/desk/people") for hint in hints) is led


async def test_an_absence_takes_the_counter_time_and_is_shown(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="09:00"), contact("kim"))
    clerk = await official("clerk")
    admin = await system.official("admin")
    day = next_monday().isoformat()
    person = f"/desk/people/{clerk.id}"
    assert (await submit(admin, person, "/absences", first_day=day, last_day=day)).status_code == 303
    await system.work()
    assert await capacity() == 0
    assert (await Visit.get(number=made.number)).unplaced_since is not None
    shown = (await (await system.official("manager")).get(f"{page()}&lang=en")).text
    assert "absent" in shown
    absence = await Absence.get(account_id=clerk.id)
    assert (await submit(admin, person, f"/absences/{absence.id}/remove")).status_code == 303
    await system.work()
    assert await capacity() == 1
    assert (await Visit.get(number=made.number)).unplaced_since is None
    assert (await submit(admin, f"{person}/close", "/close")).status_code == 303
    await system.work()
    assert await capacity() == 0, "whoever has left serves nobody"


async def test_a_temporary_holiday_closes_the_offices(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="09:00"), contact("kim"))
    admin = await system.official("admin")
    day = next_monday().isoformat()
    sent = await submit(admin, "/desk/calendar", "/holidays/new", date=day, name="임시공휴일")
    assert sent.status_code == 303
    await system.work()
    assert await capacity() == 0
    assert (await Visit.get(number=made.number)).unplaced_since is not None
    await submit(admin, f"/desk/calendar/holidays/{day}/delete", "/delete")
    await system.work()
    assert await capacity() == 1
    assert (await Visit.get(number=made.number)).unplaced_since is None


async def test_programs_keep_the_roster(system: System) -> None:
    await an_office({"1": ["passport"]})
    program = await system.program("manager")
    path = "/api/v1/desk/roster/shifts"
    (row,) = (await program.get(path)).json()["items"]
    assert (row["counter"], row["official"], row["starts"], row["ends"]) == ("east/1", "clerk", "09:00", "17:00")
    changed = await program.put(f"{path}/{row['id']}", json={**row, "starts": "10:00"})
    assert (changed.status_code, await capacity("09:00"), await capacity("10:00")) == (200, 0, 1)
    for query, count in ((f"date={row['date']}", 1), (f"date={today()}", 0), ("counter=east/1", 1)):
        assert (await program.get(f"{path}?{query}")).json()["total"] == count, query
    assert (await program.get(f"{path}?date=tomorrow")).json()["errors"][0]["field"] == "date"
    assert (await program.delete(f"{path}/{row['id']}")).status_code == 204
    body = {"counter": "east/1", "official": "nobody", "date": row["date"], "starts": "09:00", "ends": "10:00"}
    refused = await program.post(path, json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "official")
    assert (await (await system.program("clerk")).get(path)).status_code == 403


async def test_a_table_that_is_cut_does_not_claim_to_be_complete(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    program = await system.program("manager")
    path = "/api/v1/desk/roster/shifts"
    assert (await program.get(path)).json()["total"] == 2
    for module in (api, roster):
        monkeypatch.setattr(module, "MOST", 1)
    found = (await program.get(path)).json()
    assert (len(found["items"]), found["next"], found["total"]) == (1, None, None)
