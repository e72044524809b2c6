"""Whose desks an event about a case concerns: where the case lies now, and where it was taken from.

The desk's live stream tells each official of the cases that they may see, and of those that leave them.
"""

from collections.abc import Callable, Sequence
from functools import partial

from petitions.consultation_events import ConsultationReplied, ConsultationWithdrawn
from petitions.events import CaseTransferred
from petitions.queries import following
from server.core.accounts import Official
from server.core.ledger import Entry

_LEFT = {
    CaseTransferred.kind: "previous",
    **dict.fromkeys((ConsultationReplied.kind, ConsultationWithdrawn.kind), "department"),
}
"""Events by which a case leaves a desk, and what of them names it."""


async def affected_desks(entries: list[Entry]) -> list[tuple[Entry, Callable[[Official], bool]]]:
    """Each event of a case with whether it is for an official: where the case lies, and where it was taken from."""
    numbers = {entry.id: entry.subject.removeprefix("case/") for entry in entries if entry.subject.startswith("case/")}
    now = await following.whereabouts(set(numbers.values()))
    found: list[tuple[Entry, Callable[[Official], bool]]] = []
    for entry in entries:
        if (here := now.get(numbers.get(entry.id, ""))) is not None:
            before = entry.data.get(_LEFT[entry.kind]) if entry.kind in _LEFT else None
            desks = [here, following.Whereabouts(before, None)] if before else [here]
            found.append((entry, partial(_seen_by, desks)))
    return found


def _seen_by(desks: Sequence[following.Whereabouts], official: Official) -> bool:
    return any(desk.seen_by(official) for desk in desks)
