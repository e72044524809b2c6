"""The numbers of tickets: a prefix and a range for each class of services of an office."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from server.core.errors import Invalid, Text, _
from server.core.forms import Errors, Form, Hint, Label, Mistake, OneOf, line
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Question, View
from tracking.visits.desk.places.tables import OfOffice
from tracking.visits.models import TicketSeries

HIGHEST = 9_999


def _prefix(value: str) -> str:
    if not (value.isascii() and value.isalpha() and value.isupper()) and value:
        raise Mistake(_("Please use one to three capital letters."))
    return value


class EditSeries(Form):
    """The ticket numbers of a class of services."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    class_code: Annotated[
        str,
        line(20, safe=False),
        Label(_("Class")),
        Hint(_("As the services name it. Empty: all services whose class has no numbers of its own.")),
    ] = ""
    prefix: Annotated[str, line(3, safe=False), AfterValidator(_prefix), Label(_("Letters before the number"))] = ""
    lowest: Annotated[int, Field(ge=1, le=HIGHEST), Label(_("First number"))] = 1
    highest: Annotated[int, Field(ge=1, le=HIGHEST), Label(_("Last number"))] = 999
    most_daily: Annotated[
        int,
        Field(ge=0, le=HIGHEST),
        Label(_("Tickets without a reservation in a day")),
        Hint(_("0: as many as there are numbers. Whoever has a reservation always gets one.")),
    ] = 0

    def check(self, errors: Errors) -> None:
        if not errors.found and self.highest < self.lowest:
            errors.fail("highest", _("The last number must not be lower than the first."))


class SeriesTable(OfOffice[EditSeries]):
    """The ticket numbers of all offices."""

    what, path = "ticket_series", "offices/series"
    model, form = TicketSeries, EditSeries
    title, add_label, added = _("Ticket numbers"), _("Add numbers"), _("The numbers have been added.")
    trail = _("Ticket numbers %(id)s")
    row_title, name_label = Text("%(prefix)s%(lowest)s–%(prefix)s%(highest)s"), _("Numbers")
    intro = _("Each class of services can have its own letters and range. Numbers begin anew every day.")
    empty = (_("All tickets are numbered from 1"), _("Add numbers to tell classes of services apart."))
    columns = (Column("office"), Column("class_code"), Column("most_daily", kind="number"))
    order = ("office__name", "class_code", "id")
    deleting = Question(
        _("Remove the numbers %(prefix)s%(lowest)s–%(prefix)s%(highest)s?"),
        _("The services of this class get the office's other numbers from the next ticket on."),
        _("Remove"),
        done=_("The numbers have been removed."),
    )

    async def affected(self, _row: Any) -> Mapping[int, Collection[date] | None]:
        return {}

    def cell(self, row: TicketSeries, name: str, view: View) -> object:
        return (row.class_code or "–") if name == "class_code" else super().cell(row, name, view)

    async def check(self, command: EditSeries, row: TicketSeries | None) -> None:
        others = TicketSeries.filter(office__code=command.office)
        others = others.exclude(id=row.id) if row else others
        if await others.filter(class_code=command.class_code).exists():
            raise Invalid.at("class_code", _("This class already has numbers at this office."))
        if await others.filter(prefix=command.prefix).exists():
            raise Invalid.at("prefix", _("Other numbers of this office have these letters."))


SERIES = SeriesTable()
routes = [*Pages(SERIES).routes, *Operations(SERIES).routes]
