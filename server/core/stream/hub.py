"""Live streams: each process tails the ledger once and sends new events as server-sent events to all who may see them.

The tail wakes when this process commits, when another one does (PostgreSQL's LISTEN/NOTIFY, on a dedicated connection),
and at least every second. A frame is encoded once and shared by all listeners. A listener costs one waiting coroutine.
A client that reconnects sends the id of its last event, and the events it missed are replayed from the ledger.
"""

import asyncio
import contextlib
import gc
import logging
import random
import signal
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from typing import Any, Protocol

import asyncpg
from prometheus_client import Gauge
from starlette.types import Receive

from server.core import changes, database, ledger
from server.core.accounts import Official
from server.core.bell import bell
from server.core.config import Settings
from server.core.errors import Overloaded, TooMany
from server.core.ledger import Audience, Entry, Position
from server.core.sessions import SIGN_INS
from server.core.stream.listener import Listener, StreamAccess, frame

log = logging.getLogger("sinmungo.stream")
streams = Gauge("sinmungo_streams", "Live streams that are open")

POLL = 1.0
"""Seconds after which the tail polls although nothing woke it."""
AGAIN = 0.05
"""Seconds until the first polls after a wake-up: an event may wait for older transactions that are still running."""
PAUSE = 0.02
"""Minimum seconds between two polls and between two notifications, so that many commits make one batch."""
HEARTBEAT = 15.0
LIFE = 15 * 60.0
"""Seconds after which a stream ends and its client reconnects, with a jitter of 20 %."""
PER_CLIENT, IN_ALL = 10, 8_000
PER_HALL, CROWD = 500, 7_000
"""The same limits for pages that a crowd follows: all telephones in a hall may share one IP address. The total leaves
room for other streams."""
REPLAYED = 2_000
"""Maximum events that one stream replays from the ledger; the client gets the rest when it reconnects."""
CHANNEL = "sinmungo_ledger"
BETWEEN_LOOKS = 0.2
"""Minimum seconds between two looks of the watchers, so that many changes make one event."""
AT_ONCE = 250
"""Listeners that are sent an event in one turn of the loop: some 15 ms."""

_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ],
}
_OPENED = b"retry: 2000\n: open\n\n"
_BEAT = b":\n\n"


class Narrator(Protocol):
    """Turns ledger events into a domain's own stream events, once for all listeners."""

    prefix: str
    """The prefix of its listeners' subjects."""

    async def news(self, entries: Sequence[Entry], subjects: Collection[str]) -> Iterable[tuple[str, int, bytes]]:
        """For the subjects in ``subjects``: subject, event id and encoded frame."""
        ...

    async def close(self) -> None:
        """Stop reading: the database is about to close."""
        ...


class Watcher(Protocol):
    """Finds changes, once for all listeners: every second, because some write no event in the ledger."""

    prefix: str
    """The prefix of its listeners' subjects."""
    woken_by: str
    """The prefix of the ledger's subjects whose events call for a look at once; empty for none."""

    async def look(self, subjects: Collection[str]) -> Iterable[tuple[str, bytes]]:
        """For the subjects in ``subjects``: subject and encoded frame of what has changed since the last look."""
        ...


Concerned = Callable[[list[Entry]], Awaitable[list[tuple[Entry, Callable[[Official], bool]]]]]
"""Selects the events that concern desks, each with a predicate that decides whether an official gets it."""
Shut = Callable[[Sequence[StreamAccess]], Awaitable[list[StreamAccess]]]
"""Selects the stream access of the open streams whose readers may no longer see what they were opened for."""


