"""A reservation: what it says, changing it, cancelling it, and saying that one cannot come."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, clock, config, i18n, kept, qr, references, web
from server.core.booking.errors import TimeTaken
from server.core.days import today
from server.core.errors import ChangedMeanwhile, Conflict, Invalid, NotPossibleNow, _
from server.core.forms.kinds import Mistake
from tracking.visits.access import own_visit
from tracking.visits.actions import booking, meeting, taking
from tracking.visits.choosing import Links, next_free, week_context
from tracking.visits.errors import ClosedForGood
from tracking.visits.forms import read_start
from tracking.visits.labels import VISIT_MODES
from tracking.visits.permissions import Permission
from tracking.visits.queries import no_shows, offices, papers, queue, serving, ticket_contacts, visits
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queries.visits import VisitView
from tracking.visits.routes import bringing, browser, documents
from tracking.visits.states import Channel, VisitMode, VisitState
from tracking.visits.timetable import start_value

VISITOR = "visitor"
CHANGED_MEANWHILE = _("Your reservation was changed in the meantime. This is how it is now.")


def may_change(found: VisitView) -> bool:
    """Whether it can still be changed and cancelled: usually until the day before."""
    zone = config.settings().zone
    window = found.office.window
    return found.state is VisitState.BOOKED and window.can_change(found.starts_at, clock.now().astimezone(zone))


def closed_for_good(found: VisitView) -> ClosedForGood | None:
    """Why it cannot get another time although it may be changed; None if it can."""
    return None if found.office.active else ClosedForGood(found.office.phone or config.settings().call_centre)


async def show(request: Request) -> Response:
    """``/visits/{number}``; officials are led to the desk's page of it."""
    official = auth.reader(request).official
    if official and official.may(Permission.SEE_VISITS):
        return web.redirect(request, f"/desk/visits/{request.path_params['number']}")
    return await page(request, await own_visit(request))


async def page(request: Request, found: VisitView, key: str = "") -> Response:
    """A reservation as its owner sees it; ``key`` is shown after booking it."""
    lang = web.language(request)
    floors = await offices.floors(found.office_id)
    to_come = found.state is VisitState.BOOKED and found.ends_at > clock.now()
    ticket = await _ticket(found)
    context = {
        **await documents.context(found, lang),
        "key": key,
        "office": found.office,
        "office_name": i18n.name_in(found.office, lang),
        "matters": [(one, name, floors.get(one.service_id)) for one, name in bringing.named(found.matters, lang)],
        "changes": await serving.changes(found, lang) if to_come else [],
        "to_come": to_come,
        "restriction": await no_shows.begun_by(found.id) if found.state is VisitState.MISSED else None,
        "ticket": ticket,
        "afar": VISIT_MODES[found.mode] if found.mode is not VisitMode.IN_PERSON else None,
        "may_be_ready": to_come and not ticket and found.ready_from <= clock.now(),
        "may_change": may_change(found),
        "qr_text": visits.qr(found.number, found.revision),
        "qr_svg": qr.svg(visits.qr(found.number, found.revision)) if to_come else "",
        "closed_for_good": closed_for_good(found),
        "again": f"/visits?office={found.office.code}" + "".join(f"&service={one.code}" for one in found.matters)
        if found.office.active
        else "/visits",
    }
    return web.page(request, "visits/visit.html", context, secret=bool(key))


async def lead_to_booked(request: Request, number: str, key_from: str, kept_as: str = "") -> Response:
    """303 to the confirmation, which shows the key for a while in this browser only, and open the visit here.

    ``key_from`` is what the key was derived from (:func:`key_of`), ``kept_as`` the number of a kept form to replace.
    """
    content = {"visit": number, "key_from": key_from}
    response = await kept.lead_to(request, f"/visits/{number}/booked/{{kept}}", content, number=kept_as)
    await auth.open_visit(request, response, number)
    return response


def key_of(key_from: str) -> booking.KeyOf:
    """The keys of visits, derived from a secret that only their booking knows."""
    return lambda number: references.derived_key(config.settings().secret_key, f"visit\0{key_from}", number)


