"""Notices that could not be delivered: a server rejected the address or number, so officials must tell the petitioner.

The event in the ledger holds neither of them, nor the server's reply. The handler, or the department's managers, get
a mail of their own and see it in the case's timeline.
"""

from petitions.events import MailUndelivered
from server.core import database, ledger
from server.core.ledger import Entry

SYSTEM = "system"


async def note(entry: Entry, *, by_text: bool) -> None:
    """Record that a notice about an event did not reach the petitioner; once, however often it is tried."""
    async with database.transaction():
        chain = await ledger.lock(entry.subject)
        since = await ledger.read(entry.subject, after_sequence=entry.sequence, kind=MailUndelivered.kind)
        if not any(event.data["event"] == entry.id for event in since):
            await chain.append(SYSTEM, MailUndelivered(entry.id, entry.kind, by_text))
