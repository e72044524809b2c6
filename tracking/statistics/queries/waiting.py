"""The published figures about waiting at the offices, up to the last day that is closed.

In the tables of totals the way in which visitors came is the kind, and the office stands in the place of the
department; services and hours share the place of the district.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

from server.core import database, i18n, listing
from server.core.city import City
from server.core.days import today
from server.core.errors import Text, _
from server.core.forms import Parameters, not_a_choice
from server.core.i18n import translate
from server.core.listing import Condition, where
from tracking.statistics.cells import Filters
from tracking.statistics.dictionary import FEW
from tracking.statistics.figures import Figures
from tracking.statistics.queries import filters, tables
from tracking.statistics.queries.tables import FigureRow, Tables
from tracking.statistics.rules import AND
from tracking.statistics.small_groups import HOUR
from tracking.statistics.verify_waiting import lines_of
from tracking.statistics.waiting_measures import BY_HOUR, WAITING
from tracking.visits.queries import offices, ticket_figures
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.ticket_figures import BOOKED, WALK_IN, ServiceName

HOW: Mapping[str, Text] = {BOOKED: _("With a reservation"), WALK_IN: _("Without a reservation")}
OTHERS = _("Others, with few visitors each")
DIMENSIONS = ("how", "office", "service", "hour", "year")
DAYS = timedelta(days=28)
MONTHS = 12
"""Compared before and after a month."""
_COLUMNS = ", ".join(("kind", "department_id", "district", "period", "told", "wait_minutes", *WAITING.columns))


@dataclass(frozen=True)
class Waiting(listing.Filters):
    """Filters of the figures about waiting."""

    office: str = listing.words(40, "{}", about="An office's code.")
    how: str = listing.choice(HOW)
    service: str = listing.words(40, "{}", about="A service's code.")
    year: str = listing.words(4, "{}", about="YYYY.")

    @classmethod
    def take(cls, data: Parameters, reference_data: City, *, json: bool = False) -> Self:
        found = super().take(data, reference_data, json=json)
        if found.year and not filters.YEAR.fullmatch(found.year):
            data.fail("year", _("Please enter a year, for example 2025."))
        return found


@dataclass(frozen=True)
class Known:
    """The offices by id, and the services by code, with their names."""

    offices: Mapping[int, OfficeRow]
    services: Mapping[str, ServiceName]

    def office(self, code: str, language: str) -> str:
        """An office's name."""
        return next((i18n.name_in(one, language) for one in self.offices.values() if one.code == code), code)

    def service(self, code: str, language: str) -> str:
        """A service's name; its code if there is no such service any more."""
        return i18n.name_in(self.services[code], language) if code in self.services else code


async def known() -> Known:
    """What codes mean."""
    services = await ticket_figures.services()
    return Known({one.id: one for one in await offices.offices()}, {one.code: one for one in services})


async def read(data: Parameters, reference_data: City, *, json: bool = False) -> tuple[Waiting, Filters, Known]:
    """The filters that a query names, the cells they select, and what codes mean. Raises ``Invalid``."""
    wanted, names = Waiting.take(data, reference_data, json=json), await known()
    office = next((number for number, one in names.offices.items() if one.code == wanted.office), None)
    if wanted.office and office is None:
        data.errors.append(not_a_choice("office", wanted.office))
    if wanted.service and wanted.service not in names.services:
        data.errors.append(not_a_choice("service", wanted.service))
    data.done()
    return wanted, Filters(0, wanted.how, office, wanted.service or None, wanted.year), names


async def waiting(chosen: Filters) -> Tables:
    """Everything that a page and its JSON show, in twelve queries.

    Nothing has to be withheld here: see ``small_groups``. There are no hours of a way of coming or of a service.
    """
    split = await tables.by(WAITING, chosen, "district")
    hours = [
        replace(line, key=line.key.removeprefix(HOUR), figures=replace(line.figures, only=BY_HOUR))
        for line in split
        if line.key.startswith(HOUR) and _by_day(chosen)
    ]
    by = {
        "how": await tables.by(WAITING, chosen, "kind"),
        "office": await tables.by(WAITING, chosen, "department"),
        "service": [line for line in split if not line.key.startswith(HOUR)],
        "hour": sorted(hours, key=lambda line: str(line.key)),
        "year": await tables.by(WAITING, chosen, "year"),
    }
    return Tables(await tables.total(WAITING, chosen), by, await tables.months(WAITING, chosen))


def _by_day(chosen: Filters) -> bool:
    """Whether there are figures by hour and by day: only of all tickets of offices."""
    return not chosen.kind and chosen.district is None


