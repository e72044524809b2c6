"""The roster of an office for a week: shown, entered for several counters and days at once, copied, taken back.

Each as a page and as JSON. What was entered or copied can be taken back in one press from the message about it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, roles, web
from server.core.accounts import Official, Role
from server.core.contract import Access, Answer, Contract, among, said
from server.core.days import today
from server.core.errors import Invalid, NotFound, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Form, Parameters
from server.core.resource.pages import confirm
from server.core.resource.table import Question
from server.core.signing import sign, unsign
from server.core.web import Consequence
from tracking.visits.actions import rosters
from tracking.visits.actions.rosters import DAY, WEEK, Added, Why, monday
from tracking.visits.desk.common import displaced_link
from tracking.visits.desk.places.roster import PAGE, address
from tracking.visits.desk_forms import MOST_ROWS, CopyWeek, EnterWeek, TakeBack
from tracking.visits.errors import RosterChanged
from tracking.visits.labels import WEEKDAYS
from tracking.visits.models import Office
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, offices, places
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.places import CounterRow
from tracking.visits.rules import DayHours, Span

UNDO, UNDO_SECONDS = "roster-undo", 3_600
NAMED = 12
"""The most counters and days that a message names for each reason."""
FIELDS = 12 * MOST_ROWS
SKIPPED: dict[Why, Text] = {
    Why.FILLED: _("Skipped because somebody sits there already: %(cells)s."),
    Why.CLOSED: _("Skipped because the office is closed: %(cells)s."),
    Why.ELSEWHERE: _("Skipped because the official sits at another counter at that time: %(cells)s."),
    Why.LEFT: _("Skipped because the official has left: %(cells)s."),
}
QUESTION = Question(
    _("Take the last entries back?"),
    _("What was entered or copied in one press is removed again, except what has been changed since."),
    _("Take back"),
)


def _span(span: Span) -> str:
    return f"{offices.local(span[0]):%H:%M}–{offices.local(span[1]):%H:%M}"


def _times(hours: DayHours) -> dict[str, str]:
    """The opening of a day and its end, with which new entries begin."""
    if not hours.spans:
        return {}
    return {
        "starts": f"{offices.local(hours.spans[0][0]):%H:%M}",
        "ends": f"{offices.local(hours.spans[-1][1]):%H:%M}",
    }


async def _week(request: Request, kept: ReturnedForm) -> tuple[dict[str, Any], OfficeRow | None, list[date], Any]:
    """The office and the week that a page is about, with its roster, as context."""
    known = await offices.offices()
    asked = str(kept.value("office") or request.query_params.get("office", ""))
    office = next((one for one in known if asked in {one.code, ""}), None)
    if office is None and asked:
        raise NotFound
    day = Parameters({"week": str(kept.value("week"))} if kept.value("week") else request.query_params).day("week")
    days = [monday(day or today()) + DAY * n for n in range(7)]
    lang = web.language(request)
    roster = await places.roster(office.id, days) if office else None
    context = {
        "offices": known,
        "office": office,
        "days": days,
        "labels": {day: i18n.short_date_text(day, lang) for day in days},
        "roster": roster,
        "open": {day: [_span(span) for span in hours.spans] for day, hours in roster.days.items()} if roster else {},
        "today": today(),
        "errors": kept.errors,
    }
    return context, office, days, roster


async def show(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/roster?office=&week=``: who sits where on each day of a week."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    context, office, days, roster = await _week(request, kept)
    cells = [(counter, day) for counter in roster.counters for day in days] if office else []
    context |= {
        "add": {(one.id, day): _add_address(office, one, day, roster.days[day]) for one, day in cells}
        if office
        else {},
        "before": address(office.code, days[0] - WEEK) if office else "",
        "after": address(office.code, days[0] + WEEK) if office else "",
        "enter": f"{PAGE}/week?office={office.code}&week={days[0]}" if office else "",
        "form": CopyWeek,
        "values": {"weeks": 1, **kept.values},
        "displaced": await places.displaced(await _offices_of(official, context["offices"], office)),
    }
    return web.page(request, "desk/visits/places/roster.html", context, status=kept.status)


def _add_address(office: OfficeRow, counter: CounterRow, day: date, hours: DayHours) -> str:
    """The form of an entry, filled in from the opening of a day to its end."""
    query = {"counter": f"{office.code}/{counter.number}", "date": day.isoformat(), **_times(hours)}
    return f"{PAGE}/shifts/new?{urlencode(query)}"


async def _offices_of(official: Official, known: Sequence[OfficeRow], seen: OfficeRow | None) -> Collection[int] | None:
    """The office that an official looks at and the one where they sit next; all of them for who keeps the offices."""
    if official.may(Permission.EDIT_OFFICES):
        return None
    codes = {await desk.own_office(official.id, today()), seen.code if seen else ""}
    return [one.id for one in known if one.code in codes]


async def copy(request: Request, form: FormData) -> Response:
    """``POST /desk/roster``: copies the week that the page shows to the next weeks."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    command = await _read_copy(CopyWeek.raw(form.multi_items()))
    added = await rosters.copy(official, await Office.get(code=command.office), command.week, command.weeks)
    return _done(request, added, monday(command.week) + WEEK, _copied(added, web.language(request)))


