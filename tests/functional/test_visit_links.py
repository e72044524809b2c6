"""A link from a mail or text message opens a visit in any browser, and the visit can be kept in a calendar."""

from datetime import timedelta

import pytest

from server.core import clock, config, signing
from tests.support.calendars import parsed
from tests.support.system import System
from tests.support.visits import an_office, contact, wish
from tracking.visits import links
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Booked
from tracking.visits.queries import visits


@pytest.fixture
async def booked(system: System) -> Booked:
    """A passport visit on Monday at nine."""
    await an_office({"1": ["passport", "moving"]})
    return await booking.book_now(await wish("passport"), contact("kim"))


async def _path(number: str, then: str = "") -> str:
    view = await visits.by_number(number)
    return links.visit_path(config.settings(), number, view.starts_at, then)


async def test_a_link_opens_its_visit_in_any_browser_until_it_expires(system: System, booked: Booked) -> None:
    page, browser = f"/visits/{booked.number}/calendar.ics", system.visitor()
    assert (await browser.get(page)).status_code == 404
    path = await _path(booked.number)
    assert len(path) < 45, "each character counts in a text message"
    for opened, leads_to in ((path, ""), (f"{path}/change", "/change"), (f"{path}/cancel", "/cancel")):
        assert (await browser.get(opened)).headers["location"] == f"/visits/{booked.number}{leads_to}"
    assert (await browser.get(page)).status_code == 200
    other = system.visitor()
    with clock.at(clock.now() + timedelta(days=60)):
        assert (await other.get(path)).headers["location"] == "/visits/find"
    assert (await other.get(f"{path[:-1]}{'a' if path[-1] != 'a' else 'b'}")).headers["location"] == "/visits/find"
    assert (await other.get(f"{path}/elsewhere")).status_code == 404
    assert (await other.get(page)).status_code == 404


async def test_a_link_opens_nothing_but_its_visit(system: System, booked: Booked) -> None:
    second = await booking.book_now(await wish("passport", start="09:15"), contact("lee"))
    browser = system.visitor()
    await browser.get(await _path(booked.number))
    assert (await browser.get(f"/visits/{second.number}/calendar.ics")).status_code == 404
    await browser.get(await _path(second.number))
    assert (await browser.get(f"/visits/{booked.number}/calendar.ics")).status_code == 200, "the first stays open"
    forged = signing.sign_short(config.settings(), "another purpose", booked.number, 3)
    assert (await system.visitor().get(f"/v/{forged}")).headers["location"] == "/visits/find"


async def test_an_official_sees_no_visit_by_a_citizens_link(system: System, booked: Booked) -> None:
    desk = await system.official("clerk")
    await desk.get(await _path(booked.number))
    assert (await desk.get(f"/visits/{booked.number}/calendar.ics")).status_code == 404


async def test_the_calendar_entry_keeps_its_uid_and_counts_its_changes(system: System, booked: Booked) -> None:
    browser = system.visitor()
    await browser.get(await _path(booked.number))

    async def entry() -> dict[str, str]:
        answer = await browser.get(f"/visits/{booked.number}/calendar.ics", headers={"accept-language": "ko"})
        assert answer.headers["content-type"].startswith("text/calendar; method=")
        return parsed(answer.content)

    first = await entry()
    assert first["METHOD"] == "PUBLISH"
    assert first["UID"] == f"visit-{booked.number}@sinmungo"
    assert first["SEQUENCE"] == "0"
    assert first["DTSTART"] == "20270315T000000Z", "nine o'clock in Seoul"
    assert first["DTEND"] == "20270315T001500Z"
    assert first["LOCATION"] == "동부민원센터\\, 중앙로 1"
    assert first["TRIGGER"] == "-PT120M"
    assert first["ORGANIZER"].startswith("mailto:")
    assert booked.number in first["DESCRIPTION"]
    assert booked.key not in str(first)
    await booking.reschedule(booked.number, await wish("passport", start="10:00"), "visitor")
    second = await entry()
    assert (second["UID"], second["SEQUENCE"], second["DTSTART"]) == (first["UID"], "1", "20270315T010000Z")
    await booking.cancel(booked.number, "visitor")
    last = await entry()
    assert (last["UID"], last["SEQUENCE"], last["METHOD"]) == (first["UID"], "2", "CANCEL")
    assert last["STATUS"] == "CANCELLED"
    assert "TRIGGER" not in last