def coded(dimension: str, key: Any, language: str, names: Known) -> tuple[str, str]:
    """The code and the name of a dimension's value."""
    if key == FEW:
        return key, translate(language, OTHERS)
    if dimension == "how":
        return key, translate(language, HOW[key]) if key in HOW else key
    if dimension == "office":
        row = names.offices.get(key)
        return (row.code, i18n.name_in(row, language)) if row else (str(key), str(key))
    if dimension == "service":
        return key, names.service(key, language)
    return key, f"{key}:00" if dimension == "hour" else key


def document(found: Tables, language: str, names: Known) -> dict[str, Any]:
    """The figures as JSON, each value with its code and name."""
    said: dict[str, Sequence[Mapping[str, Any]]] = {}
    for dimension in DIMENSIONS:
        pairs = [(*coded(dimension, line.key, language, names), line) for line in found.by[dimension]]
        said[dimension] = [{dimension: code, "name": name, **line.figures.published()} for code, name, line in pairs]
    said["month"] = [{"month": line.key, **line.figures.published(monthly=True)} for line in found.months]
    return {"total": found.total.published(), "by": said}


async def export(chosen: Filters, offices: Mapping[int, str]) -> AsyncIterator[list[tuple[str, ...]]]:
    """Every counted ticket under filters as its lines, a month of an office at a time. ``offices``: codes by id.

    They are sorted by what they say, so that their order tells neither a ticket's day nor which lines belong together.
    """
    for month in await tables.months(WAITING, chosen):
        period = Condition("period = ?", (f"m{month.key}",))
        found = _counted(chosen, period)
        for place in await database.column(
            f"SELECT DISTINCT department_id FROM statistics_ticket{found.sql} ORDER BY department_id", *found.values
        ):
            own = _counted(chosen, period, Condition("department_id = ?", (place,)))
            rows = await database.fetch(f"SELECT {_COLUMNS} FROM statistics_ticket{own.sql}", *own.values)
            lines = (line for row in rows for line in lines_of(row, offices))
            yield sorted(tuple(line.values()) for line in lines if not line["hour"] or _by_day(chosen))


def _counted(chosen: Filters, *more: Condition) -> Condition:
    """The counted tickets under filters, but for the year, and further conditions."""
    parts = [Condition("counted = ?", (True,)), *more]
    if chosen.department_id is not None:
        parts.append(Condition("department_id = ?", (chosen.department_id,)))
    if chosen.kind:
        parts.append(Condition("kind = ?", (chosen.kind,)))
    if chosen.district:
        prefix = f"{chosen.district}{AND}"
        parts.append(Condition(f"substr(district, 1, {len(prefix)}) = ?", (prefix,)))
    return where(*parts)


# --- What changed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """The figures of up to twelve months before a month, and from it on."""

    month: str
    before: Figures
    after: Figures

    @property
    def less(self) -> int | None:
        """By how many seconds the mean wait became shorter; None without a wait on either side."""
        was, now = self.before["mean_wait_seconds"], self.after["mean_wait_seconds"]
        return None if was is None or now is None else was - now


def change(months: Sequence[FigureRow], month: str) -> Change | None:
    """Compare what came before a month with what came from it on; None if there is nothing on one side."""
    earlier = [line.figures for line in months if line.key < month][-MONTHS:]
    later = [line.figures for line in months if line.key >= month][:MONTHS]
    return Change(month, _sum(earlier), _sum(later)) if earlier and later else None


def _sum(those: Sequence[Figures]) -> Figures:
    return Figures(WAITING, {name: sum(one.sums.get(name, 0) for one in those) for name in WAITING.columns})


async def by_day(chosen: Filters) -> list[tuple[date, int, int | None]]:
    """The last four weeks day by day: visitors, and their mean wait in seconds unless they are few. One query."""
    if not _by_day(chosen):
        return []
    found = _counted(chosen, Condition("date >= ?", (today() - DAYS,)))
    rows = await database.fetch(
        "SELECT date, SUM(visitors) AS visitors, SUM(CASE WHEN day_shown THEN called ELSE 0 END) AS called, "
        "SUM(CASE WHEN day_shown THEN CAST(wait_seconds AS BIGINT) ELSE 0 END) AS waited "
        f"FROM statistics_ticket{found.sql} GROUP BY date ORDER BY date",
        *found.values,
    )
    return [(_day(row["date"]), int(row["visitors"]), _mean(row)) for row in rows]


def _mean(row: Mapping[str, Any]) -> int | None:
    return round(row["waited"] / row["called"]) if row["called"] else None


def _day(value: Any) -> date:
    found = database.day_or_none(value)
    assert found is not None  # noqa: S101 — the condition asks for it
    return found
