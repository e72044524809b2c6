"""Offices: their services, hours and days, and the terms on which their counter time is booked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.core import clock, config, database
from server.core.booking.day import Quota, Terms
from server.core.city import KEPT
from server.core.days import today
from server.core.rows import columns, read, select, select_one
from server.core.shared_reads import SharedReads
from server.core.working_calendar import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from tracking.visits import rules
from tracking.visits.errors import NoSuchOffice
from tracking.visits.queries import running
from tracking.visits.rules import DayHours, DayState, Exceptional, Weekly, Window
from tracking.visits.states import Channel, OpeningKind

BOOKED = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office with its settings."""

    id: int
    code: str
    name: str
    name_ja: str
    name_en: str
    district: str
    address: str
    address_ja: str
    address_en: str
    lat: float | None
    lng: float | None
    directions: str
    directions_ja: str
    directions_en: str
    phone: str
    email: str
    languages: tuple[str, ...]
    step_free: bool
    reception: str
    reception_ja: str
    reception_en: str
    active: bool
    step: int
    opens_on: date | None
    days_ahead: int
    same_day: bool
    notice_hours: int
    hold_minutes: int
    few_percent: int
    walk_in_percent: int
    phone_percent: int
    class_percents: Mapping[str, int]
    most_matters: int
    most_active: int
    most_daily: int
    return_minutes: int
    offer_minutes: int
    grace_minutes: int
    delay_minutes: int
    urgent_daily: int
    most_calls: int
    recall_minutes: int
    call_minutes: int
    carry_over: bool
    notice_minutes: int
    offline_numbers: int
    idle_seconds: int
    has_passes: bool
    no_shows: int
    no_show_days: int
    restricted_days: int

    @property
    def window(self) -> Window:
        """When it can be booked."""
        return Window(self.days_ahead, self.same_day, self.notice_hours, self.opens_on)


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service that an office does, with the counters able to do it."""

    id: int
    code: str
    name: str
    name_ja: str
    name_en: str
    class_code: str
    minutes: int
    every: int
    places: int
    statutory: str
    documents: tuple[Mapping[str, object], ...]
    languages: tuple[str, ...]
    bookable: bool
    walk_in: bool
    by_video: bool
    by_phone: bool
    elsewhere: str
    elsewhere_ja: str
    elsewhere_en: str
    counters: frozenset[int] = frozenset()


_OFFICE = columns(OfficeRow, "o")
_SERVICE = columns(ServiceRow, "s")


async def office(code: str) -> OfficeRow:
    """An office by its code. Raises ``NoSuchOffice``."""
    found = await select_one(OfficeRow, f"SELECT {_OFFICE} FROM office o WHERE o.code = ? AND o.active = ?", code, True)
    if found is None:
        raise NoSuchOffice
    return found


async def office_by_id(number: int) -> OfficeRow:
    """An office by its id, closed ones included. Raises ``NoSuchOffice``."""
    found = await select_one(OfficeRow, f"SELECT {_OFFICE} FROM office o WHERE o.id = ?", number)
    if found is None:
        raise NoSuchOffice
    return found


async def offices() -> list[OfficeRow]:
    """The offices, by name."""
    return await select(OfficeRow, f"SELECT {_OFFICE} FROM office o WHERE o.active = ? ORDER BY o.name, o.id", True)


async def offices_with_visits_to_move(code: str = "") -> list[OfficeRow]:
    """The offices by name, then the closed ones that have booked visits to come, and the one of this code."""
    return await select(
        OfficeRow,
        f"SELECT {_OFFICE} FROM office o WHERE o.active = ? OR o.code = ? OR EXISTS (SELECT 1 FROM visit v WHERE "
        "v.office_id = o.id AND v.date >= ? AND v.state = 'booked') "
        "ORDER BY o.active DESC, o.name, o.id",
        True,
        code,
        today(),
    )


async def services(office_id: int) -> dict[int, ServiceRow]:
    """What an office can do at its counters, by id."""
    rows = await database.fetch(
        f"SELECT {_SERVICE}, c.id AS counter_id FROM counter_service s JOIN counter_ability a ON a.service_id = s.id "
        "JOIN counter c ON c.id = a.counter_id WHERE c.office_id = ? AND c.active = ? AND s.active = ? "
        "ORDER BY s.name, s.id",
        office_id,
        True,
        True,
    )
    able: dict[int, set[int]] = {}
    for row in rows:
        able.setdefault(row["id"], set()).add(row["counter_id"])
    return {row["id"]: read(ServiceRow, {**row, "counters": frozenset(able[row["id"]])}) for row in rows}


async def present_terms(place: OfficeRow) -> Terms:
    """How an office's counter time is booked, read under the lock: what its counters can do may just have changed."""
    return terms(place, await services(place.id), await running.claims(place.id))


