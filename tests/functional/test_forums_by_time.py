"""What happens to forums by the clock, and what a citizen's question needs to be discussed without anybody's leave."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from forums.actions import answering, planning, proposing, watching
from forums.events import CommitmentOverdue
from forums.forms.answering import GiveAnswer
from forums.forms.committing import MakeCommitment
from forums.forms.planning import PlanForum
from forums.forms.proposing import ProposeForum
from forums.models import Forum
from forums.queries.forums import forum
from forums.rights import forum_subject
from forums.states import ForumState
from server.core import clock, database, jobs, ledger
from server.core.days import today
from server.core.participants.people import take_name
from tests.support import submissions
from tests.support.answers import official
from tests.support.forums import a_draft, a_forum
from tests.support.system import System


async def watch(system: System) -> None:
    """What comes back by itself every minute."""
    await jobs.enqueue((f"watch {clock.now()}", "forums.watch", {}))
    await system.work()


async def state(slug: str) -> str:
    return (await forum(slug)).status.value


async def test_discussions_and_broadcasts_keep_their_times(system: System) -> None:
    now = clock.now()
    hours = [now + timedelta(hours=n) for n in range(8)]
    question = await a_forum(system, "discussion", starts_at=None, ends_at=hours[2])
    video = await a_forum(system, "broadcast", starts_at=hours[1], ends_at=hours[3])
    past = await a_forum(system, "broadcast", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    sitting = await a_forum(system, "listening", starts_at=hours[1], ends_at=hours[2])
    await watch(system)
    assert [await state(one) for one in (question, video, past)] == ["running", "published", "closed"]
    with clock.at(hours[1]):
        await watch(system)
        assert [await state(one) for one in (question, video)] == ["running", "running"]
    with clock.at(hours[3]):
        await watch(system)
        assert [await state(one) for one in (question, video)] == ["closed", "closed"]
        assert await state(sitting) == "published", "somebody stands there and says when it begins"
        # Opened again by an official it stays so until its new end.
        command = PlanForum("discussion", "더 이야기합시다", body="한 시간 더", ends_at=hours[5])
        row = await Forum.get(slug=question)
        await planning.edit(await official("intake"), question, replace(command, department_id=row.department_id))
        await planning.start(await official("intake"), question)
        await watch(system)
        assert await state(question) == "running"
    with clock.at(hours[5]):
        await watch(system)
        found = await forum(question)
        assert (found.status, found.closed_at) == (ForumState.CLOSED, hours[5])


async def test_a_question_opens_when_enough_people_stand_behind_it(system: System) -> None:
    person = await take_name("mina@example.org", "미나", "ko")
    asked = ProposeForum("discussion", "따릉이를 밤에도 빌릴까요?", "막차가 끊긴 뒤에 탈 것이 없습니다.", "ko")
    slug = await proposing.propose(person, asked)
    assert await proposing.propose(person, asked) == slug, "sent twice, it is there once"
    needed = system.settings.forum_supports
    await database.execute("UPDATE forum SET supports = ? WHERE slug = ?", needed - 1, slug)
    assert not await proposing.open_supported(slug)
    await watch(system)
    assert await state(slug) == "proposed"
    await database.execute("UPDATE forum SET supports = ? WHERE slug = ?", needed, slug)
    assert await proposing.open_supported(slug)
    assert not await proposing.open_supported(slug)
    found = await forum(slug)
    assert (found.status, found.number, found.slug) == (ForumState.RUNNING, 1, "proposal-1")
    assert found.starts_at is not None
    assert found.ends_at == found.starts_at + timedelta(days=30)
    # One whose last supporter's server stopped at the wrong moment opens with the next look at the clock.
    other = await proposing.propose(person, ProposeForum("discussion", "놀이터에 그늘을", "한여름에 못 놀아요.", "ko"))
    walk = await proposing.propose(person, ProposeForum("listening", "골목을 걸읍시다", "걸으며 듣고 싶어요.", "ko"))
    await database.execute("UPDATE forum SET supports = ? WHERE slug IN (?, ?)", needed, other, walk)
    await watch(system)
    assert [await state(other), await state(walk)] == ["running", "proposed"], "only a discussion needs no place"


async def test_many_at_once_open_and_announce_once(system: System) -> None:
    person = await take_name("mina@example.org", "미나", "ko")
    asked = ProposeForum("discussion", "따릉이를 밤에도 빌릴까요?", "막차가 끊긴 뒤에 탈 것이 없습니다.", "ko")
    slugs = await asyncio.gather(*(proposing.propose(person, asked) for _press in range(5)))
    assert len(set(slugs)) == await Forum.all().count() == 1
    await database.execute("UPDATE forum SET supports = ?", system.settings.forum_supports)
    opened = await asyncio.gather(*(proposing.open_supported(slugs[0]) for _last in range(5)), watch(system))
    assert sum(one is True for one in opened) <= 1
    assert (await forum(slugs[0])).status is ForumState.RUNNING
    draft, actor = await a_draft(), await official("intake")
    told = await asyncio.gather(*(planning.publish(actor, draft) for _press in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["NoneType"] + ["NotPossibleNow"] * 4
    for slug, kind in ((slugs[0], "forum.opened"), (draft, "forum.published")):
        assert len(await ledger.read(forum_subject(slug), kind=kind)) == 1


async def test_of_many_late_commitments_each_is_told_once_a_few_in_a_job(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "BATCH", 2)
    forum, handler = await submissions.hold_forum(), await official("handler")
    for number in range(5):
        submission = await submissions.say(forum, department_id=handler.department_id)
        commitment = MakeCommitment(f"약속 {number}", "handler", today())
        await answering.answer(handler, submission.number, GiveAnswer("adopted", "하겠습니다.", commitment))
    await system.work()
    with clock.at(clock.now() + timedelta(days=2)):
        assert await watching.remind() == 2
        await jobs.enqueue(("forums.remind", "forums.remind", {}))
        await system.work()
    rows = await database.fetch("SELECT subject FROM ledger_event WHERE kind = ?", CommitmentOverdue.kind)
    assert len(rows) == len({row["subject"] for row in rows}) == 5