async def _read_copy(raw: Mapping[str, Any], *, strict: bool = False) -> CopyWeek:
    return CopyWeek.parse(raw, strict=strict, choices={"office": [one.code for one in await offices.offices()]})


def _copied(added: Added, language: str) -> Text:
    """To how many counters and days a week was copied, and to which not and why, in the reader's language."""
    parts = [_("Copied, counted by counter and day: %(count)s.", count=added.cells)]
    for why, text in SKIPPED.items():
        left = sorted((one.counter, one.day) for one in added.skipped if one.why is why)
        if left:
            parts.append(Text(text.msgid, {"cells": _cells(left, language)}))
    return Text("%(said)s", {"said": " ".join(i18n.translate(language, part) for part in parts)})


def _cells(found: Sequence[tuple[str, date]], language: str) -> str:
    """Counters with their days, ``1 (Mon 7 Dec, Tue 8 Dec); 2 (…)``; of many, the first and how many more."""
    named = "; ".join(
        f"{counter} ({', '.join(i18n.short_date_text(day, language) for _counter, day in those)})"
        for counter, those in groupby(found[:NAMED], key=lambda one: one[0])
    )
    return f"{named} … (+{len(found) - NAMED})" if len(found) > NAMED else named


def _done(request: Request, added: Added, week: date, notice: Text) -> Response:
    undo = f"{PAGE}/undo?{urlencode({'undo': _token(request, added)})}"
    return web.redirect(
        request, address(added.office, week), notice, Consequence(_("Undo"), undo) if added.cells else None
    )


def _token(request: Request, added: Added) -> str:
    return sign(web.site(request).settings, UNDO, [added.office, added.first, added.last, added.version])


def _added(request: Request, token: str) -> Added:
    """What a token takes back. Raises ``RosterChanged`` if it is too old."""
    value = unsign(web.site(request).settings, UNDO, token, UNDO_SECONDS)
    if not isinstance(value, list):
        raise RosterChanged
    office, first, last, version = value
    return Added(office, first=first, last=last, version=version)


