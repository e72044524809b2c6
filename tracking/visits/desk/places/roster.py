"""The entries of rosters: who sits where and when. Whole weeks are entered and copied in ``weeks``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request

from server.core import i18n, roles
from server.core.accounts import Account, Role
from server.core.days import today
from server.core.errors import Invalid, _
from server.core.forms import Day, Errors, Form, Label, OneOf, Parameters, Time
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import MOST, Options, Question, View
from tracking.visits.actions import rosters
from tracking.visits.actions.openings import on_step
from tracking.visits.desk.places.tables import PlaceTable
from tracking.visits.models import Counter, Office, Shift
from tracking.visits.permissions import Permission
from tracking.visits.queries import places

PAGE = "/desk/roster"


class EditShift(Form):
    """Somebody at a counter on a day."""

    counter: Annotated[str, OneOf(), Label(_("Counter"))]
    official: Annotated[str, OneOf(), Label(_("Official"))]
    date: Annotated[Day, Label(_("Day"))]
    starts: Annotated[Time, Label(_("Start time"))]
    ends: Annotated[Time, Label(_("End time"))]

    def check(self, errors: Errors) -> None:
        if not errors.found and self.starts >= self.ends:
            errors.fail("ends", _("The end must be after the start."))


class Shifts(PlaceTable[EditShift]):
    """The entries of all rosters. JSON lists those from today on; pages show them by week."""

    what, path, chain = "shift", "roster/shifts", rosters.CHAIN
    permission = Permission.EDIT_ROSTER
    model, form = Shift, EditShift
    title, add_label, added = _("Roster"), _("Add to the roster"), _("The roster has been changed.")
    trail = _("Entry %(id)s of a roster")
    row_title = _("Entry on %(date)s")
    list_template, home = "", PAGE
    order = ("date", "starts", "id")
    filters = ("counter", "date")
    deleting = Question(
        _("Remove the entry on %(date)s from the roster?"),
        _("Reservations move to other counters. Those that do not fit are listed, so that you can offer other times."),
        _("Remove"),
        done=_("The roster has been changed."),
    )

    def wanted(self, query: Mapping[str, str], view: View) -> dict[str, str]:
        data = Parameters(query)
        day = data.day("date")
        data.done()
        found = super().wanted({name: value for name, value in query.items() if name != "date"}, view)
        return {**found, "date": str(day)} if day else found

    async def rows(self, wanted: Mapping[str, str], _view: View) -> Sequence[Any]:
        conditions = [await self.narrowing(name, value) for name, value in wanted.items()]
        found = self.model.filter(*conditions, date__gte=today()).select_related("counter__office")
        return await found.order_by(*self.order).limit(MOST)

    async def row(self, number: Any) -> Any:
        return await Shift.filter(pk=number).select_related("counter__office").first()

    async def choices(self, language: str) -> dict[str, Options]:
        counters = await Counter.filter(active=True, office__active=True).select_related("office").order_by("number")
        named = [(code(one), f"{i18n.name_in(one.office, language)} · {one.number}") for one in counters]
        staff = await roles.staff([*Role])
        return {"counter": sorted(named, key=lambda one: one[1]), "official": [(s.username, s.name) for s in staff]}

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        if name == "counter":
            office, _slash, number = value.partition("/")
            return {"counter_id": (await Counter.get(office__code=office, number=number)).id}
        if name == "official":
            return {"account_id": (await Account.get(username=value)).id}
        return await super().column(name, value)

    async def values(self, row: Shift) -> dict[str, Any]:
        card = await roles.card(row.account_id)
        values = {name: getattr(row, name) for name in ("date", "starts", "ends")}
        return {"counter": code(row.counter), "official": card.username if card else "", **values}

    async def check(self, command: EditShift, row: Shift | None) -> None:
        """Nobody sits at two counters at once, and at a counter sits one official."""
        if command.date < today():
            raise Invalid.at("date", rosters.OVER)
        office = await Office.get(code=command.counter.partition("/")[0])
        on_step(office.step, {"starts": command.starts, "ends": command.ends})
        stored = await self.stored(command)
        same_time = Shift.filter(date=command.date, starts__lt=command.ends, ends__gt=command.starts)
        others = same_time.exclude(id=row.id) if row else same_time
        for field, column, text in (
            ("official", "account_id", rosters.SITS_ELSEWHERE),
            ("counter", "counter_id", rosters.SOMEBODY_ELSE),
        ):
            if await others.filter(**{column: stored[column]}).exists():
                raise Invalid.at(field, text)

    async def form_context(self, row: Shift | None, _language: str) -> dict[str, Any]:
        return {"displaced": await places.displaced([row.counter.office_id]) if row else []}

    async def affected(self, row: Shift) -> Mapping[int, Collection[date] | None]:
        """The days of the entry as it was and as it is now."""
        found: dict[int, set[date]] = {}
        for one in (row, await self.row(row.pk)):
            if one is not None:
                counter = await Counter.get(id=one.counter_id)
                found.setdefault(counter.office_id, set()).add(one.date)
        return found


def code(counter: Counter) -> str:
    """What a counter is called in the form: ``office/number``."""
    return f"{counter.office.code}/{counter.number}"


SHIFTS = Shifts()


class ShiftPages(Pages[EditShift]):
    """The form of an entry, which leads back to its week."""

    async def back(self, number: Any) -> str:
        row = await self.table.row(number)
        return address(row.counter.office.code, row.date) if isinstance(row, Shift) else PAGE

    def initial(self, request: Request) -> Mapping[str, Any]:
        """The counter and day whose cell the official chose, with the hours of the day."""
        return {name: request.query_params.get(name, "") for name in SHIFTS.names}


def address(office: str, day: date) -> str:
    """The roster of an office in the week of a day."""
    return f"{PAGE}?office={office}&week={rosters.monday(day)}"


routes = [*ShiftPages(SHIFTS).routes, *Operations(SHIFTS).routes]
