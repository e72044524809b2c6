"""A process is killed while it does something to hundreds of submissions: each is done or untouched, and none twice."""

import asyncio

import httpx
import pytest

from forums.events import SubmissionAnswered, SubmissionAssigned, SubmissionMerged
from server import wiring
from server.check import problems
from server.core import database
from server.core.accounts import Department
from server.core.config import Settings
from server.core.security import COOKIE
from tests.support.live import LiveProcess, Starter
from tests.support.page_forms import post_without_page
from tests.support.stories import signed_in
from tests.support.submissions import hold_forum, say
from tests.support.system import opened

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

SUBMISSIONS, STRETCH = 300, 200
ONE_SUBMISSION = "SELECT 1 FROM ledger_head WHERE subject = ? FOR UPDATE"
"""Held for one of the second stretch, it stops the process when the first one is committed."""
JOBS = "LOCK TABLE job IN SHARE MODE"
"""Held, it stops the process when the first rows and events of a transaction are written."""
WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"

Form = dict[str, str]


async def press_and_kill(live: LiveProcess, token: str, path: str, form: Form, lock: str, *values: str) -> None:
    """Press a button, and kill the process as soon as it waits for a lock that this test holds."""
    async with httpx.AsyncClient(base_url=live.url, cookies={COOKIE: token}, timeout=30) as browser:
        async with database.transaction():
            await database.execute(lock, *values)
            pressed = asyncio.create_task(post_without_page(browser, path, data=form))
            async with asyncio.timeout(20):
                while not await database.fetch(WAITS):
                    assert not pressed.done(), (await pressed).text
                    await asyncio.sleep(0.02)
            await asyncio.to_thread(live.kill)
        with pytest.raises(httpx.TransportError):
            await pressed


async def done(numbers: list[str], kind: str, changed: str) -> int:
    """To how many it was done: their row, their chain and their jobs say the same, and the others' say nothing."""
    rows = await database.fetch(
        f"SELECT s.number, CASE WHEN {changed} THEN 1 ELSE 0 END AS changed, "
        "(SELECT COUNT(*) FROM ledger_event e WHERE e.subject = 'submission/' || s.number AND e.kind = ?) AS events, "
        "(SELECT COUNT(*) FROM ledger_event e JOIN job j ON split_part(j.key, ':', 2) = e.id::text "
        "WHERE e.subject = 'submission/' || s.number AND e.kind = ?) AS jobs FROM submission s",
        kind,
        kind,
    )
    told = len(wiring.CONSUMERS[kind])
    assert told
    found = [row for row in rows if row["number"] in numbers]
    assert not [row for row in found if (row["events"], row["jobs"]) != (row["changed"], row["changed"] * told)]
    return sum(row["changed"] for row in found)


async def test_what_was_being_done_to_many_is_whole_and_is_finished_by_pressing_again(
    settings: Settings, starter: Starter
) -> None:
    async with opened(settings) as system:
        starting = [asyncio.to_thread(starter.serve, settings, SINMUNGO_RUN_JOBS="off") for _act in range(3)]
        servers = asyncio.gather(*starting)
        forum = await hold_forum()
        async with database.transaction():
            numbers = [(await say(forum)).number for _n in range(SUBMISSIONS + 1)]
        main, others = numbers[0], numbers[1:]
        roads = await Department.get(code="roads")
        clerk = await signed_in(system, "intake")
        token = clerk.cookies[COOKIE]
        first, second, third = await servers
        bulk, answer = "/desk/submissions/bulk", f"/desk/submissions/{main}/answer"

        def everything(status: str, **act: str) -> Form:
            return {**act, "all": "1", "list": f"status={status}&forum={forum.slug}"}

        hand = everything("received", action="assign", department="roads")
        assigned = SubmissionAssigned.kind, f"s.department_id = {roads.id}"
        await press_and_kill(first, token, bulk, hand, ONE_SUBMISSION, f"submission/{numbers[-1]}")
        assert await done(numbers, *assigned) == STRETCH
        assert (await post_without_page(clerk, bulk, data=hand)).status_code == httpx.codes.SEE_OTHER
        assert await done(numbers, *assigned) == SUBMISSIONS + 1

        join = everything("assigned", **{"action": "merge", "with": main})
        merged = SubmissionMerged.kind, "s.status = 'merged'"
        await press_and_kill(second, token, bulk, join, JOBS)
        assert await done(others, *merged) == 0, "of a stretch nothing, or all of it"
        assert (await post_without_page(clerk, bulk, data=join)).status_code == httpx.codes.SEE_OTHER
        assert await done(others, *merged) == SUBMISSIONS

        say_no = {"version": "2", "answer.outcome": "not_adopted", "answer.text": "효과가 작습니다."}
        answered = SubmissionAnswered.kind, "s.outcome = 'not_adopted'"
        await press_and_kill(third, token, answer, say_no, JOBS)
        assert await done(numbers, *answered) == 0, "all hear the answer at once, or nobody"
        for _twice in range(2):
            assert (await post_without_page(clerk, answer, data=say_no)).status_code == httpx.codes.SEE_OTHER
            assert await done(numbers, *answered) == SUBMISSIONS + 1
        assert [problem async for problem in problems(settings)] == []
