"""Not received, or lost: a confirmation again, and a link that opens all reservations of an address or number."""

import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, jobs, listing, web
from server.core.city import city
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page
from server.core.listing import PAGING
from server.core.security import Rate, network
from tracking.visits import links, rules
from tracking.visits.access import household_of, own_visit
from tracking.visits.actions import reminding
from tracking.visits.errors import NoSuchVisit
from tracking.visits.forms import FindVisits
from tracking.visits.queries import mine, visits
from tracking.visits.queries.mine import Filter
from tracking.visits.states import VisitState

FIND, PAGE = "/visits/find", "/visits/mine"
LINKS = Rate(6, 3)
"""Messages on request, by browser's address, by contact and by visit."""
NO_MESSAGES = _(
    "We cannot send messages to this phone number: it is not a mobile number. Please write down or print the "
    "reservation number."
)
TOO_OLD = _("This link has expired or is incomplete. Please ask for a new one.")


async def send_again(request: Request) -> Response:
    """``POST /visits/{number}/send``: send the confirmation once more."""
    found = await own_visit(request)
    if found.state is not VisitState.BOOKED:
        return web.redirect(request, f"/visits/{found.number}")
    if not found.gets_messages:
        return web.redirect(request, f"/visits/{found.number}", NO_MESSAGES)
    auth.limit(request, f"visit-link:{network(request.scope)}", LINKS)
    auth.limit(request, f"visit-link:{found.number}", LINKS)
    await reminding.send_again(found.number)
    return web.redirect(request, f"/visits/{found.number}", _("We have sent the confirmation again."))


async def _find_page(request: Request, back: ReturnedForm) -> Response:
    """``/visits/find``: asks for the address or number that a reservation was made with."""
    context = {"form": FindVisits, "values": {**back.values}, "errors": {**back.errors}, "minutes": links.MINE_MINUTES}
    return web.page(request, "visits/find.html", context, status=back.status)


async def _find(request: Request, form: FormData) -> Response:
    """Send a link to the contact. The answer is the same whether or not there is a reservation with it."""
    command = FindVisits.parse(form)
    auth.limit(request, f"visit-link:{network(request.scope)}", LINKS)
    auth.limit(request, f"visit-link:{command.household}", LINKS)
    payload = {"visit": await mine.newest_of(command.household), "language": web.language(request)}
    await jobs.enqueue((f"visits-of:{secrets.token_hex(16)}", reminding.ALL_VISITS, payload))
    sent = _("If there are reservations with this address or number, we will send it a link. It works for %(minutes)s "
             "minutes.", minutes=links.MINE_MINUTES)  # fmt: skip
    return web.redirect(request, FIND, sent)


async def open_mine(request: Request) -> Response:
    """``/visits/mine/{token}``: open all reservations of a contact. Asks for a press: programs follow links, too."""
    number = links.read_mine_token(web.site(request).settings, request.path_params["token"])
    try:
        view = await visits.by_number(number or "")
    except NoSuchVisit:
        return web.redirect(request, FIND, TOO_OLD)
    if request.method != "POST":
        return web.page(request, "visits/open_mine.html", {"contact": view.email or view.phone, "mail": view.email})
    response = web.redirect(request, PAGE)
    if view.email:
        await auth.open_mailbox(request, response, view.email)
    else:
        household = rules.household(web.site(request).settings.secret_key, "", view.phone)
        await auth.open_household(request, response, household)
    return response


async def show(request: Request) -> Response:
    """``/visits/mine``: the reservations of the contact that this browser has confirmed."""
    household = household_of(request)
    if not household:
        return web.redirect(request, FIND)
    reference_data, lang = await city(), web.language(request)
    wanted = Filter.parse(request.query_params, reference_data, also=PAGING)
    start = request.query_params.get("after", "")
    page = await mine.of_household(household, wanted, start)
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, lang, start),
        "tabs": listing.tabs(PAGE, wanted, "when", Filter.specs()["when"].words(reference_data, lang), lang),
        "email": auth.reader(request).email,
        "name": lambda row: i18n.name_in(row, lang),
        "services": lambda row: ", ".join(one.get(f"name_{lang}") or one["name"] for one in row.services),
    }
    return web.page(request, "visits/mine.html", context)


routes = [
    form_page(FIND, _find_page, _find),
    Route(PAGE, show),
    Route(f"{PAGE}/{{token}}", open_mine, methods=["GET", "POST"]),
    Route("/visits/{number}/send", send_again, methods=["POST"]),
]
