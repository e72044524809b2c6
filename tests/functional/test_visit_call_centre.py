"""A 75-year-old lets the call centre book, change and cancel; so does a household that has lost its key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from server.core import clock, database, ledger
from server.core.ledger import DomainEvent
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System
from tests.support.visit_pages import follow
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Contact
from tracking.visits.events import DocumentChecked, NoShowUndone
from tracking.visits.models import NoShow, Restriction, Visit, VisitWords
from tracking.visits.states import Channel, VisitState

CHOICE = "/desk/visits/new?office=east&service=passport&party=1"


def start(time: str) -> str:
    """A start on the Monday as the timetable sends it."""
    return at(time).isoformat(timespec="minutes")


async def press(browser: httpx.AsyncClient, page: str, time: str) -> httpx.Response:
    """Press a time in the timetable of a page, and look at what follows."""
    shown = form(
        await browser.get(f"{page}{'&' if '?' in page else '?'}from={next_monday()}"), field="start", value=start(time)
    )
    answer = await send(browser, shown, button=start(time))
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])


def code(answer: httpx.Response, name: str) -> str:
    """A code to read out."""
    return parse(answer.text).one("code", id=name).text


async def test_a_story_of_one_call(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]}, phone_percent=50)
    await booking.book_now(await wish(start="10:00"), contact("kim"))
    clerk = await system.official("clerk")
    first = await clerk.get("/desk/visits/new")
    assert first.status_code == 200
    assert 'value="passport"' in first.text

    chosen = await press(clerk, CHOICE, "10:00")  # full online: the rest is kept for callers
    details = form(chosen, field="press")
    wrong = await send(clerk, details, name="최 할머니")
    assert wrong.status_code == 422
    details = form(wrong, field="press")
    assert details.values["name"] == ["최 할머니"]
    booked = await follow(clerk, await send(clerk, details, phone="02-123-4567", note="귀가 어두우심"))
    number, key = code(booked, "number"), code(booked, "key")
    assert "02-123-4567" in booked.text

    again = await follow(clerk, await send(clerk, details, phone="02-123-4567", note="귀가 어두우심"))
    assert (code(again, "number"), code(again, "key")) == (number, key)
    other = await clerk.get(booked.url.path, params={"lang": "en"})
    assert code(other, "key") == key, "another language keeps it"
    colleague = await system.official("clerk")
    assert (await colleague.get(booked.url.path)).status_code == 404, "in another browser"
    visit = await Visit.get(number=number)
    assert (visit.channel, visit.name, visit.note) == (Channel.PHONE, "최 할머니", "귀가 어두우심")
    own = await system.client.get(f"/api/v1/visits/{number}", headers={"x-access-key": key})
    assert own.json()["state"] == "booked"
    assert await Visit.filter(state=VisitState.BOOKED).count() == 2


async def test_a_caller_who_lost_the_key_changes_and_cancels(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), Contact("최 할머니", phone="02-123-4567"))
    clerk = await system.official("clerk")
    found = await clerk.get(f"/desk/visits?q=021234567&date={next_monday()}")
    assert f"/desk/visits/{made.number}" in found.text
    page = f"/desk/visits/{made.number}/reschedule"
    moved = await press(clerk, page, "11:00")
    done = await send(clerk, form(moved, "/reschedule", field="text"), text="병원 예약과 겹치심")
    assert done.status_code == 303, done.text
    assert (await Visit.get(id=made.id)).starts_at == at("11:00")
    shown = await clerk.get(f"/desk/visits/{made.number}")
    assert "병원 예약과 겹치심" in shown.text
    cancelled = await send(clerk, form(shown, "/cancel"), **{"cancel.text": "전화로 취소하심"})
    assert cancelled.status_code == 303
    assert (await Visit.get(id=made.id)).state == VisitState.CANCELLED
    assert [one.text for one in await VisitWords.all().order_by("id")] == ["병원 예약과 겹치심", "전화로 취소하심"]
    events = await ledger.read(f"visit/{made.number}")
    assert [(one.kind, bool(one.data.get("words"))) for one in events] == [
        ("visit.booked", False), ("visit.rescheduled", True), ("visit.cancelled", True),
    ]  # fmt: skip
    assert events[1].actor.startswith("official")


async def test_what_a_rule_refuses_is_said_on_the_page(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await booking.book_now(await wish(start="10:00"), Contact("최 할머니", phone="02-123-4567"))
    clerk = await system.official("clerk")
    chosen = await press(clerk, CHOICE, "11:00")
    refused = await send(clerk, form(chosen, field="press"), name="최 할머니", phone="02 123 4567")
    assert refused.status_code == 409
    assert form(refused, field="press").values["name"] == ["최 할머니"]
    other = await booking.book_now(await wish(start="11:00"), contact("lee"))
    await booking.book_now(await wish(start="11:00"), contact("park"))
    gone = await send(clerk, form(chosen, field="press"), name="문", phone="02 765 4321")
    assert gone.status_code in {409, 422}
    assert "field" in gone.text
    assert other.number
    assert await Visit.filter(name="문").count() == 0


async def test_a_move_to_a_taken_time_keeps_the_visit(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), contact("kim"))
    await booking.book_now(await wish(start="11:00"), contact("lee"))
    clerk = await system.official("clerk")
    body = {"start": start("11:00"), "text": ""}
    for path in ("/desk/visits", "/api/v1/desk/visits"):
        browser = clerk if path.startswith("/desk") else await system.program("clerk")
        address = f"{path}/{made.number}/reschedule"
        sent = browser.post(address, json=body) if "api" in path else post_without_page(browser, address, data=body)
        assert (await sent).status_code == 409
    assert (await Visit.get(id=made.id)).starts_at == at("10:00")


async def test_choices_that_are_none(system: System) -> None:
    await an_office({"1": ["passport"]})
    clerk = await system.official("clerk")
    assert (await clerk.get("/desk/visits/new?office=east&service=fishing")).status_code == 422
    assert (await clerk.get("/desk/visits/new?office=nowhere")).status_code == 404
    assert (await clerk.get(f"{CHOICE}&start=yesterday")).status_code == 200
    answer = await post_without_page(clerk, CHOICE, data={"name": "kim", "email": "kim@example.org", "press": "a"})
    assert answer.status_code == 422
    nxt = await clerk.get(f"{CHOICE}&next=1")
    assert parse_qs(urlsplit(nxt.headers["location"]).query)["start"]


@pytest.mark.parametrize("username", ["handler", "inspector", "guide"])
async def test_who_may_not_book_for_others(system: System, username: str) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), contact("kim"))
    browser = await system.official(username)
    assert (await browser.get("/desk/visits/new")).status_code == 403
    assert (await browser.get(f"/desk/visits/{made.number}/reschedule")).status_code == 403
    assert (await browser.get(f"/desk/visits/{made.number}")).status_code == (200 if username == "handler" else 403)
    assert "/desk/visits/new" not in (await browser.get("/desk/visits")).text


async def test_the_page_costs_the_same_with_many_visits(system: System, count_queries: Callable[[], list[str]]) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    clerk = await system.official("clerk")
    await clerk.get(CHOICE)
    seen = count_queries()
    assert (await clerk.get(CHOICE)).status_code == 200
    few = len(seen)
    for n in range(8):
        await booking.book_now(await wish(start=f"{9 + n // 4}:{n % 4 * 15:02}".zfill(5)), contact(f"p{n}"))
    await clerk.get(CHOICE)
    seen.clear()
    await clerk.get(CHOICE)
    assert len(seen) <= few <= 20, seen


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
async def test_an_outdated_page_changes_nothing(system: System, action: str) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), Contact("최 할머니", phone="02-123-4567"))
    page = f"/desk/visits/{made.number}"
    clerk, intake = await system.official("clerk"), await system.official("intake")
    if action == "cancel":
        old, text = form(await clerk.get(f"{page}?lang=en"), "/cancel"), {"cancel.text": "전화로 취소하심"}
    else:
        old, text = form(await press(clerk, f"{page}/reschedule?lang=en", "11:00"), "/reschedule"), {"text": "병원"}
    moved = await press(intake, f"{page}/reschedule", "14:00")
    assert (await send(intake, form(moved, "/reschedule", field="text"))).status_code == 303
    refused = await send(clerk, old, **text)
    assert refused.status_code == 409
    assert "Someone else changed this" in refused.text
    visit = await Visit.get(id=made.id)
    assert (visit.state, visit.starts_at) == (VisitState.BOOKED, at("14:00"))
    assert await VisitWords.all().count() == 0
    if action == "cancel":
        again = form(refused, "/cancel")
        assert again.values["cancel.text"] == ["전화로 취소하심"]
        assert (await send(clerk, again)).status_code == 303


@pytest.mark.parametrize(
    ("event", "status"), [(DocumentChecked("photo", "fine"), 303), (NoShowUndone(office_late=False), 409)]
)
@pytest.mark.parametrize("action", ["serve", "no-show"])
async def test_documents_do_not_outdate_a_page(system: System, action: str, event: DomainEvent, status: int) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), contact("kim"))
    with clock.at(at("10:30")):
        clerk = await system.official("clerk")
        old = form(await clerk.get(f"/desk/visits/{made.number}"), f"/{action}")
        async with database.transaction():
            await (await ledger.lock(f"visit/{made.number}")).append("intake", event)
        given = {"no-show.called": "10:01, 10:05, 10:12"} if action == "no-show" else {}
        assert (await send(clerk, old, **given)).status_code == status


async def test_a_second_visit_on_a_day_names_the_first(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), contact("kim"))
    clerk = await system.official("clerk")
    chosen = await press(clerk, f"{CHOICE}&lang=en", "11:00")
    refused = await send(clerk, form(chosen, field="press"), name="kim", email="kim@example.org")
    assert refused.status_code == 409
    assert f"The visitor already has the reservation {made.number}" in refused.text
    assert f'href="/desk/visits/{made.number}"' in refused.text
    await Visit.filter(id=made.id).update(state="missed", household_active=None)
    row = await Visit.get(id=made.id)
    await NoShow.create(
        visit_id=made.id, household=row.household, office_id=row.office_id, at=clock.now(), calls=[], excused=False
    )
    second = await booking.book_now(await wish(start="11:00"), contact("kim"))
    undone = await submit(clerk, f"/desk/visits/{made.number}", "/undo-no-show", **{"undo-no-show.why": "office"})
    assert undone.status_code == 409
    assert f'href="/desk/visits/{second.number}"' in undone.text


@pytest.mark.parametrize(
    ("limits", "days", "words"),
    [
        ({"most_active": 1}, 0, "A visitor can have 1 reservations"),
        ({"most_daily": 1}, 0, "A visitor can make 1 reservations"),
        ({}, 30, "the visitor cannot book at this office until"),
    ],
)
async def test_what_stops_a_caller_is_said_of_the_caller(
    system: System, limits: dict[str, Any], days: int, words: str
) -> None:
    tuesday = next_monday() + timedelta(days=1)
    office = await an_office({"1": ["passport"]}, days=[next_monday(), tuesday], **limits)
    made = await booking.book_now(await wish(start="10:00", day=tuesday), contact("kim"))
    now = clock.now()
    await Restriction.create(
        household=contact("kim").household, office_id=office.id, visit_id=made.id, begins_at=now,
        ends_at=now + timedelta(days=days),
    )  # fmt: skip
    clerk, program = await system.official("clerk"), await system.program("clerk")
    chosen = await press(clerk, f"{CHOICE}&lang=en", "11:00")
    refused = await send(clerk, form(chosen, field="press"), name="kim", email="kim@example.org")
    assert refused.status_code == 409
    assert words in refused.text
    body = {"office": "east", "service": "passport", "start": at("11:00").isoformat(),
            "contact": {"name": "kim", "email": "kim@example.org"}}  # fmt: skip
    answer = await program.post("/api/v1/visits", json=body, headers={"accept-language": "en"})
    assert (answer.status_code, words in answer.text) == (409, True), answer.text
    own = await system.client.post("/api/v1/visits", json=body, headers={"accept-language": "en"})
    assert own.status_code == 409
    assert "you can" in own.text.lower()


async def test_a_wrong_number_of_people_shows_the_page_again(system: System) -> None:
    await an_office({"1": ["passport"]})
    clerk = await system.official("clerk")
    for wrong in ("99", "0", "many"):
        page = await clerk.get(f"/desk/visits/new?office=east&service=passport&party={wrong}")
        assert page.status_code == 422
        shown = parse(page.text)
        assert shown.one("input", name="party").attrs["value"] == wrong
        assert "checked" in shown.one("input", name="service").attrs
        assert shown.one("input", name="party").attrs["aria-invalid"] == "true"


async def test_a_wrong_case_number_shows_the_page_again(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(start="10:00"), contact("kim"))
    intake = await system.official("intake")
    refused = await submit(intake, f"/desk/visits/{made.number}", "/attach", **{"attach.case": "P-1"})
    assert refused.status_code == 422
    again = parse(refused.text).one("input", name="attach.case").attrs
    assert (again["value"], again["aria-invalid"]) == ("P-1", "true")
