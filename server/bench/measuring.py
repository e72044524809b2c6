"""Measuring servers in turn, path by path and round by round, so that what else a machine does meets all alike."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from server.bench import load, processes
from server.bench.load import Visit
from server.bench.paths import Path
from server.bench.servers import Server

MILLISECONDS = 1000
SETTLING, PAUSE, IDLE = 60.0, 0.25, 0.02
"""Seconds: for how long a worker is waited for, between two looks at it, and of processor time when it rests."""


@dataclass(frozen=True)
class Target:
    """A server that is measured, and the cookies of its readers."""

    server: Server
    visit: Callable[[Path], Visit | None]
    """None where it has no such path."""
    cookies: Mapping[str, dict[str, str]]
    worker: int = 0
    """The process that does its jobs; 0 if it does them itself."""
    database: int = 0
    """The database's first process; 0 if it is embedded or not seen from here."""

    def spent(self) -> tuple[float, float, float]:
        """Processor seconds so far: web, database, worker."""
        return processes.seconds(self.server.pid), processes.seconds(self.database), processes.seconds(self.worker)


@dataclass
class Figures:
    """What one path of one server came to, a value for each round."""

    rates: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    spent: list[tuple[float, ...]] = field(default_factory=list)
    """Milliseconds of processor time a visit: web, database, worker."""

    @property
    def rate(self) -> float:
        """Visits in a second: the median of the rounds."""
        return median(self.rates)

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 visits were answered."""
        if len(self.took) < 2:  # noqa: PLR2004 — quantiles need two
            return self.took[0] * MILLISECONDS
        return quantiles(self.took, n=100, method="inclusive")[98] * MILLISECONDS

    def cpu(self) -> tuple[float, ...]:
        """The medians of the rounds."""
        return tuple(median(each) for each in zip(*self.spent, strict=True))


async def rounds(
    targets: Sequence[Target],
    wanted: Sequence[Path],
    *,
    count: int,
    connections: int,
    seconds: float,
    progress: Callable[[int], object],
) -> dict[str, dict[str, Figures]]:
    """Measure each path at each target, ``count`` times; figures by path and name of the server."""
    found = {path.name: {one.server.name: Figures() for one in targets if one.visit(path)} for path in wanted}
    for target in targets:
        await _settled(target)
    for _round in range(count):
        for path in wanted:
            for target in targets:
                visit = target.visit(path)
                if visit is None:
                    continue
                before = target.spent()
                took = await load.busy(
                    target.server.url, visit, target.cookies[path.who], connections=connections,
                    seconds=seconds,
                )  # fmt: skip
                await _settled(target)
                spent = [(b - a) * MILLISECONDS / len(took) for a, b in zip(before, target.spent(), strict=True)]
                figures = found[path.name][target.server.name]
                figures.rates.append(connections * len(took) / sum(took))
                figures.took += took
                figures.spent.append(tuple(spent))
                progress(1)
    return found


async def _settled(target: Target) -> None:
    """Wait until the worker has done what the visits left to it, which is part of what they cost."""
    before, end = processes.seconds(target.worker), time.monotonic() + SETTLING
    while target.worker and time.monotonic() < end:
        await asyncio.sleep(PAUSE)
        after = processes.seconds(target.worker)
        if after - before < IDLE:
            return
        before = after


async def streams(server: Server, path: str, count: int) -> float:
    """Bytes of memory that each of some open streams costs; 0 if the processes are not seen.

    A fourth as many are opened before: what the first streams find free, or unshare, is no part of what each costs.
    """
    clients = list[load.Client]()
    try:
        used = [await _with_streams(server, path, many, clients) for many in (max(1, count // 4), count)]
        return max(0, used[1] - used[0]) / count
    finally:
        for client in clients:
            client.close()


async def _with_streams(server: Server, path: str, count: int, clients: list[load.Client]) -> int:
    """The memory of a server when so many more clients have opened theirs."""
    for _n in range(count):
        clients.append(load.Client(server.url))
        await clients[-1].open_stream(path)
    await asyncio.sleep(PAUSE)
    return processes.proportional(server.pid)
