"""The demonstration's queue moves by itself: visitors come, counters open, call, serve and rest (``DEMO_LIVE=1``).

A periodic job looks every few seconds at how things stand and does what is due, through the same actions as everybody;
only one process gets the job, and it ends with the server. What a visitor is like is drawn from the number of the
ticket, so nothing has to be kept between two looks. A counter is moved only while the demonstration's own account sits
there: whoever opens it takes it over.
"""

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, random
from typing import Any

from server.core import city, clock, config, database
from server.core.accounts import Account, Official, Role
from server.core.config import Settings
from server.core.days import today
from server.core.errors import Refusal
from server.core.jobs import Handler, Task
from tracking.visits import rules
from tracking.visits.actions import arriving, calling, counters, queueing, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Opening
from tracking.visits.queries import offices, queue, visits, waiting_times
from tracking.visits.queries.offices import Place
from tracking.visits.queries.planning import ACCOMPANIMENT
from tracking.visits.queries.queue import CounterRow, TicketRow
from tracking.visits.queue_forms import CallNext, Finish, OpenCounter
from tracking.visits.states import CounterState, OpeningKind, TicketState, VisitState

KIND = "demo.live"
EVERY = timedelta(seconds=4)
USERNAME = "demo-live"
MINUTE = timedelta(minutes=1)
LANGUAGES = ("ko", "ko", "ko", "ko", "ja", "en")
BUSY, FEW, MANY = 0.9, 3, 14
"""Work that comes, compared with what the open counters can do; below so many waiting more come, above none."""
ABSENT, PARKED, LEAVES = 0.1, 0.04, 0.05
LUNCH = 12
QUICK = 0.45
"""The demonstration's clerks need this share of the planned minutes."""
REASON: Mapping[str, Any] = {
    "reason": "시연: 대기열을 보여 드리려고 종일 엽니다.", "reason_ja": "デモ：待ち順をお見せするため終日開けています。",
    "reason_en": "Demonstration: open around the clock, so that the queue can be watched.",
}  # fmt: skip


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """The job; without the setting it does nothing, so that one left over from before ends."""

    async def run(_task: Task) -> None:
        if settings.demo_live:
            await step()

    return {KIND: run}


def periodic(settings: Settings) -> Mapping[str, timedelta]:
    """How often it runs."""
    return {KIND: EVERY} if settings.demo_live else {}


async def step() -> None:
    """Do whatever is due at each office. Nothing where there are no demonstration accounts."""
    if not await Account.filter(demo=True, active=True).exists():
        return
    robot = await _robot()
    for row in await offices.offices():
        if row.active:
            await _Office(await offices.place(row.code), robot).move()


async def _robot() -> Official:
    """The account that sits at the counters; nobody can sign in with it."""
    row, _made = await Account.get_or_create(
        username=USERNAME,
        defaults={
            "name": "자동 시연", "role": Role.CLERK, "demo": True, "password_hash": "!", "created_at": clock.now(),
        },
    )  # fmt: skip
    return _official(row)


def _official(row: Account) -> Official:
    return Official(row.id, row.username, row.name, row.role, row.department_id, "", row.language)


async def open_by_roster() -> None:
    """The demonstration's clerks open the counters at which they sit now, where nobody has opened one today.

    Nothing where there are no demonstration accounts, and outside the hours of an office.
    """
    local = clock.now().astimezone(config.settings().zone)
    for row in await offices.offices():
        with contextlib.suppress(Refusal):
            await queueing.must_be_open(row)
            if not row.active or any(one.since and one.since.date() == today() for one in await queue.counters(row.id)):
                continue
            shifts = await database.fetch(
                "SELECT s.counter_id, s.account_id FROM shift s JOIN counter c ON c.id = s.counter_id "
                "WHERE c.office_id = ? AND c.active = ? AND s.date = ? AND s.starts <= ? AND s.ends > ? ORDER BY s.id",
                row.id, True, today(), f"{local:%H:%M}", f"{local:%H:%M}",
            )  # fmt: skip
            clerks = {one.id: _official(one) for one in await Account.filter(demo=True, active=True)}
            for one in shifts:
                if one["account_id"] in clerks:
                    await counters.open_counter(clerks[one["account_id"]], str(one["counter_id"]), OpenCounter())


def _drawn(ticket: TicketRow, what: str) -> Random:
    """What is drawn about a ticket: always the same."""
    return Random(f"{ticket.id} {what} {ticket.calls}")