async def booked(request: Request) -> Response:
    """``GET /visits/{number}/booked/{kept}``: the confirmation with the key; later, or elsewhere, the reservation."""
    number = request.path_params["number"]
    try:
        made = await kept.get(request, request.path_params["kept"])
    except kept.NotKept:
        return web.redirect(request, f"/visits/{number}")
    found = await visits.by_number(number)
    if made.get("visit") != found.number or found.state is not VisitState.BOOKED:
        return web.redirect(request, f"/visits/{found.number}")
    return await page(request, found, key_of(made["key_from"])(found.number))


async def ready(request: Request) -> Response:
    """``POST /visits/{number}/ready``: a visitor by video or telephone waits for the call; leads to their ticket."""
    found = await own_visit(request)
    try:
        ticket = await meeting.ready(found)
    except Conflict as refusal:
        return web.redirect(request, f"/visits/{found.number}", refusal.text)
    return web.redirect(request, f"/tickets/{ticket.code}")


async def _ticket(found: VisitView) -> TicketRow | None:
    """The visitor's ticket, if they have checked in today."""
    ticket = await queue.of_visit(found.id) if found.date == today() else None
    return ticket if ticket and ticket.state in ticket_contacts.FOUND else None


async def change(request: Request) -> Response:
    """``/visits/{number}/change``: the timetable again, in which the reservation's own time counts as free."""
    found = await own_visit(request)
    here = f"/visits/{found.number}"
    if not may_change(found):
        return web.redirect(request, here)
    if refusal := closed_for_good(found):
        return web.redirect(request, here, refusal.text)
    links = Links(f"{here}/change")
    errand = await taking.errand(
        found.office.code, [one.code for one in found.matters], Channel.ONLINE, found.party
    )  # fmt: skip
    errand = await taking.changing(found.id, errand)
    if request.method == "POST":
        return await _change(request, found, errand, links)
    if "next" in request.query_params:
        return await next_free(request, errand, links, found.id)
    prepared = (await papers.summary(found.id)).complete
    context = await week_context(request, errand, links, found.id, prepared=prepared)
    return web.page(request, "visits/change.html", {**context, "visit": found})


async def _change(request: Request, found: VisitView, errand: Errand, links: Links) -> Response:
    form = await web.read_form(request)
    try:
        start = read_start(form.get("start", ""))
    except Mistake as mistake:
        return web.redirect(request, links.url(), mistake.text)
    try:
        wished = await taking.other_time(found.id, errand, start)
        await booking.reschedule(found.number, wished, VISITOR)
        await booking.release_beside(found.number, browser.holder(request))
    except Invalid as refusal:
        return web.redirect(request, links.url(start=start_value(start)), refusal.errors[0].text)
    except (TimeTaken, OverflowError):
        return web.redirect(request, links.url(start=start_value(start)))
    except (ChangedMeanwhile, NotPossibleNow):
        return web.redirect(request, f"/visits/{found.number}", CHANGED_MEANWHILE)
    if start == found.starts_at and not found.unplaced_since:
        return web.redirect(request, f"/visits/{found.number}", _("You keep your present time."))
    return web.redirect(request, f"/visits/{found.number}", _("Your reservation has been changed."))


async def cancel(request: Request) -> Response:
    """``/visits/{number}/cancel``: asks first; once changes are over, it says that its visitor cannot come."""
    found = await own_visit(request)
    here = f"/visits/{found.number}"
    in_time = may_change(found)
    if found.state is not VisitState.BOOKED or found.ends_at <= clock.now():
        return web.redirect(request, here)
    if request.method == "POST":
        await booking.cancel(found.number, VISITOR, cannot_come=not in_time)
        cancelled = _("Your reservation is cancelled. Thank you for telling us: somebody else can come now.")
        return web.redirect(request, here, cancelled)
    lang = web.language(request)
    context = {
        "visit": found,
        "office": found.office,
        "office_name": i18n.name_in(found.office, lang),
        "matters": bringing.named(found.matters, lang),
        "in_time": in_time,
    }
    return web.page(request, "visits/cancel.html", context)


routes = [
    Route("/visits/{number}", show),
    Route("/visits/{number}/booked/{kept}", booked),
    Route("/visits/{number}/ready", ready, methods=["POST"]),
    Route("/visits/{number}/change", change, methods=["GET", "POST"]),
    Route("/visits/{number}/cancel", cancel, methods=["GET", "POST"]),
]
