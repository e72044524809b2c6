"""Connections of web processes: how long they may take to say what they want, and how many one address may hold.

Whoever opens connections and sends half a header each would otherwise use up a server's connections for nothing, also
where no proxy stands in front of it. The time for a body is limited in ``security``, as routes accept different sizes.
"""

import asyncio
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from server.core import config, networks

KEEP_ALIVE = 75
"""Seconds for which an idle connection is kept: longer than proxies (nginx: 60) and clients keep theirs. Whoever sends
on a connection just when it is closed here gets no answer."""
HEADER_SECONDS = 15.0
"""Seconds for a request's line and headers, from the first byte to the last."""
MOST_PER_ADDRESS = 600
"""Connections that one address may hold to a process: 500 live streams of one hall, and some pages."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with limits before a request has begun."""

    held: ClassVar[Counter[str]] = Counter()
    """Connections by address."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._counted = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless its address holds too many already."""
        super().connection_made(transport)
        network = counted_as(self.client[0] if self.client else "")
        if network and self.held[network] >= MOST_PER_ADDRESS:
            transport.abort()
            return
        if network:
            self._counted = network
            self.held[network] += 1
        self._wait(KEEP_ALIVE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        if self._counted:
            self.held[self._counted] -= 1
            if not self.held[self._counted]:
                del self.held[self._counted]
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait(HEADER_SECONDS)

    def on_headers_complete(self) -> None:
        self._wait(None)
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        idle = cycle is None or cycle.response_complete
        if idle and self._timer is None and self.timeout_keep_alive_task is None:  # an empty line begins no request
            self._wait(KEEP_ALIVE)

    def _wait(self, seconds: float | None) -> None:
        """Close the connection unless something is heard within these seconds; None: wait without end."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        self.transport.close()


def counted_as(address: str) -> str:
    """By what connections of an address are counted: an IPv6 network of one subscriber; empty where nothing is."""
    settings = config.settings()
    try:
        found = networks.parsed(address)
    except ValueError:
        return ""
    proxies = networks.both_ways(settings.trusted_proxies)
    if not settings.rate_limits or any(found in proxy for proxy in proxies):
        return ""
    return networks.subscriber(address)