class Hub:
    """All listeners of this process, and the task that sends them events."""

    def __init__(
        self,
        settings: Settings,
        narrators: Sequence[Narrator] = (),
        watchers: Sequence[Watcher] = (),
        *,
        affected_desks: Concerned,
        revoked: Shut,
        settings_changed: Callable[[], None],
    ) -> None:
        self.settings = settings
        self.settings_changed = settings_changed
        changes.known.heard = settings.sqlite  # else once the connection listens
        self.affected_desks, self.revoked = affected_desks, revoked
        self.narrators, self.watchers = narrators, watchers
        self.per_client, self.per_hall = (PER_CLIENT, PER_HALL) if settings.rate_limits else (IN_ALL, IN_ALL)
        self.in_all, self.crowd = IN_ALL, CROWD
        self.life = LIFE
        self._groups: defaultdict[str, set[Listener]] = defaultdict(set)
        self._desks: set[Listener] = set()
        self._clients: Counter[str] = Counter()
        self._stop = asyncio.Event()
        self._news = asyncio.Event()
        self._woken = asyncio.Event()

    # --- listeners ------------------------------------------------------------------------------------------

    def listeners(self) -> list[Listener]:
        return [*self._desks, *(listener for group in self._groups.values() for listener in group)]

    def _admit(self, listener: Listener) -> None:
        if self._stop.is_set() or self._clients.total() >= (self.crowd if listener.crowd else self.in_all):
            raise Overloaded(5)
        if self._clients[listener.client] >= (self.per_hall if listener.crowd else self.per_client):
            raise TooMany(30)
        self._clients[listener.client] += 1
        (self._groups[listener.subject] if listener.subject else self._desks).add(listener)
        streams.inc()

    def _leave(self, listener: Listener) -> None:
        streams.dec()
        listener.deadline = None
        self._clients[listener.client] -= 1
        if not self._clients[listener.client]:
            del self._clients[listener.client]
        group = self._groups[listener.subject] if listener.subject else self._desks
        group.discard(listener)
        if listener.subject and not group:
            del self._groups[listener.subject]

    async def serve(self, listener: Listener, past: AsyncIterator[tuple[int, bytes]], receive: Receive) -> None:
        """Replay past events, then send new ones, until the client disconnects, time is up or the process stops.

        Raises ``TooMany`` or ``Overloaded`` before anything is written.
        """
        self._admit(listener)  # before the replay, so that no event is missed in between
        try:
            await listener.write(_START)
            life = self.life * random.uniform(0.8, 1.2)  # noqa: S311 — so that not all reconnect at once
            async with asyncio.timeout(life) as deadline:
                replayed = await self._replay(listener, past)
                listener.open(deadline, replayed)
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            await self._say_goodbye(listener)
        finally:
            self._leave(listener)

    @staticmethod
    async def _say_goodbye(listener: Listener) -> None:
        listener.deadline = None
        if listener.sending is not None:
            await asyncio.wait({listener.sending}, timeout=1)
        if (stuck := listener.sending) is not None:
            stuck.cancel()  # its client reads nothing: the server closes the connection
            return
        await listener.write({"type": "http.response.body", "body": b"", "more_body": False})

    async def _replay(self, listener: Listener, past: AsyncIterator[tuple[int, bytes]]) -> frozenset[int]:
        content, found = [_OPENED], set[int]()
        async for event_id, encoded in past:
            if event_id:
                found.add(event_id)
            content.append(encoded)
            if len(found) >= REPLAYED:
                listener.over = True
                break
        await listener.write({"type": "http.response.body", "body": b"".join(content), "more_body": True})
        return frozenset(found)

    # --- events ---------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send new events to all listeners until :meth:`stop`."""
        with self._ending_with_the_server():
            tasks = [asyncio.create_task(work()) for work in self._works()]
            try:
                await self._stop.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await asyncio.gather(*(narrator.close() for narrator in self.narrators))

    def _works(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        return [self._tail, self._beat, self._watch, *([] if self.settings.sqlite else [self._connect])]

    def stop(self) -> None:
        """End every stream and return from :meth:`run`. New streams are refused from now on."""
        self._stop.set()
        for listener in self.listeners():
            listener.end()

    @contextlib.contextmanager
    def _ending_with_the_server(self) -> Iterator[None]:
        """Stop on the server's shutdown signal: the server waits for open responses before it ends the lifespan."""
        before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
        if threading.current_thread() is not threading.main_thread() or not all(map(callable, before.values())):
            yield
            return
        loop = asyncio.get_running_loop()

        def ended(number: int, stack: Any) -> None:
            loop.call_soon_threadsafe(self.stop)
            if callable(handler := before[signal.Signals(number)]):
                handler(number, stack)

        for name in before:
            signal.signal(name, ended)
        try:
            yield
        finally:
            for name, handler in before.items():
                if signal.getsignal(name) is ended:
                    signal.signal(name, handler)

    async def _tail(self) -> None:
        place: Position | None = None
        pause, rings = POLL, bell.rings
        while True:
            if bell.rings != rings:
                pause = AGAIN
            rings = bell.rings  # before polling, so that no ring is missed
            try:
                place = place or await ledger.position()
                entries = await ledger.tail(place)
                if entries:
                    place = (entries[-1].transaction_id, entries[-1].id)
                    self._news.set()
                    self._note_changes(entries)
                    await self._tell(entries)
                    self._wake(entries)
            except Exception:
                log.exception("the ledger cannot be read")
                entries = []
            await asyncio.sleep(PAUSE)
            if not entries:
                await bell.wait(pause, rings)
                pause = min(pause * 2, POLL)

    def _note_changes(self, entries: list[Entry]) -> None:
        """Let go what this process keeps of what another one, or itself, has changed."""
        changes.known.of_events()
        if any(entry.subject.startswith("settings/") and entry.subject != SIGN_INS for entry in entries):
            self.settings_changed()
        if any(entry.audience is Audience.PUBLIC for entry in entries):
            changes.known.of_public()

    async def _tell(self, entries: list[Entry]) -> None:
        frames: dict[int, bytes] = {}

        def encoded(entry: Entry) -> bytes:
            return frames.get(entry.id) or frames.setdefault(entry.id, frame(entry))

        for entry in sorted(entries, key=lambda entry: entry.id):
            for listener in self._groups.get(entry.subject, ()):
                if entry.audience in listener.audiences:
                    listener.push(entry.id, encoded(entry))
        if self._desks:
            for entry, readers in await self.affected_desks(entries):
                for listener in self._desks:
                    if listener.official and readers(listener.official):
                        listener.push(entry.id, encoded(entry))
        for narrator in self.narrators:
            await self._narrate(narrator, entries)

    def _wake(self, entries: list[Entry]) -> None:
        wakers = tuple(one.woken_by for one in self.watchers if one.woken_by)
        if any(entry.subject.startswith(wakers) for entry in entries):
            self._woken.set()

    async def _narrate(self, narrator: Narrator, entries: list[Entry]) -> None:
        try:
            await self._push(await narrator.news(entries, self._groups.keys()))
        except Exception:
            log.exception("events could not be sent; reconnecting readers are sent what they missed")
            for subject, group in self._groups.items():
                if subject.startswith(narrator.prefix):
                    for listener in group:
                        listener.end()

    async def _push(self, found: Iterable[tuple[str, int, bytes]]) -> None:
        """Send events to those who listen to their subjects, some in each turn of the loop."""
        gc.disable()  # thousands of short-lived tasks would trigger a collection that walks all connections, 0.5 s
        try:
            for subject, event_id, content in found:
                for place, listener in enumerate([*self._groups.get(subject, ())], 1):
                    listener.push(event_id, content)
                    if place % AT_ONCE == 0:
                        await asyncio.sleep(0)
            await asyncio.sleep(0)
        finally:
            gc.enable()

    async def _watch(self) -> None:
        """Look for changes, for as long as somebody would see them."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._woken.wait()
            self._woken.clear()  # before looking, so that no change is missed
            for watcher in self.watchers:
                subjects = {subject for subject in self._groups if subject.startswith(watcher.prefix)}
                if subjects:
                    await self._look(watcher, subjects)
            await asyncio.sleep(BETWEEN_LOOKS)

    async def _look(self, watcher: Watcher, subjects: Collection[str]) -> None:
        try:
            await self._push((subject, 0, content) for subject, content in await watcher.look(subjects))
        except Exception:
            log.exception("changes could not be looked for; the next look finds them")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            for listener in self.listeners():
                listener.push(0, _BEAT)
            try:
                await self.check_access()
            except Exception:
                log.exception("nobody can say who may still listen")

    async def check_access(self) -> None:
        """End the streams whose readers' access has changed; when they reconnect, it is decided anew."""
        listeners = {listener.access: listener for listener in self.listeners() if listener.access is not None}
        for access in await self.revoked(list(listeners)):
            listeners[access].end()

    async def _connect(self) -> None:
        """Listen for other processes' commits and notify them of new ledger rows; reconnect after any failure."""
        credentials = database.config(self.settings, {})["connections"]["default"]["credentials"]
        kept = {"host", "port", "user", "password", "database", "server_settings", "ssl"}
        while True:
            try:
                await self._announce(await asyncpg.connect(**{k: v for k, v in credentials.items() if k in kept}))
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("no notifications (%s); looking every second", type(error).__name__)
            await asyncio.sleep(POLL)

    async def _announce(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        own = connection.get_server_pid()

        def notified(_connection: object, process: int, _channel: str, _content: object) -> None:
            if process != own:
                bell.ring()

        try:
            await connection.add_listener(CHANNEL, notified)
            connection.add_termination_listener(lambda _connection: self._news.set())
            changes.known.heard = True
            bell.ring()
            while True:
                await self._news.wait()
                self._news.clear()
                await connection.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(PAUSE)
        finally:
            changes.known.heard = False
            connection.terminate()
