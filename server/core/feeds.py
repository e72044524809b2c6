"""Atom feeds (RFC 4287) and calendars (RFC 5545), for following without an email address; with conditional requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from server.core import files, i18n, icalendar, web
from server.core.errors import Text

KEPT = 60
"""Seconds for which clients may cache a feed or calendar."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed."""

    event_id: int
    at: datetime
    path: str
    category: str
    title: str
    """The title of its subject."""
    line: Text
    """What happened."""
    of: str = ""
    """What the subject belongs to, if its title does not say so."""
    words: str = ""


def atom(request: Request, entries: Sequence[Entry], title: Text, names: Sequence[str], path: str) -> Response:
    """A feed, newest entry first. ``names`` describe its filters, ``path`` is the page it belongs to."""
    site, language = web.site(request), web.language(request)
    base = site.settings.public_url
    context = {
        "title": " · ".join([i18n.translate(language, title), *names]),
        "entries": entries,
        "updated": max((entry.at for entry in entries), default=datetime.fromtimestamp(0, tz=UTC)),
        "base": base,
        "path": path,
        "address": base + request.url.path + (f"?{urlencode(request.query_params)}" if request.query_params else ""),
        "tag": f"tag:{urlsplit(base).hostname},2026:",
    }
    content = site.render(language, "feed.xml", context)
    return _answer(request, content.encode(), content, "application/atom+xml", {})


def calendar(
    request: Request, entries: Sequence[icalendar.Entry], title: Text, names: Sequence[str], *, product: str, name: str
) -> Response:
    """A calendar; ``name`` is its file name."""
    said = " · ".join([i18n.translate(web.language(request), title), *names])
    content = icalendar.calendar(entries, product=product, name=said)
    headers = {"content-disposition": files.content_disposition(f"{name}.ics")}
    return _answer(request, content, (said, entries), "text/calendar", headers)


def _answer(request: Request, content: bytes, shown: object, media_type: str, headers: dict[str, str]) -> Response:
    """The content, or 304 if the client already has everything in ``shown``."""
    mark = f'"{sha256(repr(shown).encode()).hexdigest()[:32]}"'
    headers |= {"etag": mark, "cache-control": f"public, max-age={KEPT}", "vary": "accept-language, cookie"}
    if mark in request.headers.get("if-none-match", ""):  # also in a list of ETags, or weakened on the way
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
