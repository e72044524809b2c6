"""The outbox: work that must happen after a commit; leased, retried with back-off, never lost.

A job is written in the transaction that makes it necessary and deleted when its handler has returned. Handlers run at
least once, so they are idempotent by the job's key. A job that fails too often stays as a dead letter that officials
can see and retry. A periodic job is rescheduled instead of deleted.
"""

import asyncio
import contextlib
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from prometheus_client import Counter, Gauge
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.core import clock, database
from server.core.bell import bell
from server.core.delivery import Deferred
from server.core.rows import columns, select

log = logging.getLogger("sinmungo.jobs")
finished = Counter("sinmungo_jobs", "Jobs by kind and outcome", ["kind", "outcome"])

failing = Gauge("sinmungo_jobs_failing", "Jobs that failed and will be tried again, up to 1,000")
failing_since = Gauge("sinmungo_jobs_failing_seconds", "Age of the oldest job that failed and will be tried again")
dead_jobs = Gauge("sinmungo_jobs_dead", "Jobs that failed too often, up to 1,000")

LEASE = timedelta(seconds=60)
LEASED = LEASE.total_seconds() * 0.9
"""Seconds for which a worker relies on a lease."""
MAX_ATTEMPTS = 12
BATCH = 20
MOST_TOGETHER = 200
"""Jobs that are done at once, in one place of a worker, if so many wait."""
MOST_DELIVERIES = 12
"""Places of a worker that jobs which wait for another server may take: the others go on while it hangs."""
IDLE = 1.0
"""Seconds between polls of the table while the bell does not ring."""
UPKEEP_SECONDS = 60.0
"""Seconds between two looks at how the outbox as a whole is doing."""
FARTHEST = timedelta(days=2)
"""No job is ever put off for as long: one that is was written while the clock was wrong."""
LATE = timedelta(minutes=15)
"""How long jobs may fail before that is logged as an error."""


class Job(Model):
    """A job that is still to be done, or has failed for good (``dead``)."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=120, unique=True)
    kind = fields.CharField(max_length=60)
    payload = fields.TextField()
    dead = fields.BooleanField(default=False)
    run_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    error = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "job"
        indexes = (Index(fields=("dead", "run_at"), name="job_due"),)


@dataclass(frozen=True)
class Task:
    """A handler's argument: the job's key (its idempotency key), its payload and the number of earlier attempts."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int


Handler = Callable[[Task], Awaitable[None]]


class Together:
    """A handler that does several jobs of its kind at once, where that costs less than each by itself.

    If one fails, all are done again, one after the other.
    """

    def __init__(self, run: Callable[[Sequence[Task]], Awaitable[None]]) -> None:
        self.run = run

    async def __call__(self, task: Task) -> None:
        await self.run([task])


