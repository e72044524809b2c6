"""Following without an email address: Atom feeds (RFC 4287) and calendars (RFC 5545), with the filters of the lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.labels import KINDS
from forums.queries import dates, news
from forums.queries.following import About, about
from forums.queries.lists import MAX_WORDS, NOTICE
from server.core import clock, feeds, i18n, icalendar, listing, page_cache, web
from server.core.city import city
from server.core.errors import BadRequest, Invalid, NotFound, Text, _

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


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """The filters in the address of a feed or calendar of many forums."""

    kind: str = listing.choice(KINDS)
    department: str = listing.department()
    district: str = listing.district()
    q: str = listing.words(MAX_WORDS, "{}")


async def _filtered(request: Request) -> tuple[dict[str, object], str, list[str]]:
    """The columns with their values, the search words, and both as labels for the title. Raises ``BadRequest``."""
    reference_data = await city()
    try:
        wanted = Filters.parse(request.query_params, reference_data)
    except Invalid as error:
        raise BadRequest(error.errors[0].text, code="bad_filter") from error
    department = reference_data.department_by_code(wanted.department)
    where = {"kind": wanted.kind, "department_id": department and department.id, "district": wanted.district}
    chips = wanted.chips("", reference_data, web.language(request))
    return {name: value for name, value in where.items() if value}, wanted.q, [label for label, _address in chips]


async def _shown(request: Request) -> About:
    """The forum, submission or commitment in the address, if it is public. Raises ``NotFound``."""
    _root, sort, name, _file = request.url.path.split("/")
    subject = f"{sort.removesuffix('s')}/{name}"
    thing = (await about([subject])).get(subject)
    if thing is None or not thing.shown:
        raise NotFound
    return thing


# --- Feeds ------------------------------------------------------------------------------------------------------------


@page_cache.kept(filters=Filters)
async def all_news(request: Request) -> Response:
    """``GET /forums/feed.atom``: news of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    columns, q, names = await _news_columns(request)
    return _feed(request, await news.newest(columns, q), _("Forums: news"), names, "/forums")


@page_cache.kept(filters=Filters)
async def commitment_list_news(request: Request) -> Response:
    """``GET /commitments/feed.atom``: news of commitments, with the same filters."""
    columns, q, names = await _news_columns(request)
    items = await news.newest(columns, q, commitments=True)
    return _feed(request, items, _("Commitments: news"), names, "/commitments")


async def _news_columns(request: Request) -> tuple[dict[str, object], str, list[str]]:
    where, q, names = await _filtered(request)
    return {"forum_kind" if name == "kind" else name: value for name, value in where.items()}, q, names


@page_cache.kept()
async def news_of_one(request: Request) -> Response:
    """``GET …/feed.atom``: news of a forum with its submissions, of a submission, or of a commitment."""
    thing = await _shown(request)
    match thing.subject.partition("/")[0]:
        case "forum":
            items = await news.newest({"forum_id": thing.forum_id})
        case "submission":
            items = await news.newest({"submission_id": thing.submission_id})
        case _:
            items = await news.of_one(thing)
    return _feed(request, items, _("News"), [thing.title], thing.path)


def _feed(request: Request, items: list[news.Item], title: Text, names: list[str], path: str) -> Response:
    entries = [
        feeds.Entry(
            item.entry.id,
            item.entry.occurred_at,
            item.about.path,
            item.about.forum_kind,
            item.about.title,
            item.line,
            of=item.about.forum_title if item.about.forum_title != item.about.title else "",
            words=item.about.outcome_text,
        )
        for item in items
    ]
    return feeds.atom(request, entries, title, names, path)


# --- Calendars --------------------------------------------------------------------------------------------------------


async def all_dates(request: Request) -> Response:
    """``GET /forums/calendar.ics``: the dates of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    where, q, names = await _filtered(request)
    found = await dates.dates(where, clock.now() - PAST, q)
    return feeds.calendar(request, found, _("Forums"), names, product="Forums", name="forums")


async def forum_dates(request: Request) -> Response:
    """``GET /forums/{slug}/calendar.ics``: the dates of one forum; a notice has none."""
    thing = await _shown(request)
    if thing.forum_kind == NOTICE:
        raise NotFound
    found = await dates.dates({"slug": thing.forum}, clock.now() - PAST)
    return feeds.calendar(request, found, _("Forums"), [thing.title], product="Forums", name=thing.forum)


async def due_dates(request: Request) -> Response:
    """``GET …/calendar.ics``: the end of a submission's study, the due dates of its commitments, or of one."""
    thing = await _shown(request)
    of = dates.of_submission if thing.subject.startswith("submission/") else dates.of_commitment
    found = await of(thing.number)
    lang, base = web.language(request), web.site(request).settings.public_url
    entries = [
        icalendar.Entry(
            day.uid, i18n.translate(lang, Text(DAYS[day.sort].msgid, {"title": day.title})), base + day.path, day.day,
            cancelled=day.sort == "dropped",
        )
        for day in found
    ]  # fmt: skip
    return feeds.calendar(request, entries, _("Commitments"), [thing.title], product="Forums", name=thing.number)


routes = [
    Route("/forums/feed.atom", all_news),
    Route("/forums/{slug}/feed.atom", news_of_one),
    Route("/submissions/{number}/feed.atom", news_of_one),
    Route("/commitments/feed.atom", commitment_list_news),
    Route("/commitments/{number}/feed.atom", news_of_one),
    Route("/forums/calendar.ics", all_dates),
    Route("/forums/{slug}/calendar.ics", forum_dates),
    Route("/submissions/{number}/calendar.ics", due_dates),
    Route("/commitments/{number}/calendar.ics", due_dates),
]
