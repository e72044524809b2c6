"""What one person does at once in two tabs, and what a clerk takes back: nobody waits in a circle, nothing is lost."""

import asyncio
from datetime import timedelta

import pytest

from forums.actions import checking_in, commenting, deciding, planning, proposing, registering, speaking, supporting
from forums.errors import NotShownYet
from forums.forms.assigning import TextOnly
from forums.forms.moderating import Decide
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, Submit
from forums.models import Forum
from forums.states import ForumState, TextAction
from server.core import database
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import post_without_page
from tests.support.places import a_session, somebody
from tests.support.system import System


async def test_new_people_comment_and_support_at_once(system: System) -> None:
    slug = await a_forum(system)
    await planning.start(await official("clerk"), slug)
    (author, _hers), people = await somebody("골목 꽃집"), [(await somebody(f"이웃 {n}"))[0] for n in range(5)]
    number = await speaking.submit(author, slug, Submit("조명", "골목에 조명을 달아 주세요.", "idea"))
    await asyncio.gather(
        *(
            act
            for n, person in enumerate(people)
            for act in (
                supporting.support(person, f"submission/{number}"),
                commenting.on_submission(person, number, Say(f"{n}번째로 지나가는 이웃의 생각입니다")),
                supporting.support(person, f"forum/{slug}"),
            )
        )
    )
    forum = await Forum.get(slug=slug)
    assert (forum.participants, forum.comments, forum.supports) == (6, 5, 5)
    (row,) = await database.fetch("SELECT COUNT(*) AS n FROM participation")
    assert row["n"] == 6


async def test_who_supported_took_part_though_the_check_in_was_a_mistake(system: System) -> None:
    slug = await a_forum(system)
    session = await a_session(slug, 9, starts_in=timedelta(hours=1))
    (other, _theirs), clerk = await somebody("이과일"), await official("clerk")
    await planning.start(clerk, slug)
    comment, _thread = await commenting.on_forum(other, slug, Say("시장에 의자가 있으면 좋겠습니다"))
    for left, name in enumerate(("comment", "forum", "nothing")):
        person, _token = await somebody(name)
        code = await registering.register(person, session)
        (row,) = await database.fetch("SELECT id FROM booking WHERE code = ?", code)
        if name == "comment":
            await supporting.support(person, f"comment/{comment}")
        elif name == "forum":
            await supporting.support(person, f"forum/{slug}")
        await checking_in.check_in(clerk, slug, session, row["id"])
        await checking_in.undo(clerk, slug, session, row["id"])
        assert (await Forum.get(slug=slug)).participants == min(left + 2, 3), name


async def test_what_no_moderator_has_shown_is_not_taken_up(system: System) -> None:
    (person, _token), intake = await somebody("미나"), await official("intake")
    wish = ProposeForum("listening", "지금 접속", "https://casino.example/kr", "ko")
    slug = await proposing.propose(person, wish)
    assert (await Forum.get(slug=slug)).visibility == "pending"
    with pytest.raises(NotShownYet):
        await proposing.accept(intake, slug, TextOnly("열겠습니다."))
    desk = await system.official("intake")
    told = await post_without_page(desk, f"/desk/forums/{slug}/accept", data={"text": "열겠습니다."})
    assert told.status_code == 409
    assert "글 관리" in told.text
    assert (await Forum.get(slug=slug)).status is ForumState.PROPOSED
    await deciding.decide(intake, f"forum/{slug}", Decide(TextAction.SHOW))
    await proposing.accept(intake, slug, TextOnly("열겠습니다."))
