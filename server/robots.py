"""What search engines may read: ``robots.txt``, ``sitemap.xml`` with every public page, and ``security.txt``.

The sitemap is an index of files that each hold a range of row ids, so that the index costs a few queries and each file
a bounded number of rows, with a thousand pages and with a million. Both may be cached.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from forums.queries import public_pages
from petitions.queries import public
from server.core import clock, web
from server.core.errors import NotFound
from server.core.sitemap import PublicPages
from tracking.visits.queries import offices

CLOSED = (
    "/api/", "/desk", "/dev/", "/search", "/ask", "/metrics", "/healthz", "/readyz",
    "/confirm", "/open/", "/mail/", "/v/", "/c/", "/kept/",
    "/petitions/suggest", "/petitions/place", "/petitions/new/",
    "/cases/link", "/cases/open/", "/cases/*/receipt", "/cases/*/due.ics", "/cases/*/stream", "/cases/*/visit",
    "/forums/mine", "/forums/following", "/forums/registrations/", "/forums/report/", "/forums/appeal/",
    "/forums/*/speak", "/forums/*/supports", "/forums/*/comments/", "/forums/*/stream",
    "/submissions/*/supports", "/submissions/*/comments/", "/submissions/*/petition",
    "/comments/",
    "/visits/", "/tickets", "/kiosk/", "/display", "/offices/*/",
)  # fmt: skip
"""Addresses that are personal, private, or nothing to find: an asterisk stands for anything (RFC 9309)."""
OPENED = ("/visits/forecast", "/visits/plans")
"""Public pages below those."""

PAGES = (
    "/", "/petitions/new", "/petitions", "/cases", "/visits", "/visits/forecast", "/offices", "/services", "/forums",
    "/forums/broadcasts", "/forums/notices", "/forums/propose", "/forums/rules", "/commitments",
    "/statistics", "/statistics/petitions",
    "/statistics/adoption", "/statistics/visits", "/statistics/waiting", "/statistics/data", "/help", "/privacy",
    "/accessibility",
)  # fmt: skip
"""The pages that always exist."""
STEP = 5_000
"""Row ids in one file of the sitemap, which may hold 50,000 addresses."""
BATCH = 1_000
"""Rows read at once."""
KEPT = timedelta(hours=1)
"""How long anybody may cache the sitemap and ``robots.txt``."""

_HEADERS = {"cache-control": f"public, max-age={int(KEPT.total_seconds())}"}
_INDEX = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
_SET = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


BOOKS: Mapping[str, PublicPages] = {
    "petitions": public.PAGES,
    "forums": public_pages.FORUMS,
    "submissions": public_pages.SUBMISSIONS,
    "commitments": public_pages.COMMITMENTS,
}


async def robots(request: Request) -> Response:
    """``/robots.txt``."""
    base = web.site(request).settings.public_url
    lines = [
        "User-agent: *",
        *(f"Disallow: {each}" for each in CLOSED),
        *(f"Allow: {each}" for each in OPENED),
        "",
        f"Sitemap: {base}/sitemap.xml",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=_HEADERS)


async def index(request: Request) -> Response:
    """``/sitemap.xml``: the files of the sitemap. One query for each kind of page."""
    base = web.site(request).settings.public_url
    names = ["pages"]
    for name, book in BOOKS.items():
        names += [f"{name}-{number + 1}" for number in range(-(-await book.newest_id() // STEP))]
    files = "".join(f"<sitemap><loc>{escape(base)}/sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
    return Response(f"{_INDEX}{files}</sitemapindex>\n", media_type="application/xml", headers=_HEADERS)


async def pages(request: Request) -> Response:
    """``/sitemaps/pages.xml``: the pages that always exist, in each language, and the offices."""
    settings = web.site(request).settings
    base, languages = escape(settings.public_url), settings.languages
    found = [_SET]
    for path in (*PAGES, *(f"/offices/{office.code}" for office in await offices.offices())):
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{base}{path}?lang={code}"/>' for code in languages
        )
        found.append(f"<url><loc>{base}{path}</loc>{others}</url>\n")
    return Response("".join([*found, "</urlset>\n"]), media_type="application/xml", headers=_HEADERS)


async def book(request: Request) -> Response:
    """``/sitemaps/{kind}-{number}.xml``: the public pages of one range of ids. Raises ``NotFound``."""
    found, number = BOOKS.get(request.path_params["kind"]), request.path_params["number"]
    if found is None or not 0 < number <= -(-await found.newest_id() // STEP):
        raise NotFound
    base = escape(web.site(request).settings.public_url)
    return StreamingResponse(_urls(base, found, (number - 1) * STEP), media_type="application/xml", headers=_HEADERS)


async def _urls(base: str, found: PublicPages, start: int) -> AsyncIterator[str]:
    yield _SET
    for after in range(start, start + STEP, BATCH):
        rows = await found.between(after, after + BATCH)
        yield "".join(f"<url><loc>{base}{row.path}</loc>{_changed(row.changed)}</url>\n" for row in rows)
    yield "</urlset>\n"


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at:%Y-%m-%d}</lastmod>" if at else ""


async def security(request: Request) -> Response:
    """``/.well-known/security.txt`` (RFC 9116), if somebody is named. Raises ``NotFound``."""
    settings = web.site(request).settings
    if not settings.security_contact:
        raise NotFound
    expires = (clock.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(settings.languages)}",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers=_HEADERS)


routes = [
    Route("/robots.txt", robots),
    Route("/sitemap.xml", index),
    Route("/sitemaps/pages.xml", pages),
    Route("/sitemaps/{kind}-{number:int}.xml", book),
    Route("/.well-known/security.txt", security),
]
