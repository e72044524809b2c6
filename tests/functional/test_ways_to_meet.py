"""By video or telephone: a caller is asked at the desk, whoever waits for a time keeps what they wished."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core import clock
from server.core.errors import Invalid
from tests.functional.test_visit_call_centre import CHOICE, press
from tests.functional.test_waiting_pages import a_full_hour, join, linked, page
from tests.support.page_forms import form, send
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday
from tracking.visits.actions import booking, taking, waiting
from tracking.visits.models import CounterService, Visit
from tracking.visits.queries import offices
from tracking.visits.states import Channel, VisitMode, VisitState


async def by_all_ways() -> None:
    await CounterService.all().update(by_video=True, by_phone=True)
    offices.forget()


async def test_a_caller_is_booked_by_video_or_telephone(system: System) -> None:
    await an_office({"1": ["passport"]})
    clerk = await system.official("clerk")
    assert 'name="mode"' not in (await press(clerk, CHOICE, "10:15")).text, "there is one way only"
    await by_all_ways()
    chosen = await press(clerk, CHOICE, "10:15")
    assert 'name="mode"' in chosen.text
    unreachable = await send(clerk, form(chosen, field="press"), name="김방문", email="kim@example.org", mode="phone")
    assert unreachable.status_code == 422
    details = form(unreachable, field="press")
    assert details.values["mode"] == ["phone"]
    booked = await send(clerk, details, phone="010-1234-5678")
    assert "/booked/" in booked.headers["location"]
    assert (await Visit.get(name="김방문")).mode is VisitMode.PHONE


async def test_an_offer_keeps_the_way_that_was_wished(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)
    made = await a_full_hour()
    browser = system.visitor()
    assert 'name="mode"' not in (await browser.get(page())).text
    wanted = waiting.Wanted(await taking.errand("east", ["passport"], Channel.ONLINE, 1), next_monday(), "", "10:00")
    with pytest.raises(Invalid):
        await waiting.join(wanted, replace(contact("lee"), mode=VisitMode.VIDEO))  # the office does not offer it
    await by_all_ways()
    assert 'name="mode"' in (await browser.get(page())).text
    assert (await join(browser, mode="video")).status_code == 303
    await booking.cancel(made[1].number, "visitor")
    assert (await Visit.get(name="이영희")).mode is VisitMode.VIDEO
    answer = await send(browser, form(await linked(system, browser), field="answer"), button="accept")
    assert "/booked/" in answer.headers["location"]
    booked = await Visit.get(name="이영희")
    assert (booked.state, booked.mode) == (VisitState.BOOKED, VisitMode.VIDEO)
