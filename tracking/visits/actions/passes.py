"""Visitor passes of a building with a reception: issued after consent, the security step, returned; each can be undone.

Why somebody came, and that they agreed, is kept for :data:`KEPT` after the pass was issued.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from server.core import clock, database
from server.core.accounts import Official
from server.core.errors import NotPossibleNow
from tracking.visits.actions import queueing
from tracking.visits.actions.queueing import Queue
from tracking.visits.events import PassIssued, PassReturned, PassScreened, PassUndone
from tracking.visits.pass_errors import NoPasses, PassInUse
from tracking.visits.queries import offices, passes, queue
from tracking.visits.queries.passes import PassRow
from tracking.visits.reception_forms import CONSENT_EDITION, IssuePass
from tracking.visits.states import HERE

KEPT = timedelta(days=passes.KEPT_DAYS)


async def issue(official: Official, code: str, command: IssuePass) -> None:
    """Give the visitor of a ticket a pass; the same pass again does nothing.

    Raises ``NoSuchTicket``, ``NoPasses``, ``NotPossibleNow``, ``PassInUse``.
    """
    found = await queue.by_code(code)
    office = await offices.office_by_id(found.office_id)
    if not office.has_passes:
        raise NoPasses
    async with queueing.changing(office, found.date, shown=False) as day:
        ticket = await queue.ticket(found.id)
        if ticket.state not in HERE:
            raise NotPossibleNow("issue-pass", ticket.state)
        holder = await passes.holder(office.id, command.number)
        if holder and holder.ticket_id == ticket.id:
            return
        if holder:
            raise PassInUse(command.number, holder.ticket)
        now = clock.now()
        values = {
            "office_id": office.id, "ticket_id": ticket.id, "number": command.number, "in_use": command.number,
            "purpose": command.purpose, "consented_at": now, "screened_at": now if command.screened else None,
            "issued_at": now, "issued_by": official.id,
        }  # fmt: skip
        await database.insert("visitor_pass", tuple(values), [tuple(values.values())])
        await day.chain.append(official.actor, PassIssued(ticket.id, command.number, CONSENT_EDITION))
        if command.screened:
            await day.chain.append(official.actor, PassScreened(ticket.id, command.number))


@dataclass
class _Change:
    """A pass inside the transaction of a step."""

    row: PassRow
    day: Queue


@contextlib.asynccontextmanager
async def _changing(pass_id: int) -> AsyncIterator[_Change]:
    found = await passes.one(pass_id)
    ticket = await queue.ticket(found.ticket_id)
    async with queueing.changing(await offices.office_by_id(ticket.office_id), ticket.date, shown=False) as day:
        yield _Change(await passes.one(pass_id), day)


async def screen(official: Official, pass_id: int) -> None:
    """The security step was passed; repeating it does nothing. Raises ``NoSuchPass``."""
    async with _changing(pass_id) as change:
        if await database.execute(
            "UPDATE visitor_pass SET screened_at = ? WHERE id = ? AND screened_at IS NULL", clock.now(), pass_id
        ):
            event = PassScreened(change.row.ticket_id, change.row.number)
            await change.day.chain.append(official.actor, event)


async def take_back(official: Official, pass_id: int) -> None:
    """The pass is back; repeating it does nothing. Raises ``NoSuchPass``."""
    async with _changing(pass_id) as change:
        if await database.execute(
            "UPDATE visitor_pass SET returned_at = ?, returned_to = ?, in_use = NULL "
            "WHERE id = ? AND returned_at IS NULL",
            clock.now(), official.id, pass_id,
        ):  # fmt: skip
            event = PassReturned(change.row.ticket_id, change.row.number)
            await change.day.chain.append(official.actor, event)


async def undo(official: Official, pass_id: int, step: str) -> None:
    """Undo the last step of a pass, which the page showed; a pass whose issue is undone is gone.

    Raises ``NoSuchPass``, ``NotPossibleNow`` if it is not the last step, and ``PassInUse`` if another visitor has it.
    """
    async with _changing(pass_id) as change:
        row = change.row
        if step != row.step:
            raise NotPossibleNow("undo", row.step)
        if step == "returned":
            if holder := await passes.holder(row.office_id, row.number):
                raise PassInUse(row.number, holder.ticket)
            await database.execute(
                "UPDATE visitor_pass SET returned_at = NULL, returned_to = NULL, in_use = number WHERE id = ?", row.id
            )
        elif step == "screened":
            await database.execute("UPDATE visitor_pass SET screened_at = NULL WHERE id = ?", row.id)
        else:
            await database.execute("DELETE FROM visitor_pass WHERE id = ?", row.id)
        await change.day.chain.append(official.actor, PassUndone(row.ticket_id, row.number, step))


async def forget() -> None:
    """Delete passes that are back, and the purposes of those that are not, once :data:`KEPT` has passed. Periodic."""
    before = clock.now() - KEPT
    await database.execute("DELETE FROM visitor_pass WHERE issued_at < ? AND returned_at IS NOT NULL", before)
    await database.execute("UPDATE visitor_pass SET purpose = '' WHERE issued_at < ? AND purpose <> ''", before)
