"""The roster of an office: who sits where and when, entered by week and copied forward."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, city, database, i18n, roles, web
from server.core.accounts import Account, Official, Role
from server.core.days import today
from server.core.errors import Invalid, NotFound, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Day, Errors, Form, Label, OneOf, Parameters, Time
from server.core.ledger import SettingChanged
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import MOST, Options, Question, View
from tracking.visits.actions import rebuilding
from tracking.visits.desk.places.tables import PlaceTable, on_step
from tracking.visits.models import Counter, Office, Shift
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, offices, places
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.places import ShiftRow
from tracking.visits.rules import DayHours, Span

PAGE = "/desk/roster"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST_WEEKS = 12
COPIED, ROSTER = "copied", "roster"
"""How the ledger records that a week was copied, and of what: the roster of an office."""


class EditShift(Form):
    """Somebody at a counter on a day."""

    counter: Annotated[str, OneOf(), Label(_("Counter"))]
    official: Annotated[str, OneOf(), Label(_("Official"))]
    date: Annotated[Day, Label(_("Day"))]
    starts: Annotated[Time, Label(_("From"))]
    ends: Annotated[Time, Label(_("Until"))]

    def check(self, errors: Errors) -> None:
        if not errors.found and self.starts >= self.ends:
            errors.fail("ends", _("The end must be after the start."))


class CopyWeek(Form):
    """A week of an office's roster, to be copied to the next weeks."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    week: Annotated[Day, Label(_("Week"))]
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS), Label(_("To how many of the next weeks"))] = 1


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and what not."""

    shifts: int = 0
    filled: tuple[date, ...] = ()
    """Days on which somebody sat already."""
    closed: tuple[date, ...] = ()
    elsewhere: int = 0
    """Shifts of officials who sit at another office at that time, or whose account is closed."""


class Shifts(PlaceTable[EditShift]):
    """The entries of all rosters. JSON lists those from today on; pages show them by week."""

    what, path, chain = "shift", "roster/shifts", "settings/roster"
    permission = Permission.EDIT_ROSTER
    model, form = Shift, EditShift
    title, add_label, added = _("Roster"), _("Add to the roster"), _("The roster has been changed.")
    trail = _("Entry %(id)s of a roster")
    row_title = _("Entry on %(date)s")
    list_template, home = "", PAGE
    order = ("date", "starts", "id")
    filters = ("counter",)
    deleting = Question(
        _("Remove the entry on %(date)s from the roster?"),
        _("Reservations move to other counters. Those that do not fit are listed, so that you can offer other times."),
        _("Remove"),
        done=_("The roster has been changed."),
    )

    async def rows(self, wanted: Mapping[str, str], _view: View) -> Sequence[Any]:
        conditions = [await self.narrowing(name, value) for name, value in wanted.items()]
        found = self.model.filter(*conditions, date__gte=today()).select_related("counter__office")
        return await found.order_by(*self.order).limit(MOST)

    async def row(self, number: Any) -> Any:
        return await Shift.filter(pk=number).select_related("counter__office").first()

    async def choices(self, language: str) -> dict[str, Options]:
        counters = await Counter.filter(active=True, office__active=True).select_related("office").order_by("number")
        named = [(_code(one), f"{i18n.name_in(one.office, language)} · {one.number}") for one in counters]
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
        return {"counter": _code(row.counter), "official": card.username if card else "", **values}

    async def check(self, command: EditShift, row: Shift | None) -> None:
        """Nobody sits at two counters at once, and at a counter sits one official."""
        if command.date < today():
            raise Invalid.at("date", _("This day is over."))
        office = await Office.get(code=command.counter.partition("/")[0])
        on_step(office.step, {"starts": command.starts, "ends": command.ends})
        stored = await self.stored(command)
        same_time = Shift.filter(date=command.date, starts__lt=command.ends, ends__gt=command.starts)
        others = same_time.exclude(id=row.id) if row else same_time
        for field, column, text in (
            ("official", "account_id", _("This official sits at another counter at that time.")),
            ("counter", "counter_id", _("Somebody else sits at this counter at that time.")),
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

    async def copy_week(self, actor: Official, office: Office, week: date, weeks: int) -> Copied:
        """Copy a week of an office to the next weeks, except to days that are closed or on which somebody sits."""
        async with self.changing() as chain:
            copied, rows = await _copies(office, week, weeks)
            if rows:
                columns = ("counter_id", "account_id", "date", "starts", "ends")
                await database.insert_models(Shift, [dict(zip(columns, row, strict=True)) for row in rows])
                await chain.append(actor.actor, SettingChanged(ROSTER, office.id, COPIED))
                await rebuilding.plan(office.id, {row[2] for row in rows})
        return copied


async def _copies(office: Office, week: date, weeks: int) -> tuple[Copied, list[tuple[int, int, date, str, str]]]:
    """What copying a week does, and the rows to add."""
    last = week + WEEK * weeks + WEEK - DAY
    source = await places.shifts(office.id, week, week + WEEK - DAY)
    people = {one.account_id for one in source}
    taken = {one.date for one in await places.shifts(office.id, week + WEEK, last)}
    ahead = offices.span_of_days(week + WEEK, last)
    hours = await offices.hours(office.id, await offices.weekly_hours(office.id), ahead, await city.calendar())
    active = {one.id for one in await Account.filter(id__in=people, active=True)}
    busy = await Shift.filter(account_id__in=people, date__gt=week + WEEK - DAY, date__lte=last)
    filled, closed, elsewhere, rows = set[date](), set[date](), 0, []
    for one in source:
        for day in (one.date + WEEK * n for n in range(1, weeks + 1)):
            if day in taken:
                filled.add(day)
            elif not hours[day].spans:
                closed.add(day)
            elif one.account_id not in active or any(_meets(one, other, day) for other in busy):
                elsewhere += 1
            else:
                rows.append((one.counter_id, one.account_id, day, one.starts, one.ends))
    return Copied(len(rows), tuple(sorted(filled)), tuple(sorted(closed)), elsewhere), rows


def _meets(one: ShiftRow, other: Shift, day: date) -> bool:
    """Whether the official of a shift sits elsewhere at its time on a day."""
    same = (other.account_id, other.date) == (one.account_id, day)
    return same and other.starts < one.ends and one.starts < other.ends


def _code(counter: Counter) -> str:
    """What a counter is called in the form: ``office/number``."""
    return f"{counter.office.code}/{counter.number}"


SHIFTS = Shifts()


class ShiftPages(Pages[EditShift]):
    """The form of an entry, which leads back to its week."""

    async def back(self, number: Any) -> str:
        row = await self.table.row(number)
        return _address(row.counter.office.code, row.date) if isinstance(row, Shift) else PAGE

    def initial(self, request: Request) -> Mapping[str, Any]:
        """The counter and day whose cell the official chose, with the hours of the day."""
        return {name: request.query_params.get(name, "") for name in SHIFTS.names}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _span(span: Span) -> str:
    return f"{offices.local(span[0]):%H:%M}–{offices.local(span[1]):%H:%M}"


def _add_address(office: str, counter: str, day: date, hours: DayHours) -> str:
    """The form of an entry, filled in from the opening of a day to its end."""
    query = {"counter": f"{office}/{counter}", "date": day.isoformat()}
    if hours.spans:
        query |= {
            "starts": f"{offices.local(hours.spans[0][0]):%H:%M}",
            "ends": f"{offices.local(hours.spans[-1][1]):%H:%M}",
        }
    return f"{PAGE}/shifts/new?{urlencode(query)}"


def _address(office: str, day: date) -> str:
    return f"{PAGE}?office={office}&week={_monday(day)}"


async def show(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/roster?office=&week=``: who sits where on each day of a week."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    known = await offices.offices()
    asked = str(kept.value("office") or request.query_params.get("office", ""))
    office = next((one for one in known if asked in {one.code, ""}), None)
    if office is None and asked:
        raise NotFound
    day = Parameters({"week": str(kept.value("week"))} if kept.value("week") else request.query_params).day("week")
    monday = _monday(day or today())
    days = [monday + DAY * n for n in range(7)]
    lang = web.language(request)
    roster = await places.roster(office.id, days) if office else None
    context = {
        "offices": known,
        "office": office,
        "days": days,
        "labels": {day: i18n.short_date_text(day, lang) for day in days},
        "roster": roster,
        "open": {day: [_span(span) for span in hours.spans] for day, hours in roster.days.items()} if roster else {},
        "add": {
            (counter.id, day): _add_address(office.code, counter.number, day, roster.days[day])
            for counter in roster.counters
            for day in days
        }
        if office and roster
        else {},
        "before": _address(office.code, monday - WEEK) if office else "",
        "after": _address(office.code, monday + WEEK) if office else "",
        "today": today(),
        "form": CopyWeek,
        "values": {"weeks": 1, **kept.values},
        "errors": kept.errors,
        "displaced": await places.displaced(await _offices_of(official, known, office)),
    }
    return web.page(request, "desk/visits/places/roster.html", context, status=kept.status)


async def _offices_of(official: Official, known: Sequence[OfficeRow], seen: OfficeRow | None) -> Collection[int] | None:
    """The office that an official looks at and the one where they sit next; all of them for who keeps the offices."""
    if official.may(Permission.EDIT_OFFICES):
        return None
    codes = {await desk.own_office(official.id, today()), seen.code if seen else ""}
    return [one.id for one in known if one.code in codes]


async def copy(request: Request, form: FormData) -> Response:
    """``POST /desk/roster``: copies the week that the page shows to the next weeks."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    codes = [one.code for one in await offices.offices()]
    command = CopyWeek.parse(form, choices={"office": codes})
    monday = _monday(command.week)
    office = await Office.get(code=command.office)
    copied = await SHIFTS.copy_week(official, office, monday, command.weeks)
    return web.redirect(request, _address(office.code, monday + WEEK), _said(copied, web.language(request)))


def _said(copied: Copied, language: str) -> Text:
    """What was copied and what not, with the days, in the reader's language."""

    def days(found: Sequence[date]) -> str:
        return ", ".join(i18n.short_date_text(day, language) for day in found) or "–"

    return _(
        "Copied entries: %(count)s. Not copied to days that had entries already: %(filled)s; to closed days: "
        "%(closed)s; officials who sit elsewhere or have left: %(elsewhere)s.",
        count=copied.shifts,
        filled=days(copied.filled),
        closed=days(copied.closed),
        elsewhere=copied.elsewhere,
    )


routes = [
    form_page(PAGE, show, copy),
    *ShiftPages(SHIFTS).routes,
    *Operations(SHIFTS).routes,
]
