"""Offices: names, address and map position, when they can be booked, shares kept for others, limits."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from server.core import config
from server.core.booking import times
from server.core.city import city
from server.core.errors import Invalid, _
from server.core.forms import LANGUAGES, Day, Email, Errors, Form, Hint, Html, Label, OneOf, Phone, line, paragraphs
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Options, Question
from tracking.visits.actions.supply import SCOPE
from tracking.visits.desk.places.tables import Names, PlaceTable
from tracking.visits.models import CounterService, Office, OfficeDay
from tracking.visits.search import OFFICE

Percent = Annotated[int, Field(ge=0, le=100)]
Minutes = Annotated[int, Field(ge=0, le=1440)]


class ClassShare(Form):
    """The share of the counters that bookings of one class of services leave to others."""

    class_code: Annotated[str, line(20, safe=False), Label(_("Class of services"))]
    percent: Annotated[Percent, Label(_("Percent left to other services"))]


class EditOffice(Names):
    """All settings of an office except its hours, which have a page of their own."""

    address: Annotated[str, line(200, safe=False), Label(_("Address"))]
    address_ja: Annotated[str, line(200, safe=False), Label(_("Address in Japanese")), Html(lang="ja")] = ""
    address_en: Annotated[str, line(200, safe=False), Label(_("Address in English")), Html(lang="en")] = ""
    district: Annotated[str, OneOf(), Label(_("District"))] = ""
    lat: Annotated[
        float | None,
        Field(ge=-90, le=90),
        Label(_("Latitude")),
        Hint(_("For the map, for example 37.5665. Empty: it is not on the map.")),
        Html(inputmode="decimal"),
    ] = None
    lng: Annotated[float | None, Field(ge=-180, le=180), Label(_("Longitude")), Html(inputmode="decimal")] = None
    directions: Annotated[
        str, paragraphs(500), Label(_("Directions")), Hint(_("How to get there, where to park.")), Html(rows=3)
    ] = ""
    directions_ja: Annotated[str, paragraphs(500), Label(_("Directions in Japanese")), Html(lang="ja", rows=3)] = ""
    directions_en: Annotated[str, paragraphs(500), Label(_("Directions in English")), Html(lang="en", rows=3)] = ""
    phone: Annotated[Phone, Html(autocomplete="off", inputmode="tel")] = ""
    email: Annotated[
        Email, Hint(_("The next day's list is sent here every evening.")), Html(autocomplete="off", inputmode="email")
    ] = ""
    languages: Annotated[tuple[str, ...], OneOf(LANGUAGES), Label(_("Languages spoken"))] = ()
    step_free: Annotated[bool, Label(_("Step-free access"))] = False
    reception: Annotated[
        str,
        paragraphs(500),
        Label(_("Reception and security")),
        Hint(_("The steps at the entrance, and what may not be brought.")),
        Html(rows=3),
    ] = ""
    reception_ja: Annotated[
        str, paragraphs(500), Label(_("Reception and security in Japanese")), Html(lang="ja", rows=3)
    ] = ""
    reception_en: Annotated[
        str, paragraphs(500), Label(_("Reception and security in English")), Html(lang="en", rows=3)
    ] = ""
    has_passes: Annotated[
        bool,
        Label(_("Visitors get a pass")),
        Hint(_("The reception then records the purpose of each visit and the visitor's consent.")),
    ] = False
    step: Annotated[
        int,
        Field(ge=5, le=120),
        Label(_("Minutes of one step of the timetable")),
        Hint(_("Cannot be changed once days can be booked.")),
    ] = 15
    opens_on: Annotated[
        Day | None,
        Label(_("First day")),
        Hint(_("For a new office: the first day that can be booked. It can be booked before it opens.")),
    ] = None
    days_ahead: Annotated[int, Field(ge=1, le=180), Label(_("Can be booked how many days ahead"))] = 30
    same_day: Annotated[bool, Label(_("Can be booked on the same day")), Hint(_("Otherwise until the day before."))] = (
        False
    )
    notice_hours: Annotated[int, Field(ge=0, le=720), Label(_("Hours of notice at least"))] = 0
    hold_minutes: Annotated[
        int, Field(ge=1, le=120), Label(_("Minutes for which a chosen time is held while the form is filled in"))
    ] = 15
    few_percent: Annotated[
        Percent,
        Label(_("Percent of places left below which a time is almost full")),
        Hint(_("Or when one place is left.")),
    ] = 25
    walk_in_percent: Annotated[
        Percent, Label(_("Percent kept for visitors without a reservation")), Hint(_("Of the counters at each time."))
    ] = 0
    phone_percent: Annotated[Percent, Label(_("Percent kept for the call centre"))] = 0
    class_percents: Annotated[
        tuple[ClassShare, ...],
        Field(max_length=6),
        Label(_("Limit for a class of services")),
        Hint(_("Reservations of this class leave a share of their counters to other services.")),
    ] = ()
    most_matters: Annotated[int, Field(ge=1, le=10), Label(_("Services that one visit can combine"))] = 3
    most_active: Annotated[int, Field(ge=1, le=50), Label(_("Reservations of one household at the same time"))] = 3
    most_daily: Annotated[
        int,
        Field(ge=1, le=50),
        Label(_("Reservations that one household makes in a day")),
        Hint(_("Cancelled ones are counted, too, so that times are not collected and dropped.")),
    ] = 10
    return_minutes: Annotated[
        Minutes,
        Label(_("Freed times return within how many minutes")),
        Hint(_("After a random delay, so that times cannot be traded.")),
    ] = 60
    offer_minutes: Annotated[
        int, Field(ge=5, le=1440), Label(_("Minutes for which a time is offered to the waiting list"))
    ] = 60
    grace_minutes: Annotated[Minutes, Label(_("Minutes after which a missing visitor counts as absent"))] = 10
    no_shows: Annotated[
        int,
        Field(ge=0, le=20),
        Label(_("Absences that lead to a restriction")),
        Hint(_("0: absences have no consequences.")),
    ] = 2
    no_show_days: Annotated[int, Field(ge=1, le=366), Label(_("Within how many days"))] = 90
    restricted_days: Annotated[int, Field(ge=1, le=366), Label(_("Days without reservations"))] = 30
    delay_minutes: Annotated[
        Minutes,
        Label(_("Minutes by which reservations may delay a visitor without one")),
        Hint(
            _(
                "Compared with calling all in the order of arrival. Whoever was delayed for so long is not overtaken "
                "any more."
            )
        ),
    ] = 30
    urgent_daily: Annotated[int, Field(ge=0, le=100), Label(_("Visitors that can be put first in a day"))] = 5
    most_calls: Annotated[int, Field(ge=1, le=10), Label(_("Calls without an answer until a ticket is missed"))] = 3
    recall_minutes: Annotated[int, Field(ge=0, le=30), Label(_("Minutes before somebody is called again"))] = 3
    call_minutes: Annotated[
        int,
        Field(ge=1, le=60),
        Label(_("Minutes after which a call ends by itself")),
        Hint(_("If the counter does nothing. The visitor waits again, at their place.")),
    ] = 5
    carry_over: Annotated[
        bool, Label(_("Tickets that wait at closing wait again the next day")), Hint(_("Otherwise they end."))
    ] = False
    offline_numbers: Annotated[
        int,
        Field(ge=0, le=200),
        Label(_("Ticket numbers that each kiosk keeps for a time without network")),
        Hint(_("Of each range of numbers, and at most a tenth of it.")),
    ] = 20
    idle_seconds: Annotated[
        int, Field(ge=10, le=600), Label(_("Seconds without a touch after which a kiosk goes back to its start"))
    ] = 60

    notice_minutes: Annotated[
        int,
        Field(ge=0, le=60),
        Label(_("Minutes of waiting before which visitors are told")),
        Hint(_("Those who left a contact on the page of their ticket. 0: nobody is told.")),
    ] = 10

    def check(self, errors: Errors) -> None:
        if (self.lat is None) != (self.lng is None) and "lat" not in errors and "lng" not in errors:
            errors.fail("lat", _("Please enter both coordinates, or neither."))
        if self.walk_in_percent + self.phone_percent > 100 and "phone_percent" not in errors:  # noqa: PLR2004 — percent
            errors.fail("phone_percent", _("Together, the percentages must not be more than 100."))


class Offices(PlaceTable[EditOffice]):
    """The offices. A closed one has no counter time; its visits to come are listed for the office to move."""

    what, path = "office", "offices"
    searched = OFFICE
    model, form, key = Office, EditOffice, "code"
    taken = _("Another office already uses this short name.")
    form_template = "desk/visits/places/office.html"
    title, add_label, added = _("Offices"), _("Add an office"), _("The office has been added.")
    empty = (_("There are no offices yet"), _("Add one, then its hours, counters and services."))
    columns = (Column("code", kind="code"), Column("address"), Column("phone"))
    sections = {  # noqa: RUF012 — declared once, like every attribute of a table
        "name": _("Name and address"),
        "step": _("When it can be booked"),
        "walk_in_percent": _("Shares kept for others"),
        "most_matters": _("Limits"),
        "grace_minutes": _("No-shows"),
        "delay_minutes": _("The queue of a day"),
    }
    closing = Question(
        _("Close the office “%(name)s”?"),
        _("It can no longer be booked. Reservations stay and are listed, so that you can offer other times."),
        _("Close the office"),
        done=_("The office has been closed."),
    )
    opened, closed_note = _("The office has been reopened."), _("This office is closed.")
    trail = _("Office %(id)s")
    order = ("name", "id")
    matters = ("step", "opens_on", "days_ahead")

    async def choices(self, language: str) -> dict[str, Options]:
        return {"district": (await city()).district_choices(language)}

    async def form_context(self, row: Any | None, language: str) -> dict[str, Any]:
        known = await city()
        shown = {
            "centre": known.centre,
            "outlines": known.named_outlines(language),
            "tiles": config.settings().tile_url,
        }
        return {**await super().form_context(row, language), **shown}

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        if name != "class_percents":
            return await super().column(name, value)
        return {name: {one.class_code: one.percent for one in value}}

    async def values(self, row: Office) -> dict[str, Any]:
        shares = [{"class_code": code, "percent": percent} for code, percent in row.class_percents.items()]
        return {**await super().values(row), "class_percents": shares}

    async def check(self, command: EditOffice, row: Office | None) -> None:
        if row and command.step != row.step and await self._has_counter_time(row):
            raise Invalid.at("step", _("Days of this office can be booked already, so its step cannot be changed."))
        known = {one.class_code for one in await CounterService.exclude(class_code="")}
        for number, one in enumerate(command.class_percents, 1):
            if one.class_code not in known:
                raise Invalid.at(f"class_percents.{number}.class_code", _("No service is in this class."))

    async def _has_counter_time(self, row: Office) -> bool:
        calendars = {one.calendar_id for one in await OfficeDay.filter(office_id=row.id)}
        return not calendars.isdisjoint(await times.filled(SCOPE))

    async def affected(self, row: Office) -> Mapping[int, Collection[date] | None]:
        return {row.id: None}


OFFICES = Offices()
routes = [*Pages(OFFICES).routes, *Operations(OFFICES).routes]
