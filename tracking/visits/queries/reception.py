"""The reception's lists: who is here, who is still to come, and what the search finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.core import database, references
from server.core.rows import Local, columns, select
from tracking.visits.queries.ticket_contacts import FOUND
from tracking.visits.states import TicketState, VisitState

MOST = 200
"""Rows of a list; the search finds the others."""


@dataclass(frozen=True, slots=True)
class HereRow:
    """A ticket of today with its visitor's reservation, if they have one, and their pass."""

    id: int
    number: str
    code: str
    state: TicketState
    arrived_at: Local
    visit: str
    """The reservation's number, or empty."""
    name: str
    starts_at: Local | None
    passed: str
    """The number of a pass that is out, or empty."""


@dataclass(frozen=True, slots=True)
class ToCome:
    """A reservation whose visitor has no ticket yet."""

    id: int
    number: str
    name: str
    starts_at: Local
    party: int
    date: date
    office_id: int


_HERE = columns(
    HereRow, "t", visit="COALESCE(v.number, '')", name="COALESCE(v.name, '')", starts_at="v.starts_at",
    passed="COALESCE((SELECT MIN(p.in_use) FROM visitor_pass p WHERE p.ticket_id = t.id), '')",
)  # fmt: skip


def _like(words: str) -> str:
    return "%" + words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def here(office_id: int, day: date, words: str) -> Sequence[HereRow]:
    """Today's tickets whose visitors are here or missed a call; of all tickets those of a number or name."""
    sql = (
        f"SELECT {_HERE} FROM queue_day d JOIN ticket t ON t.day_id = d.id LEFT JOIN visit v ON v.id = t.visit_id "
        "WHERE d.office_id = ? AND d.date = ? AND "
    )
    if not words:
        return await select(
            HereRow, f"{sql}t.state IN (?) ORDER BY t.id DESC LIMIT ?", office_id, day, tuple(FOUND), MOST
        )
    return await select(
        HereRow, f"{sql}(t.number = ? OR t.code = ? OR v.number = ? OR LOWER(v.name) LIKE ? ESCAPE '\\') "
        "ORDER BY t.id DESC LIMIT ?",
        office_id, day, words.upper(), *_references(words), _like(words), MOST,
    )  # fmt: skip


def _references(words: str) -> tuple[str, str]:
    found = references.read_reference(words) or "-"
    return found, found


async def to_come(office_id: int, day: date, words: str) -> Sequence[ToCome]:
    """Today's reservations without a ticket, by time; a number finds a reservation of any office and day."""
    sql = (
        f"SELECT {columns(ToCome, 'v')} FROM visit v WHERE v.state = ? AND NOT EXISTS "
        "(SELECT 1 FROM ticket t WHERE t.visit_id = v.id AND t.state IN (?)) AND "
    )
    values = (VisitState.BOOKED, tuple(FOUND))
    if number := references.read_reference(words):
        return await select(ToCome, f"{sql}v.number = ?", *values, number)
    return await select(
        ToCome,
        f"{sql}v.office_id = ? AND v.date = ? AND LOWER(v.name) LIKE ? ESCAPE '\\' "
        "ORDER BY v.starts_at, v.id LIMIT ?",
        *values, office_id, day, _like(words), MOST,
    )  # fmt: skip


async def services(tickets: Sequence[int], visits: Sequence[int]) -> tuple[Mapping[int, list[int]], ...]:
    """The services of some tickets and reservations, by id. Two queries."""
    found = []
    for sql, ids in (
        ("SELECT ticket_id AS id, service_id FROM ticket_matter WHERE ticket_id IN (?) ORDER BY position", tickets),
        ("SELECT visit_id AS id, service_id FROM visit_matter WHERE visit_id IN (?) ORDER BY position", visits),
    ):
        known: dict[int, list[int]] = {}
        for row in await database.fetch(sql, tuple(ids)):
            known.setdefault(row["id"], []).append(row["service_id"])
        found.append(known)
    return tuple(found)
