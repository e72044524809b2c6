"""What an official's form does to a voice: one table from action to command, for the page and for JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from forums.actions import answering, crossing, handing, joining
from forums.errors import NoSuchVoice
from forums.forms.answering import GiveAnswer
from forums.forms.handing import Hand, Join, Words, open_departments, read_seen
from forums.forms.promising import Promise
from forums.queries.promises import standing
from forums.states import SubmissionAction
from server.core import database
from server.core.accounts import Official
from server.core.city import city
from server.core.days import today
from server.core.errors import Text, _
from server.core.fields import Input

Raw = Mapping[str, Any]
Act = Callable[[Official, str, Raw], Awaitable[None]]


async def _hand(official: Official, number: str, raw: Raw) -> None:
    await handing.hand(official, number, Hand.parse(raw, choices=open_departments(await city())))


async def _join(official: Official, number: str, raw: Raw) -> None:
    await joining.join(official, number, Join.parse(raw))


async def _separate(official: Official, number: str, raw: Raw) -> None:
    await joining.separate(official, number, _seen(raw))


async def _answer(official: Official, number: str, raw: Raw) -> None:
    row = await database.fetch_one("SELECT id FROM submission WHERE number = ?", number)
    if row is None:
        raise NoSuchVoice
    promised = await standing(row["id"]) is not None
    await answering.answer(official, number, GiveAnswer.parse(raw, await city(), today(), promised=promised))


async def _commit(official: Official, number: str, raw: Raw) -> None:
    await answering.commit(official, number, Promise.parse(raw, today()), _seen(raw))


async def _propose(official: Official, number: str, raw: Raw) -> None:
    await crossing.propose(official, number, Words.parse(raw))


def _seen(raw: Raw) -> int | None:
    data = Input(raw)
    seen = read_seen(data)
    data.done()
    return seen


ACTS: dict[SubmissionAction, tuple[Act, Text]] = {
    SubmissionAction.HAND: (_hand, _("%(number)s is with the department.")),
    SubmissionAction.JOIN: (_join, _("%(number)s is joined and shares the answer.")),
    SubmissionAction.SEPARATE: (_separate, _("%(number)s stands for itself again.")),
    SubmissionAction.ANSWER: (_answer, _("%(number)s is answered. Everybody who asked for it is told.")),
    SubmissionAction.COMMIT: (_commit, _("The commitment is public.")),
    SubmissionAction.PROPOSE: (_propose, _("It is proposed to the author, who decides.")),
}
"""By action: what it does, and what is said afterwards."""
