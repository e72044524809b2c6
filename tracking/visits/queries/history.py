"""The history of a visit from its ledger, in words, with the reasons that officials gave."""

from collections.abc import Iterable
from dataclasses import replace

from server.core import accounts, database, i18n, ledger
from server.core.messages import Detail, Item, item
from tracking.visits.messages import MESSAGES
from tracking.visits.messages.event import About, VisitEvent
from tracking.visits.queries.desk import DeskVisit
from tracking.visits.queries.papers import Papers


async def of_visit(found: DeskVisit, checklist: Papers, language: str) -> list[Item]:
    """The events of a visit as officials read them, oldest first. Three queries."""
    entries = await ledger.read(f"visit/{found.row.number}")
    said = await _words(entry.data["words"] for entry in entries if entry.data.get("words"))
    known = await accounts.actor_names(entry.actor for entry in entries)
    services = ", ".join(i18n.name_in(one, language) for one in found.row.matters)
    about = About(
        found.row.number, found.row.starts_at, i18n.name_in(found.office, language), found.office.phone, services,
        documents={one.code: one.document.in_language(language) for one in checklist.papers},
    )  # fmt: skip
    items = []
    for entry in entries:
        line = MESSAGES[entry.kind].desk if entry.kind in MESSAGES else None
        if line is not None:
            who = known.get(entry.actor, "")
            one = item(line, VisitEvent(entry, language, about=about), entry.id, entry.occurred_at, who)
            text = said.get(entry.data.get("words") or 0, "")
            items.append(replace(one, details=(*one.details, Detail(words=text))) if text else one)
    return items


async def _words(ids: Iterable[int]) -> dict[int, str]:
    wanted = set(ids)
    rows = await database.fetch("SELECT id, text FROM visit_words WHERE id IN (?)", wanted) if wanted else []
    return {row["id"]: row["text"] for row in rows}
