"""Visits that no counter can serve any more: the nearest times, offered to one visitor or to all in one press."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, listing, web
from server.core.accounts import Official
from server.core.booking.errors import TimeTaken
from server.core.city import city
from server.core.errors import Conflict, Forbidden, Text, _
from server.core.forms.kinds import Mistake
from server.core.listing import PAGING
from tracking.visits import rules
from tracking.visits.actions import moving
from tracking.visits.actions.taking import Wish
from tracking.visits.desk.common import chosen_office, names
from tracking.visits.forms import read_start
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices, unplaced
from tracking.visits.queries.unplaced import Filter

PAGE = "/desk/visits/unplaced"


def mover(request: Request) -> Official:
    """The signed-in official, if they book for others or make rosters. Raises ``NotSignedIn``, ``Forbidden``."""
    who = auth.official(request)
    if not (who.may(Permission.BOOK_FOR_OTHERS) or who.may(Permission.EDIT_ROSTER)):
        raise Forbidden
    return who


async def show(request: Request) -> Response:
    """``/desk/visits/unplaced``: an office's visits without a counter, by time."""
    official, known, reference_data = mover(request), await offices.offices_with_visits_to_move(), await city()
    wanted, language = Filter.parse(request.query_params, reference_data, also=PAGING), web.language(request)
    place = await chosen_office(official, known, wanted.office)
    wanted, start = replace(wanted, office=place.code), request.query_params.get("after", "")
    page = await unplaced.listed(await offices.place_of(place), after=start)
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, language, start),
        "office": place,
        "office_name": i18n.name_in(place, language),
        "offices": names(known, language),
        "count": await unplaced.count(place.id),
        "here": wanted.address(PAGE),
        "offered": sum(row.proposal is not None for row in page.rows),
    }
    return web.page(request, "desk/visits/unplaced.html", context)


async def offer(request: Request) -> Response:
    """``POST /desk/visits/unplaced/{number}``: hold ``start`` for its visitor and tell them."""
    official = mover(request)
    form, number = await web.read_form(request), request.path_params["number"]
    row = await unplaced.one(number)
    back = f"{PAGE}?office={form.get('office', '')}"
    if row is None or row.errand is None:
        return web.redirect(request, back, _("This visit has a counter again, or is cancelled."))
    try:
        start = read_start(form.get("start", ""))
        if start not in row.nearest:
            raise TimeTaken
        await moving.propose(official.actor, number, Wish(row.errand, rules.minute(start)))
    except Mistake as mistake:
        return web.redirect(request, back, mistake.text)
    except Conflict as refusal:
        return web.redirect(request, back, refusal.text)
    return web.redirect(request, back, _("%(name)s is offered the new time and has been told.", name=row.name))


async def offer_all(request: Request) -> Response:
    """``POST /desk/visits/unplaced``: offer the nearest free time to everybody on the list."""
    official = mover(request)
    code = str((await web.read_form(request)).get("office", ""))
    place = await chosen_office(official, await offices.offices_with_visits_to_move(), code)
    proposed, without = await moving.propose_nearest(official.actor, place)
    return web.redirect(request, f"{PAGE}?office={place.code}", _said(proposed, without))


def _said(proposed: int, without: int) -> Text:
    if without:
        return _(
            "Offered another time: %(proposed)s. No time is free near theirs: %(without)s; please call them.",
            proposed=proposed,
            without=without,
        )
    return _("Offered another time: %(proposed)s.", proposed=proposed)


routes = [
    Route(PAGE, show),
    Route(PAGE, offer_all, methods=["POST"]),
    Route(f"{PAGE}/{{number}}", offer, methods=["POST"]),
]
