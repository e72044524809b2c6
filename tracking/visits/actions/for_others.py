"""What the call centre and the office do with the visit of somebody else: book, change and cancel it, with a reason."""

from server.core import clock, database
from server.core.accounts import Official
from server.core.errors import NotPossibleNow
from tracking.visits.actions import booking, taking, visits
from tracking.visits.actions.booking import Booked, Contact, KeyOf
from tracking.visits.actions.taking import Wish
from tracking.visits.desk_forms import MoveVisit, Reason
from tracking.visits.errors import OnePerHousehold, ToVisitor
from tracking.visits.models import VisitWords
from tracking.visits.queries import desk
from tracking.visits.queries.desk import DeskVisit
from tracking.visits.states import VISIT, Channel, VisitAction


async def book(wished: Wish, contact: Contact, key_of: KeyOf | None = None, case: str = "") -> Booked:
    """Book for a caller. Raises the refusals of :func:`booking.book_now` in the words that officials read."""
    try:
        return await booking.book_now(wished, contact, key_of, case)
    except OnePerHousehold as refusal:
        raise await desk.has_visit(contact.households, wished.office.id, refusal.day) from None
    except ToVisitor as refusal:
        raise refusal.for_officials() from None


async def cancel(actor: Official, number: str, command: Reason) -> None:
    """Cancel a visit for its visitor, or because of the office; at any time before it has ended.

    Raises ``NoSuchVisit``, ``ChangedMeanwhile``, ``NotPossibleNow``.
    """
    found = await _possible(actor, number, VisitAction.CANCEL, command.version)
    async with database.transaction():
        words = await _say(found, command.text)
        await booking.cancel(number, actor.actor, cannot_come=True, words=words)
        await visits.unchanged(number, command.version, actor.actor)


async def reschedule(actor: Official, number: str, command: MoveVisit) -> None:
    """Give a visit another time; also when it is too late for its visitor to change it.

    Raises ``NoSuchVisit``, ``ChangedMeanwhile``, ``NotPossibleNow``, ``TimeTaken``, ``OnePerHousehold``, ``Invalid``.
    """
    found = await _possible(actor, number, VisitAction.RESCHEDULE, command.version)
    services = [one.code for one in found.row.matters]
    errand = await taking.errand(found.office.code, services, Channel.PHONE, found.row.party)
    wished = await taking.other_time(found.row.id, errand, command.start)
    try:
        async with database.transaction():
            words = await _say(found, command.text)
            await booking.reschedule(number, wished, actor.actor, by_office=True, words=words)
            await visits.unchanged(number, command.version, actor.actor)
    except OnePerHousehold as refusal:
        raise await desk.has_visit(found.households, found.row.office_id, refusal.day) from None


async def _possible(actor: Official, number: str, action: VisitAction, seen: int | None) -> DeskVisit:
    """The visit, read without a lock: what changes it looks again once its chain is locked."""
    found = await desk.visit(number)
    await visits.unchanged(number, seen, actor.actor)
    if action not in VISIT[found.row.state]:
        raise NotPossibleNow(action, found.row.state)
    return found


async def _say(found: DeskVisit, text: str) -> int:
    """Store what the visitor is to read; the id that the event holds, 0 without a text."""
    if not text:
        return 0
    return int((await VisitWords.create(visit_id=found.row.id, text=text, created_at=clock.now())).id)
