"""The outbox: at least once, never lost, given up loudly, on both databases."""

import asyncio
import contextvars
from collections.abc import Sequence
from datetime import timedelta

import pytest

from server.core import clock, database, jobs, outbox
from server.core.delivery import Deferred
from server.core.jobs import Job, Task, Together, Worker
from tests.support.system import System


async def test_a_job_is_done_once_and_gone(system: System) -> None:
    done: list[Task] = []

    async def handler(task: Task) -> None:
        done.append(task)

    await jobs.enqueue(("greet:1", "greet", {"to": "you"}), ("greet:1", "greet", {"to": "twice"}))
    await Worker({"greet": handler}, {}).drain()
    assert [(task.key, task.payload) for task in done] == [("greet:1", {"to": "you"})]
    assert await Job.all().count() == 0


async def test_a_job_of_a_transaction_that_fails_was_never_there(system: System) -> None:
    async def fail() -> None:
        async with database.transaction():
            await jobs.enqueue(("greet:1", "greet", {}))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        await fail()
    assert await Job.all().count() == 0


async def test_a_failing_job_is_tried_again_later_and_in_the_end_kept_as_a_dead_letter(system: System) -> None:
    async def broken(_task: Task) -> None:
        raise ConnectionError("nobody there")

    worker = Worker({"greet": broken}, {})
    await jobs.enqueue(("greet:1", "greet", {}))
    now = clock.now()
    for attempt in range(jobs.MAX_ATTEMPTS):
        with clock.at(now + timedelta(hours=2 * attempt)):
            assert await worker.drain(), attempt
            assert not await worker.drain()
    with clock.at(now + timedelta(days=30)):
        assert not await worker.drain()
    job = await Job.get(key="greet:1")
    assert job.dead
    assert "nobody there" in job.error
    assert await outbox.retry_dead("greet:1")
    assert not await outbox.retry_dead("greet:1")
    assert [task.attempts for task in await jobs.lease()] == [1]


async def test_a_job_without_a_handler_waits_instead_of_being_lost(system: System) -> None:
    await jobs.enqueue(("greet:1", "unknown", {}))
    await Worker({}, {}).drain()
    assert await Job.all().count() == 1


async def test_a_job_whose_worker_died_is_leased_again_after_its_lease(system: System) -> None:
    await jobs.enqueue(("greet:1", "greet", {}))
    assert len(await jobs.lease()) == 1
    assert await jobs.lease() == []
    with clock.at(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert [task.attempts for task in await jobs.lease()] == [2]


async def test_workers_that_share_the_table_do_no_job_twice(system: System) -> None:
    done: list[str] = []

    async def handler(task: Task) -> None:
        await asyncio.sleep(0)
        done.append(task.key)

    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(100)))
    workers = [Worker({"greet": handler}, {}) for _ in range(4)]

    async def empty(worker: Worker) -> None:
        while await worker.drain():
            pass

    await asyncio.gather(*(empty(worker) for worker in workers))
    assert sorted(done) == sorted(f"greet:{n}" for n in range(100))


@pytest.mark.parametrize("engine", ["postgres"])
async def test_who_takes_jobs_neither_waits_for_another_worker_nor_takes_what_that_one_takes(system: System) -> None:
    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(10)))
    elsewhere = contextvars.copy_context()
    async with asyncio.timeout(10), database.transaction():
        here = await jobs.lease(5)
        there = await asyncio.create_task(jobs.lease(5), context=elsewhere)
    assert sorted(task.key for task in (*here, *there)) == sorted(f"greet:{n}" for n in range(10))


async def test_a_lease_takes_no_more_jobs_than_it_says(system: System) -> None:
    """Whichever plan PostgreSQL takes: here the one that asks for the due jobs again for each row of the table."""
    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(40)))
    async with database.transaction():
        if database.dialect() == "postgres":
            for other in ("hashjoin", "mergejoin", "hashagg", "sort", "indexscan", "bitmapscan", "material"):
                await database.execute(f"SET LOCAL enable_{other} = off")
        assert len(await jobs.lease(3)) == 3
    assert await Job.filter(attempts=1).count() == 3


