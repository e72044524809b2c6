"""What the planners' desk shows: how much waits for them, a forum's history, what was said to those who proposed it."""

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
"""Counts end here: more than that is just many."""
SHOWN = 30
"""Events of a history."""
_SAID = {ForumState.CANCELLED: "forum.cancelled", ForumState.DECLINED: "forum.declined"}


@dataclass(frozen=True, slots=True)
class PlannedForum:
    """One line of a history: what, who (empty for the clock or a citizen) and when."""

    text: Text
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """What an official said to everybody about a forum, and when."""

    text: str
    at: datetime


async def waiting() -> Mapping[str, int]:
    """How many proposals and drafts there are, at most ``COUNTED`` and one; by state. One query."""
    states = (ForumState.PROPOSED, ForumState.DRAFT)
    each = " UNION ALL ".join(
        f"SELECT ? AS status, count(*) AS n FROM (SELECT 1 AS one FROM forum WHERE status = ? "
        f"AND visibility = 'shown' LIMIT {COUNTED + 1}) AS t"
        for _state in states
    )
    rows = await database.fetch(each, *(value for state in states for value in (state.value, state.value)))
    return {row["status"]: row["n"] for row in rows}


async def history(slug: str) -> list[PlannedForum]:
    """What happened to a forum itself, the newest first; who takes part in it stands elsewhere. Two queries."""
    newest = await ledger.newest([forum_subject(slug)], limit=10 * SHOWN)
    told = [(e, line) for e in newest if (line := MESSAGES[e.kind].desk) is not None][:SHOWN]
    known = await names([entry for entry, _line in told])
    return [
        PlannedForum(messages.said(line.text, ForumEvent(e)), known.get(e.actor, ""), e.occurred_at) for e, line in told
    ]


async def names(entries: Iterable[Entry]) -> dict[str, str]:
    """The names of the officials who did something, by how the ledger names them. One query, or none."""
    ids = {int(e.actor.removeprefix("official:")) for e in entries if e.actor.startswith("official:")}
    return {f"official:{id_}": name for id_, name in (await accounts.names(ids)).items()}


async def said(slug: str, status: ForumState, *, proposed: bool) -> Sequence[Statement]:
    """Why a forum was called off, or what was answered to a proposal; in that order. Two queries at the most."""
    kinds = [kind for kind in (_SAID.get(status), "forum.accepted" if proposed else None) if kind]
    found = []
    for kind in kinds:
        for entry in await ledger.read(forum_subject(slug), kind=kind, limit=1):
            row = await database.fetch_one("SELECT text FROM forum_words WHERE id = ?", entry.data["text"])
            if row:
                found.append(Statement(row["text"], entry.occurred_at))
    return found
