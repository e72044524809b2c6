"""A case's events as a page shows them: the newest first, earlier ones page by page, however long the chain is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from petitions.events import AttachmentAdded, MailUndelivered, MessageSent, NoteWritten, VisitNoted
from server.core import ledger
from server.core.ledger import Audience, Entry, Position
from server.core.listing import Order

SHOWN = 100
"""Events on one page."""
MOST_EVENTS = 1000
NEWEST = Order({"id": int}, descending=True)
TALK = (AttachmentAdded.kind, MailUndelivered.kind, MessageSent.kind, NoteWritten.kind, VisitNoted.kind)
"""Events that may occur any number of times and change nothing.

All others record the case's progress and its due dates, so every page has them, however many messages follow.
"""


@dataclass(frozen=True, slots=True)
class CaseEvents:
    """One page of a chain, each list in chronological order."""

    shown: Sequence[Entry]
    events: Sequence[Entry]
    """All events of the chain except ``TALK``; the same as ``shown`` if the whole chain fits on the page."""
    earlier: str
    """The id ``before`` of the next page back in time; empty at the beginning of the chain."""
    newest: bool
    """Whether this page holds the newest events."""
    place: Position
    """The newest event that the reader may know."""


async def case_events(subject: str, audiences: Collection[Audience], before: str = "") -> CaseEvents:
    """The events below an id from the page's address; the newest if there is none. One to three queries."""
    start = NEWEST.start(before)
    found = await ledger.newest(
        [subject], before_id=start[0] if start else ledger.END, audiences=audiences, limit=SHOWN + 1
    )
    newest, more = not start, len(found) > SHOWN
    shown = found[:SHOWN][::-1]
    events, last = shown, found[:1]
    if more or not newest:
        events = (await ledger.newest([subject], other_than=TALK, audiences=audiences, limit=MOST_EVENTS))[::-1]
    if not newest:
        last = await ledger.newest([subject], audiences=audiences, limit=1)
    return CaseEvents(
        shown,
        events,
        str(shown[0].id) if more else "",
        newest,
        (last[0].transaction_id, last[0].id) if last else (0, 0),
    )
