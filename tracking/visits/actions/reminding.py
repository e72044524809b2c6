"""Reminders: the moment of the next one stands in the visit's row, so that a run reads only those that are due.

Moving that moment on and putting the message into the outbox are one transaction, so that nobody is reminded twice. A
change of time sets it anew, a cancellation clears it.
"""

import secrets

from server.core import clock, database, jobs
from tracking.visits import rules
from tracking.visits.messages.reminders import Sent
from tracking.visits.queries import offices
from tracking.visits.states import VisitState

LETTER = "visits.letter"
"""The job that sends one message about a visit that follows from no event."""
ALL_VISITS = "visits.all"
"""The job that sends a link to all visits of a contact, on request."""
MOST_REMINDED = 500
"""Visits whose reminders one run puts into the outbox."""


async def remind() -> int:
    """Put the reminders that are due into the outbox. Returns how many. Periodic."""
    now, count = clock.now(), 0
    for row in await database.fetch(
        f"SELECT id, number, starts_at, remind_at, revision FROM visit WHERE remind_at <= ? "
        f"ORDER BY remind_at, id LIMIT {MOST_REMINDED}",
        now,
    ):
        starts = offices.local(rules.minute(database.moment(row["starts_at"])))
        soon = database.moment(row["remind_at"]) >= rules.reminders(starts)[1]
        async with database.transaction():
            state = await database.value(
                "UPDATE visit SET remind_at = ? WHERE id = ? AND revision = ? AND remind_at <= ? RETURNING state",
                rules.next_reminder(starts, now), row["id"], row["revision"], now,
            )  # fmt: skip
            if state == VisitState.BOOKED:
                what = Sent.SOON if soon else Sent.DAY_BEFORE
                payload = {"visit": row["number"], "sent": what, "revision": row["revision"]}
                await jobs.enqueue((f"visit:{row['number']}:{row['revision']}:{what}", LETTER, payload))
                count += 1
    return count


async def send_again(number: str) -> None:
    """Send the confirmation of a visit once more."""
    await jobs.enqueue((f"visit:{number}:{secrets.token_hex(8)}", LETTER, {"visit": number, "sent": Sent.AGAIN}))
