"""An administrator keeps offices, hours, exceptional days, services and counters; counter time follows each change."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from server.core import ledger
from server.core.accounts import Account, Role
from tests.support.markup import parse
from tests.support.page_forms import form, send, submit
from tests.support.system import System
from tests.support.visits import an_office, contact, next_monday, wish
from tracking.visits.actions import booking, supply, taking
from tracking.visits.models import Counter, CounterService, Office, OfficeHours, Opening, Shift, Visit
from tracking.visits.queries import grid
from tracking.visits.states import Channel

SETTINGS = "/desk/offices"


async def starts(service: str = "passport", *, day: date | None = None) -> list[str]:
    """The starts that the grid shows on a day, the next Monday if none is given."""
    errand = await taking.errand("east", [service], Channel.ONLINE)
    (found,) = await grid.days(errand, [day or next_monday()])
    return [f"{slot.start:%H:%M}" for slot in found.slots]


async def test_an_office_is_added_with_hours_services_and_counters(system: System) -> None:
    admin = await system.official("admin")
    added = await submit(
        admin, f"{SETTINGS}/new", "/new", code="west", name="서부민원센터", name_ja="西部", name_en="West office",
        district="central", address="서로 2", lat="37.5", lng="127.0", phone="02-700-4000", languages=["ko", "en"],
        step="15", days_ahead="14",
    )  # fmt: skip
    assert added.status_code == 303, added.text
    office = await Office.get(code="west")
    assert (office.languages, office.lat, office.days_ahead, office.active) == (["ko", "en"], 37.5, 14, True)
    hours = await submit(
        admin, f"{SETTINGS}/hours/{office.id}", f"/hours/{office.id}", days__1__opens="09:00", days__1__closes="18:00",
        days__1__lunch_starts="12:00", days__1__lunch_ends="13:00", days__2__opens="09:00", days__2__closes="18:00",
    )  # fmt: skip
    assert hours.status_code == 303, hours.text
    assert [one.weekday for one in await OfficeHours.filter(office_id=office.id).order_by("weekday")] == [0, 1]
    service = await submit(
        admin, f"{SETTINGS}/services/new", "/new", code="moving", name="전입신고", minutes="30",
        documents__1__code="id", documents__1__name="신분증", documents__2__code="proxy", documents__2__name="위임장",
        documents__2__situations="agent", situations__1__code="agent", situations__1__name="대리인이 오는 경우",
    )  # fmt: skip
    assert service.status_code == 303, service.text
    made = await CounterService.get(code="moving")
    agent = {"code": "agent", "name": "대리인이 오는 경우", "name_ja": "", "name_en": ""}
    assert made.documents == [
        {"code": "id", "name": "신분증", "name_ja": "", "name_en": ""},
        {"code": "proxy", "name": "위임장", "name_ja": "", "name_en": "", "situations": [agent]},
    ]
    assert (made.bookable, made.walk_in) == (True, True)
    counter = await submit(
        admin, f"{SETTINGS}/counters/new", "/new", office="west", number="1", services=["moving"], department="tax"
    )
    assert counter.status_code == 303, counter.text
    assert await Counter.filter(office_id=office.id, abilities__service__code="moving").count() == 1
    listed = (await admin.get(f"{SETTINGS}/counters?office=west")).text
    assert "전입신고" in listed
    for what in ("offices", "offices/hours", "offices/services", "offices/counters"):
        assert [e.data["how"] for e in await ledger.read(f"settings/{what}")][-1] in {"added", "changed"}
    audit = (await admin.get("/desk/audit?lang=en")).text
    assert f"Office {office.id}" in audit


async def test_an_offices_position_is_typed_or_picked_on_the_map(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    page = f"{SETTINGS}/{office.id}"
    shown = parse((await admin.get(page)).text).one(class_="map-field")
    for name in ("lat", "lng"):
        field = shown.one("input", name=name)
        assert field.attrs["type"] != "hidden", "it can be typed where no script runs"
        assert f"data-map-{name}" in field.attrs, "the map writes into the same field"
    assert (await submit(admin, page, page, lat="37.51", lng="127.02")).status_code == 303
    office = await Office.get(id=office.id)
    assert (office.lat, office.lng) == (37.51, 127.02)
    alone = await submit(admin, page, page, lng="")
    assert (alone.status_code, 'id="field-lat-error"' in alone.text) == (422, True)


async def test_hours_move_the_timetable_and_displace_nobody_in_silence(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="16:00"), contact("kim"))
    assert (await starts())[-1] == "16:45"
    admin = await system.official("admin")
    page = f"{SETTINGS}/hours/{office.id}"
    saved = await submit(admin, page, page, days__1__closes="15:00")
    assert (saved.status_code, (await starts())[-1]) == (303, "14:45")
    shown = (await admin.get(SETTINGS + "?lang=en")).text
    assert "Reservations that no counter can serve any more: 1." in shown
    assert 'href="/desk/visits/unplaced?office=east"' in shown
    await system.work()
    visit = await Visit.get(number=made.number)
    assert (visit.state, visit.unplaced_since is not None) == ("booked", True)
    await submit(admin, page, page, days__1__closes="17:00")
    assert "/desk/visits/unplaced" not in (await admin.get(SETTINGS)).text
    await system.work()
    assert (await Visit.get(number=made.number)).unplaced_since is None


async def _displacing(admin: httpx.AsyncClient, what: str, office: Office) -> httpx.Response:
    """Take the time of counter 2 away from an office, or all of it, in one of the ways that there are."""
    day = next_monday().isoformat()
    second = await Counter.get(number="2")
    service = await CounterService.get(code="moving")
    shift = await Shift.get(counter_id=second.id)
    handler = await Account.get(username="handler")
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "roster entry removed": (f"/desk/roster/shifts/{shift.id}/delete", {}),
        "roster entry shortened": (f"/desk/roster/shifts/{shift.id}", {"ends": "12:00"}),
        "hours": (f"{SETTINGS}/hours/{office.id}", {"days__1__closes": "15:00"}),
        "closure": (f"{SETTINGS}/openings/new", {"office": "east", "date": day, "kind": "closed"}),
        "opening at other hours": (
            f"{SETTINGS}/openings/new",
            {"office": "east", "date": day, "kind": "open", "opens": "09:00", "closes": "15:00"},
        ),
        "counter closed": (f"{SETTINGS}/counters/{second.id}/close", {}),
        "ability removed": (f"{SETTINGS}/counters/{second.id}", {"services": ["passport"]}),
        "service closed": (f"{SETTINGS}/services/{service.id}/close", {}),
        "office closed": (f"{SETTINGS}/{office.id}/close", {}),
        "absence": (f"/desk/people/{handler.id}", {"first_day": day, "last_day": day}),
        "account closed": (f"/desk/people/{handler.id}/close", {}),
    }
    page, sent = pages[what]
    return await submit(admin, page, "/absences" if what == "absence" else page.rpartition("/")[2], **sent)


@pytest.mark.parametrize(
    ("what", "visits"),
    [
        ("roster entry removed", 1), ("roster entry shortened", 1), ("hours", 2), ("closure", 2),
        ("opening at other hours", 2), ("counter closed", 1), ("ability removed", 1), ("service closed", 1),
        ("office closed", 2), ("absence", 1), ("account closed", 1),
    ],
)  # fmt: skip
async def test_each_change_says_how_many_visits_it_displaces(system: System, what: str, visits: int) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport", "moving"]})
    await Shift.filter(counter__number="2").update(account_id=(await Account.get(username="handler")).id)
    await booking.book_now(await wish("passport", start="16:00"), contact("kim"))
    await booking.book_now(await wish("moving", start="16:00"), contact("lee"))
    admin = await system.official("admin")
    answer = await _displacing(admin, what, office)
    assert answer.status_code == 303, answer.text
    admin.cookies.set("lang", "en")
    shown = parse((await admin.get(answer.headers["location"])).text)
    toast = shown.one("p", class_="toast")
    assert toast.one("a").text == f"Reservations without a counter because of this: {visits}"
    assert (await admin.get(toast.one("a").attrs["href"])).status_code == 200
    page = f"{SETTINGS}/hours/{office.id}"
    again = await submit(admin, page, page, days__2__closes="18:00")
    shown = parse((await admin.get(again.headers["location"])).text)
    assert not shown.one("p", class_="toast").all("a"), "this change displaced nobody else"


async def test_the_banner_counts_by_office_those_that_the_reader_has_to_do_with(system: System) -> None:
    for code in ("east", "west"):
        office = await an_office({code: ["passport"]}, code=code)
        await booking.book_now(await wish(code=code), contact(code))
        await Shift.filter(counter__office_id=office.id).delete()
        await supply.rebuild(office.id, [next_monday()])

    async def links(name: str, page: str) -> list[str]:
        shown = parse((await (await system.official(name)).get(page)).text)
        return [e.attrs["href"] for e in shown.one("main").all("a") if "/unplaced" in e.attrs.get("href", "")]

    both = [f"/desk/visits/unplaced?office={code}" for code in ("east", "west")]
    assert await links("admin", SETTINGS) == both
    assert await links("admin", f"{SETTINGS}/hours/{(await Office.get(code='east')).id}") == both[:1]
    assert await links("manager", "/desk/roster?office=west") == both[1:]
    counter = await Counter.get(number="east")
    manager = await Account.get(username="manager")
    await Shift.create(counter_id=counter.id, account_id=manager.id, date=next_monday(), starts="09:00", ends="10:00")
    assert await links("manager", "/desk/roster?office=west") == both, "the manager sits at the other one"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"days__1__opens": "10:00", "days__1__closes": ""}, "days.1.closes"),
        ({"days__1__lunch_ends": ""}, "days.1.lunch_ends"),
        ({"days__1__lunch_ends": "11:00"}, "days.1.opens"),
        ({"days__7__opens": "quarter past nine"}, "days.7.opens"),
    ],
)
async def test_hours_that_make_no_sense_are_refused_beside_the_field(
    system: System, sent: dict[str, str], field: str
) -> None:
    office = await an_office({"1": ["passport"]})
    page = f"{SETTINGS}/hours/{office.id}"
    answer = await submit(await system.official("admin"), page, page, **sent)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text


async def test_exceptional_days_open_close_and_are_removed(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    day = next_monday().isoformat()
    page = f"{SETTINGS}/openings/new"
    added = await submit(
        admin, page, "/new", office="east", date=day, kind="maintenance", opens="09:00", closes="12:00",
        reason="전기 점검",
    )  # fmt: skip
    assert (added.status_code, (await starts())[0]) == (303, "13:00")
    listed = (await admin.get(f"{SETTINGS}/openings?office=east&lang=en")).text
    assert "전기 점검" in listed
    row = await Opening.get()
    removed = await submit(admin, f"{SETTINGS}/openings/{row.id}/delete", "/delete")
    assert (removed.status_code, (await starts())[0]) == (303, "09:00")
    for wrong, field in (
        ({"opens": "", "closes": "", "kind": "open"}, "opens"),
        ({"opens": "12:00", "closes": "09:00", "kind": "open"}, "closes"),
        ({"date": (next_monday() - timedelta(days=30)).isoformat(), "kind": "closed"}, "date"),
    ):
        refused = await submit(admin, page, "/new", **{"office": "east", "date": day, **wrong})
        assert refused.status_code == 422
        assert f'id="field-{field}-error"' in refused.text


async def test_an_exceptional_day_is_changed_and_both_days_follow(system: System) -> None:
    office = await an_office({"1": ["passport"]}, days=[next_monday(), next_monday() + timedelta(days=1)])
    admin = await system.official("admin")
    tuesday = next_monday() + timedelta(days=1)
    monday_visit = await booking.book_now(await wish(), contact("kim"))
    tuesday_visit = await booking.book_now(await wish(day=tuesday), contact("lee"))
    new = {"office": "east", "date": next_monday().isoformat(), "kind": "closed"}
    assert (await submit(admin, f"{SETTINGS}/openings/new", "/new", **new)).status_code == 303
    assert (await starts(), bool(await starts(day=tuesday))) == ([], True)
    row = await Opening.get(office_id=office.id)
    page = f"{SETTINGS}/openings/{row.id}"
    assert f'href="{page}"' in (await admin.get(f"{SETTINGS}/openings")).text
    moved = await submit(admin, page, page, date=tuesday.isoformat())
    assert moved.status_code == 303, moved.text
    assert (bool(await starts()), await starts(day=tuesday)) == (True, [])
    await system.work()
    assert [one.number for one in await Visit.filter(unplaced_since__not_isnull=True)] == [tuesday_visit.number]
    assert (await Visit.get(number=monday_visit.number)).state == "booked"
    part = await submit(admin, page, page, opens="09:00", closes="12:00")
    assert (part.status_code, (await starts(day=tuesday))[0]) == (303, "13:00")
    program = await system.program("admin")
    path = f"/api/v1{page}"
    found = (await program.get(path)).json()
    stale = await program.put(path, json={**found, "reason": "점검", "version": 1})
    assert stale.status_code == 200, "one's own changes are no conflict"
    assert (await program.put(path, json={**found, "opens": "09:05"})).json()["errors"][0]["field"] == "opens"
    await Opening.filter(id=row.id).update(date=next_monday() - timedelta(days=30))
    over = await submit(admin, f"{page}?lang=en", page, date=tuesday.isoformat())
    assert (over.status_code, "This day is over." in over.text) == (422, True)


async def test_the_step_stays_once_there_is_counter_time(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    page = f"{SETTINGS}/{office.id}"
    refused = await submit(admin, f"{page}?lang=en", page, step="30")
    assert (refused.status_code, 'id="field-step-error"' in refused.text) == (422, True)
    assert "its step cannot be changed" in refused.text
    assert (await Office.get(id=office.id)).step == 15
    await Shift.all().delete()
    await supply.rebuild(office.id, [next_monday()])
    changed = await submit(admin, page, page, step="30")
    assert (changed.status_code, (await Office.get(id=office.id)).step) == (303, 30)


async def test_what_a_counter_is_able_to_do_decides_who_can_come(system: System) -> None:
    office = await an_office({"1": ["passport", "seal"], "2": ["seal"]})
    made = await booking.book_now(await wish(), contact("kim"))
    await booking.book_now(await wish("seal"), contact("lee"))
    admin = await system.official("admin")
    first, second = await Counter.filter(office_id=office.id).order_by("number")
    page = f"{SETTINGS}/counters/{first.id}"
    assert (await submit(admin, page, page, services=["seal"])).status_code == 303
    await system.work()
    assert [one.number for one in await Visit.filter(unplaced_since__not_isnull=True)] == [made.number]
    page = f"{SETTINGS}/counters/{second.id}"
    assert (await submit(admin, page, page, services=["seal", "passport"])).status_code == 303
    await system.work()
    assert not await Visit.exists(unplaced_since__not_isnull=True), "the other one takes them over"
    assert (await submit(admin, f"{page}/close", "/close")).status_code == 303
    await system.work()
    assert await Visit.filter(unplaced_since__not_isnull=True).count() == 1
    assert await Visit.filter(state="booked").count() == 2, "none is dropped"
    moved = await submit(admin, page, page, number="1")
    assert moved.status_code == 422, "the number is taken"


async def test_a_closed_office_and_a_closed_service_cannot_be_booked(system: System) -> None:
    office = await an_office({"1": ["passport", "seal"]})
    admin = await system.official("admin")
    service = await CounterService.get(code="seal")
    assert (await submit(admin, f"{SETTINGS}/services/{service.id}/close", "/close")).status_code == 303
    found = (await system.client.get("/api/v1/offices")).json()["items"]
    assert [one["code"] for one in found[0]["services"]] == ["passport"]
    await booking.book_now(await wish(), contact("kim"))
    assert (await submit(admin, f"{SETTINGS}/{office.id}/close", "/close")).status_code == 303
    assert (await system.client.get("/api/v1/offices")).json()["items"] == []
    assert "/desk/visits/unplaced?office=east" in (await admin.get(SETTINGS)).text
    await system.work()
    assert "kim" in (await admin.get("/desk/visits/unplaced?office=east")).text, "a closed office has visits to move"
    everybody = await submit(admin, "/desk/visits/unplaced?office=east", "/unplaced")
    assert everybody.headers["location"] == "/desk/visits/unplaced?office=east"
    assert (await submit(admin, f"{SETTINGS}/{office.id}", "/open")).status_code == 303
    assert "/desk/visits/unplaced" not in (await admin.get(SETTINGS)).text


async def test_two_editors_of_an_offices_hours(system: System) -> None:
    """The second is told who changed what and what it says now; saving again replaces it."""
    office = await an_office({"1": ["passport"]})
    await Account.filter(username="intake").update(role=Role.ADMINISTRATOR)
    first, second = await system.official("admin"), await system.official("intake")
    page = f"{SETTINGS}/hours/{office.id}"
    opened = form(await first.get(f"{page}?lang=en"), page)
    assert (await submit(second, page, page, days__2__closes="18:00")).status_code == 303
    conflict = await send(first, opened, days__1__closes="16:00")
    assert conflict.status_code == 409
    for words in ("이접수", "Monday 09:00 17:00 12:00 13:00; Tuesday 09:00 18:00", "16:00"):
        assert words in conflict.text
    assert (await OfficeHours.get(office_id=office.id, weekday=1)).closes == "18:00", "nothing was overwritten"
    assert (await send(first, form(conflict, page))).status_code == 303
    hours = await OfficeHours.filter(office_id=office.id).order_by("weekday")
    assert [one.closes for one in hours[:2]] == ["16:00", "17:00"]


async def test_a_program_says_which_version_it_has_seen(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    await Account.filter(username="intake").update(role=Role.ADMINISTRATOR)
    program, other = await system.program("admin"), await system.official("intake")
    page = f"{SETTINGS}/hours/{office.id}"
    before = (await program.get(f"/api/v1{page}")).json()
    assert before["days"][0] == {
        "weekday": "mon", "opens": "09:00", "closes": "17:00", "lunch_starts": "12:00", "lunch_ends": "13:00",
    }  # fmt: skip
    assert (await submit(other, page, page, days__1__closes="18:00")).status_code == 303
    body: dict[str, Any] = {"days": before["days"][:5], "version": before["version"]}
    assert (await program.put(f"/api/v1{page}", json=body)).status_code == 409
    changed = await program.put(f"/api/v1{page}", json={"days": before["days"][:5]})
    assert [day["weekday"] for day in changed.json()["days"] if day["opens"]] == ["mon", "tue", "wed", "thu", "fri"]


async def test_programs_keep_offices_services_and_counters(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    program = await system.program("admin")
    path = f"/api/v1{SETTINGS}/{office.id}"
    found = (await program.get(path)).json()
    assert (found["code"], found["lat"], found["opens_on"], found["class_percents"]) == ("east", None, None, [])
    wrong = await program.put(path, json={**found, "class_percents": [{"class_code": "none", "percent": 50}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "class_percents.1.class_code")
    step = await program.put(path, json={**found, "step": 10})
    assert (step.status_code, step.json()["errors"][0]["field"]) == (422, "step")
    service = await CounterService.get(code="passport")
    body = (await program.get(f"/api/v1{SETTINGS}/services/{service.id}")).json()
    assert (await program.put(f"/api/v1{SETTINGS}/services/{service.id}", json={**body, "class_code": "id"})).is_success
    answer = await program.put(path, json={**found, "class_percents": [{"class_code": "id", "percent": 50}]})
    assert answer.json()["class_percents"] == [{"class_code": "id", "percent": 50}]
    counters = (await program.get(f"/api/v1{SETTINGS}/counters")).json()["items"]
    assert [(one["office"], one["number"], one["services"]) for one in counters] == [("east", "1", ["passport"])]
    openings = f"/api/v1{SETTINGS}/openings"
    day = next_monday().isoformat()
    made = await program.post(openings, json={"office": "east", "date": day, "kind": "closed"})
    assert made.status_code == 201, made.text
    assert await starts() == []
    assert (await program.delete(f"{openings}/{made.json()['id']}")).status_code == 204
    assert await starts()
    assert (await (await system.program("clerk")).get(path)).status_code == 403


async def test_times_off_the_steps_of_the_office_are_refused(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    admin, page = await system.official("admin"), f"{SETTINGS}/hours/{office.id}"
    hours = await submit(admin, f"{page}?lang=en", f"/hours/{office.id}", days__1__lunch_starts="12:05")
    assert hours.status_code == 422
    assert "steps of 15 minutes" in hours.text
    day = await submit(
        admin, f"{SETTINGS}/openings/new", "/new", office="east", date=str(next_monday()), kind="open", opens="09:05",
        closes="12:00",
    )  # fmt: skip
    assert day.status_code == 422
    assert not await Opening.exists()
