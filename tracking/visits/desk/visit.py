"""One visit at the desk: contact, services, counter, documents, case, no-show, and what can be done now.

There is a form for exactly what its state, the time and the official's permissions allow. A refusal shows the same
page again with the input.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.errors import NoSuchCase
from server.core import acts, auth, i18n, ledger, web
from server.core.accounts import Official
from server.core.acts import Attempt, Drawn, Offer, draw
from server.core.errors import Forbidden, Invalid, NotFound, Text, _
from server.core.form_pages import ReturnedForm
from tracking.visits.acts import SEPARATE, VISITS, VisitAct
from tracking.visits.desk import booking, documents
from tracking.visits.desk.common import PAGE, visits_official
from tracking.visits.errors import NoSuchVisit
from tracking.visits.labels import CHANNELS, VISIT_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import cases, checking, desk, history, no_shows, papers
from tracking.visits.queries.checking import DeskPapers
from tracking.visits.queries.desk import DOCUMENTS, DeskVisit
from tracking.visits.rights import VISIT_RIGHTS
from tracking.visits.states import VISIT


async def show(request: Request) -> Response:
    """``/desk/visits/{number}``, for those who work with visits and for the guide who accompanies this one."""
    official, number = auth.official(request, Permission.SEE_GUIDED), request.path_params["number"]
    if not official.may(Permission.SEE_VISITS) and not await cases.accompanies(official.id, number):
        raise Forbidden
    return await page(request, official, ReturnedForm())


async def act(request: Request) -> Response:
    """``POST /desk/visits/{number}/{action}``: runs the action once, or shows the page again with the errors."""
    official, name = visits_official(request), request.path_params["action"]
    if name not in VISITS:
        raise NotFound
    chosen, offer = VISITS[name]
    auth.official(request, VISIT_RIGHTS[chosen.action])
    found = await desk.visit(request.path_params["number"])
    number = found.row.number
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"visits/{official.id}/{number}")
    try:
        kept = await acts.act_once(request, chosen, offer, attempt, sent)
    except NoSuchCase:
        wrong = Invalid.at("case", _("There is no such case, or you do not have access to it."))
        kept = acts.kept(request, chosen, offer, sent, wrong)
    if kept is not None and offer.place == SEPARATE:
        return await booking.reschedule_page(request, await desk.visit(number), kept)
    if kept is not None:
        return await page(request, official, kept)
    return web.redirect(request, f"{PAGE}/{number}", Text(offer.done.msgid, {"number": number}))


def possible(official: Official, found: DeskVisit) -> Mapping[str, tuple[VisitAct, Offer]]:
    """The actions that this official can take on this visit now."""
    return {
        name: (act, offer)
        for name, (act, offer) in VISITS.items()
        if act.action in VISIT[found.row.state]
        and official.may(VISIT_RIGHTS[act.action])
        and (act.when is None or act.when(found))
    }


def forms(found: DeskVisit, official: Official, version: int, language: str, kept: ReturnedForm) -> dict[str, Drawn]:
    """The forms of these actions, by action."""
    to, hidden = f"{PAGE}/{found.row.number}", {"version": version}
    drawn = {
        name: draw(act, offer, to=to, hidden=hidden, language=language, page=found, back=kept)
        for name, (act, offer) in possible(official, found).items()
    }
    return {name: form for name, form in drawn.items() if form}


async def page(request: Request, official: Official, kept: ReturnedForm) -> Response:
    """The page, with a refused form."""
    found, language = await desk.visit(request.path_params["number"]), web.language(request)
    version = await ledger.length(f"visit/{found.row.number}")
    drawn = forms(found, official, version, language, kept)
    own = await _papers(official, found)
    checklist = own.papers if own else await papers.summary(found.row.id)
    context = {
        "found": found,
        "row": found.row,
        "office_name": i18n.name_in(found.office, language),
        "forms": {name: form for name, form in drawn.items() if form.offer.place != SEPARATE},
        "moves": SEPARATE in {form.offer.place for form in drawn.values()},
        "no_show": await no_shows.of_visit(found.row.id),
        "restrictions": await no_shows.of_household(found.households, found.row.office_id),
        "papers": checklist,
        "happened": await history.of_visit(found, checklist, language),
        "checks": own is not None,
        "states": VISIT_STATES,
        "channels": CHANNELS,
        "documents": DOCUMENTS,
        "kept": kept,
        **(documents.context(own, kept) if own else {}),
    }
    return web.page(request, "desk/visits/visit.html", context, status=kept.status)


async def _papers(official: Official, found: DeskVisit) -> DeskPapers | None:
    """The documents, if this official checks them."""
    if not official.may(Permission.CHECK_DOCUMENTS):
        return None
    try:
        return await checking.visit(found.row.number, official)
    except NoSuchVisit:
        return None


routes = [Route(f"{PAGE}/{{number}}", show), Route(f"{PAGE}/{{number}}/{{action}}", act, methods=["POST"])]
