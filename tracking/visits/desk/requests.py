"""Asking the petitioner of a case for a visit: office, services, proposed times, and the reason."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import access
from petitions.errors import NoSuchCase
from petitions.queries import cases
from petitions.queries.cases import CaseView, Level
from server.core import auth, web
from server.core.accounts import Official
from server.core.acts import Press
from server.core.errors import Invalid, _
from server.core.form_pages import ReturnedForm, form_page
from tracking.visits.actions import requests as actions
from tracking.visits.actions import taking
from tracking.visits.desk.common import PAGE, all_offices, names
from tracking.visits.desk_forms import MOST_PROPOSED, AskForVisit
from tracking.visits.permissions import Permission
from tracking.visits.queries import cases as case_visits
from tracking.visits.queries import offices, requests
from tracking.visits.states import Channel

DAYS = 14
"""Days from which times are proposed."""


async def _case(request: Request) -> tuple[CaseView, Official]:
    """The case and the official, who must see it. Raises ``NotSignedIn``, ``Forbidden``, ``NoSuchCase``."""
    official = auth.official(request, Permission.ASK_FOR_VISIT)
    case = await cases.view(request.path_params["reference"], access.shown(request))
    if case.level is not Level.STAFF:
        raise NoSuchCase
    return case, official


async def show(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/visits/requests/{reference}``: office, services, times; what is chosen is in the URL."""
    case, _official = await _case(request)
    language, known, params = web.language(request), await all_offices(), request.query_params
    suggested = await case_visits.suggested(case.service_code, case.department_id, case.district)
    code = str(params.get("office") or (suggested.office if suggested else known[0].code if known else ""))
    place = await offices.place(code) if code else None
    bookable = {one.code: one for one in place.services.values() if one.bookable} if place else {}
    usual = [suggested.service] if suggested and suggested.exact and suggested.office == code else []
    chosen = [one for one in params.getlist("services") or usual if one in bookable]
    times: Sequence[Sequence[datetime]] = []
    if place and chosen:
        try:
            times = await requests.free_starts(await taking.errand(code, chosen, Channel.DESK), DAYS)
        except Invalid as refusal:
            kept = ReturnedForm(errors=web.field_errors(language, refusal.errors))
    context = {
        "case": case,
        "office": code,
        "offices": names(known, language),
        "services": names([*bookable.values()], language),
        "chosen": chosen,
        "times": times,
        "ticked": (await web.read_form(request)).getlist("times") if request.method == "POST" else (),
        "form": AskForVisit,
        "kept": kept,
        "most": MOST_PROPOSED,
        "asked": await requests.open_of(case.reference),
        "press": str(kept.value("press")) or secrets.token_urlsafe(12),
    }
    return web.page(request, "desk/visits/ask.html", context, status=kept.status)


async def ask(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: ask once, however often the page is sent."""
    case, official = await _case(request)
    raw = {name: form.get(name) for name in ("office", "reason", "version")}
    lists = {name: form.getlist(name) for name in ("services", "times")}

    async def do() -> None:
        await actions.ask(official, case.reference, AskForVisit.parse({**raw, **lists}))

    secret, scope = web.site(request).settings.secret_key, f"visit-requests/{official.id}/{case.reference}"
    await Press(secret, scope, str(form.get("press", "")), sorted(form.multi_items())).once(do)
    return web.redirect(request, f"/desk/cases/{case.reference}", _("The petitioner is asked to come."))


async def withdraw(request: Request) -> Response:
    """``POST /desk/visits/requests/{reference}/{id}/withdraw``."""
    case, official = await _case(request)
    await actions.withdraw(official, request.path_params["id"])
    return web.redirect(request, f"/desk/cases/{case.reference}", _("The visit is no longer asked for."))


routes = [
    form_page(f"{PAGE}/requests/{{reference}}", show, ask),
    Route(f"{PAGE}/requests/{{reference}}/{{id:int}}/withdraw", withdraw, methods=["POST"]),
]
