"""Offered times: to somebody on a waiting list, and to a visitor whose own time no counter can serve any more.

The links in messages open these pages; they change nothing by themselves, because mail programs follow links.
"""

import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock, config, i18n, web
from server.core.booking.errors import TimeTaken
from server.core.errors import Conflict, Text, _
from server.core.forms.kinds import Mistake
from tracking.visits import links, rules
from tracking.visits.access import own_visit
from tracking.visits.actions import booking, moving, waiting
from tracking.visits.actions.taking import Wish
from tracking.visits.choosing import Choice
from tracking.visits.errors import OfferAccepted
from tracking.visits.forms import read_start
from tracking.visits.queries import unplaced
from tracking.visits.queries import waiting as entries
from tracking.visits.queries.visits import VisitView
from tracking.visits.routes import browser, visit
from tracking.visits.states import VisitState, WaitingState

VISITOR = "visitor"
ACCEPT, REFUSE = "accept", "refuse"


async def show(request: Request) -> Response:
    """``/visits/{number}/offer``: the offer with its buttons, or that it has ended; once accepted, the reservation."""
    found = await own_visit(request)
    lang = web.language(request)
    row = await unplaced.one(found.number) if found.unplaced_since and found.state is VisitState.BOOKED else None
    entry = await entries.of_visit(found.id)
    open_offer = found.state is VisitState.OFFERED and found.held_until and found.held_until > clock.now()
    if row is None and found.booked:
        return web.redirect(request, f"/visits/{found.number}")
    context = {
        "visit": found,
        "office": found.office,
        "office_name": i18n.name_in(found.office, lang),
        "services": [i18n.name_in(one, lang) for one in found.matters],
        "here": f"/visits/{found.number}/offer",
        "timetable": Choice(found.office.code, tuple(one.code for one in found.matters), found.party).url(),
        "row": row,
        "settled": entry is not None and entry.state is WaitingState.DONE and entry.offered is None,
        "left": entry is not None and entry.state is WaitingState.LEFT,
        "waits": entry is not None and entry.waits,
        "entry_path": links.waiting_path(config.settings(), entry.number, entry.date) if entry else "",
    }
    page = "visits/offer_move.html" if row else "visits/offer.html" if open_offer else "visits/offer_ended.html"
    return web.page(request, page, context)


async def decide(request: Request) -> Response:
    """``POST /visits/{number}/offer``: ``answer`` is accept or refuse; or ``start``, another time that fits."""
    found = await own_visit(request)
    form = await web.read_form(request)
    there = f"/visits/{found.number}"
    try:
        if found.unplaced_since and found.state is VisitState.BOOKED:
            said = await _move(found, form)
            if said is MOVED:
                await booking.release_beside(found.number, browser.holder(request))
            return web.redirect(request, there if said is MOVED else f"{there}/offer", said)
        if form.get("answer") == ACCEPT:
            key_from = secrets.token_urlsafe()
            made = await waiting.accept(found.number, visit.key_of(key_from))
            await booking.release_beside(found.number, browser.holder(request))
            return (
                await visit.lead_to_booked(request, made.number, key_from) if made.key else web.redirect(request, there)
            )
        if form.get("answer") == REFUSE:
            thanks = _("Thank you for telling us. The time goes to the next person; you stay on the waiting list.")
            refused = await waiting.refuse(found.number)
            return web.redirect(request, f"{there}/offer", thanks if refused else None)
    except OfferAccepted as refusal:
        return web.redirect(request, f"{there}/cancel", refusal.text)
    except Conflict as refusal:
        twice = form.get("answer") == ACCEPT and await unplaced.accepted(found.id)
        return web.redirect(request, there if twice else f"{there}/offer", MOVED if twice else refusal.text)
    return web.redirect(request, f"{there}/offer")


async def _move(found: VisitView, form: FormData) -> Text:
    """Take or refuse what the office proposes, or take another time that fits. Returns what to say."""
    if form.get("answer") == REFUSE:
        await moving.refuse(found.number)
        return _("Thank you for telling us. Your reservation stays as it is, and the office looks for another time.")
    if form.get("answer") == ACCEPT:
        await moving.accept(found.number)
        return MOVED
    row = await unplaced.one(found.number)
    try:
        start = read_start(form.get("start", ""))
    except Mistake:
        raise TimeTaken from None
    if row is None or row.errand is None or start not in row.nearest:
        raise TimeTaken
    await booking.reschedule(found.number, Wish(row.errand, rules.minute(start)), VISITOR, by_office=True)
    return MOVED


MOVED = _("Your reservation has been changed.")

routes = [
    Route("/visits/{number}/offer", show),
    Route("/visits/{number}/offer", decide, methods=["POST"]),
]
