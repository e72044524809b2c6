"""What the planners' desk shows: how much waits for them, a forum's history, and the answers to proposals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from forums.messages import MESSAGES
from forums.messages.event import ForumEvent
from forums.rights import forum_subject
from forums.states import ForumState
from server.core import accounts, database, ledger, messages
from server.core.errors import Text
from server.core.ledger import Entry

COUNTED = 100
"""Counts stop here."""
SHOWN = 30
"""Events of a history."""
_SAID = {ForumState.CANCELLED: "forum.cancelled", ForumState.DECLINED: "forum.declined"}


@dataclass(frozen=True, slots=True)
class PlannedForum:
    """One line of a history: what, who (empty for the system or a citizen) and when."""

    text: Text
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """An official's public statement about a forum, and when it was made."""

    text: str
    at: datetime


async def waiting() -> Mapping[str, int]:
    """How many proposals and drafts there are, each up to ``COUNTED`` + 1, by state. One query."""
    states = (ForumState.PROPOSED, ForumState.DRAFT)
    each = " UNION ALL ".join(
        f"SELECT ? AS status, count(*) AS n FROM (SELECT 1 AS one FROM forum WHERE status = ? "
        f"AND visibility = 'shown' LIMIT {COUNTED + 1}) AS t"
        for _state in states
    )
    rows = await database.fetch(each, *(value for state in states for value in (state.value, state.value)))
    return {row["status"]: row["n"] for row in rows}


async def history(slug: str) -> list[PlannedForum]:
    """The history of a forum itself, newest first, without participation. Two queries."""
    newest = await ledger.newest([forum_subject(slug)], limit=10 * SHOWN)
    shown = [(e, line) for e in newest if (line := MESSAGES[e.kind].desk) is not None][:SHOWN]
    known = await names([entry for entry, _line in shown])
    return [
        PlannedForum(messages.said(line.text, ForumEvent(e)), known.get(e.actor, ""), e.occurred_at)
        for e, line in shown
    ]


async def names(entries: Iterable[Entry]) -> dict[str, str]:
    """The names of the officials among the actors, by their name in the ledger. At most one query."""
    ids = {int(e.actor.removeprefix("official:")) for e in entries if e.actor.startswith("official:")}
    return {f"official:{id_}": name for id_, name in (await accounts.names(ids)).items()}


async def said(slug: str, status: ForumState, *, proposed: bool) -> Sequence[Statement]:
    """The reason for a cancellation or a refusal, then the answer to an accepted proposal. At most two queries."""
    kinds = [kind for kind in (_SAID.get(status), "forum.accepted" if proposed else None) if kind]
    found = []
    for kind in kinds:
        for entry in await ledger.read(forum_subject(slug), kind=kind, limit=1):
            row = await database.fetch_one("SELECT text FROM forum_words WHERE id = ?", entry.data["text"])
            if row:
                found.append(Statement(row["text"], entry.occurred_at))
    return found
