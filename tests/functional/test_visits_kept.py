"""The check page of a booking and its confirmation have addresses: reload, Back and another language lose nothing."""

from datetime import timedelta

import pytest

from server.core import clock, kept
from server.core.accounts import Session
from server.core.kept import KeptForm
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send
from tests.support.system import System
from tests.support.visit_pages import book, checked, code, confirm, follow, hold
from tests.support.visits import an_office
from tracking.visits.models import Visit
from tracking.visits.states import VisitState


async def test_the_page_that_checks_has_an_address(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    check = await checked(browser, held)
    assert check.url.path == f"{held.url.path}/check"
    for language in ("ja", "en", "ko"):
        again = await browser.get(check.url.path, params={"lang": language})
        assert again.status_code == 200
        assert parse(again.text).one("html").attrs["lang"] == language
        assert "유모차" in again.text
        assert 'name="show_again"' not in again.text, "its language switch is a link"
    for language in ("ja", "ko"):
        back = await browser.get(held.url.path, params={"lang": language})
        assert form(back, field="email").values["note"] == ["유모차"]
    rows = [row async for row in KeptForm.all()]
    assert len(rows) == 1
    assert "유모차".encode() not in bytes(rows[0].content)
    assert await Visit.filter(state=VisitState.BOOKED).count() == 0


async def test_the_confirmation_shows_the_key_in_this_browser_for_half_an_hour(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    now = clock.now()
    with clock.at(now):
        check = await checked(browser, await hold(browser, "09:00"))
        booked = await confirm(browser, check)
        number, key = code(booked, "number"), code(booked, "key")
        assert booked.headers["cache-control"] == "no-store"
        for language in ("ja", "en"):
            assert code(await browser.get(booked.url.path, params={"lang": language}), "key") == key
        back = await browser.get(check.url.path)
        assert back.headers["location"] == booked.url.path, "Back leads to the confirmation"
        stranger = system.visitor()
        for other in (stranger, system.visitor(cookie=f"visitor={browser.cookies['visitor']}")):
            gone = await other.get(booked.url.path)
            assert (gone.status_code, gone.headers["location"]) == (303, f"/visits/{number}")
        content = [bytes(row.content) for row in await KeptForm.all()]
        assert not any(word.encode() in one for one in content for word in (number, key, "김민수"))
    with clock.at(now + timedelta(minutes=29)):
        assert code(await browser.get(booked.url.path), "key") == key
    with clock.at(now + kept.SHOWN_LIFE):
        assert (await browser.get(booked.url.path)).headers["location"] == f"/visits/{number}"


async def test_the_confirmation_of_a_cancelled_visit_is_its_page(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    booked = await book(browser, "09:00")
    number = code(booked, "number")
    await Visit.filter(number=number).update(state=VisitState.CANCELLED)
    assert (await browser.get(booked.url.path)).headers["location"] == f"/visits/{number}"
    other = await browser.get(f"/visits/AAA-AAA-AAA/booked/{booked.url.path.rpartition('/')[2]}")
    assert other.status_code == 404


async def test_nothing_is_booked_from_an_address_alone(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    unchecked = await browser.get(f"{held.url.path}/check")
    assert unchecked.headers["location"] == held.url.path, "nothing is kept yet"
    answer = await post_without_page(
        browser, f"{held.url.path}/check", data={"name": "김민수", "email": "k@example.org"}
    )
    assert answer.status_code == 422
    assert await Visit.filter(state=VisitState.BOOKED).count() == 0


async def test_closing_all_reservations_closes_the_confirmation(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    booked = await book(browser, "09:00")
    key = code(booked, "key")
    await send(browser, form(await browser.get("/visits"), "/visits/forget"))
    assert key not in (await follow(browser, await browser.get(booked.url.path))).text


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_form_of_a_visit_whose_session_has_ended_is_led_back(system: System, language: str) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    booked = await book(browser, "09:00")
    number, key = code(booked, "number"), code(booked, "key")
    page = await browser.get(f"/visits/{number}/case", params={"lang": language})
    written = form(page, "/case", field="case")
    await Session.all().delete()
    led = await send(browser, written, case="K7Q-M9X-RW4", key="2222-2222-2222-2222")
    assert led.status_code == 303
    assert led.headers["location"].startswith(f"/visits?number={number}&kept=")
    entry = await browser.get(led.headers["location"])
    assert {"ko": "보관되어 있습니다", "en": "Your text is kept"}[language] in entry.text
    opening = form(entry, "/visits", field="key")
    assert opening.values["number"] == [number]
    wrong = await send(browser, opening, key="2222-2222-2222-2222")
    assert wrong.status_code == 422
    shown = await follow(browser, await send(browser, form(wrong, "/visits", field="key"), key=key))
    again = form(shown, "/case", field="case")
    assert again.values["case"] == ["K7Q-M9X-RW4"]
    assert again.values["key"] == [""], "a key is not kept"
    stranger = system.visitor()
    refused = await send(stranger, written, case="K7Q-M9X-RW4", key="2222-2222-2222-2222")
    assert refused.status_code == 404, "only a browser that has opened something before is led on"
