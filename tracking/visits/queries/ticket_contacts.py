"""Tickets with the contact of their visitor: who is to be told that it is nearly their turn, and whose a ticket is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core import database
from server.core.days import today
from server.core.privacy.masks import mask_email, mask_phone
from server.core.rows import columns, select, select_one
from tracking.visits.queries.households import of_households
from tracking.visits.queries.visits import reachable
from tracking.visits.states import HERE, TicketState

FOUND = frozenset({*HERE, TicketState.MISSED})
"""Tickets that are found again: their visitors wait, are served, or can still come back."""
TOLD = frozenset({TicketState.WAITING, TicketState.CALLED})
MOST_FOUND = 3
"""Messages about one contact's tickets."""


@dataclass(frozen=True, slots=True)
class TicketContact:
    """How a ticket's visitor is reached: the contact left for a notice, and that of their reservation."""

    id: int
    contact: str
    told_at: datetime | None
    language: str
    visit_email: str
    visit_phone: str

    @property
    def of_visit(self) -> str:
        """The reservation's contact; empty without one that messages can reach."""
        return (self.visit_email or self.visit_phone) if reachable(self.visit_email, self.visit_phone) else ""

    @property
    def masked(self) -> str:
        """The contact as the ticket's page shows it to whoever knows its code."""
        return masked(self.contact)


def masked(contact: str) -> str:
    """A mail address or phone number, mostly covered; empty for none."""
    if not contact:
        return ""
    return mask_email(contact) if "@" in contact else mask_phone(contact)


_CONTACT = columns(TicketContact, "t", visit_email="COALESCE(v.email, '')", visit_phone="COALESCE(v.phone, '')")


async def of_ticket(ticket_id: int) -> TicketContact | None:
    """The contact of a ticket; None if there is no such ticket."""
    return await select_one(
        TicketContact,
        f"SELECT {_CONTACT} FROM ticket t LEFT JOIN visit v ON v.id = t.visit_id WHERE t.id = ?",
        ticket_id,
    )


@dataclass(frozen=True, slots=True)
class ToTell:
    """A ticket whose visitor is to be told, once it is nearly their turn."""

    id: int
    office: str
    state: TicketState


async def to_tell() -> Sequence[ToTell]:
    """The tickets of today whose visitors left a contact and were told nothing yet, by office."""
    return await select(
        ToTell,
        f"SELECT {columns(ToTell, 't', office='o.code')} FROM queue_day d JOIN office o ON o.id = d.office_id "
        "JOIN ticket t ON t.day_id = d.id WHERE d.date = ? AND d.closed_at IS NULL AND o.active = ? "
        "AND o.notice_minutes > 0 AND t.contact <> '' AND t.told_at IS NULL AND t.state IN (?) ORDER BY o.code, t.id",
        today(), True, tuple(TOLD),
    )  # fmt: skip


async def of_contact(contact: str, household: str) -> list[tuple[int, bool]]:
    """Today's tickets of a contact, the newest first, and whether it is that of a reservation. Two queries."""
    left = await database.column(
        "SELECT t.id FROM ticket t JOIN queue_day d ON d.id = t.day_id WHERE t.contact = ? AND d.date = ? "
        "AND t.state IN (?) ORDER BY t.id DESC LIMIT ?",
        contact, today(), tuple(FOUND), MOST_FOUND,
    )  # fmt: skip
    booked = await database.column(
        "SELECT t.id FROM visit v JOIN ticket t ON t.visit_id = v.id JOIN queue_day d ON d.id = t.day_id "
        f"WHERE {of_households('visit', 'v')} AND d.date = ? AND t.state IN (?) ORDER BY t.id DESC LIMIT ?",
        (household,), (household,), today(), tuple(FOUND), MOST_FOUND,
    )  # fmt: skip
    found = dict.fromkeys(booked, True) | dict.fromkeys(left, False)
    return [(one, found[one]) for one in sorted(found, reverse=True)[:MOST_FOUND]]


def can_be_told(contact: str) -> bool:
    """Whether messages reach a contact, which is a mail address or a phone number as people write it."""
    return "@" in contact or reachable("", contact)
