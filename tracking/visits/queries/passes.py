"""Visitor passes: who has one now, since when, and which should be back."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.rows import Local, columns, select, select_one
from tracking.visits.pass_errors import NoSuchPass

KEPT_DAYS = 30
"""For so long the purpose and the consent are kept."""


@dataclass(frozen=True, slots=True)
class PassRow:
    """A visitor pass with its ticket's number and its visitor's name, if they have a reservation."""

    id: int
    office_id: int
    ticket_id: int
    number: str
    purpose: str
    screened_at: Local | None
    issued_at: Local
    returned_at: Local | None
    ticket: str
    code: str
    name: str

    @property
    def step(self) -> str:
        """The last one."""
        return "returned" if self.returned_at else "screened" if self.screened_at else "issued"


_PASS = columns(PassRow, "p", ticket="t.number", code="t.code", name="COALESCE(v.name, '')")
_FROM = (
    f"SELECT {_PASS} FROM visitor_pass p JOIN ticket t ON t.id = p.ticket_id LEFT JOIN visit v ON v.id = t.visit_id "
)
MOST = 500


async def one(pass_id: int) -> PassRow:
    """A pass. Raises ``NoSuchPass``."""
    found = await select_one(PassRow, f"{_FROM}WHERE p.id = ?", pass_id)
    if found is None:
        raise NoSuchPass
    return found


async def holder(office_id: int, number: str) -> PassRow | None:
    """Who has the pass of a number now."""
    return await select_one(PassRow, f"{_FROM}WHERE p.office_id = ? AND p.in_use = ?", office_id, number)


async def out(office_id: int) -> Sequence[PassRow]:
    """The passes that are out, the oldest first."""
    return await select(
        PassRow, f"{_FROM}WHERE p.office_id = ? AND p.in_use IS NOT NULL ORDER BY p.issued_at, p.id LIMIT ?",
        office_id, MOST,
    )  # fmt: skip


async def of_ticket(ticket_id: int) -> Sequence[PassRow]:
    """The passes of a ticket's visitors."""
    return await select(PassRow, f"{_FROM}WHERE p.ticket_id = ? ORDER BY p.id", ticket_id)
