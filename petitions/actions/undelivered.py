"""What no mail could tell: a server took the address for undeliverable, so officials must tell it in another way.

The ledger gets an event with neither the address nor what the server said; the handler, or the department's managers,
hear of it by their own mail and read it in the case's timeline.
"""

from petitions.events import MailUndelivered
from server.core import database, ledger
from server.core.ledger import Entry

SYSTEM = "system"


async def note(entry: Entry) -> None:
    """Write down that the petitioner was not told of an event; once, however often the mail is tried."""
    async with database.transaction():
        chain = await ledger.lock(entry.subject)
        since = await ledger.read(entry.subject, after_sequence=entry.sequence, kind=MailUndelivered.kind)
        if not any(event.data["event"] == entry.id for event in since):
            await chain.append(SYSTEM, MailUndelivered(entry.id, entry.kind))
