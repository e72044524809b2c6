"""Finished pages, kept for a moment: one that many ask for is made once a second and not once for each of them.

A route declares that its page may be kept, and on which parameters it depends (:func:`kept`). Everything else that a
page depends on is in the key (address, language, size of the text), ends the entry (a public change in this process or
one that it hears of, age), or keeps a request away from here: any other parameter, cookie or credential. So public
bytes are for readers of whom nothing is known, and nobody is answered with a page made for somebody else.

A page that a citizen's session opens is kept for that session alone: for a second while what it shows has no new event,
and for five while the database has not changed at all.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.core import changes, clock, database, sessions
from server.core.config import Settings
from server.core.security import session_cookie, session_token
from server.core.sessions import token_hash
from server.core.web import API, LANGUAGE_COOKIE, TEXT_COOKIE, TEXT_SIZES, accepted_language

FRESH = timedelta(seconds=1)
"""How old the data of a public page may be."""
UNCHANGED = timedelta(seconds=5)
"""How long a session's own page is kept while nothing changes, because reference data is read as seldom."""
MOST_BYTES = 16 * 1024 * 1024
LARGEST = 512 * 1024
"""Bytes of all pages in a process, and of one."""
LONGEST_QUERY = 300
CREDENTIALS = frozenset({b"authorization", b"x-access-key", b"x-device-token"})
"""Request headers on which pages depend, apart from the cookie."""

_answered = Counter("sinmungo_kept_pages", "Requests for pages that may be kept", ["how"])
_shown_again, _made = _answered.labels("kept"), _answered.labels("made")

Endpoint = Callable[[Request], Awaitable[Response]]


Version = Callable[[Mapping[str, str]], Awaitable[str]]


@dataclass(frozen=True)
class Keeping:
    """On which parameters a page depends, and whether a citizen's own one is kept, too."""

    parameters: frozenset[str]
    own: bool
    version: Version | None


