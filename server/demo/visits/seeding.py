"""Filling the demonstration city's offices: what stands in them, two years of visitors, and who books around today.

The past of the counts is imported; bookings are made, changed and ended by the real actions at their own times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from server.core import city, clock, config, database, search
from server.core.accounts import Official
from server.core.sessions import token_hash
from server.core.working_calendar import WorkingCalendar
from server.demo.visitors import simulate
from server.demo.visits import past_days, places
from server.demo.visits.bookings import CaseInHand, Play
from server.demo.visits.places import OFFICES, SERVICES
from server.demo.visits.stories import Stories
from tracking.visits import search as visit_search
from tracking.visits.actions import crowding, devices, supply
from tracking.visits.models import Counter, CounterAbility, CounterService, Device, Office, OfficeHours, Opening, Shift
from tracking.visits.queries import offices
from tracking.visits.states import DeviceKind, OpeningKind

ONE_DAY = timedelta(days=1)
PAST, ROSTER = timedelta(days=15), timedelta(weeks=26)
"""How far back visits were booked, and how far ahead the roster is entered: the city stays bookable for months."""
HISTORY = timedelta(days=2 * 365)
LUNCH_HOUR = 12


async def seed(number: int, officials: Mapping[str, Official], cases: Sequence[CaseInHand]) -> None:
    """Fill the offices; the same ``number`` on the same day gives the same. ``cases`` need a visit."""
    now = clock.now().astimezone(config.settings().zone)
    today = now.date()
    calendar = await city.calendar()
    with clock.at(now - HISTORY - ONE_DAY):
        async with database.transaction():
            services = {one.code: await _service(one) for one in SERVICES}
            made = {one.code: await _office(one, services, officials) for one in OFFICES}
            for kind in visit_search.KINDS:
                await search.put(*await kind.read(search.Batch()), new=True)
    async with database.transaction():
        for row in made.values():
            await _history(row, services, calendar, number, today)
        await _roster(made, officials, calendar, today)
        for one in places.specials(calendar, today):
            await Opening.create(
                office_id=made[one.office].id, date=one.day, kind=one.kind, opens=one.opens, closes=one.closes,
                **places.texts("reason", one.reason),
            )  # fmt: skip
        for row in made.values():
            await _devices(row)
    offices.forget()
    with clock.at(now - PAST - ONE_DAY * 30):
        for row in made.values():
            await supply.rebuild(row.id, offices.span_of_days(today - PAST, today + ONE_DAY * (row.days_ahead + 1)))
    play = Play(number, now, calendar, officials, cases)
    Stories(play).plan()
    await play.run()
    async with database.transaction():
        await past_days.play(number, now, calendar, made, officials)
    await crowding.fit_all()


async def _service(one: places.Service) -> int:
    row = await CounterService.create(
        code=one.code, name=one.names.ko, name_ja=one.names.ja, name_en=one.names.en, class_code=one.class_code,
        minutes=one.minutes, every=one.every, places=one.places, statutory=one.statutory,
        documents=list(one.documents), languages=list(one.languages), bookable=one.bookable, walk_in=one.walk_in,
        by_video=one.afar, by_phone=one.afar,
        **places.texts("elsewhere", one.elsewhere),
    )  # fmt: skip
    return row.id


async def _office(one: places.Office, services: Mapping[str, int], officials: Mapping[str, Official]) -> Office:
    departments = {row.code: row.id for row in (await city.read()).departments.values()}
    row = await Office.create(
        code=one.code, name=one.names.ko, name_ja=one.names.ja, name_en=one.names.en, district=one.district,
        lat=one.point.lat, lng=one.point.lng, **one.settings,
    )  # fmt: skip
    for weekday, weekly in one.weekly.items():
        await OfficeHours.create(office_id=row.id, weekday=weekday, **weekly._asdict())
    for each in one.counters:
        counter = await Counter.create(
            office_id=row.id, number=each.number, **places.texts("name", each.names), floor=each.floor,
            department_id=departments[each.department], video_url=each.video_url, account_id=officials[each.staff[0]].id if each.guide else None,
        )  # fmt: skip
        abilities = [{"counter_id": counter.id, "service_id": services[code]} for code in each.able]
        await database.insert_models(CounterAbility, abilities)
    return row


async def _devices(row: Office) -> None:
    """A kiosk and a display that anybody can use who tries the demonstration: their tokens are published."""
    for kind, name in ((DeviceKind.KIOSK, "입구 키오스크"), (DeviceKind.DISPLAY, "대기실 전광판")):
        await Device.create(
            office_id=row.id, kind=kind, name=name, enrolled_at=clock.now(),
            token_hash=token_hash(devices.published_token(kind, row.code)),
        )  # fmt: skip


async def _history(
    row: Office, services: Mapping[str, int], calendar: WorkingCalendar, number: int, today: date
) -> None:
    one = next(one for one in OFFICES if one.code == row.code)
    weekly = one.weekly[0]
    hours = range(int(weekly.opens[:2]), int(weekly.closes[:2]) + (weekly.closes[3:] > "00"))
    crowds = {
        each.code: replace(each.crowd, daily=each.crowd.daily * one.crowd)
        for each in SERVICES
        if each.crowd and each.code in one.able
    }
    counts = simulate(
        calendar, crowds, today - HISTORY, today - ONE_DAY, number + row.id,
        [hour for hour in hours if hour != LUNCH_HOUR],
    )  # fmt: skip
    came = {(each.date, each.hour, services[each.series]): each.visitors for each in counts if each.visitors}
    await crowding.import_counts(row.id, came)


async def _roster(
    made: Mapping[str, Office], officials: Mapping[str, Official], calendar: WorkingCalendar, today: date
) -> None:
    counters = {(row.office_id, row.number): row.id for row in await Counter.all()}
    extra = {
        (one.office, one.day): (one.opens, one.closes)
        for one in places.specials(calendar, today)
        if one.kind is OpeningKind.OPEN
    }
    shifts: list[dict[str, Any]] = []
    for office in OFFICES:
        for counter in office.counters:
            for day in offices.span_of_days(today - PAST, today + ROSTER):
                hours = _sits(office, counter, day)
                if (office.code, day) in extra and counter.floor == 1 and len(counter.able) > 1:
                    hours = extra[office.code, day]
                if hours:
                    turn = day.isocalendar().week % len(counter.staff)
                    shifts.append({
                        "counter_id": counters[made[office.code].id, counter.number], "date": day, "starts": hours[0],
                        "ends": hours[1], "account_id": officials[counter.staff[turn]].id,
                    })  # fmt: skip
    await database.insert_models(Shift, shifts)


def _sits(office: places.Office, counter: places.Counter, day: date) -> tuple[str, str] | None:
    """From when to when somebody sits at a counter on an ordinary day; None if nobody does."""
    weekly = office.weekly.get(day.weekday())
    if weekly is None or day.weekday() not in counter.weekdays:
        return None
    return counter.hours if counter.hours[0] else (weekly.opens, weekly.closes)
