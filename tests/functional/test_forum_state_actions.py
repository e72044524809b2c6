"""Every pair of a forum's state and an action: what the table allows leads where it says, everything else is refused.

The pairs are made from the table itself, and what officials do from its records (forums.acts); a forum is put into
each state by hand, and the actions are the real ones.
"""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from forums.actions import commenting, planning, proposing, registering, speaking, supporting
from forums.actions.change import changing_forum
from forums.acts import FORUMS
from forums.errors import NoSuchForum
from forums.forms.planning import PlanForum
from forums.forms.speaking import Say, Submit
from forums.kinds import table
from forums.models import Forum
from forums.rights import FORUM
from forums.states import ForumAction, ForumState
from server.core import clock
from server.core.accounts import Official
from server.core.errors import Forbidden, NotPossibleNow
from server.core.participants.people import Person, take_name
from tests.support.answers import official
from tests.support.forums import a_forum, words
from tests.support.page_forms import post_without_page
from tests.support.places import a_session
from tests.support.system import System

A = ForumAction
PAIRS = list(itertools.product(ForumState, ForumAction))
REFUSALS = (NotPossibleNow, NoSuchForum)
"""A draft is refused to citizens as if it were not there."""


class Bench:
    """A forum that is put into any state, and the people who act on it."""

    def __init__(self, slug: str, department_id: int, session: int, actor: Official) -> None:
        self.slug, self.session, self.actor, self.asked = slug, session, actor, 0
        said = words("listening", clock.now())
        self.plan = PlanForum("listening", body="질문입니다.", department_id=department_id, **said)

    async def put(self, state: ForumState, kind: str) -> None:
        await Forum.filter(slug=self.slug).update(
            status=state, kind=kind, supports=1000, speaks_until=clock.now() + timedelta(days=1), body="질문입니다.",
            starts_at=self.plan.starts_at, ends_at=self.plan.ends_at,
        )  # fmt: skip

    async def state(self) -> ForumState:
        return (await Forum.get(slug=self.slug)).status

    async def person(self) -> Person:
        """Somebody who has not acted before."""
        self.asked += 1
        return await take_name(f"{self.asked}@example.org", f"시민 {self.asked}", "ko")

    async def ask(self, action: ForumAction) -> None:
        slug, text = self.slug, f"{self.asked}번째로 알려 드립니다."
        if action in FORUMS:
            act, offer = FORUMS[action]
            command = await act.read(offer, {field.name: text for field in act.form.fields() if field.asked}, slug)
            await act.do(self.actor, slug, command)
            return
        person = await self.person()
        others: dict[ForumAction, Callable[[], Awaitable[object]]] = {
            A.EDIT: lambda: planning.edit(self.actor, slug, self.plan),
            A.OPEN: self.open,
            A.SUPPORT: lambda: supporting.support(person, f"forum/{slug}"),
            A.REGISTER: lambda: registering.register(person, self.session),
            A.SPEAK: lambda: speaking.submit(person, slug, Submit("의견", text, "idea")),
            A.COMMENT: lambda: commenting.on_forum(person, slug, Say(text)),
        }
        await others[action]()

    async def open(self) -> None:
        if not await proposing.open_supported(self.slug):
            raise NotPossibleNow(A.OPEN, await self.state())


async def bench(system: System) -> Bench:
    slug = await a_forum(system)
    session = await a_session(slug, 1000)
    return Bench(slug, (await Forum.get(slug=slug)).department_id or 0, session, await official("intake"))


def kind_for(action: ForumAction) -> str:
    """Only a discussion opens by itself."""
    return "discussion" if action is A.OPEN else "listening"


async def test_actions_lead_where_the_table_says(system: System) -> None:
    forum = await bench(system)
    for (state, action), notice in itertools.product(PAIRS, (False, True)):
        if notice and action is A.REGISTER:  # no date can be added to a notice
            continue
        kind = "notice" if notice else kind_for(action)
        await forum.put(state, kind)
        expected = table(kind)[state].get(action)
        try:
            await forum.ask(action)
        except REFUSALS:
            told = None
        else:
            told = await forum.state()
        assert told == expected, f"{action} of a {kind} while {state}"
        assert await forum.state() == (expected or state)


async def test_an_action_needs_its_right_and_what_has_none_is_for_citizens(system: System) -> None:
    slug = await a_forum(system)
    for username in ("intake", "admin", "clerk", "handler", "guide"):
        who = await official(username)
        for action in ForumAction:
            if action in FORUM and who.may(FORUM[action]):
                continue
            with pytest.raises(Forbidden):
                async with changing_forum(slug, action, who):
                    pass


@pytest.mark.untraced
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_pages_of_the_desk_say_the_same(system: System) -> None:
    forum = await bench(system)
    browser = await system.official("intake")
    fields = {
        "title": forum.plan.title,
        "place": forum.plan.place,
        "department": str(forum.plan.department_id),
        "starts_at": "2027-01-08T19:00",
    }
    forms: dict[ForumAction, dict[str, str]] = {
        A.EDIT: fields,
        **{
            act.action: {field.name: "알려 드립니다." for field in act.form.fields() if field.asked}
            for act, _offer in FORUMS.values()
        },
    }
    for state, action in itertools.product(ForumState, forms):
        await forum.put(state, "listening")
        expected = table("listening")[state].get(action)
        answer = await post_without_page(browser, f"/desk/forums/{forum.slug}/{action}", data=forms[action])
        assert await forum.state() == (expected or state), f"{action} while {state}"
        # What is so already is shown and not refused: a button pressed twice.
        assert answer.status_code in ({303} if expected else {303, 403, 409}), answer.text
        page = await browser.get(f"/desk/forums/{forum.slug}")
        for other in (A.START, A.CLOSE, A.CANCEL, A.EDIT, A.MINUTES, A.ACCEPT, A.DECLINE):
            offered = f'{forum.slug}/{other}"' in page.text
            assert offered == (other in table("listening")[await forum.state()]), f"{other} while {expected or state}"
