"""Restrictions after repeated no-shows: appeals to be decided first, then those that run, have ended or were lifted."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import acts, auth, i18n, listing, web
from server.core.accounts import Official
from server.core.acts import Attempt, Drawn, draw
from server.core.city import city
from server.core.errors import NotFound
from server.core.form_pages import ReturnedForm
from tracking.visits.acts import RESTRICTIONS
from tracking.visits.desk.common import all_offices, names, visits_official
from tracking.visits.errors import NoSuchOffice
from tracking.visits.labels import RESTRICTION_STATES
from tracking.visits.queries import no_shows
from tracking.visits.queries.no_shows import Filter, RestrictionRow
from tracking.visits.rights import RESTRICTION_RIGHTS
from tracking.visits.states import RESTRICTION, RestrictionAction

PAGE = "/desk/visits/restrictions"


async def show(request: Request) -> Response:
    """``/desk/visits/restrictions``; ``?state=`` for those that are over, ``?office=`` for those of one office."""
    visits_official(request)
    language, known = web.language(request), await city()
    wanted = Filter.parse(request.query_params, known, also=listing.PAGING)
    places = {one.code: one for one in await all_offices()}
    if wanted.office and wanted.office not in places:
        raise NoSuchOffice
    office, start = places[wanted.office].id if wanted.office else None, request.query_params.get("after", "")
    page = await no_shows.listed(office, wanted.state, after=start)
    titles = Filter.specs()["state"].words(known, language)
    context = {
        **listing.shown(PAGE, wanted, page, known, language, start),
        "tabs": listing.tabs(PAGE, wanted, "state", titles, language),
        "title": titles[wanted.state],
        "appeals": (await no_shows.appeals(office)).rows,
        "offices": names([*places.values()], language),
        "office_names": {one.id: i18n.name_in(one, language) for one in places.values()},
        "states": RESTRICTION_STATES,
    }
    return web.page(request, "desk/visits/restrictions.html", context)


async def one(request: Request) -> Response:
    """``/desk/visits/restrictions/{id}``."""
    return await page(request, visits_official(request), ReturnedForm())


async def page(request: Request, official: Official, kept: ReturnedForm) -> Response:
    """One restriction, with a refused form."""
    row, language = await no_shows.restriction(request.path_params["id"]), web.language(request)
    context = {
        "row": row,
        "forms": forms(official, row, language, kept),
        "office_names": {each.id: i18n.name_in(each, language) for each in await all_offices()},
        "states": RESTRICTION_STATES,
        "kept": kept,
    }
    return web.page(request, "desk/visits/restriction.html", context, status=kept.status)


def forms(
    official: Official, row: RestrictionRow, language: str, kept: ReturnedForm | None = None
) -> Mapping[str, Drawn]:
    """The forms of what this official can do about a restriction now."""
    over = not row.runs
    drawn = {
        name: draw(
            act, offer, to=f"{PAGE}/{row.id}", hidden={"version": row.version}, language=language, page=row, back=kept
        )
        for name, (act, offer) in RESTRICTIONS.items()
        if act.action in RESTRICTION[row.state] and official.may(RESTRICTION_RIGHTS[act.action])
        and not (over and act.action in {RestrictionAction.APPEAL, RestrictionAction.LIFT})
    }  # fmt: skip
    return {name: form for name, form in drawn.items() if form}


async def act(request: Request) -> Response:
    """``POST /desk/visits/restrictions/{id}/{action}``: runs the action once, or shows the page with the errors."""
    official, name = visits_official(request), request.path_params["action"]
    if name not in RESTRICTIONS:
        raise NotFound
    chosen, offer = RESTRICTIONS[name]
    auth.official(request, RESTRICTION_RIGHTS[chosen.action])
    number = str(request.path_params["id"])
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"restrictions/{official.id}/{number}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:
        return await page(request, official, kept)
    return web.redirect(request, PAGE, offer.done)


routes = [
    Route(PAGE, show),
    Route(f"{PAGE}/{{id:int}}", one),
    Route(f"{PAGE}/{{id:int}}/{{action}}", act, methods=["POST"]),
]
