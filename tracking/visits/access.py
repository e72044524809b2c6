"""Which visits a request may see as their owner: those opened in its browser, and all of a confirmed contact."""

from starlette.requests import Request

from server.core import auth, config
from tracking.visits import rules
from tracking.visits.queries import visits
from tracking.visits.queries.visits import VisitView


def household_of(request: Request) -> str:
    """The hashed contact that the browser has confirmed by a link; empty if there is none."""
    who = auth.reader(request)
    return rules.household(config.settings().secret_key, who.email, "") if who.email else who.household


async def own_visit(request: Request) -> VisitView:
    """The visit in the path, if this browser may see it as its owner. Raises ``NoSuchVisit``.

    A browser may after it has booked it (``auth.open_visit``), typed its key or followed a link to it.
    """
    number = request.path_params["number"]
    return await visits.opened(number, auth.reader(request).visits, household_of(request))
