"""The history of a submission or commitment from its ledger, with the texts and people that its events refer to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from forums.messages import MESSAGES
from forums.messages.event import ForumEvent
from server.core import database, ledger, privacy, roles
from server.core.ledger import Audience, Entry
from server.core.messages import Item, item


class Step(Protocol):
    """A step of a commitment."""

    @property
    def id(self) -> int: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]
    text: str
    """The text it refers to, for the public: personal numbers masked, but an official's own telephone number stays."""
    official: str
    """The official who did it, if any; only for the desk."""
    department_id: int | None
    """The official's department."""
    by: str
    """``official``, ``participant`` or ``system``."""
    entry: Entry


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
        event = ForumEvent(one.entry, language, words=one.text, departments=departments, steps=texts)
        if (line := record.desk if desk else record.party) is not None:
            found.append(item(line, event, one.id, one.at, one.official if desk else ""))
    return found


async def events_of(subject: str, audiences: Collection[Audience] = (Audience.PUBLIC,)) -> list[HistoryEntry]:
    """The events of a subject that the audiences may see, oldest first. At most three queries."""
    entries = [entry for entry in await ledger.read(subject) if entry.audience in audiences]
    named = [entry.data["text"] for entry in entries if entry.data.get("text")]
    said = await _words(named)
    people = await _officials({int(e.actor[9:]) for e in entries if e.actor.startswith("official:")})
    found = []
    for entry in entries:
        by, _colon, number = entry.actor.partition(":")
        name, department = people.get(int(number), ("", None)) if by == "official" else ("", None)
        kinds = privacy.OF_OFFICIALS if by == "official" else frozenset(privacy.NumberKind)
        text = privacy.mask(said.get(entry.data.get("text") or 0, ""), kinds)
        found.append(
            HistoryEntry(entry.id, entry.occurred_at, entry.kind, entry.data, text, name, department, by, entry)
        )
    return found


async def _words(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = await database.fetch(f"SELECT id, text FROM forum_words WHERE id IN ({database.marks(ids)})", *ids)
    return {row["id"]: row["text"] for row in rows}


async def _officials(ids: Collection[int]) -> dict[int, tuple[str, int | None]]:
    return {card.id: (card.name, card.department_id) for card in (await roles.cards(ids)).values()}
