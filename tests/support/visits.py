"""An office with counters and a roster, for tests."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from server.core import config
from server.core.accounts import Account
from server.core.days import today
from tests.support.answers import official
from tracking.visits.actions import supply, taking
from tracking.visits.actions.booking import Contact
from tracking.visits.actions.taking import Wish
from tracking.visits.models import Counter, CounterAbility, CounterService, Office, OfficeHours, Shift
from tracking.visits.queries import offices
from tracking.visits.queries.planning import ACCOMPANIMENT
from tracking.visits.states import Channel

SERVICES = {"moving": 45, "passport": 15, "seal": 15, "tour": 30}


def next_monday() -> date:
    """A Monday that can be booked and is no holiday in the tests' calendar."""
    day = today() + timedelta(days=1)
    return day + timedelta(days=-day.weekday() % 7)


async def an_office(
    counters: Mapping[str, Sequence[str]], *, code: str = "east", days: Sequence[date] = (), **settings: Any
) -> Office:
    """An office open on every day of the week, with the services that each counter does, on the roster of some days."""
    office = await Office.create(
        code=code, name="동부민원센터", address="중앙로 1", phone="02-700-3000", **{"return_minutes": 0, **settings}
    )
    for weekday in range(7):
        await OfficeHours.create(
            office_id=office.id, weekday=weekday, opens="09:00", closes="17:00", lunch_starts="12:00",
            lunch_ends="13:00",
        )  # fmt: skip
    clerk = await official("clerk")
    for number, able in counters.items():
        counter = await Counter.create(office_id=office.id, number=number)
        for name in able:
            service, _made = await CounterService.get_or_create(
                code=name, defaults={"name": name, "minutes": SERVICES[name]}
            )
            await CounterAbility.create(counter_id=counter.id, service_id=service.id)
        for day in days or [next_monday()]:
            await Shift.create(counter_id=counter.id, account_id=clerk.id, date=day, starts="09:00", ends="17:00")
    offices.forget()
    await supply.rebuild(office.id, days or [next_monday()])
    return office


def at(clock_time: str, day: date | None = None) -> datetime:
    """A time of day in the city's zone, on the next Monday if no day is given."""
    return datetime.combine(day or next_monday(), time.fromisoformat(clock_time), config.settings().zone)


async def wish(
    *services: str, start: str = "09:00", day: date | None = None, code: str = "east", channel: Channel = Channel.ONLINE
) -> Wish:
    """A time as a visitor asks for it."""
    return await taking.wish(code, services or ["passport"], at(start, day), channel)


def contact(name: str) -> Contact:
    """Somebody with an address."""
    return Contact(name, f"{name}@example.org")


async def three_floors(**settings: Any) -> Office:
    """Three departments on three floors, and a case guide."""
    office = await an_office({"1": ["passport"], "2": ["moving"], "3": ["seal"], "G": []}, **settings)
    for floor in (1, 2, 3):
        await Counter.filter(number=str(floor)).update(floor=floor)
    guide = await Counter.get(number="G")
    guide.account_id = (await Account.get(username="guide")).id
    await guide.save()
    service = await CounterService.create(code=ACCOMPANIMENT, name="민원후견인 동행", minutes=15, bookable=False)
    await CounterAbility.create(counter_id=guide.id, service_id=service.id)
    offices.forget()
    await supply.rebuild(office.id, [next_monday()])
    return office
