"""Many people speak at several processes of one PostgreSQL at once, and officials act on it meanwhile.

Whatever was acknowledged is there once, every number is what the rows say, and workers that share the table count and
write to everybody once.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller

from forums.actions import commenting, planning, speaking
from forums.forms.speaking import Say, Submit
from server.check import problems
from server.core import database
from server.core.config import Settings
from server.core.jobs import Job
from server.core.security import COOKIE
from tests.functional.test_statistics_counting import recounted
from tests.integration.test_never_lost import Inbox
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.live import LiveProcess, Starter, free_port
from tests.support.page_forms import post_without_page
from tests.support.places import somebody
from tests.support.system import System, opened
from tracking.statistics import cells
from tracking.statistics.actions import recounting
from tracking.statistics.cells import Filters
from tracking.statistics.measures import ADOPTION

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

PROCESSES, PEOPLE = 3, 10
Headers = dict[str, str]


@dataclass
class Forum:
    """A forum in which something was said before the crowd came."""

    slug: str
    hot: str
    others: list[str]
    remarks: list[int]
    people: list[Headers]


async def begun(system: System) -> Forum:
    slug = await a_forum(system, "discussion")
    await planning.start(await official("clerk"), slug)
    author, _token = await somebody("골목 꽃집")
    hot, *others = [await speaking.submit(author, slug, Submit(f"제안 {n}", "조명", "idea")) for n in range(4)]
    remarks = [(await commenting.on_submission(author, hot, Say(f"덧붙임 {n}")))[0] for n in range(4)]
    people = [{"cookie": f"{COOKIE}={(await somebody(f'이웃 {n}'))[1]}"} for n in range(PEOPLE)]
    return Forum(slug, hot, others, remarks, people)


@dataclass
class Said:
    """What the processes acknowledged."""

    submissions: list[str] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    acts: Counter[tuple[str, int]] = field(default_factory=Counter)


class Crowd:
    """Presses buttons at the processes."""

    def __init__(self, clients: list[httpx.AsyncClient], forum: Forum) -> None:
        self.clients, self.forum, self.said = clients, forum, Said()

    async def _press(self, at: int, path: str, who: Headers, **more: Any) -> httpx.Response:
        answer = await post_without_page(self.clients[at % PROCESSES], path, headers=who, **more)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (path, answer.text)
        return answer

    async def speak(self, at: int, n: int) -> None:
        """Everybody sends the same submission from two processes, as a phone that lost the answer does."""
        content, who = {"title": f"생각 {n}", "text": "의자", "stance": "for"}, self.forum.people[n]
        path = f"/api/v1/forums/{self.forum.slug}/submissions"
        answer = await self._press(at, path, {**who, "idempotency-key": f"k{n}"}, json=content)
        self.said.submissions.append(answer.json()["number"])

    async def comment(self, at: int, n: int, number: str, text: str) -> None:
        path = f"/api/v1/submissions/{number}/comments"
        answer = await self._press(at, path, self.forum.people[n], json={"text": text})
        assert answer.json()["text"] == text
        self.said.comments[answer.json()["id"]] = text

    async def support(self, at: int, n: int, number: str) -> None:
        answer = await self._press(at, f"/api/v1/submissions/{number}/supports", self.forum.people[n], json={})
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def act(self, at: int, who: Headers, path: str, **more: Any) -> None:
        answer = await self._press(at, path, who, **more)
        assert answer.status_code in {200, 303, 409}, answer.text
        self.said.acts[path, answer.status_code] += 1

    async def all_at_once(self, officials: list[Headers], moderators: list[Headers]) -> None:
        forum = self.forum
        hot, (first, second, third) = forum.hot, forum.others
        presses = [
            press
            for n in range(PEOPLE)
            for press in (
                self.speak(n, n),
                self.speak(n + 1, n),
                self.support(n, n, hot),
                self.support(n + 1, n, hot),
                self.support(n, n, second),
                self.comment(n, n, hot, f"{n}번째 이웃의 말"),
                self.comment(n + 1, n, (first, second)[n % 2], f"{n}번째 이웃의 둘째 말"),
            )
        ]
        presses += [self.comment(0, 0, hot, "https://casino.example/kr")]
        for n, who in enumerate(officials):
            desk = "/api/v1/desk/submissions"
            answer = {"outcome": "not_adopted", "text": "터가 없습니다.", "department": "roads"}
            presses += [
                self.act(n, who, f"{desk}/{hot}/answer", json=answer),
                self.act(n + 1, who, f"{desk}/{second}/merge", json={"to": hot}),
                self.act(n + 2, who, f"{desk}/{third}/assign", json={"department": "parks"}),
            ]
        for n, who in enumerate(moderators):
            for subject in (*(f"comment/{each}" for each in forum.remarks), f"submission/{third}"):
                form = {"action": "hide", "rule": "advert", "reason": ""}
                presses.append(self.act(n, who, f"/desk/moderation/{subject}", data=form))
        random.Random(4).shuffle(presses)
        await asyncio.gather(*presses)


@contextlib.asynccontextmanager
async def city(settings: Settings, starter: Starter) -> AsyncIterator[tuple[list[httpx.AsyncClient], Inbox]]:
    """Web processes of which one does jobs too, a worker beside them, and a mail server that remembers."""
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    smtp = f"smtp://127.0.0.1:{port}"
    starter.worker(settings, SINMUNGO_SMTP_URL=smtp)
    live: list[LiveProcess] = await asyncio.gather(
        *(
            asyncio.to_thread(starter.serve, settings, SINMUNGO_RUN_JOBS=run_jobs, SINMUNGO_SMTP_URL=smtp)
            for run_jobs in ("on", *["off"] * (PROCESSES - 1))
        )
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(controller.stop)
        yield (
            [await stack.enter_async_context(httpx.AsyncClient(base_url=process.url, timeout=60)) for process in live],
            inbox,
        )


async def rows(sql: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.fetch(sql, *values)]


async def drained() -> None:
    async with asyncio.timeout(60):
        while await Job.filter(dead=False).exclude(key__startswith="periodic:").exists():
            await asyncio.sleep(0.1)


async def test_what_is_acknowledged_is_there_once_and_every_number_is_what_the_rows_say(
    settings: Settings, starter: Starter
) -> None:
    async with opened(settings) as system, city(settings, starter) as (clients, inbox):
        forum = await begun(system)
        officials = [{"authorization": (await system.program("intake")).headers["authorization"]} for _program in "ab"]
        moderators = [
            {"cookie": f"{COOKIE}={(await system.official(name)).cookies[COOKIE]}"} for name in ("intake", "inspector")
        ]
        crowd = Crowd(clients, forum)
        await recounting.begin("night")
        await crowd.all_at_once(officials, moderators)
        await recounting.begin("night")
        await everything_is_there(crowd.said)
        await numbers_are_rows(forum)
        acts_were_done_once(crowd.said, forum)
        assert [problem async for problem in problems(settings)] == []

        await drained()
        assert await rows("SELECT key, error FROM job WHERE error <> '' OR dead = ?", True) == []
        assert await rows("SELECT corrected FROM statistics_recount WHERE corrected > 0 OR finished_at IS NULL") == []
        assert await recounted() == {"corrected": 0, "late": 0}
        (shown,) = await rows(
            "SELECT COUNT(*) AS n FROM submission WHERE visibility = 'shown' AND status <> 'withdrawn'"
        )
        assert (await cells.totals(ADOPTION, Filters()))[""]["received"] == shown["n"] == 3 + PEOPLE
        assert (await cells.totals(ADOPTION, Filters()))[""]["participants"] == 1 + PEOPLE
        mails_went_out_once(inbox)
    log = "".join(path.read_text() for path in starter.folder.glob("process-*.log"))
    assert not [word for word in ("deadlock", "Traceback", '"ERROR"') if word in log], log


async def everything_is_there(said: Said) -> None:
    assert len(said.submissions) == 2 * PEOPLE
    assert len(set(said.submissions)) == PEOPLE, "who sends twice has one submission"
    there = {row["number"] for row in await rows("SELECT number FROM submission")}
    assert set(said.submissions) <= there
    assert len(there) == 4 + PEOPLE
    comments = {row["id"]: row["text"] for row in await rows("SELECT id, text FROM comment")}
    assert said.comments.items() <= comments.items()
    assert len(comments) == 4 + 2 * PEOPLE + 1


async def numbers_are_rows(forum: Forum) -> None:
    (told,) = await rows("SELECT id, submissions, comments, participants FROM forum WHERE slug = ?", forum.slug)
    (counted,) = await rows(
        "SELECT (SELECT COUNT(*) FROM submission WHERE forum_id = f.id AND visibility = 'shown') AS submissions, "
        "(SELECT COUNT(*) FROM comment WHERE forum_id = f.id AND visibility = 'shown') AS comments, "
        "(SELECT COUNT(*) FROM participation WHERE forum_id = f.id) AS participants, f.id FROM forum f WHERE slug = ?",
        forum.slug,
    )
    assert told == counted
    assert told["participants"] == 1 + PEOPLE
    assert (told["submissions"], told["comments"]) == (3 + PEOPLE, 2 * PEOPLE), "hidden and held ones are not counted"
    for row in await rows("SELECT id, number, supports, comments FROM submission"):
        (counted,) = await rows(
            "SELECT (SELECT COUNT(*) FROM support WHERE subject = ?) AS supports, "
            "(SELECT COUNT(*) FROM comment WHERE submission_id = ? AND visibility = 'shown') AS comments",
            f"submission/{row['number']}",
            row["id"],
        )
        assert (row["supports"], row["comments"]) == (counted["supports"], counted["comments"]), row["number"]
    hot, second = forum.hot, forum.others[1]
    (both,) = await rows("SELECT SUM(supports) AS n FROM submission WHERE number IN (?, ?)", hot, second)
    assert both["n"] == 2 * PEOPLE, "everybody stands once behind both"


def acts_were_done_once(said: Said, forum: Forum) -> None:
    """What two officials do at once is done by one of them where it cannot be done twice."""
    hidden = [f"comment/{each}" for each in forum.remarks] + [f"submission/{forum.others[2]}"]
    for subject in hidden:
        assert said.acts[f"/desk/moderation/{subject}", 303] == 1, said.acts
        assert said.acts[f"/desk/moderation/{subject}", 409] == 1, said.acts
    done = Counter(path.rpartition("/")[2] for (path, status), _n in said.acts.items() if status == httpx.codes.OK)
    assert set(done) == {"answer", "merge", "assign"}


def mails_went_out_once(inbox: Inbox) -> None:
    assert len(inbox.recipients) > PEOPLE
    assert [mail for mail, n in Counter(inbox.message_ids).items() if n > 1] == []
