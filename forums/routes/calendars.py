"""Calendars (RFC 5545): the dates of forums, with the filters of the list, and the due dates around one submission."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries import dates, deadlines
from forums.queries.deadlines import Deadline
from forums.queries.lists import NOTICE
from forums.routes.feeds import shown
from forums.routes.narrowed import narrowed
from server.core import clock, feeds, i18n, icalendar, web
from server.core.days import today
from server.core.errors import NotFound, Text, _

PAST = timedelta(days=90)
"""How far back the calendar of many forums goes."""
DAYS: Mapping[str, Text] = {
    "study": _("Study ends today: %(title)s"),
    "due": _("Commitment due today: %(title)s"),
    "done": _("Carried out: %(title)s"),
    "dropped": _("Discontinued: %(title)s"),
    "step": _("Step due: %(title)s"),
    "step_done": _("Step done: %(title)s"),
}
"""The title of each sort of date of a submission or commitment."""


async def all_dates(request: Request) -> Response:
    """``GET /forums/calendar.ics``: the dates of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    where, q, names = await narrowed(request)
    return _forums(request, await dates.dates(where, clock.now() - PAST, q), names, "forums")


async def forum_dates(request: Request) -> Response:
    """``GET /forums/{slug}/calendar.ics``: the dates of one forum; a notice has none."""
    thing = await shown(f"forum/{request.path_params['slug']}")
    if thing.forum_kind == NOTICE:
        raise NotFound
    found = await dates.dates({"slug": thing.forum}, clock.now() - PAST)
    return _forums(request, found, [thing.title], thing.forum)


def _forums(request: Request, found: Sequence[dates.Appointment], names: list[str], name: str) -> Response:
    base = web.site(request).settings.public_url
    entries = [
        icalendar.Entry(
            date.uid, date.title, base + date.path, date.starts_at, date.ends_at, date.place,
            cancelled=date.cancelled, busy=not date.cancelled,
        )
        for date in found
    ]  # fmt: skip
    return feeds.calendar(request, entries, _("Forums"), names, product="Forums", name=name)


async def submission_dates(request: Request) -> Response:
    """``GET /submissions/{number}/calendar.ics``: the end of its study and the due dates of its commitments."""
    thing = await shown(f"submission/{request.path_params['number']}")
    return _days(request, await deadlines.of_submission(thing.number, today()), thing.title, thing.number)


async def commitment_dates(request: Request) -> Response:
    """``GET /commitments/{number}/calendar.ics``: its due date and those of its steps."""
    thing = await shown(f"commitment/{request.path_params['number']}")
    return _days(request, await deadlines.of_commitment(thing.number, today()), thing.title, thing.number)


def _days(request: Request, found: Sequence[Deadline], title: str, number: str) -> Response:
    lang, base = web.language(request), web.site(request).settings.public_url
    entries = [
        icalendar.Entry(
            day.uid, i18n.translate(lang, Text(DAYS[day.sort].msgid, {"title": day.title})), base + day.path, day.day,
            cancelled=day.sort == "dropped",
        )
        for day in found
    ]  # fmt: skip
    return feeds.calendar(request, entries, _("Commitments"), [title], product="Forums", name=number)


routes = [
    Route("/forums/calendar.ics", all_dates),
    Route("/forums/{slug}/calendar.ics", forum_dates),
    Route("/submissions/{number}/calendar.ics", submission_dates),
    Route("/commitments/{number}/calendar.ics", commitment_dates),
]
