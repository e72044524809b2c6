"""Telling visitors who are not in the waiting area that it is nearly their turn, and sending them their lost ticket.

The lower end of the range decides (p10): nine of ten then have at least the office's minutes left to come back.
"""

import secrets
from itertools import groupby

from server.core import clock, database, jobs
from server.core.errors import Invalid, NotPossibleNow, _
from server.core.jobs import Task
from tracking.visits.actions import queueing
from tracking.visits.events import TicketContactChanged, TicketTold
from tracking.visits.forms import FindVisits
from tracking.visits.queries import offices, queue, ticket_contacts, waiting_times
from tracking.visits.queries.offices import Place
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import TicketState
from tracking.visits.ticket_forms import TellMe

SYSTEM, VISITOR = "system", "visitor"
FIND, LINK = "visits.find_tickets", "visits.ticket_link"
"""The jobs that look for the tickets of a contact on request, and send the link to one of them."""
MAY_BE_TOLD = frozenset({TicketState.WAITING, TicketState.PARKED})
"""Whoever is called or served needs no notice any more."""


async def keep_contact(code: str, command: TellMe, language: str) -> bool:
    """Tell a ticket's visitor at a contact when it is nearly their turn; none given: at that of their reservation.

    Returns whether they will be told; not if it is nearly their turn already. Raises ``NoSuchTicket``,
    ``NotPossibleNow``, and ``Invalid`` without a contact.
    """
    found = await queue.by_code(code)
    place = await offices.place((await offices.office_by_id(found.office_id)).code)
    near = await _is_near(place, found)
    async with queueing.changing(place.office, found.date, shown=False) as day:
        ticket, known = await queue.ticket(found.id), await ticket_contacts.of_ticket(found.id)
        if ticket.state not in MAY_BE_TOLD or not place.office.notice_minutes:
            raise NotPossibleNow("tell", ticket.state)
        contact = command.contact or (known.of_visit if known else "")
        if not contact:
            raise Invalid.at("contact", _("Please enter a mobile number or an email address."))
        told = (known.told_at if known else None) or (clock.now() if near else None)
        await database.execute(
            "UPDATE ticket SET contact = ?, language = ?, told_at = ? WHERE id = ?", contact, language, told, ticket.id
        )
        await day.chain.append(VISITOR, TicketContactChanged(ticket.id, given=True))
    return told is None


async def remove_contact(code: str) -> None:
    """Forget the contact; repeating it does nothing. Raises ``NoSuchTicket``."""
    found = await queue.by_code(code)
    async with queueing.changing(await offices.office_by_id(found.office_id), found.date, shown=False) as day:
        if await database.execute("UPDATE ticket SET contact = '' WHERE id = ? AND contact <> ''", found.id):
            await day.chain.append(VISITOR, TicketContactChanged(found.id, given=False))


async def _is_near(place: Place, ticket: TicketRow) -> bool:
    wait = await waiting_times.of_ticket(place, ticket)
    return wait is not None and wait.p10 <= place.office.notice_minutes


async def tell() -> int:
    """Tell those whose turn is near, or who are called already. Returns how many. Periodic.

    Who was told stands in the ticket's row, in the same transaction as the event that sends the message: of several
    processes only one tells somebody, and once.
    """
    count = 0
    for code, due in groupby(await ticket_contacts.to_tell(), lambda one: one.office):
        place = await offices.place(code)
        waits = (await waiting_times.of_office(place)).tickets
        near = [
            one.id
            for one in due
            if one.state is TicketState.CALLED
            or ((wait := waits.get(queue.rank(one.id))) and wait.p10 <= place.office.notice_minutes)
        ]
        if near:
            count += await _tell(place, near)
    return count


async def _tell(place: Place, near: list[int]) -> int:
    async with queueing.changing(place.office, shown=False) as day:
        told = await database.fetch(
            "UPDATE ticket SET told_at = ? WHERE id IN (?) AND day_id = ? AND told_at IS NULL AND contact <> '' "
            "AND state IN (?) RETURNING id, state",
            clock.now(), near, day.id, tuple(ticket_contacts.TOLD),
        )  # fmt: skip
        for row in told:
            await day.chain.append(SYSTEM, TicketTold(row["id"], called=row["state"] == TicketState.CALLED))
    return len(told)


# --- A lost ticket ---------------------------------------------------------------------------------------------------


async def send_links(command: FindVisits, language: str) -> None:
    """Send a contact the links to its tickets of today. What is enqueued is the same whether or not there are any."""
    found = await ticket_contacts.of_contact(command.contact, command.household)
    await jobs.enqueue((f"tickets-of:{secrets.token_hex(16)}", FIND, {"tickets": found, "language": language}))


async def send_each(task: Task) -> None:
    """One message for each ticket that was found. Job."""
    await jobs.enqueue(
        *(
            (f"{task.key}:{ticket}", LINK, {"ticket": ticket, "visit": visit, "language": task.payload["language"]})
            for ticket, visit in task.payload["tickets"]
        )
    )
