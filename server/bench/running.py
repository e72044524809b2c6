"""One run from the empty database to what was found."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File

import asyncpg
import click
from tqdm import tqdm

from server.bench import floor, floor_tables, load, measuring, paths, processes, scratch, servers
from server.bench.measuring import Target
from server.bench.paths import Path, Site
from server.bench.report import FLOOR, OURS, Memory, Run
from server.bench.servers import Server
from server.core.config import Settings

STEPS_OF_FILLING = 3
CASES_OF_A_STREAM = 4
"""One stream is opened for so many cases, and at most:"""
MOST_STREAMS = 600
BOOKED_ALIKE = 1_000_000


@dataclass(frozen=True)
class Plan:
    """What is to be measured, and how."""

    against: str | None
    cases: int
    rounds: int
    seconds: float
    connections: int
    workers: int
    names: Sequence[str]


def run(given: Settings, plan: Plan) -> Run:
    """Measure. The scratch database is gone afterwards."""
    with scratch.scratch(given) as settings, contextlib.ExitStack() as stack:
        log = settings.data_dir / "bench.log"
        scratch.migrate(settings, log)
        with tqdm(total=STEPS_OF_FILLING * plan.cases, desc="Filling", unit=" cases", disable=None) as progress:
            imported = asyncio.run(scratch.fill(settings, plan.cases, progress.update))
        ours = stack.enter_context(_ours(settings, plan.workers, log))
        worker = _worker(settings, log, stack)
        there = asyncio.run(paths.site(ours.url))
        wanted = [one for one in paths.paths(there, _dialect(settings)) if paths.chosen(plan.names)(one)]
        if not wanted:
            raise click.ClickException("No path has such a name.")
        sizes = asyncio.run(_sizes(ours, there, wanted))
        asyncio.run(floor_tables.prepare(settings.database_url, there.starts, BOOKED_ALIKE))
        bare = stack.enter_context(_floor(settings, sizes, plan.workers, log))
        database = 0 if settings.sqlite else asyncio.run(_first_process(settings))
        targets = [
            Target(bare, lambda one: one.floors, dict.fromkeys(there.cookies, floor.STAFF_COOKIE), 0, database),
            Target(ours, lambda one: one.ours, there.cookies, worker, database),
            *([_other(plan.against, _dialect(settings), database)] if plan.against else []),
        ]
        with tqdm(total=plan.rounds * len(wanted) * len(targets), desc="Measuring", disable=None) as progress:
            measuring_all = measuring.rounds(
                targets, wanted, count=plan.rounds, connections=plan.connections, seconds=plan.seconds,
                progress=progress.update,
            )  # fmt: skip
            found = asyncio.run(measuring_all)
        streams = max(1, min(MOST_STREAMS, plan.cases // CASES_OF_A_STREAM))
        memory = {
            one.name: _memory(one, path, streams)
            for one, path in ((bare, "/floor/stream"), (ours, f"/forums/{there.forum}/stream"))
        }
    return Run(
        "SQLite" if given.sqlite else "PostgreSQL", plan.cases, plan.workers, plan.connections, plan.rounds,
        plan.seconds, imported, found, memory,
    )  # fmt: skip


def _dialect(settings: Settings) -> str:
    return "sqlite" if settings.sqlite else "postgres"


def _ours(settings: Settings, workers: int, log: File) -> contextlib.AbstractContextManager[Server]:
    port = servers.free_port()
    return servers.started(OURS, servers.sinmungo("serve"), scratch.environment(settings, port, workers), port, log)


def _worker(settings: Settings, log: File, stack: contextlib.ExitStack) -> int:
    """A process for jobs, beside web processes that do none."""
    if settings.sqlite:
        return 0
    return stack.enter_context(servers.running(servers.sinmungo("worker"), scratch.environment(settings), log)).pid


def _floor(
    settings: Settings, sizes: dict[str, int], workers: int, log: File
) -> contextlib.AbstractContextManager[Server]:
    port = servers.free_port()
    command = [
        sys.executable, "-m", "uvicorn", "server.bench.floor:from_environment", "--factory", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    told = {floor.DATABASE: settings.database_url, floor.SIZES: json.dumps(sizes)}
    return servers.started(FLOOR, command, told, port, log)


def _other(url: str, dialect: str, database: int) -> Target:
    """A server that runs already: an older one has fewer paths. Its database is believed to be beside ours."""
    server = servers.there(url)
    site = asyncio.run(paths.site(server.url))
    theirs = {one.name: one for one in paths.paths(site, dialect)}
    return Target(server, lambda one: theirs[one.name].ours if one.name in theirs else None, site.cookies, 0, database)


async def _first_process(settings: Settings) -> int:
    """The process of PostgreSQL that starts the others, if it runs on this machine."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        return processes.parent(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


async def _sizes(ours: Server, there: Site, wanted: Sequence[Path]) -> dict[str, int]:
    """The bytes of the pages whose size the floor's have."""
    found = {}
    for one in wanted:
        if one.example:
            async with load.Client(ours.url, cookies=dict(there.cookies[one.who])) as client:
                found[one.sized or one.name] = len((await client.get(one.example)).body)
    return found


def _memory(server: Server, stream: str, streams: int) -> Memory:
    used = processes.proportional(server.pid)
    return Memory(server.ready, server.first, used, asyncio.run(measuring.streams(server, stream, streams)))
