"""The search in the desk's bar finds a visit by its number, as it finds a case; the wiring passes it in."""

from server.core.accounts import Official
from tracking.visits.desk.common import PAGE
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk


async def address(official: Official, words: str) -> str:
    """The page of the visit with this number; empty if there is none, or the official does not see visits."""
    if not official.may(Permission.SEE_VISITS):
        return ""
    number = await desk.number_of(words)
    return f"{PAGE}/{number}" if number else ""
