"""Documents handed in before visits: what waits to be checked, and the check of one visit's documents."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, listing, uploads, web
from server.core.accounts import Official
from server.core.acts import Press
from server.core.city import city
from server.core.errors import Conflict, FieldError, Invalid, _
from server.core.form_pages import ReturnedForm
from server.core.listing import PAGING
from tracking.visits.actions import papers as actions
from tracking.visits.forms import CheckDocument
from tracking.visits.permissions import Permission
from tracking.visits.queries import checking, offices, papers
from tracking.visits.queries.checking import DeskPapers, Filter
from tracking.visits.states import VISIT, VisitAction

PAGE = "/desk/visits/documents"
FRESH = ReturnedForm()


def _checker(request: Request) -> Official:
    return auth.official(request, Permission.CHECK_DOCUMENTS)


async def waiting(request: Request) -> Response:
    """``/desk/visits/documents``: visits with documents to check, the soonest first."""
    official, language = _checker(request), web.language(request)
    known, start = await city(), request.query_params.get("after", "")
    wanted = Filter.parse(request.query_params, known, also=PAGING)
    places = {one.code: one for one in await offices.offices()}
    wanted = replace(wanted, office=wanted.office if wanted.office in places else "")
    page = await checking.waiting(official, places.get(wanted.office), start)
    context = {
        **listing.shown(PAGE, wanted, page, known, language, start),
        "offices": [(one.code, i18n.name_in(one, language)) for one in places.values()],
        "office_names": {one.id: i18n.name_in(one, language) for one in places.values()},
    }
    return web.page(request, "desk/visits/documents_waiting.html", context)


async def show(request: Request) -> Response:
    """``/desk/visits/{number}/documents``."""
    return _page(request, await checking.visit(request.path_params["number"], _checker(request)))


def _page(request: Request, visit: DeskPapers, kept: ReturnedForm = FRESH) -> Response:
    return web.page(request, "desk/visits/documents.html", context(visit, kept), status=kept.status)


def context(visit: DeskPapers, kept: ReturnedForm = FRESH) -> dict[str, object]:
    """What ``desk/visits/parts/documents.html`` needs; ``kept`` is a refused form of the document that it names."""
    return {
        "visit": visit,
        "checklist": visit.papers,
        "may_check": VisitAction.CHECK_DOCUMENT in VISIT[visit.state],
        "check_fields": CheckDocument.fields(),
        "kept": kept,
    }


async def check(request: Request) -> Response:
    """``POST /desk/visits/{number}/documents/{code}``: record the result once, or show the page again."""
    official, code = _checker(request), request.path_params["code"]
    visit = await checking.visit(request.path_params["number"], official)
    form = await web.read_form(request)
    raw = {name.removeprefix(f"{code}."): value for name, value in form.multi_items()}

    async def do() -> None:
        await actions.check(official, visit.number, code, CheckDocument.parse(raw))

    secret, scope = web.site(request).settings.secret_key, f"documents/{official.id}/{visit.number}/{code}"
    try:
        await Press(secret, scope, str(raw.get("version", "")), sorted(raw.items())).once(do)
    except (Invalid, Conflict) as refusal:
        errors = refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.text)]
        texts = web.field_errors(web.language(request), errors)
        named = {f"{code}.{name}" if name else "": text for name, text in texts.items()}
        fresh = await checking.visit(visit.number, official)
        return _page(request, fresh, ReturnedForm(code, raw, named, refusal))
    return web.redirect(
        request, f"{_address(visit.number)}#document-{code}", _("The result is recorded. The visitor sees it.")
    )


def _address(number: str) -> str:
    return f"/desk/visits/{number}/documents"


async def file(request: Request) -> Response:
    """``/desk/visits/{number}/files/{file}/{name}``: a download, for those who check these documents."""
    visit = await checking.visit(request.path_params["number"], _checker(request))
    found = await papers.file(visit.id, request.path_params["file"])
    return await uploads.send(request, found.hash, found.name, found.media_type)


routes = [
    Route(PAGE, waiting),
    Route("/desk/visits/{number}/documents", show),
    Route("/desk/visits/{number}/documents/{code}", check, methods=["POST"]),
    Route("/desk/visits/{number}/files/{file:int}/{name}", file),
]
