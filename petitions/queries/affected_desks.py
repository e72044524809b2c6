"""Whose desks an event concerns: those of the case's department now, and of the one it was taken from.

The desk's live stream tells each official about the cases that they may see, and those that leave them.
"""

from collections.abc import Callable, Sequence
from functools import partial

from petitions.events import CaseTransferred, ConsultationReplied, ConsultationWithdrawn
from petitions.queries import following
from server.core.accounts import Official
from server.core.ledger import Entry

_LEFT = {
    CaseTransferred.kind: "previous",
    **dict.fromkeys((ConsultationReplied.kind, ConsultationWithdrawn.kind), "department"),
}
"""Events by which a case leaves a desk, and the field that names the desk's department."""


async def affected_desks(entries: list[Entry]) -> list[tuple[Entry, Callable[[Official], bool]]]:
    """Each event of a case with a predicate for the officials it concerns: those who see the case, or just lost it."""
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