async def show_week(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/roster/week?office=&week=&counter=``: the form of a whole week, a row for each counter or for one."""
    auth.official(request, Permission.EDIT_ROSTER)
    context, office, days, roster = await _week(request, kept)
    if office is None:
        raise NotFound
    only = str(kept.value("only") or request.query_params.get("counter", ""))
    counters = [one for one in roster.counters if only in {one.number, ""}][:MOST_ROWS]
    usual = next((found for day in days if (found := _times(roster.days[day]))), {})
    defaults = {f"rows.{n}.{name}": value for n in range(1, len(counters) + 1) for name, value in usual.items()}
    staff = [(one.username, one.name) for one in await roles.staff([*Role])]
    context |= {
        "rows": [(f"rows.{n}", f"{office.code}/{one.number}", one) for n, one in enumerate(counters, 1)],
        "codes": [*zip(WEEKDAYS, days, strict=True)],
        "officials": staff,
        "form": EnterWeek,
        "only": only,
        "values": {**defaults, **kept.values},
        "back": address(office.code, days[0]),
        "displaced": [],
    }
    return web.page(request, "desk/visits/places/week.html", context, status=kept.status)


async def enter(request: Request) -> Response:
    """``/desk/roster/week``: the form, and what was entered in it, all of it or nothing."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    if request.method != "POST":
        return await show_week(request, ReturnedForm())
    raw = EnterWeek.raw((await web.read_form(request, fields=FIELDS)).multi_items())
    try:
        command = await _read_week(raw)
        added = await rosters.enter(official, command)
    except Invalid as refusal:
        errors = web.field_errors(web.language(request), refusal.errors)
        return await show_week(request, ReturnedForm(values=raw, errors=errors, refusal=refusal))
    text = _("Entered, counted by counter and day: %(count)s.", count=added.cells)
    return _done(request, added, command.week, text)


async def _read_week(raw: Mapping[str, Any], *, strict: bool = False) -> EnterWeek:
    """A week's form, with the counters of its office. Raises ``Invalid``."""
    known = {one.code: one for one in await offices.offices()}
    chosen = known.get(str(raw.get("office", "")))
    found = (await places.counters(chosen.id)) if chosen else ()
    counters = [f"{chosen.code}/{one.number}" for one in found] if chosen else []
    staff = [one.username for one in await roles.staff([*Role])]
    rows = range(1, MOST_ROWS + 1)
    choices: dict[str, Collection[str]] = {"office": [*known]}
    choices |= {f"rows.{n}.counter": counters for n in rows} | {f"rows.{n}.official": staff for n in rows}
    return EnterWeek.parse(raw, strict=strict, choices=choices)


async def undo(request: Request) -> Response:
    """``/desk/roster/undo?undo=``: asks, then removes what was entered or copied in one press."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    added = _added(request, request.query_params.get("undo", ""))
    if request.method != "POST":
        return confirm(request, QUESTION, f"{PAGE}?office={added.office}")
    count = await rosters.take_back(official, added)
    back = f"{PAGE}?office={added.office}"
    return web.redirect(request, back, _("Entries taken back: %(count)s.", count=count), displaced_link())


# --- JSON -------------------------------------------------------------------------------------------------------------


class SkippedCell(Answer):
    """A counter and day to which something was not copied."""

    counter: str
    date: str
    why: Annotated[str, among([one.value for one in Why])]


class RosterChange(Answer):
    """What entering, copying or taking back a week has done."""

    cells: Annotated[int, said("Counters and days with new entries; entries that were taken back.")]
    skipped: list[SkippedCell]
    undo: Annotated[str, said("Takes it back within an hour; empty if there is nothing to take back.")]


def _change(request: Request, added: Added) -> Response:
    skipped = [
        SkippedCell(counter=f"{added.office}/{one.counter}", date=one.day.isoformat(), why=one.why)
        for one in added.skipped
    ]
    token = _token(request, added) if added.cells else ""
    return web.json(RosterChange(cells=added.cells, skipped=skipped, undo=token))


def _operation(summary: str, form: type[Form], *refusals: int) -> Contract:
    return Contract(summary, RosterChange, access=Access.OFFICIAL, body=form, refusals=refusals)


@_operation("Enter officials at counters for several days of a week, all of them or none", EnterWeek)
async def api_enter(request: Request) -> Response:
    """``POST /desk/roster/enter``."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    command = await _read_week(await web.read_json(request), strict=True)
    return _change(request, await rosters.enter(official, command))


@_operation("Copy a week of an office's roster to the next weeks", CopyWeek)
async def api_copy(request: Request) -> Response:
    """``POST /desk/roster/copy``."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    command = await _read_copy(await web.read_json(request), strict=True)
    office = await Office.get(code=command.office)
    return _change(request, await rosters.copy(official, office, command.week, command.weeks))


@_operation("Take back what was entered or copied in one press", TakeBack, 409)
async def api_undo(request: Request) -> Response:
    """``POST /desk/roster/undo``."""
    official = auth.official(request, Permission.EDIT_ROSTER)
    added = _added(request, TakeBack.parse(await web.read_json(request), strict=True).undo)
    return web.json(RosterChange(cells=await rosters.take_back(official, added), skipped=[], undo=""))


routes = [
    form_page(PAGE, show, copy),
    Route(f"{PAGE}/week", enter, methods=["GET", "POST"]),
    Route(f"{PAGE}/undo", undo, methods=["GET", "POST"]),
    *(
        Route(f"/api/v1{PAGE}/{name}", endpoint, methods=["POST"])
        for name, endpoint in (("enter", api_enter), ("copy", api_copy), ("undo", api_undo))
    ),
]
