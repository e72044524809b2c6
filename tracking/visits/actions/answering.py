"""A visit that answers what an official has asked for."""

from collections.abc import Iterable

from server.core import database
from tracking.visits.queries import requests
from tracking.visits.states import RequestState


async def answer(visit: int, case: str, office: int, services: Iterable[int]) -> None:
    """Settle the open request of a case with its visit, if that is at the same office and for all that is asked for.

    For a visit without a case nothing happens. It is called in the transaction that books the visit or links it to the
    case, with the visit's row locked.
    """
    has = set(services)
    for one in await requests.open_at(case, office) if case else ():
        if has.issuperset(one.services):
            await settle(one.id, visit)


async def settle(request: int, visit: int) -> int:
    """Record the visit that was booked for a request. Returns 0 if another visit, or nobody, settles it any more."""
    return await database.execute(
        "UPDATE visit_request SET state = ?, visit_id = ? WHERE id = ? AND (state = ? OR visit_id = ?)",
        RequestState.BOOKED, visit, request, RequestState.OPEN, visit,
    )  # fmt: skip
