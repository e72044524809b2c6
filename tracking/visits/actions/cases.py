"""The link between a visit and a case: made when it is booked or later, and undone if it was a mistake."""

from petitions.errors import NoSuchCase
from petitions.queries import following
from server.core import database, references
from server.core.accounts import Official
from tracking.visits.actions import answering
from tracking.visits.actions.marking import changing
from tracking.visits.desk_forms import LinkCase, Plain
from tracking.visits.errors import OfAnotherCase
from tracking.visits.events import VisitAttached, VisitDetached
from tracking.visits.states import VisitAction, VisitState


async def attach(number: str, case: str, actor: str, seen: int | None = None) -> None:
    """Link a visit to a case that the actor has access to; a booked one answers what was asked for in the case.

    Repeating it does nothing.

    Raises ``NoSuchVisit``, ``ChangedMeanwhile``, ``NotPossibleNow``, ``OfAnotherCase``.
    """
    async with changing(number, VisitAction.ATTACH, actor=actor, seen=seen) as change:
        hit = await database.execute(
            "UPDATE visit SET case_reference = ? WHERE id = ? AND case_reference = ''", case, change.visit.id
        )
        if hit:
            if change.visit.state is VisitState.BOOKED:
                matters = "SELECT service_id FROM visit_matter WHERE visit_id = ?"
                services = await database.column(matters, change.visit.id)
                await answering.answer(change.visit.id, case, change.visit.office_id, services)
            await change.chain.append(actor, VisitAttached(case))
        elif await _case(change.visit.id) != case:
            raise OfAnotherCase


async def detach(number: str, actor: str, seen: int | None = None) -> None:
    """Undo the link. Repeating it does nothing. Raises ``NoSuchVisit``, ``ChangedMeanwhile``, ``NotPossibleNow``."""
    async with changing(number, VisitAction.DETACH, actor=actor, seen=seen) as change:
        if case := await _case(change.visit.id):
            await database.execute("UPDATE visit SET case_reference = '' WHERE id = ?", change.visit.id)
            await change.chain.append(actor, VisitDetached(case))


async def attach_as_official(official: Official, number: str, command: LinkCase) -> None:
    """Link a visit to a case that the official sees. Raises as :func:`attach`, and ``NoSuchCase``."""
    case = references.read_reference(command.case) or ""
    access = (await following.case_access([case])).get(case)
    if access is None or not access.seen_by(official):
        raise NoSuchCase
    await attach(number, case, official.actor, command.version)


async def detach_as_official(official: Official, number: str, command: Plain) -> None:
    """Undo the link, at the desk. Raises as :func:`detach`."""
    await detach(number, official.actor, command.version)


async def _case(visit: int) -> str:
    return str(await database.value("SELECT case_reference FROM visit WHERE id = ?", visit))
