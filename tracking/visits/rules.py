"""Decisions about visits, as pure functions: opening hours, counter time, what can be booked, marks, restrictions.

Times of day are ``HH:MM`` in the city's zone; a :data:`Span` counts minutes since the epoch, so that a day of 23 or 25
hours has as many steps as it has minutes.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tracking.visits.states import OpeningKind

WALK_INS_LAST = timedelta(hours=2)
"""Time freed later than this before its start is not offered again: walk-ins get it."""
TO_DECIDE = timedelta(days=2)
"""For so long the office holds another time for a visitor whose own no longer fits."""
PROPOSAL_ENDS = timedelta(hours=1)
"""So long before it begins such a time is given up, so that somebody else can still come."""
SHORTEST_OFFER = timedelta(minutes=10)
"""Nobody reads their messages all the time: an offer that would end sooner is not made."""
Span = tuple[int, int]
"""Start and end, in minutes since the epoch."""


class DayState(StrEnum):
    """Whether an office is open on a day, and why not."""

    OPEN = "open"
    SPECIAL = "special"
    """Open at other hours than on this weekday, for example on a holiday."""
    CLOSED = "closed"
    """A weekday without hours."""
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    MAINTENANCE = "maintenance"


class Weekly(NamedTuple):
    """The hours of a weekday."""

    opens: str
    closes: str
    lunch_starts: str = ""
    lunch_ends: str = ""


class Exceptional(NamedTuple):
    """What differs on one day: hours in which it is open or closed; closed all day if they are empty."""

    kind: OpeningKind
    opens: str = ""
    closes: str = ""
    reason: str = ""
    reason_ja: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class DayHours:
    """When an office is open on a day."""

    state: DayState
    spans: tuple[Span, ...] = ()
    lunch: Span | None = None
    reason: str = ""
    """The name of the holiday, or the office's own words."""
    reason_ja: str = ""
    reason_en: str = ""


def minute(moment: datetime) -> int:
    """A moment in minutes since the epoch."""
    return int(moment.timestamp()) // 60


def moment(at: int) -> datetime:
    """The moment of a minute, in UTC."""
    return datetime.fromtimestamp(at * 60, UTC)


def until(start: datetime, now: datetime) -> timedelta:
    """How long it is until a start. Times of one zone subtract as clocks show them, wrong in the long night."""
    return start.astimezone(UTC) - now.astimezone(UTC)


def at_time(day: date, clock_time: str, zone: ZoneInfo) -> int:
    """The minute of a time of day; ``24:00`` is midnight at its end."""
    if clock_time == "24:00":
        return at_time(day + timedelta(days=1), "00:00", zone)
    return minute(datetime.combine(day, time.fromisoformat(clock_time), zone))


def on_step(clock_time: str, step: int) -> bool:
    """Whether a time of day is on the steps of an office, of so many minutes, counted from midnight."""
    return (int(clock_time[:2]) * 60 + int(clock_time[3:])) % step == 0


def day_hours(
    day: date, zone: ZoneInfo, weekly: Weekly | None, exceptions: Sequence[Exceptional], holiday: str | None
) -> DayHours:
    """When an office is open on a day.

    Hours given for the day itself come first, then closures of the whole day, public holidays and the weekly hours;
    closures of a part of the day are cut out of what remains.
    """

    def span(opens: str, closes: str) -> Span:
        return at_time(day, opens, zone), at_time(day, closes, zone)

    special = tuple(sorted(span(e.opens, e.closes) for e in exceptions if e.kind is OpeningKind.OPEN))
    closed = next((e for e in exceptions if e.kind is not OpeningKind.OPEN and not e.opens), None)
    cut = [e for e in exceptions if e.kind is not OpeningKind.OPEN and e.opens]
    if closed:
        kind = DayState.MAINTENANCE if closed.kind is OpeningKind.MAINTENANCE else DayState.CLOSURE
        return DayHours(kind, (), None, *_reasons([closed]))
    if special:
        reasons = _reasons(e for e in exceptions if e.kind is OpeningKind.OPEN)
        return DayHours(DayState.SPECIAL, _without(special, (span(e.opens, e.closes) for e in cut)), None, *reasons)
    if holiday:
        return DayHours(DayState.HOLIDAY, reason=holiday)
    if weekly is None:
        return DayHours(DayState.CLOSED)
    lunch = span(weekly.lunch_starts, weekly.lunch_ends) if weekly.lunch_starts else None
    gaps = [span(e.opens, e.closes) for e in cut]
    return DayHours(
        DayState.OPEN,
        _without((span(weekly.opens, weekly.closes),), [*gaps, *([lunch] if lunch else [])]),
        lunch,
        *_reasons(cut),
    )