def kept(
    *parameters: str, filters: type[Any] | None = None, own: bool = False, version: Version | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Declare that a page may be kept: it depends on nothing but its address, these parameters and its session.

    ``filters``: parameters of a list, of which words to search for are left out. ``own``: what a session opens, too.
    ``version``: names, by the placeholders of the path, the state of what every reader must see at once.
    """
    named = {each.name for each in fields(filters)} - {"q"} if filters else set()

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.keeping = Keeping(frozenset({*parameters, *named, "lang", TEXT_COOKIE}), own, version)  # type: ignore[attr-defined]
        return endpoint

    return declare


def each_time(request: Request, what: Callable[[], None]) -> None:
    """Do this now and whenever the page of this request is shown again."""
    what()
    request.scope["each_time"] = what


def changes_soon(request: Request) -> None:
    """The words of this page change by themselves within ``UNCHANGED``: a session's own one is not kept."""
    request.scope["changes_soon"] = True


def shows(request: Request, subject: str, version: int) -> None:
    """A session's own page shows this subject, as it was read with this length of its chain."""
    request.scope["shows"] = subject, version


_Key = tuple[str, bytes, str, str, bytes]
"""Path, query, language, size of the text, and the hash of the cookies of a session."""


@dataclass
class _Page:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    endpoint: Endpoint
    each_time: Callable[[], None] | None
    read_at: datetime
    """When its data began to be read."""
    count: tuple[int, int]
    """The numbers of changes that were known then, of what is public and of reference data."""
    mark: str
    """The state of the database then, of a session's own page; that of what it shows, of one with a version."""
    shows: tuple[str, int] | None
    """The subject of such a page, and its version."""

    @property
    def size(self) -> int:
        return len(self.body) + 1024


class PageCache:
    """The middleware, below the checks of every request and above sessions and routes."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute], settings: Settings) -> None:
        self.app = app
        self.languages = settings.languages
        self.declared = _declared(routes)
        self.pages: OrderedDict[_Key, _Page] = OrderedDict()
        self.size = 0
        self.making: dict[_Key, asyncio.Future[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not changes.known.heard:
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        declared = self.declared.get(_beginning(path), ())
        found, keeping = next(((found, one) for regex, one in declared if (found := regex.match(path))), (None, None))
        key = self.key(scope, keeping) if keeping else None
        if found is None or keeping is None or key is None:
            await self.app(scope, receive, send)
        elif key[-1]:
            await self._own(key, scope, receive, send)
        else:
            arrived = clock.now()
            version = await keeping.version(found.groupdict()) if keeping.version else ""
            await self._public(key, arrived, version, scope, receive, send)

    def key(self, scope: Scope, keeping: Keeping) -> _Key | None:
        """By what the page of a request is kept; None if it depends on anything else."""
        path: str = scope["path"]
        given = _cookies(scope)
        if given is None or not _depends(keeping, query := scope["query_string"]):
            return None
        cookies = cookie_parser(given.decode("latin-1")) if given else {}
        if session_cookie() in cookies:
            return (path, query, "", "", hashlib.sha256(given).digest()) if keeping.own else None
        if cookies.keys() - {LANGUAGE_COOKIE, TEXT_COOKIE}:
            return None
        language, size = cookies.get(LANGUAGE_COOKIE, ""), cookies.get(TEXT_COOKIE, "")
        if language not in self.languages:
            language = _accepted(scope, self.languages) if path.startswith(API) else ""
        return path, query, language, size if size in TEXT_SIZES else "", b""

    async def _public(
        self, key: _Key, arrived: datetime, version: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if page := self._fresh(key, arrived, version):
            await _again(page, scope, send)
            return
        if making := self.making.get(key):
            await asyncio.wait({making})
            if page := self._fresh(key, arrived, version):
                await _again(page, scope, send)
                return
        mine = self.making[key] = asyncio.get_running_loop().create_future()
        try:
            await self._make(key, version, scope, receive, send)
        finally:
            if self.making.get(key) is mine:
                del self.making[key]
            mine.set_result(None)

    def _fresh(self, key: _Key, arrived: datetime, version: str) -> _Page | None:
        """The page, if it was fresh when the request arrived and shows the version that was read since."""
        page = self.pages.get(key)
        if page is None or page.mark != version or page.count != (changes.known.public, changes.known.reference):
            return None
        return page if arrived - FRESH < page.read_at <= clock.now() else None

    async def _own(self, key: _Key, scope: Scope, receive: Receive, send: Send) -> None:
        mark, page = await database.mark(), self.pages.get(key)
        if page and await self._still(page, mark, scope):
            await _again(page, scope, send)
            return
        await self._make(key, mark, scope, receive, send)

    @staticmethod
    async def _still(page: _Page, mark: str, scope: Scope) -> bool:
        """Whether a session's own page is what its route would make now; times on it are written in minutes."""
        now = clock.now()
        kept = now - UNCHANGED < page.read_at <= now and page.read_at.minute == now.minute
        if not kept or page.count[1] != changes.known.reference:
            return False
        if page.mark == mark or page.shows is None or now - FRESH >= page.read_at:
            return page.mark == mark
        subject, version = page.shows
        return await sessions.version_for(token_hash(session_token(Headers(scope=scope))), subject) == version

    async def _make(self, key: _Key, mark: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route make the page, and keep it if it is what was declared."""
        read_at, count = clock.now(), (changes.known.public, changes.known.reference)
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, collect)
        _made.inc()
        if not _as_declared(messages, scope, own=bool(key[-1])):
            for message in messages:
                await send(message)
            return
        start, body = messages
        headers = [*start["headers"]] if key[-1] else _validated(start["headers"], body["body"])
        page = _Page(
            headers,
            body["body"],
            scope["endpoint"],
            scope.get("each_time"),
            read_at,
            count,
            mark,
            scope.get("shows", ("", 0)),
        )
        self._keep(key, page)
        await _send(page, scope, send)

    def _keep(self, key: _Key, page: _Page) -> None:
        if page.size > LARGEST:
            return
        if before := self.pages.pop(key, None):
            self.size -= before.size
        self.pages[key] = page
        self.size += page.size
        expired = page.read_at - UNCHANGED
        while self.pages and (self.size > MOST_BYTES or next(iter(self.pages.values())).read_at < expired):
            self.size -= self.pages.popitem(last=False)[1].size


def _declared(routes: Iterable[BaseRoute]) -> Mapping[str, Sequence[tuple[re.Pattern[str], Keeping]]]:
    """The declared routes by the first part of their path, which is no placeholder."""
    found = defaultdict(list)
    for route in routes:
        if isinstance(route, Route) and (keeping := getattr(route.endpoint, "keeping", None)):
            found[_beginning(route.path)].append((route.path_regex, keeping))
    return found


def _beginning(path: str) -> str:
    return path[1:].partition("/")[0]


def _depends(keeping: Keeping, query: bytes) -> bool:
    """Whether a page depends on these parameters only, each given once."""
    names = [name for name, _value in parse_qsl(query.decode("latin-1"), keep_blank_values=True)] if query else []
    return len(query) <= LONGEST_QUERY and keeping.parameters.issuperset(names) and len({*names}) == len(names)


def _cookies(scope: Scope) -> bytes | None:
    """The cookies of a request; None if it shows credentials in another way."""
    given = []
    for name, value in scope["headers"]:
        if name in CREDENTIALS:
            return None
        if name == b"cookie":
            given.append(value)
    return b"; ".join(given)


def _accepted(scope: Scope, languages: Collection[str]) -> str:
    """The language of JSON, which depends on a header."""
    given = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return accepted_language(given.decode("latin-1"), languages) or ""


def _as_declared(messages: Sequence[Message], scope: Scope, *, own: bool) -> bool:
    """Whether a response may be shown again: of a declared route, whole, and made for this kind of reader."""
    if getattr(scope.get("endpoint"), "keeping", None) is None or len(messages) != len(("start", "body")):
        return False
    start, body = messages
    if start["status"] != 200 or body.get("more_body") or any(name == b"set-cookie" for name, _ in start["headers"]):  # noqa: PLR2004
        return False
    reader = scope["state"]["reader"]
    if not own:
        return not reader.token_hash
    return bool(reader.token_hash) and reader.official is None and "changes_soon" not in scope


def _validated(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of a public page: a browser may keep it, but has to ask each time whether it is still the same."""
    if any(name == b"etag" for name, _value in headers):
        return [*headers]
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    others = [(name, value) for name, value in headers if name != b"cache-control"]
    return [*others, (b"cache-control", b"private, no-cache"), (b"etag", mark)]


async def _again(page: _Page, scope: Scope, send: Send) -> None:
    """Answer with a kept page; its route does not run."""
    _shown_again.inc()
    scope["endpoint"] = page.endpoint
    if page.each_time:
        page.each_time()
    await _send(page, scope, send)


async def _send(page: _Page, scope: Scope, send: Send) -> None:
    etag = next((value for name, value in page.headers if name == b"etag"), b"")
    same = etag and any(name == b"if-none-match" and etag in value for name, value in scope["headers"])
    about = {b"content-length", b"content-type"} if same else ()
    headers = [pair for pair in page.headers if pair[0] not in about]
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if same else page.body})
