"""Following without a mail address: Atom feeds (RFC 4287) and calendars (RFC 5545), narrowed as the list is."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.labels import KINDS
from forums.queries import dates
from forums.queries.following import about
from server.core import city, clock, files, i18n, icalendar, web
from server.core.errors import BadRequest, NotFound, Text, _
from tracking.following import news

KEPT = 60
"""Seconds for which a feed or calendar may be kept by whoever fetched it."""
PAST = timedelta(days=90)
"""How far back a calendar goes."""
MOST_WORDS = 80


async def _narrowed(request: Request) -> tuple[dict[str, object], str, list[str]]:
    """What the address asks for: columns with values, words to look for, and both as names for the title."""
    lang, known, asked = web.language(request), await city.city(), request.query_params
    where: dict[str, object] = {}
    names: list[str] = []
    if kind := asked.get("kind"):
        if kind not in KINDS:
            raise BadRequest(_("There is no such kind of forum."))
        where["kind"] = kind
        names.append(i18n.translate(lang, KINDS[kind]))
    if code := asked.get("department"):
        department = known.department_by_code(code)
        if department is None:
            raise BadRequest(_("There is no such department."))
        where["department_id"] = department.id
        names.append(department.name(lang))
    if district := asked.get("district"):
        if district not in known.districts:
            raise BadRequest(_("There is no such district."))
        where["district"] = district
        names.append(known.district_name(district, lang))
    q = " ".join(asked.get("q", "").split())[:MOST_WORDS]
    return where, q, [*names, *([q] if q else [])]


async def all_news(request: Request) -> Response:
    """``GET /forums/feed.atom``: news of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    where, q, names = await _narrowed(request)
    columns = {"forum_kind" if name == "kind" else name: value for name, value in where.items()}
    return _feed(request, await news.newest(columns, q), _("Forums: what is new"), names, "/forums")


async def forum_news(request: Request) -> Response:
    """``GET /forums/{slug}/feed.atom``: news of one forum, of what is said in it and what becomes of that."""
    return await _one(request, f"forum/{request.path_params['slug']}")


async def voice_news(request: Request) -> Response:
    """``GET /submissions/{number}/feed.atom``: news of one voice and of the promise that came of it."""
    return await _one(request, f"submission/{request.path_params['number']}")


async def _one(request: Request, subject: str) -> Response:
    thing = (await about([subject])).get(subject)
    if thing is None or not thing.shown:
        raise NotFound
    where: Mapping[str, object] = {"voice_id": thing.voice_id} if thing.voice_id else {"forum_id": thing.forum_id}
    return _feed(request, await news.newest(where), _("What is new"), [thing.title], thing.path)


def _feed(request: Request, items: list[news.Item], title: Text, names: list[str], path: str) -> Response:
    site, lang = web.site(request), web.language(request)
    mark = f'"{sha256(repr([lang, names, [item.entry.id for item in items]]).encode()).hexdigest()[:32]}"'
    headers = {"etag": mark, "cache-control": f"public, max-age={KEPT}", "vary": "accept-language, cookie"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    base = site.settings.public_url
    context = {
        "title": " · ".join([i18n.translate(lang, title), *names]),
        "items": items,
        "updated": news.changed_at(items),
        "base": base,
        "path": path,
        "address": base + request.url.path + (f"?{urlencode(request.query_params)}" if request.query_params else ""),
        "tag": f"tag:{urlsplit(base).hostname},2026:",
    }
    content = site.render(lang, "forums/feed.xml", context)
    return Response(content, headers=headers, media_type="application/atom+xml")


async def all_dates(request: Request) -> Response:
    """``GET /forums/calendar.ics``: the dates of forums, narrowed as the feed (``q`` aside)."""
    where, _q, names = await _narrowed(request)
    return await _calendar(request, where, names, "forums")


async def forum_dates(request: Request) -> Response:
    """``GET /forums/{slug}/calendar.ics``: the dates of one forum."""
    subject = f"forum/{request.path_params['slug']}"
    thing = (await about([subject])).get(subject)
    if thing is None or not thing.shown:
        raise NotFound
    return await _calendar(request, {"slug": thing.forum}, [thing.title], thing.forum)


async def _calendar(request: Request, where: Mapping[str, object], names: list[str], name: str) -> Response:
    lang, base = web.language(request), web.site(request).settings.public_url
    entries = [
        icalendar.Entry(
            date.uid, date.title, base + date.path, date.starts_at, date.ends_at, date.place,
            cancelled=date.cancelled, busy=not date.cancelled,
        )
        for date in await dates.dates(where, clock.now() - PAST)
    ]  # fmt: skip
    title = " · ".join([i18n.translate(lang, _("Forums")), *names])
    headers = {
        "content-disposition": files.content_disposition(f"{name}.ics"),
        "cache-control": f"public, max-age={KEPT}",
    }
    content = icalendar.calendar(entries, product="Forums", name=title)
    return Response(content, headers=headers, media_type="text/calendar")


routes = [
    Route("/forums/feed.atom", all_news),
    Route("/forums/calendar.ics", all_dates),
    Route("/forums/{slug}/feed.atom", forum_news),
    Route("/forums/{slug}/calendar.ics", forum_dates),
    Route("/submissions/{number}/feed.atom", voice_news),
]
