"""Visits at midnight, when summer time begins and ends, on a leap day, and in Japan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.core import clock, config
from server.core.booking.errors import TimeTaken
from server.core.config import Settings
from server.core.errors import Invalid
from server.core.forms import Mistake
from tests.support.system import System, opened
from tests.support.visits import an_office, contact, wish
from tracking.visits.actions import booking, supply, taking
from tracking.visits.errors import HoldExpired, TooLate
from tracking.visits.forms import read_start
from tracking.visits.models import Office, OfficeHours, Shift, Visit
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import GridDay
from tracking.visits.states import Channel, VisitState

TOKEN = "t" * 64


@asynccontextmanager
async def city(settings: Settings, moment: str, **others: str) -> AsyncIterator[System]:
    """The city in another zone or country, at a moment."""
    with clock.at(datetime.fromisoformat(moment)):
        async with opened(replace(settings, **others)) as system:  # type: ignore[arg-type]
            yield system


async def open_all_night(day: date, **more: Any) -> Office:
    office = await an_office({"1": ["passport"]}, days=[day], **more)
    await OfficeHours.all().update(opens="00:00", closes="24:00", lunch_starts="", lunch_ends="")
    await Shift.all().update(starts="00:00", ends="24:00")
    offices.forget()
    await supply.rebuild(office.id, [day])
    return office


async def seen(day: date) -> GridDay:
    (found,) = await grid.days(await taking.errand("east", ["passport"], Channel.ONLINE), [day])
    return found


def local(moment: datetime) -> str:
    return moment.astimezone(config.settings().zone).isoformat()


async def book(start: str, name: str) -> str:
    wished = await taking.wish("east", ["passport"], read_start(start), Channel.ONLINE)
    made = await booking.book_now(wished, contact(name))
    return local((await Visit.get(number=made.number)).starts_at)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2028, 2, 29), 24)])
async def test_every_quarter_of_a_long_a_short_and_a_leap_day_is_sold_once(
    settings: Settings, day: date, hours: int
) -> None:
    async with city(settings, f"{day - timedelta(days=2)}T12:00+00:00", timezone="Europe/Berlin"):
        await open_all_night(day)
        slots = (await seen(day)).slots
        assert len(slots) == hours * 4
        assert {slot.end.timestamp() - slot.start.timestamp() for slot in slots} == {15 * 60}
        starts = [slot.start.isoformat() for slot in slots]
        assert len({*starts}) == len(starts)
        for number, start in enumerate(starts[::7] + starts[8:12]):
            assert await book(start, f"v{number}") == start
            with pytest.raises(TimeTaken):
                await book(start, f"w{number}")


async def test_the_hour_that_comes_twice_has_two_of_each_time(settings: Settings) -> None:
    day = date(2027, 10, 31)
    async with city(settings, "2027-10-29T12:00+00:00", timezone="Europe/Berlin"):
        await open_all_night(day)
        for start in ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"):
            assert await book(start, start) == start
        with pytest.raises(TimeTaken):
            await book("2027-10-31T02:30", "a clock time without a zone is the first of them")
        with pytest.raises(Invalid):
            await book("2027-10-31T02:30:01+01:00", "not to the second")


async def test_the_hour_that_is_skipped_cannot_be_asked_for(settings: Settings) -> None:
    async with city(settings, "2027-03-26T12:00+00:00", timezone="Europe/Berlin"):
        await open_all_night(date(2027, 3, 28))
        with pytest.raises(Mistake):
            read_start("2027-03-28T02:30")
        assert read_start("2027-03-28T03:30").astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "first"),
    [("2027-10-31T02:50:00+02:00", "2027-10-31T02:00:00+01:00"),
     ("2027-10-31T02:10:00+01:00", "2027-10-31T02:15:00+01:00"),
     ("2027-10-31T01:10:00+02:00", "2027-10-31T01:15:00+02:00")],
)  # fmt: skip
async def test_what_has_begun_in_the_long_night_is_over(settings: Settings, now: str, first: str) -> None:
    day = date(2027, 10, 31)
    async with city(settings, now, timezone="Europe/Berlin"):
        office = await open_all_night(day, same_day=True)
        assert (await seen(day)).slots[0].start.isoformat() == first
        await Office.filter(id=office.id).update(notice_hours=2)
        offices.forget()
        notice = (await seen(day)).slots[0].start.timestamp() - clock.now().timestamp()
        assert 2 * 60 <= notice / 60 < 2 * 60 + 15, "two hours are two hours"


async def test_a_minute_before_midnight_is_the_day_before(settings: Settings) -> None:
    tomorrow = date(2027, 3, 10)
    async with city(settings, "2027-03-09T23:59+09:00"):
        await an_office({"1": ["passport"]}, days=[tomorrow])
        number = await booking.hold(await wish(day=tomorrow), TOKEN, "ko")
        made = await booking.book_now(await wish(start="10:00", day=tomorrow), contact("lee"))
        other = await booking.book_now(await wish(start="11:00", day=tomorrow), contact("park"))
        await booking.cancel(other.number, "visitor")
        with clock.at(datetime.fromisoformat("2027-03-10T00:05+09:00")):
            assert (await seen(tomorrow)).state == "not_bookable"
            with pytest.raises(Invalid):
                await wish(start="11:00", day=tomorrow)
            with pytest.raises(TooLate):
                await booking.cancel(made.number, "visitor")
            assert (await booking.book_held(number, TOKEN, contact("kim"))).number == number, "it was held in time"


async def test_a_hold_over_midnight_expires(settings: Settings) -> None:
    tomorrow = date(2027, 3, 10)
    async with city(settings, "2027-03-09T23:50+09:00"):
        await an_office({"1": ["passport"]}, days=[tomorrow])
        number = await booking.hold(await wish(day=tomorrow), TOKEN, "ko")
        with clock.at(datetime.fromisoformat("2027-03-10T00:05+09:00")):
            with pytest.raises(HoldExpired):
                await booking.book_held(number, TOKEN, contact("kim"))
            assert await booking.expire() == 1
        assert (await Visit.get(number=number)).state is VisitState.EXPIRED


async def test_the_29th_of_february_is_thirty_days_after_the_30th_of_january(settings: Settings) -> None:
    day = date(2028, 2, 29)
    async with city(settings, "2028-01-29T12:00+09:00"):
        await an_office({"1": ["passport"]}, days=[day])
        assert (await seen(day)).state == "not_bookable"
        with clock.at(datetime.fromisoformat("2028-01-30T00:00+09:00")):
            assert await book("2028-02-29T09:00", "kim") == "2028-02-29T09:00:00+09:00"


async def test_an_office_in_japan_keeps_japanese_holidays_and_numbers(settings: Settings) -> None:
    substitute, working = date(2027, 3, 22), date(2027, 3, 1)  # a Korean holiday
    async with city(settings, "2027-02-22T12:00+09:00", country="JP", timezone="Asia/Tokyo") as system:
        await an_office({"1": ["passport"]}, days=[substitute, working])
        assert ((await seen(substitute)).state, (await seen(working)).state) == ("holiday", "open")
        with pytest.raises(Invalid):
            await wish(day=substitute)
        body = {
            "office": "east", "service": "passport", "start": "2027-03-01T09:00+09:00", "language": "ja",
            "contact": {"name": "佐藤", "phone": "090-1234-5678"},
        }  # fmt: skip
        answer = await system.client.post("/api/v1/visits", json=body)
        assert answer.status_code == 201, answer.text
        body |= {"start": "2027-03-01T10:00+09:00", "contact": {"name": "佐藤", "phone": "+81 90 1234 5678"}}
        again = await system.client.post("/api/v1/visits", json=body)
        assert again.json()["code"] == "one_per_household", again.text
    async with city(settings, "2027-12-20T12:00+09:00", country="JP", timezone="Asia/Tokyo"):
        days = [date(2027, 12, 28) + timedelta(days=n) for n in range(8)]
        wanted = await taking.errand("east", ["passport"], Channel.ONLINE)
        states = [day.state for day in await grid.days(wanted, days)]
        assert ["holiday" if state == "holiday" else "" for state in states] == ["", *["holiday"] * 6, ""]
