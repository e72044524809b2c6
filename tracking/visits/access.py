"""Which visits a request may see as their owner: those opened in its browser, and all of a confirmed contact."""

from starlette.requests import Request

from petitions import access
from petitions.errors import NoSuchCase
from petitions.queries import cases, following
from petitions.queries.cases import Level
from server.core import auth, config
from server.core.security import Rate, network
from tracking.visits import rules
from tracking.visits.queries import visits
from tracking.visits.queries.visits import VisitView

HOLDS = Rate(2, 8)
"""Times that an address may hold, or book through JSON: enough for a family or a library, too few to hold a day's times
for oneself."""


def limit_holds(request: Request) -> None:
    """Count a time that is held or booked against the limit of its address. Raises ``TooMany``."""
    auth.limit(request, f"visit-hold:{network(request.scope)}", HOLDS)


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


async def own_case(request: Request, reference: str) -> str:
    """The case of this number if its petitioner sends the request; empty otherwise."""
    if not reference:
        return ""
    try:
        number, level = await following.access_level(reference, access.shown(request))
    except NoSuchCase:
        return ""
    return number if level is Level.PARTY else ""


async def petitioner(request: Request, reference: str) -> dict[str, str]:
    """Name, contact and language of the petitioner who books a visit for their case, to fill in the form."""
    number = await own_case(request, reference)
    if not number:
        return {}
    found = await cases.view(number, access.shown(request))
    phone = "" if found.petitioner_email else found.petitioner_phone
    return {
        "name": found.petitioner_name,
        "email": found.petitioner_email,
        "phone": phone,
        "language": found.petitioner_language,
    }