def _reasons(exceptions: Iterable[Exceptional]) -> tuple[str, str, str]:
    """Why the first of some exceptional days differs, in each language."""
    return next(((one.reason, one.reason_ja, one.reason_en) for one in exceptions), ("", "", ""))


def _without(spans: Iterable[Span], gaps: Iterable[Span]) -> tuple[Span, ...]:
    left = list(spans)
    for start, end in gaps:
        left = [
            piece
            for first, last in left
            for piece in ((first, min(last, start)), (max(first, end), last))
            if piece[0] < piece[1]
        ]
    return tuple(left)


class Sitting(NamedTuple):
    """An entry of the roster: an official at a counter."""

    counter: int
    account: int
    span: Span


def counter_time(hours: DayHours, roster: Iterable[Sitting], away: Collection[int], step: int) -> set[tuple[int, int]]:
    """The steps (counter, minute) in which counters serve: whole steps of the open hours in which somebody sits there.

    ``away`` are the officials absent on that day.
    """
    return {
        (sitting.counter, at)
        for sitting in roster
        if sitting.account not in away
        for first, last in hours.spans
        for at in steps((first, last), step)
        if sitting.span[0] <= at and at + step <= sitting.span[1]
    }


def steps(span: Span, step: int) -> Iterator[int]:
    """The starts of the whole steps of a span."""
    return iter(range(span[0], span[1] - step + 1, step))