def terms(place: OfficeRow, known: Mapping[int, ServiceRow], fixed: Collection[int] = frozenset()) -> Terms:
    """How an office's counter time is booked: who is able to do what, what is kept for whom, what does not move."""
    quotas = [Quota(place.walk_in_percent, BOOKED)] if place.walk_in_percent else []
    if place.phone_percent:
        quotas.append(Quota(place.walk_in_percent + place.phone_percent, frozenset({Channel.ONLINE})))
    for group, percent in place.class_percents.items():
        kinds = frozenset(one.id for one in known.values() if one.class_code == group)
        quotas.append(Quota(percent, BOOKED, kinds))
    return Terms(place.step, {one.id: one.counters for one in known.values()}, tuple(quotas), fixed)


@dataclass(frozen=True, slots=True)
class Place:
    """An office with what pages need of it."""

    office: OfficeRow
    services: Mapping[int, ServiceRow]
    weekly: Mapping[int, Weekly]
    """Its hours by weekday."""
    running: frozenset[int] = frozenset()
    """See ``running.claims``."""

    @property
    def terms(self) -> Terms:
        """How its counter time is booked."""
        return terms(self.office, self.services, self.running)

    @property
    def able(self) -> dict[int, frozenset[int]]:
        """The counters able to do each service."""
        return {one.id: one.counters for one in self.services.values()}


def forget() -> None:
    """Clear the cache."""
    _places.forget()


async def place(code: str) -> Place:
    """An office as pages show it, at most ``KEPT`` seconds old. Raises ``NoSuchOffice``."""
    return await _places.get(code, KEPT)


async def _read_place(code: str) -> Place:
    return await place_of(await office(code))


_places = SharedReads(_read_place)


async def place_of(found: OfficeRow) -> Place:
    """The same of any office, also of a closed one, read anew."""
    return Place(found, await services(found.id), await weekly_hours(found.id), await running.claims(found.id))


async def weekly_hours(office_id: int) -> dict[int, Weekly]:
    """The hours of an office by weekday."""
    rows = await database.fetch(
        "SELECT weekday, opens, closes, lunch_starts, lunch_ends FROM office_hours WHERE office_id = ?", office_id
    )
    return {row["weekday"]: Weekly(**{name: row[name] for name in Weekly._fields}) for row in rows}


_EXCEPTIONAL = ", ".join(Exceptional._fields)


def _exceptional(row: Mapping[str, Any]) -> Exceptional:
    found = Exceptional(*(row[name] for name in Exceptional._fields))
    return found._replace(kind=OpeningKind(found.kind))


async def hours(
    office_id: int, weekly: Mapping[int, Weekly], days: Sequence[date], calendar: WorkingCalendar
) -> dict[date, DayHours]:
    """When an office is open on some days, with its weekly hours and the holidays of a calendar."""
    rows = await database.fetch(
        f"SELECT date, {_EXCEPTIONAL} FROM office_opening WHERE office_id = ? AND date >= ? AND date <= ? ORDER BY id",
        office_id,
        min(days),
        max(days),
    )
    by_day: dict[date | None, list[Exceptional]] = {}
    for row in rows:
        by_day.setdefault(database.day_or_none(row["date"]), []).append(_exceptional(row))
    zone = config.settings().zone
    known = range(FIRST_YEAR, LAST_YEAR + 1)
    return {
        day: _hours(day, zone, weekly.get(day.weekday()), by_day.get(day, ()), calendar)
        if day.year in known
        else DayHours(DayState.CLOSED)
        for day in days
    }


async def hours_of_day(numbers: Sequence[int], day: date, calendar: WorkingCalendar) -> dict[int, DayHours]:
    """When several offices are open on a day, by id."""
    weekly = await database.fetch(
        "SELECT office_id, opens, closes, lunch_starts, lunch_ends FROM office_hours "
        "WHERE office_id IN (?) AND weekday = ?",
        tuple(numbers),
        day.weekday(),
    )
    special = await database.fetch(
        f"SELECT office_id, {_EXCEPTIONAL} FROM office_opening WHERE office_id IN (?) AND date = ?",
        tuple(numbers),
        day,
    )
    usual = {row["office_id"]: Weekly(**{name: row[name] for name in Weekly._fields}) for row in weekly}
    by_office: dict[int, list[Exceptional]] = {}
    for row in special:
        by_office.setdefault(row["office_id"], []).append(_exceptional(row))
    zone = config.settings().zone
    return {one: _hours(day, zone, usual.get(one), by_office.get(one, ()), calendar) for one in numbers}


