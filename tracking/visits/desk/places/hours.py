"""The weekly hours of an office, with lunch, in one form."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from server.core.errors import _
from server.core.forms import Errors, Form, Label, OneOf, Time
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from tracking.visits.actions.openings import on_step
from tracking.visits.desk.places.tables import PAGE, PlaceTable
from tracking.visits.labels import WEEKDAYS
from tracking.visits.models import Office, OfficeHours
from tracking.visits.search import OFFICE

_CODES = tuple(WEEKDAYS)


class DayForm(Form):
    """The hours of one weekday; without an opening it is closed."""

    weekday: Annotated[str, OneOf(WEEKDAYS), Label(_("Weekday"))]
    opens: Annotated[Time, Label(_("Opening"))] = ""
    closes: Annotated[Time, Label(_("Closing"))] = ""
    lunch_starts: Annotated[Time, Label(_("Lunch from"))] = ""
    lunch_ends: Annotated[Time, Label(_("Lunch until"))] = ""

    def check(self, errors: Errors) -> None:
        given = ("opens", "closes", "lunch_starts", "lunch_ends")
        if any(name in errors for name in given):
            return
        if self.opens or self.closes or self.lunch_starts or self.lunch_ends:
            errors.require(self, "opens", "closes")
        if self.lunch_starts or self.lunch_ends:
            errors.require(self, "lunch_starts", "lunch_ends")
        if any(name in errors for name in given):
            return
        times = [one for one in (self.opens, self.lunch_starts, self.lunch_ends, self.closes) if one]
        if times != sorted(set(times)):
            errors.fail("opens", _("The hours must be in order: opening, start of lunch, end of lunch, closing."))


class EditHours(Form):
    """The hours of a week."""

    days: Annotated[tuple[DayForm, ...], Field(max_length=7), Label(_("Hours"))] = ()

    def check(self, errors: Errors) -> None:
        named = [one.weekday for one in self.days]
        if len(named) != len({*named}):
            errors.fail("days", _("Please enter each weekday once."))


class Hours(PlaceTable[EditHours]):
    """The hours of each office: the rows are the offices."""

    what, path = "office_hours", "offices/hours"
    searched = OFFICE
    model, form = Office, EditHours
    title, trail = _("Weekly hours"), _("Hours of office %(id)s")
    row_title = _("Hours of %(name)s")
    form_intro = _("A weekday without hours is closed. Public holidays are closed unless you open a day.")
    empty = (_("There are no offices yet"), _("Add one, then its hours, counters and services."))
    form_template = "desk/visits/places/hours.html"
    adds, home = False, PAGE
    order = ("name", "id")

    async def check(self, command: EditHours, row: Office | None) -> None:
        names = ("opens", "closes", "lunch_starts", "lunch_ends")
        days = enumerate(command.days, 1)
        if row:
            on_step(row.step, {f"days.{n}.{name}": getattr(one, name) for n, one in days for name in names})

    async def values(self, row: Office) -> dict[str, Any]:
        known = {one.weekday: one for one in await OfficeHours.filter(office_id=row.id)}
        names = [field.name for field in DayForm.fields()][1:]
        return {
            "days": [
                {"weekday": code, **{name: getattr(known.get(number), name, "") for name in names}}
                for number, code in enumerate(_CODES)
            ]
        }

    async def update(self, row: Office, columns: Mapping[str, Any]) -> None:
        await OfficeHours.filter(office_id=row.id).delete()
        for one in columns["days"]:
            if one.opens:
                await OfficeHours.create(
                    office_id=row.id, weekday=_CODES.index(one.weekday), opens=one.opens, closes=one.closes,
                    lunch_starts=one.lunch_starts, lunch_ends=one.lunch_ends,
                )  # fmt: skip

    async def affected(self, row: Office) -> Mapping[int, Collection[date] | None]:
        return {row.id: None}


HOURS = Hours()
routes = [*Pages(HOURS).routes, *Operations(HOURS).routes]
