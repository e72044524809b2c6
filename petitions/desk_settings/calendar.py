"""The working calendar at the desk: temporary holidays, local office hours, and the public holidays to come."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions import watch
from petitions.desk_settings.common import confirm
from petitions.queries import settings as queries
from petitions.reference import reference
from petitions.setting_forms import STANDARD, read_hours
from server.core import auth, i18n, web
from server.core.accounts import CorePermission, LocalHours
from server.core.clock import WorkingCalendar
from server.core.days import today
from server.core.errors import Invalid, NotFound, _
from server.core.fields import Input
from server.core.working_calendar import FIRST_YEAR, LAST_YEAR

PAGE = "/desk/calendar"
AHEAD = 366
"""Days for which public holidays are shown."""


async def show(request: Request) -> Response:
    """``/desk/calendar``."""
    auth.official(request, CorePermission.EDIT_CALENDAR)
    return await _page(request)


async def _page(
    request: Request,
    *,
    holiday: Mapping[str, Any] | None = None,
    hours: Mapping[str, Any] | None = None,
    invalid: Invalid | None = None,
) -> Response:
    lang = web.language(request)
    calendar = (await reference()).calendar
    day = today()
    times = calendar.hours_on(day)
    names = ("first_day", "opens", "lunch_starts", "lunch_ends", "closes")
    fresh = dict(zip(names, ("", *STANDARD), strict=True))
    context = {
        "holidays": await queries.holidays(),
        "local_hours": await queries.local_hours(),
        "upcoming": _upcoming(calendar, day),
        "hours_now": (times.opens, times.lunch_starts, times.lunch_ends, times.closes),
        "running": await queries.running_clocks(),
        "cap": queries.CAP,
        "today": day,
        "holiday": {name: str((holiday or {}).get(name) or "") for name in ("date", "name")},
        "hours": {name: str(hours.get(name) or "") for name in names} if hours is not None else fresh,
        "errors": web.field_errors(lang, invalid.errors) if invalid else {},
    }
    return web.page(request, "desk/settings/calendar.html", context, status=invalid.status if invalid else 200)


def _upcoming(calendar: WorkingCalendar, today: date) -> list[tuple[date, str]]:
    """Public holidays of the coming year, those in the table included."""
    days = (today + timedelta(days=n) for n in range(AHEAD))
    return [(day, name) for day in days if day.year <= LAST_YEAR and (name := calendar.holiday_name(day))]


async def add_holiday(request: Request) -> Response:
    """``POST /desk/calendar/holidays``: ``date`` and ``name``."""
    official = auth.official(request, CorePermission.EDIT_CALENDAR)
    form = await web.read_form(request)
    data = Input(form)
    day = data.day("date", required=True)
    name = data.text("name", limit=80, required=True)
    known = await reference()
    if day and _within(data, "date", day) and not known.calendar.is_working_day(day):
        data.fail("date", _("The offices are closed on this day already."))
    try:
        data.done()
        await watch.add_holiday(official, day or today(), name)
    except Invalid as invalid:
        return await _page(request, holiday=form, invalid=invalid)
    return web.redirect(request, PAGE, _("The holiday is in the table. Running clocks are being counted anew."))


async def remove_holiday(request: Request) -> Response:
    """``/desk/calendar/holidays/{day}/remove``: asks first."""
    official = auth.official(request, CorePermission.EDIT_CALENDAR)
    day = next((day for day, _name in await queries.holidays() if str(day) == request.path_params["day"]), None)
    if day is None:
        raise NotFound
    if request.method == "GET":
        return confirm(
            request,
            question=_("Take back the holiday on %(day)s?", day=i18n.date_text(day, web.language(request))),
            consequence=_(
                "The day is a working day again, and running clocks are counted anew: due dates can come earlier."
            ),
            label=_("Take it back"),
            back=PAGE,
        )
    await watch.remove_holiday(official, day)
    return web.redirect(request, PAGE, _("The day is a working day again. Running clocks are being counted anew."))


def _within(data: Input, name: str, day: date) -> bool:
    """Whether the holidays of the day's year are known; notes the error where they are not."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return True
    data.fail(name, _("Please give a day of the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    return False


async def set_hours(request: Request) -> Response:
    """``POST /desk/calendar/hours``: the hours from ``first_day`` on."""
    official = auth.official(request, CorePermission.EDIT_CALENDAR)
    form = await web.read_form(request)
    data = Input(form)
    first = data.day("first_day", required=True)
    if first:
        _within(data, "first_day", first)
    opens, lunch_starts, lunch_ends, closes = read_hours(data)
    try:
        data.done()
    except Invalid as invalid:
        return await _page(request, hours=form, invalid=invalid)
    hours = LocalHours(
        first_day=first, opens=opens, lunch_starts=lunch_starts, lunch_ends=lunch_ends, closes=closes
    )  # fmt: skip
    await watch.set_hours(official, hours)
    return web.redirect(request, PAGE, _("The hours are set. Running clocks are being counted anew."))


routes = [
    Route(PAGE, show),
    Route(f"{PAGE}/holidays", add_holiday, methods=["POST"]),
    Route(f"{PAGE}/holidays/{{day}}/remove", remove_holiday, methods=["GET", "POST"]),
    Route(f"{PAGE}/hours", set_hours, methods=["POST"]),
]
