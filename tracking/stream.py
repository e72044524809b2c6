"""The endpoints of the live streams: who may open which, and from which position in the ledger it continues."""

import re
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from petitions.access import KEY_HEADER, shown
from petitions.queries import following
from petitions.queries.cases import AUDIENCES
from petitions.queries.following import affected_desks
from petitions.rights import subject
from server.core import auth, ledger
from server.core.accounts import Official
from server.core.ledger import Entry, Position
from server.core.security import network
from server.core.stream.hub import REPLAYED
from server.core.stream.listener import Listener, StreamAccess, frame
from tracking.stream_access import CaseDoor

FURTHEST = 5_000
"""Most events searched when a stream reconnects; the page reloads its content after a reconnect anyway."""
_position = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")


def position_of(request: Request) -> Position | None:
    """The reader's position: the last event it received, or the one at which its page was rendered (``after``)."""
    for text in (request.headers.get("last-event-id"), request.query_params.get("after")):
        if text and (found := _position.fullmatch(text)) and int(found[1]) < 2**63 > int(found[2]):
            return int(found[1]), int(found[2])
    return None


def _client(request: Request) -> str:
    """The key by which streams are limited: the browser if known, otherwise its network."""
    who = auth.reader(request)
    return who.token_hash or network(request.scope)


class CaseStream:
    """``/cases/{reference}/stream``: the events of a case, for readers who may see it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NoSuchCase`` if the reader may not see the case."""
        request = Request(scope)
        reference, level = await following.access_level(request.path_params["reference"], shown(request))
        after = position_of(request)
        token, key = auth.reader(request).token_hash, request.headers.get(KEY_HEADER, "")
        listener = Listener(
            send,
            _client(request),
            subject=subject(reference),
            audiences=AUDIENCES[level],
            after=after[1] if after else 0,
            access=CaseDoor(token, key=key, number=reference, audiences=AUDIENCES[level]),
        )
        await request.app.state.hub.serve(listener, _framed(_case_past(listener, after)), receive)


async def _framed(entries: AsyncIterator[Entry]) -> AsyncIterator[tuple[int, bytes]]:
    async for entry in entries:
        yield entry.id, frame(entry)


async def _case_past(listener: Listener, after: Position | None) -> AsyncIterator[Entry]:
    for entry in await ledger.read(listener.subject, after_id=after[1], limit=REPLAYED) if after else ():
        if entry.audience in listener.audiences:
            yield entry


class DeskStream:
    """``/desk/stream``: the events of every case that the official may see."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NotSignedIn``."""
        request = Request(scope)
        official = auth.official(request)
        access = StreamAccess(auth.reader(request).token_hash, official)
        listener = Listener(send, _client(request), official=official, access=access)
        await request.app.state.hub.serve(listener, _framed(_desk_past(official, position_of(request))), receive)


async def _desk_past(official: Official, after: Position | None) -> AsyncIterator[Entry]:
    """The events that an official missed, at most the ``FURTHEST`` newest of all cases."""
    first = True
    while after and (entries := await ledger.tail(after)):
        for entry, readers in await affected_desks(entries):
            if readers(official):
                yield entry
        after = (entries[-1].transaction_id, entries[-1].id)
        if first:
            first, after = False, max(after, await ledger.back(FURTHEST))


routes = [
    Route("/cases/{reference}/stream", CaseStream(), methods=["GET"]),
    Route("/desk/stream", DeskStream(), methods=["GET"]),
]
