"""An official asks the petitioner of a case for a visit and proposes times; the petitioner chooses one."""

from petitions.errors import NoSuchCase
from petitions.queries import following
from server.core import clock, database, ledger
from server.core.accounts import Official
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, NotPossibleNow, _
from tracking.visits import rules
from tracking.visits.actions import answering, booking, taking
from tracking.visits.actions.booking import Booked, Contact, KeyOf
from tracking.visits.actions.taking import Wish
from tracking.visits.desk_forms import AskForVisit
from tracking.visits.errors import OnePerHousehold
from tracking.visits.events import VisitAsked, VisitNotAsked
from tracking.visits.queries import requests
from tracking.visits.states import Channel, RequestState

ASKED_MEANWHILE = _(
    "A colleague has just asked for a visit, as the note above says. If yours is to take its place, please send it "
    "again."
)


async def ask(official: Official, reference: str, command: AskForVisit) -> int:
    """Ask for a visit, instead of an earlier request that is still open. Nothing is held. Returns its id.

    Raises ``NoSuchCase`` for a case that the official does not see, ``Invalid`` if a colleague has asked since the page
    was opened, and as :func:`taking.wish` for each time.
    """
    access = (await following.case_access([reference])).get(reference)
    if access is None or not access.seen_by(official):
        raise NoSuchCase
    wishes = [
        await taking.wish(command.office, command.services, start, Channel.DESK)
        for start in sorted(set(command.times))
    ]  # fmt: skip
    async with database.transaction():
        earlier = await requests.open_of(reference)
        if earlier and command.version not in {None, earlier.id}:
            raise Invalid.at("times", ASKED_MEANWHILE)
        await database.execute(
            "UPDATE visit_request SET state = ? WHERE case_reference = ? AND state = ?",
            RequestState.WITHDRAWN, reference, RequestState.OPEN,
        )  # fmt: skip
        values = {
            "case_reference": reference, "office_id": wishes[0].office.id,
            "services": [one.id for one in wishes[0].errand.services],
            "times": [_written(one) for one in wishes], "reason": command.reason, "state": RequestState.OPEN,
            "asked_by": official.id, "created_at": clock.now(),
        }  # fmt: skip
        (row,) = await database.insert("visit_request", tuple(values), [tuple(values.values())], returning="id")
        chain = await ledger.begin(f"visit-request/{row['id']}")
        await chain.append(official.actor, VisitAsked(reference, wishes[0].office.id, len(wishes), earlier is not None))
    return int(row["id"])


def _written(wished: Wish) -> str:
    return rules.moment(wished.start).isoformat(timespec="minutes")


async def withdraw(official: Official, number: int) -> None:
    """The visit is no longer needed. Repeating it does nothing. Raises ``NotFound``, ``NoSuchCase``."""
    request = await requests.one(number)
    access = (await following.case_access([request.case_reference])).get(request.case_reference)
    if access is None or not access.seen_by(official):
        raise NoSuchCase
    async with database.transaction():
        if await database.execute(
            "UPDATE visit_request SET state = ? WHERE id = ? AND state = ?",
            RequestState.WITHDRAWN, number, RequestState.OPEN,
        ):  # fmt: skip
            chain = await ledger.lock(f"visit-request/{number}")
            await chain.append(official.actor, VisitNotAsked(request.case_reference))


async def choose(number: int, wished: Wish, contact: Contact, key_of: KeyOf | None = None) -> Booked:
    """Book a proposed time for the case. Raises ``NotFound``, ``NotPossibleNow``, and as :func:`booking.book_now`."""
    request = await requests.one(number)
    if request.state is not RequestState.OPEN:
        raise NotPossibleNow("choose", request.state)
    try:
        async with database.transaction():
            booked = await booking.book_now(wished, contact, key_of, request.case_reference)
            if not await answering.settle(number, booked.id):
                raise NotPossibleNow("choose", request.state)
    except (TimeTaken, OnePerHousehold):  # maybe by the same request, chosen a moment ago
        if (await requests.one(number)).state is not RequestState.OPEN:
            raise NotPossibleNow("choose", request.state) from None
        raise
    return booked