@dataclass
class _Office:
    place: Place
    robot: Official

    async def move(self) -> None:
        """One look."""
        await self._open_today()
        found = await queue.counters(self.place.office.id)
        at_work = await queue.at_counters(self.place.office.id)
        wanted = await self._wanted(found)
        for counter in found:
            if counter.account_id in {None, self.robot.id}:
                with contextlib.suppress(Refusal):
                    await self._counter(counter, at_work.get(counter.id), open_now=counter.id in wanted)
        day_id, _version = await queue.day(self.place.office.id, today())
        await self._waiting(await queue.listed(day_id) if day_id else ())
        await self._reservations()
        await self._walk_ins(wanted, await queue.waiting(day_id) if day_id else ())

    async def _open_today(self) -> None:
        """Outside its hours an office is opened for the rest of the day, and says why."""
        office, day, now = self.place.office, today(), rules.minute(clock.now())
        weekly = await offices.weekly_hours(office.id)
        hours = (await offices.hours(office.id, weekly, [day], await city.kept_calendar()))[day]
        if not hours.spans or not hours.spans[0][0] <= now < hours.spans[-1][1]:
            await Opening.filter(office_id=office.id, date=day).delete()
            await Opening.create(
                office_id=office.id, date=day, kind=OpeningKind.OPEN, opens="00:00", closes="23:59", **REASON
            )
            offices.forget()

    async def _wanted(self, found: Sequence[CounterRow]) -> set[int]:
        """The counters that should be open now: by the roster, or all where it has nobody at this hour."""
        local = clock.now().astimezone(config.settings().zone)
        rows = await database.column(
            "SELECT counter_id FROM shift WHERE date = ? AND starts <= ? AND ends > ? AND counter_id IN (?)",
            today(), f"{local:%H:%M}", f"{local:%H:%M}", tuple(one.id for one in found),
        )  # fmt: skip
        return {one.id for one in found if (not rows or one.id in rows) and not _rests(one.id, local)}

    async def _counter(self, counter: CounterRow, ticket: TicketRow | None, *, open_now: bool) -> None:
        key = str(counter.id)
        if ticket is not None:
            await self._at_counter(key, ticket)
        elif not open_now:
            if counter.state == CounterState.OPEN:
                await counters.pause(self.robot, key, Plain())
        elif counter.state != CounterState.OPEN:
            await counters.open_counter(self.robot, key, OpenCounter())
        elif random() < 0.4:  # noqa: PLR2004 — clerks do not call at once
            await calling.call_next(self.robot, key, CallNext())

    async def _at_counter(self, key: str, ticket: TicketRow) -> None:
        now = clock.now()
        if ticket.state is TicketState.CALLED and ticket.called_at:
            comes = _drawn(ticket, "comes")
            if comes.random() < ABSENT:
                if now > ticket.called_at + MINUTE:
                    await calling.not_here(self.robot, key, Plain())
            elif now > ticket.called_at + timedelta(seconds=comes.uniform(8, 40)):
                await calling.start(self.robot, key, Plain())
        elif ticket.started_at:
            drawn = _drawn(ticket, "serving")
            needed = max(40.0, self._seconds(ticket.service_id) * math.exp(drawn.gauss(-0.1, 0.5)))
            if now > ticket.started_at + timedelta(seconds=needed):
                if drawn.random() < PARKED:
                    await calling.park(self.robot, key, Plain())
                else:
                    await calling.finish(self.robot, key, Finish())

    def _seconds(self, service: int) -> float:
        found = self.place.services.get(service)
        return (found.minutes if found else 15) * 60 * QUICK

    async def _waiting(self, found: Sequence[TicketRow]) -> None:
        """Some come back with their papers; some give up."""
        now = clock.now()
        for ticket in found:
            with contextlib.suppress(Refusal):
                drawn = _drawn(ticket, "waits")
                since = ticket.called_at or ticket.arrived_at
                if ticket.state is TicketState.PARKED and now > since + MINUTE * drawn.uniform(6, 12):
                    await tickets.come_back(ticket.code)
                elif ticket.state is TicketState.WAITING and drawn.random() < LEAVES and now > since + 12 * MINUTE:
                    await tickets.leave(ticket.code)

    async def _reservations(self) -> None:
        """Who has booked comes some minutes before the time, or a little late, or not at all."""
        now = clock.now()
        rows = await database.fetch(
            "SELECT v.number, v.starts_at FROM visit v WHERE v.office_id = ? AND v.date = ? AND v.state = ? "
            "AND v.starts_at > ? AND v.starts_at < ? AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.visit_id = v.id)",
            self.place.office.id, today(), VisitState.BOOKED, now - 10 * MINUTE, now + 15 * MINUTE,
        )  # fmt: skip
        for row in rows:
            drawn = Random(row["number"])
            comes = database.moment(row["starts_at"]) + MINUTE * drawn.uniform(-12, 5)
            if drawn.random() > ABSENT and now >= comes:
                with contextlib.suppress(Refusal):
                    visit = await visits.by_number(row["number"])
                    ticket, _when = await arriving.check_in(self.place.office, visit, Press(language=visit.language))
                    await waiting_times.published(self.place, ticket)

    async def _walk_ins(self, wanted: set[int], waiting: Sequence[TicketRow]) -> None:
        able = [
            one for one in self.place.services.values()
            if one.walk_in and one.code != ACCOMPANIMENT and wanted & {*self.place.able.get(one.id, ())}
        ]  # fmt: skip
        if not able or len(waiting) >= MANY:
            return
        weights = [1 / one.minutes for one in able]  # what is quick is asked for more often
        mean = sum(self._seconds(one.id) * weight for one, weight in zip(able, weights, strict=True)) / sum(weights)
        expected = BUSY * len(wanted) * EVERY.total_seconds() / (mean + 40)
        if random() < (0.6 if len(waiting) < FEW else expected):
            drawn = Random()
            (service,) = drawn.choices(able, weights)
            with contextlib.suppress(Refusal):
                press = Press(language=drawn.choice(LANGUAGES))
                ticket = await arriving.walk_in(self.place.office, [service.code], press)
                await waiting_times.published(self.place, ticket)


def _rests(counter: int, local: datetime) -> bool:
    """Half of the clerks have lunch from twelve, the others from half past; and each has ten minutes in seventy."""
    if local.hour == LUNCH:
        return (local.minute < 30) == (counter % 2 == 0)  # noqa: PLR2004
    return (local.hour * 6 + local.minute // 10 + 3 * counter) % 7 == 0