async def test_periodic_work_comes_back(system: System) -> None:
    done: list[str] = []

    async def handler(task: Task) -> None:
        done.append(task.key)
        worker.stop()

    worker = Worker({"sweep": handler}, {"sweep": timedelta(minutes=5)})
    async with asyncio.timeout(10):
        await worker.run()
    assert done == ["periodic:sweep"]
    job = await Job.get(key="periodic:sweep")
    assert job.run_at > clock.now() + timedelta(minutes=4)


async def test_a_running_worker_is_woken_by_a_commit(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "IDLE", 600)
    done = asyncio.Event()

    async def handler(_task: Task) -> None:
        done.set()

    worker = Worker({"greet": handler}, {})
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    await jobs.enqueue(("greet:1", "greet", {}))
    async with asyncio.timeout(60):
        await done.wait()
    worker.stop()
    await running


async def test_a_slow_job_holds_up_no_other(system: System) -> None:
    done, go = asyncio.Event(), asyncio.Event()

    async def slow(_task: Task) -> None:
        await go.wait()

    async def quick(_task: Task) -> None:
        done.set()

    worker = Worker({"slow": slow, "quick": quick}, {})
    await jobs.enqueue(("slow:1", "slow", {}))
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    await jobs.enqueue(("quick:1", "quick", {}))
    async with asyncio.timeout(5):
        await done.wait()
    worker.stop()
    go.set()
    await running
    assert await Job.all().count() == 0


async def test_a_cancelled_worker_leaves_no_job_running_and_the_lease_brings_it_back(system: System) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(_task: Task) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await database.fetch("SELECT 1")  # the database is still there for whatever ends
            ended.set()

    await jobs.enqueue(("slow:1", "slow", {}))
    running = asyncio.create_task(Worker({"slow": slow}, {}).run())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
    assert await Job.filter(key="slow:1", attempts=1).exists()


async def test_more_jobs_than_places_are_all_done(system: System) -> None:
    done: list[str] = []

    async def handler(task: Task) -> None:
        await asyncio.sleep(0.001)
        done.append(task.key)
        if len(done) == 3 * jobs.BATCH:
            worker.stop()

    worker = Worker({"greet": handler}, {})
    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(3 * jobs.BATCH)))
    async with asyncio.timeout(20):
        await worker.run()
    assert len(set(done)) == 3 * jobs.BATCH


def test_the_wait_between_attempts_grows_to_an_hour() -> None:
    waits = [jobs.backoff(attempt).total_seconds() for attempt in range(1, 20)]
    assert 1.5 <= waits[0] <= 2.5
    assert 2700 <= waits[-1] <= 4500


async def test_a_job_that_must_not_run_before_a_moment_waits_without_an_attempt(system: System) -> None:
    morning = clock.now() + timedelta(hours=9)
    ran: list[int] = []

    async def handler(task: Task) -> None:
        if clock.now() < morning:
            raise jobs.Postponed(morning)
        ran.append(task.attempts)

    worker = Worker({"greet": handler}, {})
    await jobs.enqueue(("greet:1", "greet", {}))
    assert await worker.drain()
    assert not await worker.drain()
    assert (await Job.get(key="greet:1")).error == ""
    with clock.at(morning):
        assert await worker.drain()
    assert ran == [1]
    assert await Job.all().count() == 0


async def test_a_delivery_waits_as_long_as_the_server_asks(system: System) -> None:
    async def busy(_task: Task) -> None:
        raise Deferred("HTTP 429", timedelta(minutes=5))

    worker = Worker({"greet": busy}, {})
    await jobs.enqueue(("greet:1", "greet", {}))
    before = clock.now()
    await worker.drain()
    job = await Job.get(key="greet:1")
    assert job.run_at - before >= timedelta(minutes=5)
    assert (job.attempts, job.dead) == (1, False)
    assert "HTTP 429" in job.error


async def test_a_clock_that_was_ahead_stops_nothing(system: System) -> None:
    """A machine that believed for a moment that it was 40 days later would not have reminded anybody for 40 days."""
    ran, every = list[str](), {"sweep": timedelta(minutes=1), "night": timedelta(hours=6)}

    async def handler(task: Task) -> None:
        ran.append(task.kind)

    async def broken(task: Task) -> None:
        raise RuntimeError(task.key)

    worker = Worker({"sweep": handler, "night": handler, "mail": broken}, every)
    for kind in every:
        await jobs.enqueue((f"periodic:{kind}", kind, {}))
    await jobs.enqueue(("mail:1", "mail", {}))
    for ahead in (timedelta(days=40), timedelta(hours=9)):
        with clock.at(clock.now() + ahead):
            await worker.drain()
        ran.clear()
        assert not await worker.drain()
        assert await jobs.bring_back(every) >= 2
        await worker.drain()
        assert sorted(ran) == ["night", "sweep"]
    assert await jobs.bring_back(every) == 0, "what is put off as it should be stays so"
    running = asyncio.create_task(worker.run())
    with clock.at(clock.now() + timedelta(days=40)):
        await worker.drain()
    worker.stop()
    await running


