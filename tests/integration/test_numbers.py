"""No number of a day is on two papers: whatever the order of kiosks, outages, lost storages, midnights, carry-over."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from server.core import clock, ledger_check
from server.core.days import today
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving, counters, devices, handing_in, numbering, queueing
from tracking.visits.actions.arriving import Press
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.desk.places.devices import DEVICES
from tracking.visits.errors import NoTicketsLeft, OfficeClosed
from tracking.visits.models import OfficeHours, QueueDay, Ticket, TicketSeries
from tracking.visits.queries import kiosk, offices
from tracking.visits.queue_forms import TakeTicket
from tracking.visits.states import TicketState

STEPS = 90


@dataclass
class Tablet:
    """A kiosk with what its browser remembers."""

    device: DeviceRow
    of_day: date | None = None
    numbers: list[int] = field(default_factory=list)
    given: list[TakeTicket] = field(default_factory=list)
    presses: int = 0

    def press(self) -> str:
        self.presses += 1
        return f"{self.device.id}-{self.presses}"


class Town:
    """An office, its kiosks, and every paper that was given."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.papers: set[tuple[date, str]] = set()
        self.tablets: list[Tablet] = []
        self.refused = 0

    def paper(self, day: date, number: str) -> None:
        assert (day, number) not in self.papers, f"{number} twice on {day}"
        self.papers.add((day, number))

    async def ask(self, tablet: Tablet) -> None:
        place, device = await offices.place("east"), tablet.device
        found = await kiosk.view(place, device.id, device.enrolled_at)
        if found.short:
            await counters.close_before_today(place.office.id)
            async with queueing.changing(place.office, shown=False) as day:
                await numbering.reserve(day, device)
            found = await kiosk.view(place, device.id, device.enrolled_at)
        mine = {one.number for one in tablet.given}
        tablet.of_day = found.date
        tablet.numbers = [one for one in found.blocks.get("A", ()) if f"A{one}" not in mine]

    async def online(self, tablet: Tablet) -> None:
        press = Press(tablet.device.id, tablet.press())
        try:
            made = await arriving.walk_in(await offices.office("east"), ["passport"], press)
        except NoTicketsLeft:
            self.refused += 1
        else:
            self.paper(made.date, made.number)

    async def offline(self, tablet: Tablet) -> None:
        if tablet.of_day != today() or not tablet.numbers:
            return
        number = f"A{tablet.numbers.pop(0)}"
        self.paper(today(), number)
        skewed = clock.now() + timedelta(minutes=self.dice.choice([0, 0, 3, -3]))
        tablet.given.append(
            TakeTicket("passport", press_id=tablet.press(), number=number, taken_at=skewed, date=today())
        )

    async def hand_in(self, tablet: Tablet) -> None:
        for one in tablet.given:
            ticket, _arrival = await handing_in.hand_in(await offices.office("east"), tablet.device, one)
            assert ticket.number == one.number, "the number on the paper is the one"
            again, _arrival = await handing_in.hand_in(await offices.office("east"), tablet.device, one)
            assert again.id == ticket.id
        tablet.given = []

    async def lose_storage(self, tablet: Tablet) -> None:
        code = (await DEVICES.new_code(await official("admin"), tablet.device.id) or {})["enrolment_code"]
        tablet.device = (await devices.enrol(str(code)))[0]
        tablet.of_day, tablet.numbers, tablet.given = None, [], []

    async def midnight(self, _tablet: Tablet) -> None:
        """The job that closes days may be late."""
        if self.dice.random() < 0.5:
            await counters.close_days()

    async def carried(self) -> None:
        for one in await Ticket.filter(state=TicketState.WAITING).prefetch_related("day"):
            self.papers.add((one.day.date, one.number))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("carry", [True, False])
