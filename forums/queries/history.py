"""The history of a forum, submission or commitment from its ledger, with the texts and people of its events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from forums.messages import MESSAGES
from forums.messages.event import ForumEvent
from forums.rights import forum_subject
from forums.states import ForumState
from server.core import accounts, database, ledger, privacy
from server.core.ledger import Audience, Entry
from server.core.messages import Item, item

SHOWN = 30
"""Events in the history of a forum."""
_SAID = {ForumState.CANCELLED: "forum.cancelled", ForumState.DECLINED: "forum.declined"}


class Step(Protocol):
    """A step of a commitment."""

    @property
    def id(self) -> int: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class HistoryEntry(Entry):
    """An event with its text and who caused it."""

    text: str
    """The text it refers to, for the public: personal numbers masked, but an official's own telephone number stays."""
    official: str
    """The name of the official who did it, if any; only for the desk."""


def items(
    events: Iterable[HistoryEntry],
    language: str,
    departments: Mapping[int, str],
    steps: Iterable[Step] = (),
    *,
    desk: bool,
) -> list[Item]:
    """Each event as one line; at the desk with who did it."""
    found, texts = [], {step.id: step.text for step in steps}
    for one in events:
        record = MESSAGES[one.kind]
        event = ForumEvent(one, language, words=one.text, departments=departments, steps=texts)
        if (line := record.desk if desk else record.party) is not None:
            found.append(item(line, event, one.id, one.occurred_at, one.official if desk else ""))
    return found


async def events_of(subject: str, audiences: Collection[Audience] = (Audience.PUBLIC,)) -> list[HistoryEntry]:
    """The events of a subject that the audiences may see, oldest first. At most three queries."""
    entries = [entry for entry in await ledger.read(subject) if entry.audience in audiences]
    named = [entry.data["text"] for entry in entries if entry.data.get("text")]
    said, officials = await words(named), await accounts.actor_names(entry.actor for entry in entries)
    return [
        HistoryEntry(
            **vars(entry),
            text=privacy.mask_text(said.get(entry.data.get("text") or 0, ""), official=entry.actor in officials),
            official=officials.get(entry.actor, ""),
        )
        for entry in entries
    ]


async def words(ids: Iterable[int]) -> dict[int, str]:
    """The texts that events refer to, by id, as they were written. No query without ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = await database.fetch("SELECT id, text FROM forum_words WHERE id IN (?)", wanted)
    return {row["id"]: row["text"] for row in rows}


@dataclass(frozen=True, slots=True)
class Statement:
    """An official's public statement about a forum, and when it was made."""

    text: str
    at: datetime


async def of_forum(slug: str) -> list[Item]:
    """The history of a forum itself, newest first, without participation. Two queries."""
    newest = await ledger.newest([forum_subject(slug)], limit=10 * SHOWN)
    shown = [(e, line) for e in newest if (line := MESSAGES[e.kind].desk) is not None][:SHOWN]
    known = await accounts.actor_names(entry.actor for entry, _line in shown)
    return [item(line, ForumEvent(e), e.id, e.occurred_at, known.get(e.actor, "")) for e, line in shown]


async def said(slug: str, status: ForumState, *, proposed: bool) -> Sequence[Statement]:
    """The reason for a cancellation or a refusal, then the answer to an accepted proposal. At most two queries."""
    kinds = [kind for kind in (_SAID.get(status), "forum.accepted" if proposed else None) if kind]
    found = []
    for kind in kinds:
        for entry in await ledger.read(forum_subject(slug), kind=kind, limit=1):
            text = (await words([entry.data["text"]])).get(entry.data["text"])
            if text is not None:
                found.append(Statement(text, entry.occurred_at))
    return found