class Postponed(Exception):
    """Raised by a handler whose job must not run before a moment. It is no failure: attempts start again from none."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


async def enqueue(*jobs: tuple[str, str, Mapping[str, Any]], delay: timedelta = timedelta()) -> None:
    """Put ``(key, kind, payload)`` jobs into the outbox in the surrounding transaction. Existing keys are ignored."""
    if not jobs:
        return
    now = clock.now()
    rows = ", ".join(["(?, ?, ?, ?, ?, 0, '', ?)"] * len(jobs))
    values: list[object] = []
    for key, kind, payload in jobs:
        values += [key, kind, orjson.dumps(payload).decode(), False, now + delay, now]
    await database.execute(
        "INSERT INTO job (key, kind, payload, dead, run_at, attempts, error, created_at) "
        f"VALUES {rows} ON CONFLICT (key) DO NOTHING",
        *values,
    )
    database.after_commit(bell.ring)


async def lease(limit: int = BATCH, kinds: Collection[str] = (), *, others: Collection[str] = ()) -> list[Task]:
    """Lease due jobs: no other worker gets them until the lease expires. Only these kinds, or all but the others."""
    now = clock.now()
    lock = " FOR UPDATE SKIP LOCKED" if database.dialect() == "postgres" else ""
    narrowed = " AND kind IN (?)" * bool(kinds) + " AND kind NOT IN (?)" * bool(others)
    # Materialized: a join that asked for the due jobs again would find more of them each time, as these are locked.
    return await select(
        Task,
        f"WITH due AS MATERIALIZED (SELECT id FROM job WHERE dead = ? AND run_at <= ?{narrowed} "
        f"ORDER BY run_at LIMIT {limit}{lock}) "
        "UPDATE job SET run_at = ?, attempts = attempts + 1 WHERE id IN (SELECT id FROM due) "
        "RETURNING key, kind, payload, attempts",
        False,
        now,
        *([sorted(kinds)] if kinds else []),
        *([sorted(others)] if others else []),
        now + LEASE,
    )


async def bring_back(periodic: Mapping[str, timedelta]) -> int:
    """Make due what was put off while the clock was ahead. Returns how many jobs that was."""
    now = clock.now()
    found = await database.execute(
        "UPDATE job SET run_at = ? WHERE dead = ? AND run_at > ?", now, False, now + FARTHEST
    )
    for kind, every in periodic.items():  # also after a failure they run again within the longer of these
        latest = now + max(every, LONGEST_BACKOFF) * 1.25 + LEASE
        sql = "UPDATE job SET run_at = ? WHERE key = ? AND run_at > ?"
        found += await database.execute(sql, now, f"periodic:{kind}", latest)
    return found


async def observe() -> None:
    """Measure what fails, and log an error while something has failed for a quarter of an hour."""
    row = await database.fetch_one(
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE dead = ? LIMIT 1001) AS d) AS dead, "
        "COUNT(*) AS failing, MIN(created_at) AS since FROM "
        "(SELECT created_at FROM job WHERE dead = ? AND error <> '' ORDER BY created_at LIMIT 1001) AS f",
        True,
        False,
    )
    if row is None:
        return
    since = database.moment_or_none(row["since"])
    age = clock.now() - since if since else timedelta()
    dead_jobs.set(row["dead"])
    failing.set(row["failing"])
    failing_since.set(age.total_seconds())
    if age > LATE:
        log.error("jobs have been failing for some time", extra={"jobs": row["failing"], "seconds": age.seconds})


class Worker:
    """Runs due jobs until it is stopped. Several workers, in any number of processes, can share the table.

    ``deliveries``: the kinds that wait for another server, which together leave some places to the others.
    """

    def __init__(
        self, handlers: Mapping[str, Handler], periodic: Mapping[str, timedelta], deliveries: Collection[str] = ()
    ) -> None:
        self.handlers = handlers
        self.periodic = periodic
        self.deliveries = deliveries
        self.together = [kind for kind, handler in handlers.items() if isinstance(handler, Together)]
        self._stopping = False

    async def run(self) -> None:
        running: dict[asyncio.Task[None], str] = {}
        looked = -UPKEEP_SECONDS
        try:
            while not self._stopping:
                seen_rings = bell.rings  # before polling, so that no ring is missed
                try:
                    if time.monotonic() - looked >= UPKEEP_SECONDS:
                        await enqueue(*((f"periodic:{kind}", kind, {}) for kind in self.periodic))
                        await bring_back(self.periodic)
                        await observe()
                        looked = time.monotonic()
                    tasks = await self._lease(list(running.values()))
                except Exception:
                    log.exception("the job table cannot be read")
                    tasks = []
                running |= {asyncio.create_task(self._attempt(*some)): some[0].kind for some in self._grouped(tasks)}
                if len(running) == BATCH:  # a slow job delays no other while there is a free slot
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                elif not tasks and not self._stopping:
                    await _rung_or_finished(running, seen_rings)
                running = {task: kind for task, kind in running.items() if not task.done()}
            await asyncio.gather(*running)
        finally:
            for task in running:  # on cancellation the database closes next; the jobs run again after their lease
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _lease(self, running: Sequence[str]) -> list[Task]:
        """Jobs for the free places, of which deliveries leave some to others."""
        free = BATCH - len(running)
        room = min(free, MOST_DELIVERIES - sum(kind in self.deliveries for kind in running))
        if not self.deliveries or room == free:
            found = await lease(free)
        else:
            found = await lease(free, others=self.deliveries)
            found += await lease(min(room, free - len(found)), self.deliveries) if room > 0 else []
        if len(found) == free and any(task.kind in self.together for task in found):
            found += await lease(MOST_TOGETHER, self.together)  # which take no places of their own
        return found

    def _grouped(self, tasks: Sequence[Task]) -> list[list[Task]]:
        """Each job by itself, but those that are done together."""
        groups = {kind: [task for task in tasks if task.kind == kind] for kind in self.together}
        return [*filter(None, groups.values()), *([task] for task in tasks if task.kind not in groups)]

    def stop(self) -> None:
        """Finish the running jobs and return from :meth:`run`."""
        self._stopping = True
        bell.ring()

    async def drain(self) -> bool:
        """Run one batch of due jobs. Returns whether there were any."""
        tasks = await lease()
        await asyncio.gather(*(self._attempt(*some) for some in self._grouped(tasks)))
        return bool(tasks)

    async def _attempt(self, *tasks: Task) -> None:
        handler = self.handlers.get(tasks[0].kind)
        ends = asyncio.get_running_loop().time() + LEASED
        if len(tasks) > 1 and isinstance(handler, Together):
            try:
                async with asyncio.timeout(LEASED / 2):
                    await handler.run(tasks)
                    await done(*(task.key for task in tasks))
            except Exception as error:  # noqa: BLE001 — which of them fails, and why, is found out below
                log.info("jobs %s are done one by one (%s)", tasks[0].kind, type(error).__name__)
            else:
                finished.labels(tasks[0].kind, "done").inc(len(tasks))
                return
        for task in tasks:
            if asyncio.get_running_loop().time() >= ends:
                return  # somebody else may have the rest by now
            await self.attempt(task, ends)

    async def attempt(self, task: Task, ends: float | None = None) -> None:
        """Do one job, until its lease ends (``ends`` on the loop's clock)."""
        try:
            handler = self.handlers[task.kind]
            async with asyncio.timeout_at(ends or asyncio.get_running_loop().time() + LEASED):
                await handler(task)
        except Postponed as postponed:
            finished.labels(task.kind, "postponed").inc()
            await _run_again(task.key, postponed.until)
            return
        except Exception as error:  # noqa: BLE001 — whatever a handler raises, the job is kept
            await self._failed(task, error)
            return
        finished.labels(task.kind, "done").inc()
        if every := self.periodic.get(task.kind):
            await _run_again(task.key, clock.now() + every)
        else:
            await done(task.key)

    async def _failed(self, task: Task, error: Exception) -> None:
        dead = task.attempts >= MAX_ATTEMPTS and task.kind not in self.periodic
        finished.labels(task.kind, "dead" if dead else "retried").inc()
        log.warning("job %s failed (%s)", task.kind, type(error).__name__, extra={"job": task.key, "dead": dead})
        delay = backoff(task.attempts)
        if isinstance(error, Deferred):
            delay = max(delay, error.retry_after)
        with contextlib.suppress(Exception):  # if even this cannot be written, the lease expires
            await database.execute(
                "UPDATE job SET run_at = ?, dead = ?, error = ? WHERE key = ?",
                clock.now() + delay,
                dead,
                "".join(traceback.format_exception_only(error))[:1000],
                task.key,
            )


async def _rung_or_finished(running: Collection[asyncio.Task[None]], seen_rings: int) -> None:
    """Wait for the bell, for the first running job to finish, whose place may be waited for, or for :data:`IDLE`."""
    ringing = asyncio.create_task(bell.wait(IDLE, seen_rings))
    try:
        await asyncio.wait([ringing, *running], return_when=asyncio.FIRST_COMPLETED)
    finally:
        ringing.cancel()
        await asyncio.wait([ringing])


async def _run_again(key: str, at: datetime) -> None:
    await database.execute("UPDATE job SET run_at = ?, attempts = 0, error = '' WHERE key = ?", at, key)


async def pending(keys: Collection[str]) -> bool:
    """Whether one of these jobs is still to be done."""
    sql = "SELECT 1 FROM job WHERE key IN (?) AND dead = ? LIMIT 1"
    return bool(keys) and await database.fetch_one(sql, list(keys), False) is not None


async def take(keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Delete jobs in the transaction of what replaces them; the payloads of those that there were, by key.

    In the order given, which must be the same for everybody, so that nobody waits for somebody who waits for them.
    """
    taken: dict[str, Mapping[str, Any]] = {}
    for key in keys:
        row = await database.fetch_one("DELETE FROM job WHERE key = ? RETURNING payload", key)
        if row is not None:
            taken[key] = orjson.loads(row["payload"])
    return taken


async def done(*keys: str) -> None:
    """Delete jobs from the outbox; for handlers that must do so in the transaction of their work."""
    await database.execute("DELETE FROM job WHERE key IN (?)", keys)


LONGEST_BACKOFF = timedelta(hours=1)


def backoff(attempts: int) -> timedelta:
    """The delay after the ``attempts``-th failure: 2, 4, 8 … seconds up to an hour, with a jitter of 25 %."""
    return timedelta(seconds=min(2.0**attempts, LONGEST_BACKOFF.total_seconds()) * random.uniform(0.75, 1.25))  # noqa: S311 — not a secret


async def drop(pattern: str) -> None:
    """Delete, without running them, the jobs whose kind matches an SQL pattern."""
    await database.execute("DELETE FROM job WHERE kind LIKE ?", pattern)


async def forget(word: str) -> int:
    """Delete the jobs that mention a word, in small letters. Returns how many there were."""
    said = "LOWER(key || payload || error)"
    return await database.execute(f"DELETE FROM job WHERE REPLACE({said}, ?, '') <> {said}", word)


@dataclass(frozen=True)
class Waiting:
    """A job with what it is about."""

    key: str
    payload: str
    created_at: datetime


async def of_kind(kind: str, limit: int, key: str = "") -> list[Waiting]:
    """The oldest jobs of a kind that have not failed, or the one with a key: for a handler that does several."""
    which = "key = ?" if key else "error = ?"
    sql = f"SELECT {columns(Waiting, 'j')} FROM job j WHERE kind = ? AND dead = ? AND {which} ORDER BY id LIMIT {limit}"
    return await select(Waiting, sql, kind, False, key)


async def put_off(kind: str, until: datetime) -> None:
    """Run no job of a kind before a moment."""
    sql = "UPDATE job SET run_at = ? WHERE kind = ? AND dead = ? AND run_at < ?"
    await database.execute(sql, until, kind, False, until)