async def test_no_number_is_on_two_papers_of_a_day(system: System, seed: int, carry: bool) -> None:
    town, moment = Town(seed), at("09:00")
    office = await an_office({"1": ["passport"]}, carry_over=carry, offline_numbers=4)
    await TicketSeries.create(office_id=office.id, prefix="A", lowest=1, highest=50, most_daily=0)
    with clock.at(moment):
        for number in range(3):
            made = await DEVICES.insert(
                await official("admin"), DEVICES.form(office="east", kind="kiosk", name=str(number))
            )
            town.tablets.append(Tablet((await devices.enrol(str((made[1] or {})["enrolment_code"])))[0]))
    steps = [town.online] * 5 + [town.offline] * 5 + [town.ask] * 3 + [town.hand_in] + [town.midnight]
    for _step in range(STEPS):
        night = town.dice.random() < 0.04
        moment = _next_midnight(moment) if night else moment + timedelta(minutes=town.dice.randrange(1, 12))
        with clock.at(moment):
            tablet = town.dice.choice(town.tablets)
            if town.dice.random() < 0.02:
                await town.lose_storage(tablet)
            with suppress(OfficeClosed):
                await town.dice.choice(steps)(tablet)
            await town.carried()
    with clock.at(moment + timedelta(minutes=1)):
        for tablet in town.tablets:
            await town.hand_in(tablet)
    assert await Ticket.all().count() > STEPS // 3
    assert [sentence async for sentence in ledger_check.verify()] == []


def _next_midnight(moment: datetime) -> datetime:
    local = moment.astimezone(at("00:00").tzinfo)
    return local.replace(hour=0, minute=0, second=20) + timedelta(days=1)


async def walk_in() -> str:
    return (await arriving.walk_in(await offices.office("east"), ["passport"], Press())).number


async def test_tickets_are_carried_to_the_next_day_on_which_the_office_is_open(system: System) -> None:
    await an_office({"1": ["passport"]}, carry_over=True)
    monday = at("16:50")
    await OfficeHours.filter(weekday__in=[1, 2]).delete()
    offices.forget()
    with clock.at(monday):
        await walk_in()
    with clock.at(monday + timedelta(hours=10)):
        assert await counters.close_days() == 1
    (ticket,) = await Ticket.all().prefetch_related("day")
    assert (ticket.state, ticket.day.date) == (TicketState.WAITING, monday.date() + timedelta(days=3))
    for days in (1, 2, 3):
        with clock.at(monday + timedelta(days=days)):
            await counters.close_days()
    with clock.at(monday + timedelta(days=3)):
        assert await walk_in() == "2"
        assert (await Ticket.get(id=ticket.id)).state is TicketState.WAITING


async def test_an_office_that_stays_closed_ends_its_tickets(system: System) -> None:
    await an_office({"1": ["passport"]}, carry_over=True)
    with clock.at(at("16:50")):
        await walk_in()
    await OfficeHours.all().delete()
    with clock.at(at("16:50") + timedelta(hours=10)):
        await counters.close_days()
    assert (await Ticket.get()).state is TicketState.LEFT


async def test_the_first_number_of_a_day_waits_for_the_day_before_to_be_closed(system: System) -> None:
    await an_office({"1": ["passport"]}, carry_over=True)
    with clock.at(at("16:50")):
        assert [await walk_in(), await walk_in()] == ["1", "2"]
    with clock.at(at("00:00") + timedelta(days=1, seconds=20)):
        assert await walk_in() == "3", "no job has run yet"
    assert {one.number for one in await Ticket.filter(state=TicketState.WAITING)} == {"1", "2", "3"}


async def test_a_number_that_is_taken_when_it_is_carried_over_becomes_the_next(system: System) -> None:
    """Somebody was faster than the end of the day before."""
    await an_office({"1": ["passport"]}, carry_over=True)
    office = await offices.office("east")
    with clock.at(at("16:50")):
        await walk_in()
    tomorrow = at("00:00") + timedelta(days=1, seconds=20)
    with clock.at(tomorrow):
        async with queueing.changing(office) as day:
            number = await numbering.next_number(day, "", walk_in=True)
            await arriving.issue(day, [(await offices.services(office.id)).popitem()[0]], Press(), number)
        assert number == "1"
        await counters.close_days()
        assert await walk_in() == "3"
    waiting = await Ticket.filter(state=TicketState.WAITING).order_by("number")
    assert [one.number for one in waiting] == ["1", "2", "3"]


async def test_a_day_that_was_closed_while_somebody_waited_for_it_gives_no_ticket(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("16:50")):
        await walk_in()
        await QueueDay.all().update(closed_at=clock.now())
        with pytest.raises(OfficeClosed):
            await walk_in()
