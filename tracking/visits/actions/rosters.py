"""The roster by week: entered for several counters and days at once, copied to the next weeks, and taken back.

All changes are made under the lock of the roster's chain in the ledger, so that nobody is entered twice.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tortoise.expressions import Q

from server.core import city, config, database, ledger
from server.core.accounts import Account, Official
from server.core.days import today
from server.core.errors import FieldError, Invalid, Text, _
from server.core.ledger import Chain, SettingChanged
from tracking.visits import rules
from tracking.visits.actions import rebuilding
from tracking.visits.desk_forms import EnterWeek, WeekRow
from tracking.visits.errors import RosterChanged
from tracking.visits.labels import WEEKDAYS
from tracking.visits.models import Counter, Office, Shift
from tracking.visits.queries import offices, places
from tracking.visits.rules import DayHours

CHAIN = "settings/roster"
ROSTER, ENTERED, COPIED, TAKEN_BACK = "roster", "entered", "copied", "taken_back"
"""How the ledger records changes of a whole week, and of what: the roster of an office."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST_CHANGES = 1_000
OVER = _("This day is over.")
OFF_STEP = _("Please enter a time on the office's steps of %(step)s minutes.")
SITS_ELSEWHERE = _("This official sits at another counter at that time.")
SOMEBODY_ELSE = _("Somebody else sits at this counter at that time.")


class Why(StrEnum):
    """Why an entry was not copied to a day."""

    FILLED = "filled"
    """Somebody sits at the counter already."""
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    """The official sits at another counter at that time."""
    LEFT = "left"
    """The official's account is closed."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A counter and day to which something was not copied."""

    counter: str
    day: date
    why: Why


@dataclass(frozen=True, slots=True)
class Added:
    """Entries added to a roster in one press, and what is needed to take them back."""

    office: str
    cells: int = 0
    """Counters and days with new entries."""
    skipped: tuple[Skipped, ...] = ()
    first: int = 0
    last: int = 0
    """The ids of the entries; 0 if there are none."""
    version: int = 0
    """The length of the roster's chain afterwards."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody at a counter on a day."""

    counter_id: int
    account_id: int
    date: date
    starts: str
    ends: str

    def meets(self, other: "Entry") -> bool:
        """Whether two entries share a time."""
        return self.date == other.date and self.starts < other.ends and other.starts < self.ends


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _entry(row: Shift) -> Entry:
    return Entry(row.counter_id, row.account_id, row.date, row.starts, row.ends)


@contextlib.asynccontextmanager
async def _changing() -> AsyncIterator[Chain]:
    async with rebuilding.following(), database.transaction():
        yield await ledger.open_or_begin(CHAIN)


async def enter(actor: Official, command: EnterWeek) -> Added:
    """Enter officials at counters for several days of a week, all of them or none.

    Raises ``Invalid``, which names each counter and day that does not fit (``rows.2.days.mon``).
    """
    office = await Office.get(code=command.office)
    async with _changing() as chain:
        found, errors = await _entries(office, command)
        if errors:
            raise Invalid(errors)
        return await _add(actor, chain, office, found, ENTERED)


async def copy(actor: Official, office: Office, week: date, weeks: int) -> Added:
    """Copy a week to the next ones: to each open day of a counter at which nobody sits yet."""
    async with _changing() as chain:
        found, skipped = await _copies(office, monday(week), weeks)
        return replace(await _add(actor, chain, office, found, COPIED), skipped=tuple(skipped))


async def take_back(actor: Official, added: Added) -> int:
    """Remove the entries of one press again, except those that were changed since. Returns how many were removed.

    Raises ``RosterChanged`` if a week was entered, copied or taken back since.
    """
    office = await Office.get(code=added.office)
    async with _changing() as chain:
        since = await ledger.newest([CHAIN], after_sequence=added.version, limit=MOST_CHANGES)
        if len(since) == MOST_CHANGES or any(event.data["what"] == ROSTER for event in since):
            raise RosterChanged
        own = Shift.filter(id__gte=added.first, id__lte=added.last, date__gte=today(), counter__office_id=office.id)
        rows = await own.exclude(id__in=[event.data["id"] for event in since])
        if rows:
            await Shift.filter(id__in=[row.id for row in rows]).delete()
            await chain.append(actor.actor, SettingChanged(ROSTER, office.id, TAKEN_BACK))
            await rebuilding.plan(office.id, {row.date for row in rows})
    return len(rows)


async def _add(actor: Official, chain: Chain, office: Office, found: Sequence[Entry], how: str) -> Added:
    if not found:
        return Added(office.code)
    columns = ("counter_id", "account_id", "date", "starts", "ends")
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    ids = [row["id"] for row in await database.insert_models(Shift, rows, returning="id")]
    await chain.append(actor.actor, SettingChanged(ROSTER, office.id, how))
    await rebuilding.plan(office.id, {one.date for one in found})
    cells = len({(one.counter_id, one.date) for one in found})
    return Added(office.code, cells, first=min(ids), last=max(ids), version=chain.length)


