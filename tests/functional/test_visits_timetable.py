"""The timetable of an office, as its address asks for it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from server.core import clock, i18n
from server.core.accounts import Holiday
from server.core.booking.errors import TimeTaken
from server.core.working_calendar import WorkingCalendar
from tests.support.markup import parse
from tests.support.page_forms import Form, post_without_page, send
from tests.support.system import System
from tests.support.visit_pages import book, code, follow, hold, value, week
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, supply
from tracking.visits.models import CounterService, Office, OfficeHours, Opening
from tracking.visits.queries import offices
from tracking.visits.states import OpeningKind


async def test_a_time_in_the_address_is_checked_as_the_timetable_shows_it(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    free = await week(browser, start=value(at("09:15")))
    wished = next(one for one in parse(free.text).all("form") if one.all("button", value=value(at("09:15"))))
    held = await send(browser, Form(wished, wished, str(free.url.join("/visits/hold"))), button=value(at("09:15")))
    assert "/visits/held/" in held.headers["location"]
    taken = await week(system.visitor(), start=value(at("09:15")))
    assert "방금" in taken.text
    for wrong in ("09:05", "12:15", "17:00"):
        assert "예약할 수 없습니다" in (await week(browser, start=value(at(wrong)))).text, wrong
        fields = {"office": "east", "service": "passport", "start": value(at(wrong))}
        refused = await post_without_page(browser, "/visits/hold", data=fields)
        assert "예약할 수 없습니다" in (await follow(browser, refused)).text, wrong
    for nonsense in ("x", "9999-12-31T23:59", "0001-01-01T00:00+14:00"):
        assert (
            await browser.get("/visits", params={"office": "east", "service": "passport", "start": nonsense})
        ).status_code == 200
    assert (await browser.get("/visits?office=nowhere")).status_code == 404
    for unknown in ("service=fishing", "service=passport&party=0", "service=passport&service=seal&service=x&service=y"):
        assert (await browser.get(f"/visits?office=east&{unknown}")).status_code == 422, unknown


async def test_the_next_free_time_and_a_full_week(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in (0, 8)]
    await an_office({"1": ["moving"]}, days=days)
    for start in ("09:00", "09:45", "10:30", "11:15", "13:00", "13:45", "14:30", "15:15", "16:00"):
        try:
            await booking.book_now(await wish("moving", start=start), contact(start))
        except TimeTaken:
            break
    browser = system.visitor()
    full = await week(browser, "moving")
    assert "빈 시간이 없습니다" in full.text
    led = await browser.get("/visits?office=east&service=moving&next=1")
    shown = await follow(browser, led)
    assert value(at("09:00", days[1])) in shown.text
    listed = await browser.get(f"/visits?office=east&service=moving&view=list&from={days[1]}")
    assert parse(listed.text).all("button", value=value(at("09:00", days[1])))


async def test_closed_days_say_why(system: System) -> None:
    monday = next_monday()
    days = [monday + timedelta(days=n) for n in range(7)]
    office = await an_office({"1": ["passport"]}, days=days)
    await OfficeHours.filter(office_id=office.id, weekday=5).delete()
    await Holiday.create(date=days[1], name="임시공휴일", created_at=clock.now())
    await Opening.create(office_id=office.id, date=days[2], kind=OpeningKind.MAINTENANCE, reason="전산 점검")
    offices.forget()
    await supply.rebuild(office.id, days)
    browser = system.visitor()
    shown = parse((await week(browser)).text)
    assert len(shown.one("thead").all("th")) == 7, "Sunday has a column as the office is open, Saturday has none"
    assert [one.text for one in shown.all("td", class_="slot-shut")] == [
        "공휴일: 임시공휴일",
        "점검으로 휴무: 전산 점검",
    ]
    page = await browser.get("/offices/east")
    for words in ("임시공휴일", "전산 점검", "09:00–17:00", "12:00–13:00"):
        assert words in page.text, words
    far = await browser.get(f"/visits?office=east&service=passport&from={date(2028, 1, 3)}")
    assert "부터 예약" in far.text


async def test_what_cannot_be_done_here_says_where(system: System) -> None:
    await an_office({"1": ["passport"]})
    await an_office({"1": ["moving"]}, code="west")
    await Office.filter(code="west").update(name="서부민원센터")
    await CounterService.filter(code="moving").update(bookable=False)
    offices.forget()
    browser = system.visitor()
    east = (await browser.get("/visits?office=east")).text
    assert "서부민원센터" in east
    west = (await browser.get("/visits?office=west")).text
    assert "예약 없이" in west


async def test_pages_cost_few_statements(
    system: System, count_queries: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offices, "KEPT", 3600.0)  # however slow the machine is
    days = [next_monday() + timedelta(days=n) for n in range(5)]
    await an_office({str(n): ["passport"] for n in range(4)}, days=days)
    await an_office({"1": ["moving"]}, days=days, code="west")
    browser = system.visitor()
    number = code(await book(browser, "09:00"), "number")
    held = str((await hold(browser, "10:00")).url)
    seen = count_queries()
    for page, most in {
        f"/visits?office=east&service=passport&from={days[0]}": 8,
        f"/visits?office=east&service=passport&from={days[0]}&view=list": 8,
        "/visits": 5, "/visits?office=east": 3, "/offices": 4, "/offices/east": 5, held: 6,
        f"/visits/{number}": 8, f"/visits/{number}/change": 10, f"/visits/{number}/cancel": 5,
    }.items():  # fmt: skip
        await browser.get(page)  # what is kept for some seconds is read
        seen.clear()
        assert (await browser.get(page)).status_code == 200
        assert len(seen) <= most, "\n".join([str(page), *seen])


async def test_a_full_week_of_quarter_hours_weighs_little(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(7)]
    await an_office({str(n): ["passport"] for n in range(4)}, days=days)
    shown = await week(system.visitor())
    assert len(parse(shown.text).one(class_="slot-table").all("button")) == 28 * 7
    assert len(shown.content) <= 100_000


async def test_holidays_are_named_in_the_readers_language(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    day = date(2027, 5, 5)
    one = (await offices.hours(office.id, {}, [day], WorkingCalendar()))[day]
    several = (await offices.hours_of_day([office.id], day, WorkingCalendar()))[office.id]
    for found in (one, several):
        names = [i18n.text_in(found, "reason", language) for language in ("ko", "en", "ja")]
        assert names == ["어린이날", "Children's Day", "Children's Day"]
