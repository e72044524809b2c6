"""Days on which an office differs from its weekly hours: opened on a holiday, closed, or closed for maintenance."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from server.core.days import today
from server.core.errors import Invalid, Text, _
from server.core.forms import Day, Errors, Form, Hint, Html, Label, OneOf, Time, line
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Question, View
from tracking.visits.actions.openings import CHAIN, on_step
from tracking.visits.actions.rosters import OVER
from tracking.visits.desk.places.tables import OfOffice
from tracking.visits.models import Office, Opening
from tracking.visits.states import OpeningKind

KINDS = {
    OpeningKind.OPEN.value: _("Open at other hours, also on a holiday"),
    OpeningKind.CLOSED.value: _("Closed"),
    OpeningKind.MAINTENANCE.value: _("Closed for planned maintenance"),
}


class EditOpening(Form):
    """A day that differs from the weekly hours."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    date: Annotated[Day, Label(_("Day"))]
    kind: Annotated[str, OneOf(KINDS), Label(_("What differs"))]
    opens: Annotated[
        Time, Label(_("Start time")), Hint(_("For a closure: only this part of the day. Empty: the whole day."))
    ] = ""
    closes: Annotated[Time, Label(_("End time"))] = ""
    reason: Annotated[str, line(200, safe=False), Label(_("Reason")), Hint(_("Visitors read it in the timetable."))] = (
        ""
    )
    reason_ja: Annotated[str, line(200, safe=False), Label(_("Reason in Japanese")), Html(lang="ja")] = ""
    reason_en: Annotated[str, line(200, safe=False), Label(_("Reason in English")), Html(lang="en")] = ""

    def check(self, errors: Errors) -> None:
        if any(name in errors for name in ("kind", "opens", "closes")):
            return
        if self.kind == OpeningKind.OPEN or self.opens or self.closes:
            errors.require(self, "opens", "closes")
        if self.opens and self.closes and self.opens >= self.closes:
            errors.fail("closes", _("The closing time must be after the opening time."))


class Openings(OfOffice[EditOpening]):
    """The exceptional days of all offices, the latest first."""

    what, path, chain = "opening", "offices/openings", CHAIN
    model, form = Opening, EditOpening
    title, add_label, added = _("Exceptional days"), _("Add a day"), _("The day has been added.")
    trail = _("Exceptional day %(id)s")
    row_title, name_label = Text("%(date)s"), _("Day")
    intro = _("Openings on holidays, closures and planned maintenance. The timetable shows them with the reason.")
    empty = (_("There are no exceptional days"), _("The weekly hours and the public holidays decide."))
    columns = (Column("office"), Column("kind"), Column("hours", _("Hours")), Column("reason"))
    order = ("-date", "-id")
    matters = ("office_id", "date", "kind", "opens", "closes")
    deleting = Question(
        _("Remove the exceptional day %(date)s?"),
        _("The weekly hours and the public holidays decide about this day again."),
        _("Remove"),
        done=_("The exceptional day has been removed."),
    )

    async def check(self, command: EditOpening, row: Any | None) -> None:
        if command.date < today() or (row and row.date < today()):
            raise Invalid.at("date", OVER)
        office = await Office.get(code=command.office)
        on_step(office.step, {"opens": command.opens, "closes": command.closes})

    def cell(self, row: Opening, name: str, view: View) -> object:
        if name != "hours":
            return super().cell(row, name, view)
        return f"{row.opens}–{row.closes}" if row.opens else _("All day")

    async def affected(self, row: Opening) -> Mapping[int, Collection[date] | None]:
        """The day as it was and as it is now."""
        found: dict[int, set[date]] = {}
        for one in (row, await self.row(row.pk)):
            if one is not None:
                found.setdefault(one.office_id, set()).add(one.date)
        return found


OPENINGS = Openings()
routes = [*Pages(OPENINGS).routes, *Operations(OPENINGS).routes]
