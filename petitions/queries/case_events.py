"""A case's events as a page shows them: the newest first, earlier ones page by page, however long the chain is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from petitions.events import AttachmentAdded, MailUndelivered, MessageSent, NoteWritten
from server.core import ledger
from server.core.ledger import Audience, Entry, Position

SHOWN = 100
"""Events on one page."""
MOST_TURNS = 1000
LONGEST_ID = 18
"""Digits."""
TALK = (AttachmentAdded.kind, MailUndelivered.kind, MessageSent.kind, NoteWritten.kind)
"""What may come any number of times and moves nothing. All else tells a case's way and the dates that were promised,
so every page has it, however much was said since."""


@dataclass(frozen=True, slots=True)
class CaseEvents:
    """One page of a chain, each list in the order in which it happened."""

    shown: Sequence[Entry]
    turns: Sequence[Entry]
    """All but the talk, of the whole chain; the same as ``shown`` where that is the whole chain."""
    earlier: str
    """The id ``before`` which the page before this one in time is; empty at the beginning of the chain."""
    newest: bool
    """Whether this page holds the newest events."""
    place: Position
    """The newest event that the reader may know."""


async def case_events(subject: str, audiences: Collection[Audience], before: str = "") -> CaseEvents:
    """The events below an id, as the page's address gives it; the newest where it gives none. One query to three."""
    asked = int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_ID else ledger.END
    found = await ledger.newest([subject], before_id=asked, audiences=audiences, limit=SHOWN + 1)
    newest, more = asked == ledger.END, len(found) > SHOWN
    shown = found[:SHOWN][::-1]
    turns, last = shown, found[:1]
    if more or not newest:
        turns = (await ledger.newest([subject], other_than=TALK, audiences=audiences, limit=MOST_TURNS))[::-1]
    if not newest:
        last = await ledger.newest([subject], audiences=audiences, limit=1)
    return CaseEvents(
        shown,
        turns,
        str(shown[0].id) if more else "",
        newest,
        (last[0].transaction_id, last[0].id) if last else (0, 0),
    )
