"""One open stream: its access and its write buffer; and the encoding of events.

The buffer is bounded; slow readers are disconnected.
"""

import asyncio
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass, field

import orjson
from prometheus_client import Counter
from starlette.types import Send

from server.core.accounts import Official
from server.core.ledger import Audience, Entry

dropped = Counter("sinmungo_streams_dropped", "Live streams disconnected because their reader was too slow")

BUFFER = 64 * 1024
"""Maximum buffered bytes per reader."""


def frame(entry: Entry) -> bytes:
    """A ledger event as a server-sent event, with no more than its kind and position."""
    data = {"id": entry.id, "kind": entry.kind, "subject": entry.subject, "at": entry.occurred_at}
    return b"id: %d-%d\ndata: %s\n\n" % (entry.transaction_id, entry.id, orjson.dumps(data))


def event(what: str, sequence: int = 0, **content: object) -> bytes:
    """A narrator's server-sent event; without a sequence number the browser keeps its last event id."""
    place = b"id: %d\n" % sequence if sequence else b""
    return place + b"data: %s\n\n" % orjson.dumps({"what": what, **content})


@dataclass(slots=True, eq=False)
class StreamAccess:
    """What a stream was opened with. Domains may subclass it."""

    token_hash: str = ""
    official: Official | None = None


@dataclass(slots=True, eq=False)
class Listener:
    """One open stream: its access and its write buffer."""

    write: Send
    client: str
    _: KW_ONLY
    subject: str = ""
    """A subject of the ledger or of a narrator; empty for the desk, which gets all events that concern it."""
    audiences: Collection[Audience] = ()
    official: Official | None = None
    after: int = 0
    """The reader already has all events of its one subject up to this id; they arrive in the order of their ids."""
    access: StreamAccess | None = None
    crowd: bool = False
    """Whether it is one of many that follow the same page."""
    seen: Collection[int] = field(default=(), init=False)
    over: bool = field(default=False, init=False)
    deadline: asyncio.Timeout | None = field(default=None, init=False)
    sending: asyncio.Task[None] | None = field(default=None, init=False)
    _waiting: list[tuple[int, bytes]] = field(default_factory=list, init=False)
    _size: int = field(default=0, init=False)

    def push(self, event_id: int, content: bytes) -> None:
        if self.over or 0 < event_id <= self.after:  # heartbeats have id 0
            return
        self._waiting.append((event_id, content))
        self._size += len(content)
        if self._size > BUFFER:
            dropped.inc()
            self.end()
        elif self.deadline is not None and self.sending is None:
            self.sending = asyncio.create_task(self._flush())

    def open(self, deadline: asyncio.Timeout, replayed: Collection[int]) -> None:
        """Write new events at once from now on, except those that were replayed."""
        self.seen, self.deadline = replayed, deadline
        if self.over:
            self.end()
        elif self._waiting:
            self.sending = asyncio.create_task(self._flush())

    def end(self) -> None:
        self.over = True
        self._waiting.clear()
        if self.deadline is not None:
            self.deadline.reschedule(0)

    async def _flush(self) -> None:
        try:
            while self._waiting:
                content = b"".join(content for event_id, content in self._waiting if event_id not in self.seen)
                self._waiting.clear()
                self._size = 0
                if content:
                    await self.write({"type": "http.response.body", "body": content, "more_body": True})
        except OSError:  # the client has disconnected; the server reports it through ``receive``
            self._waiting.clear()
        finally:
            self.sending = None