async def _entries(office: Office, command: EnterWeek) -> tuple[list[Entry], list[FieldError]]:
    """What a week's form adds, and what of it does not fit."""
    begins = monday(command.week)
    counters = {row.number: row.id for row in await Counter.filter(office_id=office.id, active=True)}
    names = {row.official for row in command.rows if row.official}
    people = {row.username: row.id for row in await Account.filter(username__in=names)}
    ahead = [begins + DAY * n for n in range(7)]
    hours = await offices.hours(office.id, await offices.weekly_hours(office.id), ahead, await city.calendar())
    there = Q(counter_id__in=list(counters.values())) | Q(account_id__in=list(people.values()))
    taken = [_entry(row) for row in await Shift.filter(there, date__gte=begins, date__lt=begins + WEEK)]
    found, errors = list[Entry](), list[FieldError]()
    for number, row in enumerate(command.rows, 1):
        if not row.days:
            continue
        errors += _off_step(office.step, row, number)
        for code in row.days:
            day = begins + DAY * [*WEEKDAYS].index(code)
            entry = Entry(counters[_number(row)], people[row.official], day, row.starts, row.ends)
            wrong = _wrong(entry, taken, hours)
            if wrong:
                text = _(
                    "Counter %(number)s, %(day)s: %(problem)s", number=_number(row), day=WEEKDAYS[code], problem=wrong
                )
                errors.append(FieldError(f"rows.{number}.days.{code}", text))
            else:
                found.append(entry)
                taken.append(entry)
    return found, errors


def _number(row: WeekRow) -> str:
    return row.counter.rpartition("/")[2]


def _off_step(step: int, row: WeekRow, number: int) -> list[FieldError]:
    times = {"starts": row.starts, "ends": row.ends}
    return [
        FieldError(f"rows.{number}.{name}", Text(OFF_STEP.msgid, {"step": step}))
        for name, one in times.items()
        if not rules.on_step(one, step)
    ]


def _wrong(entry: Entry, taken: Sequence[Entry], hours: Mapping[date, DayHours]) -> Text | None:
    """Why an entry does not fit; None if it does."""
    if entry.date < today():
        return OVER
    spans, zone = hours[entry.date].spans, config.settings().zone
    if not spans:
        return _("The office is closed on this day.")
    starts, ends = (rules.at_time(entry.date, one, zone) for one in (entry.starts, entry.ends))
    if starts < spans[0][0] or spans[-1][1] < ends:
        opens, closes = (f"{offices.local(one):%H:%M}" for one in (spans[0][0], spans[-1][1]))
        return _("The office is open from %(opens)s to %(closes)s on this day.", opens=opens, closes=closes)
    met = [one for one in taken if one.meets(entry)]
    if any(one.counter_id == entry.counter_id for one in met):
        return SOMEBODY_ELSE
    return SITS_ELSEWHERE if any(one.account_id == entry.account_id for one in met) else None


async def _copies(office: Office, week: date, weeks: int) -> tuple[list[Entry], list[Skipped]]:
    """What copying a week adds, and what it leaves out."""
    last = week + WEEK * weeks + WEEK - DAY
    source = await places.shifts(office.id, week, week + WEEK - DAY)
    people = {one.account_id for one in source}
    filled = {(one.counter_id, one.date) for one in await places.shifts(office.id, week + WEEK, last)}
    ahead = offices.span_of_days(week + WEEK, last)
    hours = await offices.hours(office.id, await offices.weekly_hours(office.id), ahead, await city.calendar())
    active = {one.id for one in await Account.filter(id__in=people, active=True)}
    busy = [_entry(row) for row in await Shift.filter(account_id__in=people, date__gte=week + WEEK, date__lte=last)]
    numbers = {row.id: row.number for row in await Counter.filter(office_id=office.id)}
    found, skipped = list[Entry](), dict[Skipped, None]()
    for one in source:
        for day in (one.date + WEEK * n for n in range(1, weeks + 1)):
            entry = Entry(one.counter_id, one.account_id, day, one.starts, one.ends)
            why = None
            if (one.counter_id, day) in filled:
                why = Why.FILLED
            elif day < today() or not hours[day].spans:
                why = Why.CLOSED
            elif one.account_id not in active:
                why = Why.LEFT
            elif any(other.account_id == one.account_id and other.meets(entry) for other in busy):
                why = Why.ELSEWHERE
            if why:
                skipped[Skipped(numbers[one.counter_id], day, why)] = None
            else:
                found.append(entry)
    return found, [*skipped]
