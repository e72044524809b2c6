"""Notices that could not be delivered: a server rejected the address or number, so officials must tell the petitioner.

The event in the ledger holds neither of them, nor the server's reply. The handler, or the department's managers, get
a mail of their own and see it in the case's timeline.
"""

from petitions.events import MailUndelivered
from server.core import database, ledger
from server.core.ledger import Entry

SYSTEM = "system"


async def note(entry: Entry, *, by_text: bool, no_texts: bool = False) -> None:
    """Record that a notice about an event did not reach the petitioner; once, however often it is tried.

    ``no_texts``: their number gets no text messages, which is recorded once per case.
    """
    async with database.transaction():
        chain = await ledger.lock(entry.subject)
        after = 0 if no_texts else entry.sequence
        since = await ledger.read(entry.subject, after_sequence=after, kind=MailUndelivered.kind)
        if not any(event.data["event"] == entry.id or (no_texts and event.data.get("no_texts")) for event in since):
            await chain.append(SYSTEM, MailUndelivered(entry.id, entry.kind, by_text, no_texts))