def _hours(
    day: date, zone: ZoneInfo, weekly: Weekly | None, exceptions: Sequence[Exceptional], calendar: WorkingCalendar
) -> DayHours:
    """When an office is open on a day; a holiday is named in all languages."""
    found = rules.day_hours(day, zone, weekly, exceptions, calendar.holiday_name(day))
    if found.state is not DayState.HOLIDAY:
        return found
    ja, en = (calendar.holiday_name(day, language) or "" for language in ("ja", "en"))
    return replace(found, reason_ja=ja, reason_en=en)


async def floors(office_id: int) -> dict[int, int]:
    """The floor of each service's counters, for services whose counters are all on one floor.

    Which counter it will be is decided on the day.
    """
    rows = await database.fetch(
        "SELECT a.service_id, MIN(c.floor) AS floor FROM counter_ability a JOIN counter c ON c.id = a.counter_id "
        "WHERE c.office_id = ? AND c.active = ? GROUP BY a.service_id HAVING MIN(c.floor) = MAX(c.floor)",
        office_id,
        True,
    )
    return {row["service_id"]: row["floor"] for row in rows}


async def calendars(office_id: int, days: Collection[date]) -> dict[date, int]:
    """The booking calendars of an office's days; days that were never supplied have none."""
    rows = await database.fetch(
        "SELECT date, calendar_id FROM office_day WHERE office_id = ? AND date IN (?)", office_id, tuple(days)
    )
    return {day: row["calendar_id"] for row in rows if (day := database.day_or_none(row["date"]))}


async def supplied(office_id: int, first: date) -> list[date]:
    """The days of an office, from one on, that have a calendar."""
    rows = await database.column("SELECT date FROM office_day WHERE office_id = ? AND date >= ?", office_id, first)
    return [day for value in rows if (day := database.day_or_none(value))]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A service that an office does not do, with an office that does."""

    name: str
    name_ja: str
    name_en: str
    office_code: str
    office_name: str
    office_name_ja: str
    office_name_en: str


_ELSEWHERE = columns(
    Elsewhere, "s", office_code="o.code", office_name="o.name", office_name_ja="o.name_ja", office_name_en="o.name_en"
)


async def elsewhere(office_id: int) -> list[Elsewhere]:
    """What other offices do for visitors and this one does not."""
    return await select(
        Elsewhere,
        f"SELECT DISTINCT {_ELSEWHERE} FROM counter_service s JOIN counter_ability a ON a.service_id = s.id "
        "JOIN counter c ON c.id = a.counter_id JOIN office o ON o.id = c.office_id "
        "WHERE s.active = ? AND (s.bookable = ? OR s.walk_in = ?) AND c.active = ? AND o.active = ? AND o.id <> ? "
        "AND NOT EXISTS (SELECT 1 FROM "
        "counter_ability b JOIN counter d ON d.id = b.counter_id WHERE b.service_id = s.id AND d.office_id = ? "
        "AND d.active = ?) ORDER BY s.name, o.name",
        True, True, True, True, True, office_id, office_id, True,
    )  # fmt: skip


async def doing(service_id: int) -> list[int]:
    """The offices whose counters are able to do a service, by id."""
    return await database.column(
        "SELECT DISTINCT c.office_id FROM counter_ability a JOIN counter c ON c.id = a.counter_id "
        "WHERE a.service_id = ? ORDER BY c.office_id",
        service_id,
    )


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def later(day: date, days: int) -> date:
    """The day some days later, or earlier if ``days`` is negative."""
    return day + timedelta(days=days)


def span_of_days(first: date, last: date) -> list[date]:
    """The days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def now() -> datetime:
    """The time in the city's zone."""
    return clock.now().astimezone(config.settings().zone)


def local(at: int) -> datetime:
    """A minute in the city's zone."""
    return rules.moment(at).astimezone(config.settings().zone)


def closed_now(hours: DayHours) -> bool:
    """Whether an office that was open today has closed by now."""
    return bool(hours.spans) and hours.spans[-1][1] <= rules.minute(clock.now())
