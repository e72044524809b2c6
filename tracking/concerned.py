"""Whose desks a fact about a case concerns: where the case lies now, and where it was taken from.

The desk's live stream tells each official of the cases that they may see, and of those that leave them.
"""

from petitions.events import CaseTransferred
from petitions.part_events import PartReplied, PartWithdrawn
from petitions.queries import following
from server.core.accounts import Official
from server.core.ledger import Entry

_LEFT = {CaseTransferred.kind: "previous", **dict.fromkeys((PartReplied.kind, PartWithdrawn.kind), "department")}
"""Facts by which a case leaves a desk, and what of them names it."""


async def places(entries: list[Entry]) -> list[tuple[Entry, list[following.Whereabouts]]]:
    """Each fact about a case with the desks that it concerns: where the case lies, and where it was taken from."""
    numbers = {entry.id: entry.subject.removeprefix("case/") for entry in entries if entry.subject.startswith("case/")}
    now = await following.whereabouts(set(numbers.values()))
    found = []
    for entry in entries:
        if (here := now.get(numbers.get(entry.id, ""))) is not None:
            before = entry.data.get(_LEFT[entry.kind]) if entry.kind in _LEFT else None
            found.append((entry, [here, following.Whereabouts(before, None)] if before else [here]))
    return found


def heard(official: Official, desks: list[following.Whereabouts]) -> bool:
    """Whether a fact that concerns these desks is for an official."""
    return any(desk.seen_by(official) for desk in desks)
