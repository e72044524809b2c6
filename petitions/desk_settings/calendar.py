"""The working calendar: temporary holidays, office hours and upcoming public holidays.

Each change is an event, after which a job recomputes all running deadlines.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.events import CalendarChanged
from petitions.queries import settings as queries
from petitions.reference import forget, reference
from server.core import auth, clock, web
from server.core.accounts import CorePermission, Holiday, LocalHours
from server.core.clock import OfficeHours, WorkingCalendar
from server.core.days import today
from server.core.errors import Invalid, Text, _
from server.core.forms import Day, Errors, Form, Label, Mistake, Time, line
from server.core.ledger import DomainEvent
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import DELETED, Column, Question, Resource, View
from server.core.working_calendar import FIRST_YEAR, LAST_YEAR

PAGE, CALENDAR = "/desk/calendar", "calendar"
AHEAD = 366
"""How many days ahead public holidays are shown."""


def _within(day: date) -> date:
    """A day within the years whose holidays are known."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Mistake(_("Please enter a day in the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    return day


CalendarDay = Annotated[Day, AfterValidator(_within)]


class AddHoliday(Form):
    """A temporary public holiday (임시공휴일)."""

    date: Annotated[CalendarDay, Label(_("Day"))]
    name: Annotated[str, line(80, safe=False), Label(_("Name"))]


class SetHours(Form):
    """The office hours from a day on, if an ordinance differs from Decree 8-3."""

    first_day: Annotated[CalendarDay, Label(_("Effective from"))]
    opens: Annotated[Time, Label(_("Opening"))]
    closes: Annotated[Time, Label(_("Closing"))]
    lunch_starts: Annotated[Time, Label(_("Lunch from"))]
    lunch_ends: Annotated[Time, Label(_("Lunch until"))]

    def check(self, errors: Errors) -> None:
        if not errors.found and not self.opens < self.lunch_starts <= self.lunch_ends < self.closes:
            errors.fail("opens", _("The hours must be in order: opening, start of lunch, end of lunch, closing."))


class _CalendarTable(Resource[Any]):
    """A table of the calendar: rows are identified by their days, and both tables share one page."""

    chain, home, permission = CALENDAR, PAGE, CorePermission.EDIT_CALENDAR
    number: ClassVar[str] = "{id}"
    changes, list_template = False, ""
    row_title = Text("%(day)s")
    forget = staticmethod(forget)

    async def row(self, number: Any) -> Any:
        try:
            return await self.model.filter(pk=date.fromisoformat(str(number))).first()
        except ValueError:
            return None


class Holidays(_CalendarTable):
    """The temporary holidays (임시공휴일)."""

    what, path = "holiday", "calendar/holidays"
    model, form = Holiday, AddHoliday
    title, add_label = _("Temporary holidays"), _("Add the holiday")
    name_label = _("Day")
    added = _("The holiday has been added. Running deadlines are being recalculated.")
    empty = (_("There are none in the table."), Text(""))
    columns = (Column("name"),)
    order = ("-date",)
    deleting = Question(
        _("Remove the holiday on %(day)s?"),
        _("The day becomes a working day again, and running deadlines are recalculated: due dates may move earlier."),
        _("Remove the holiday"),
        done=_("The day is a working day again. Running deadlines are being recalculated."),
    )

    async def check(self, command: AddHoliday, _row: Any | None) -> None:
        if await Holiday.exists(date=command.date):
            raise Invalid.at("date", _("This day is already in the table."))
        if not (await reference()).calendar.is_working_day(command.date):
            raise Invalid.at("date", _("The offices are already closed on this day."))

    async def create(self, columns: Mapping[str, Any]) -> Holiday:
        return await Holiday.create(**columns, created_at=clock.now())

    def event(self, row: Holiday, how: str) -> DomainEvent:
        return CalendarChanged(row.date.isoformat(), "-" if how == DELETED else row.name)


class OfficeHoursTable(_CalendarTable):
    """Office hours that differ from the law's, each from a day on."""

    what, path = "hours", "calendar/hours"
    model, form = LocalHours, SetHours
    title, add_label = _("Local hours"), _("Set the hours")
    name_label = _("From")
    added = _("The hours have been set. Running deadlines are being recalculated.")
    empty = (
        _("The statutory hours apply: 09:00–18:00 with lunch from 12:00 to 13:00 (Decree, article 8-3)."),
        Text(""),
    )
    columns = (Column("hours", _("Hours")), Column("lunch", _("Lunch")))
    order = ("-first_day",)

    def cell(self, row: Any, name: str, _view: View) -> object:
        return f"{row.opens}–{row.closes}" if name == "hours" else f"{row.lunch_starts}–{row.lunch_ends}"

    def initial(self) -> dict[str, Any]:
        """The hours of Decree 8-3."""
        hours = OfficeHours()
        return {name: getattr(hours, name).isoformat("minutes") for name in self.names if name != "first_day"}

    async def create(self, columns: Mapping[str, Any]) -> LocalHours:
        """Hours for a day that already has some replace them."""
        await LocalHours.filter(first_day=columns["first_day"]).delete()
        return await LocalHours.create(**columns)

    def event(self, row: LocalHours, _how: str) -> DomainEvent:
        return CalendarChanged(row.first_day.isoformat(), f"{row.opens}-{row.closes}")


HOLIDAYS, HOURS = Holidays(), OfficeHoursTable()


async def show(request: Request) -> Response:
    """``/desk/calendar``: both tables with their forms, and the public holidays of the coming year."""
    auth.official(request, CorePermission.EDIT_CALENDAR)
    language = web.language(request)
    calendar = (await reference()).calendar
    views = [(table, await table.view(language)) for table in (HOLIDAYS, HOURS)]
    context = {
        "tables": [(table, await table.rows({}, view), view) for table, view in views],
        "upcoming": _upcoming(calendar, today()),
        "hours_now": calendar.hours_on(today()),
        "running": queries.capped(await queries.running_clocks()),
    }
    return web.page(request, "desk/settings/calendar.html", context)


def _upcoming(calendar: WorkingCalendar, first: date) -> list[tuple[date, str]]:
    """Public holidays of the coming year, including those in the table."""
    days = (first + timedelta(days=n) for n in range(AHEAD))
    return [(day, name) for day in days if day.year <= LAST_YEAR and (name := calendar.holiday_name(day))]


routes = [
    Route(PAGE, show),
    *(route for table in (HOLIDAYS, HOURS) for route in (*Pages(table).routes, *Operations(table).routes)),
]