async def test_deliveries_that_hang_leave_places_to_other_jobs(system: System) -> None:
    done, go = list[str](), asyncio.Event()

    async def hanging(_task: Task) -> None:
        await go.wait()

    async def quick(task: Task) -> None:
        done.append(task.key)

    worker = Worker({"mail": hanging, "quick": quick}, {}, {"mail"})
    await jobs.enqueue(*((f"mail:{n}", "mail", {}) for n in range(2 * jobs.BATCH)))
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(20):
            while await Job.filter(kind="mail", attempts=1).count() < jobs.MOST_DELIVERIES:
                await asyncio.sleep(0.01)
            await jobs.enqueue(*((f"quick:{n}", "quick", {}) for n in range(30)))
            while len(done) < 30:
                await asyncio.sleep(0.01)
        assert await Job.filter(kind="mail", attempts=1).count() == jobs.MOST_DELIVERIES
    finally:
        worker.stop()
        go.set()
        await running
    assert not await Job.filter(kind="quick").exists()


async def test_a_delivery_that_finishes_leaves_its_place_to_the_next_at_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "IDLE", 600)
    started, go = list[str](), asyncio.Event()

    async def deliver(task: Task) -> None:
        started.append(task.key)
        await go.wait()

    worker = Worker({"mail": deliver}, {}, {"mail"})
    await jobs.enqueue(*((f"mail:{n}", "mail", {}) for n in range(3 * jobs.MOST_DELIVERIES)))
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(20):
            while len(started) < jobs.MOST_DELIVERIES:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # until nothing more is found
            go.set()
            while await Job.exists():
                await asyncio.sleep(0.01)
    finally:
        worker.stop()
        go.set()
        await running
    assert len(started) == 3 * jobs.MOST_DELIVERIES


async def test_what_has_failed_for_a_while_is_measured_and_logged(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(task: Task) -> None:
        raise RuntimeError(task.key)

    worker = Worker({"mail": broken}, {})
    await jobs.enqueue(("mail:1", "mail", {}), ("mail:2", "mail", {}))
    await worker.drain()
    await jobs.observe()
    assert jobs.failing._value.get() == 2
    assert "failing for some time" not in caplog.text
    with clock.at(clock.now() + timedelta(minutes=20)):
        await jobs.observe()
    assert "jobs have been failing for some time" in caplog.text
    assert jobs.failing_since._value.get() > 1000
    await Job.all().delete()
    await jobs.observe()
    assert (jobs.failing._value.get(), jobs.failing_since._value.get()) == (0, 0)


async def test_jobs_of_one_kind_are_done_together_and_alone_where_one_fails(system: System) -> None:
    calls: list[list[str]] = []

    async def greet(tasks: Sequence[Task]) -> None:
        calls.append([task.key for task in tasks])
        if any(task.key == "greet:bad" for task in tasks):
            raise RuntimeError("not this one")

    worker = Worker({"greet": Together(greet)}, {})
    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(3)))
    await worker.drain()
    assert [sorted(keys) for keys in calls] == [["greet:0", "greet:1", "greet:2"]]
    assert not await Job.filter(kind="greet").exists()
    calls.clear()
    await jobs.enqueue(("greet:good", "greet", {}), ("greet:bad", "greet", {}))
    await worker.drain()
    assert len(calls) == 3
    left = await Job.get(kind="greet")
    assert (left.key, "not this one" in left.error) == ("greet:bad", True)


async def test_jobs_that_are_done_together_take_one_place(system: System) -> None:
    calls: list[int] = []

    async def greet(tasks: Sequence[Task]) -> None:
        calls.append(len(tasks))
        worker.stop()

    worker = Worker({"greet": Together(greet)}, {})
    await jobs.enqueue(*((f"greet:{n}", "greet", {}) for n in range(150)))
    await worker.run()
    assert calls == [150]