def rounded(minutes: int, step: int) -> int:
    """The time that a service takes on the grid: whole steps."""
    return -(-minutes // step) * step


# --- What can be booked ----------------------------------------------------------------------------------------------


class Window(NamedTuple):
    """When an office can be booked. ``opens_on``: the first day of a new office."""

    days_ahead: int
    same_day: bool = False
    notice_hours: int = 0
    opens_on: date | None = None

    def days(self, now: datetime) -> tuple[date, date]:
        """The first and the last day that can be booked at a time in the city's zone; none if the last is earlier."""
        first = now.date() if self.same_day else now.date() + timedelta(days=1)
        last = now.date() + timedelta(days=self.days_ahead)
        return max(first, self.opens_on or first), last

    def allows(self, start: datetime, now: datetime) -> bool:
        """Whether a start can be booked now; both in the city's zone."""
        first, last = self.days(now)
        left = until(start, now)
        return first <= start.date() <= last and left >= timedelta(hours=self.notice_hours) and left > timedelta()

    def can_change(self, start: datetime, now: datetime) -> bool:
        """Whether a booked visit can still be changed or cancelled: until the day before."""
        if not self.same_day:
            return now.date() < start.date()
        return until(start, now) >= timedelta(hours=self.notice_hours)


def starts(hours: DayHours, length: int, every: int) -> list[int]:
    """The starts that the grid shows: from the opening of each span, as long as the whole time fits into it."""
    return [at for first, last in hours.spans for at in range(first, last - length + 1, every)]


class Mark(StrEnum):
    """How much of a time is left."""

    FREE = "○"
    FEW = "△"
    FULL = "×"


def mark(capacity: int, left: int, few_percent: int) -> Mark:
    """Full, few left (one, or at most a share of the capacity), or free."""
    if left <= 0:
        return Mark.FULL
    return Mark.FEW if left <= max(1, capacity * few_percent // 100) else Mark.FREE


class ChosenStop(NamedTuple):
    """One service of a plan as somebody asks for it: when, and at which counter, by its number, or at any."""

    service: str
    start: int
    number: str


def in_sequence(start: int, minutes: Sequence[int], step: int) -> list[Span]:
    """The times of several services, one after the other, each in whole steps."""
    found = []
    for length in minutes:
        found.append((start, start + rounded(length, step)))
        start = found[-1][1]
    return found


REMIND_AT, REMIND_BEFORE = time(10), timedelta(hours=2)
"""When somebody is reminded: on the day before at this time, and so long before the start."""


def reminders(start: datetime) -> tuple[datetime, datetime]:
    """The two moments at which the visitor of a start, given in the city's zone, is reminded."""
    eve = datetime.combine(start.date() - timedelta(days=1), REMIND_AT, start.tzinfo)
    return eve.astimezone(UTC), start.astimezone(UTC) - REMIND_BEFORE


def next_reminder(start: datetime, after: datetime) -> datetime | None:
    """The first of them that is later than a moment; None if there is none left."""
    return next((at for at in reminders(start) if at > after), None)


# --- Households, freed time, no-shows ---------------------------------------------------------------------------------


def household(secret: str, email: str, phone: str) -> str:
    """By what a household is known: its address or number, normalised, as a keyed hash. Raises ``ValueError`` without
    either.
    """
    contact = email.strip().casefold() or "".join(c for c in phone if c.isdigit() or c == "+")
    if not contact:
        raise ValueError("a household is known by an address or a number")
    return hmac.digest(secret.encode(), f"household\0{contact}".encode(), hashlib.sha256).hex()


def returns_at(freed: datetime, start: datetime, window: int, chance: float) -> datetime | None:
    """When freed time is offered again: after a random share (``chance``) of ``window`` minutes.

    None if that is too late before its start: then it is left to walk-ins.
    """
    at = freed + timedelta(minutes=window * chance)
    return at if at <= start - WALK_INS_LAST else None


def within(start: datetime, end: datetime, from_time: str, until_time: str) -> bool:
    """Whether a visit lies between two times of day; empty ones are no limit. Its times are in the city's zone."""
    return from_time <= f"{start:%H:%M}" and (not until_time or f"{end:%H:%M}" <= until_time)


def offer_until(now: datetime, awake: datetime, start: datetime, window: Window, minutes: int) -> datetime | None:
    """Until when a free time can be accepted that is offered now, in UTC; None if that is not worth an offer.

    So many ``minutes`` from when people are ``awake``, but not later than the time can be booked, and not so late that
    it goes to walk-ins. All times are in the city's zone.
    """
    latest = [start.astimezone(UTC) - max(WALK_INS_LAST, timedelta(hours=window.notice_hours))]
    if not window.same_day:
        latest.append(datetime.combine(start.date(), time(), start.tzinfo).astimezone(UTC))
    until = min(awake.astimezone(UTC) + timedelta(minutes=minutes), *latest)
    enough = min(timedelta(minutes=minutes), SHORTEST_OFFER)
    return until if window.allows(start, now) and until - now.astimezone(UTC) >= enough else None


def no_show_from(start: datetime, called: Sequence[datetime], grace: timedelta) -> datetime:
    """From when nobody can still be expected: some minutes after the start, or after the first call if that is later.

    A delay of the office is not the visitor's.
    """
    return max([start, *called[:1]]) + grace


def office_late(start: datetime, called: Sequence[datetime], grace: timedelta) -> bool:
    """Whether the office called for the first time only when the grace was over: such a no-show does not count."""
    return bool(called) and called[0] > start + grace


def proposal_until(now: datetime, booked: datetime, proposed: datetime) -> datetime:
    """Until when a visitor can accept the time that the office proposes instead of the one that they booked.

    That is an hour before it begins, at short notice for half of the time that is left, and never beyond the booked
    time, unless that is over by now.
    """
    last = proposed - min(PROPOSAL_ENDS, (proposed - now) / 2)
    return min(now + TO_DECIDE, last, *([booked] if booked > now else []))


class NoShowRule(NamedTuple):
    """How many no-shows within how many days restrict booking for how many days; ``most`` 0: never."""

    most: int
    within_days: int
    restricted_days: int

    def restricts(self, no_shows: Collection[datetime], now: datetime) -> timedelta | None:
        """For how long the latest no-show restricts the household; None if it does not."""
        recent = [at for at in no_shows if at > now - timedelta(days=self.within_days)]
        return timedelta(days=self.restricted_days) if self.most and len(recent) >= self.most else None
