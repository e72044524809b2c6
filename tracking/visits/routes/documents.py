"""Documents before a visit: its visitor sees the checklist, hands files in, and takes them back."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import uploads, web
from server.core.errors import Conflict, FieldError, Invalid, _
from server.core.files import MAX_BYTES, MAX_FILES, NO_FILE, StoredFile
from server.core.form_pages import ReturnedForm
from tracking.visits.access import own_visit
from tracking.visits.actions import papers as actions
from tracking.visits.queries import papers
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import VISIT, VisitAction

VISITOR = "visitor"
FRESH = ReturnedForm()


async def context(visit: VisitView, language: str, kept: ReturnedForm = FRESH) -> dict[str, Any]:
    """What ``visits/parts/documents.html`` needs; ``kept`` is a refused form of the document that it names."""
    checklist = await papers.summary(visit.id)
    return {
        "visit": visit,
        "checklist": checklist,
        "sentences": checklist.sentences(language),
        "may_hand_in": VisitAction.HAND_IN in VISIT[visit.state],
        "kept": kept,
        "max_files": MAX_FILES,
        "max_bytes": MAX_BYTES,
    }


async def show(request: Request) -> Response:
    """``/visits/{number}/documents``."""
    return await _page(request, await own_visit(request))


async def _page(request: Request, visit: VisitView, kept: ReturnedForm = FRESH) -> Response:
    here = await context(visit, web.language(request), kept)
    return web.page(request, "visits/documents.html", here, status=kept.status)


async def hand_in(request: Request) -> Response:
    """``POST /visits/{number}/documents/{code}``: hand the files in, or show the page again with the errors."""
    visit, code = await own_visit(request), request.path_params["code"]
    settings, field = web.site(request).settings, f"{uploads.FIELD}.{code}"
    form = await web.read_form(request, files=uploads.PARTS)
    replace = form.get(f"replace.{code}") == "on"
    files, errors = await uploads.receive(form, request.app.state.store, settings, field)
    try:
        await _hand_in(visit.number, code, files, errors, replace=replace)
    except Invalid as refusal:
        texts = web.field_errors(web.language(request), [FieldError(field, each.text) for each in refusal.errors])
        values: Mapping[str, Any] = {"replace": replace}
        return await _page(
            request, visit, ReturnedForm(code, values, texts, refusal, uploads.shown(settings, files))
        )  # fmt: skip
    except Conflict as refusal:
        return _back(request, visit, code, refusal.text)
    return _back(request, visit, code, _("Thank you. We have received the document and will check it."))


async def _hand_in(
    number: str, code: str, files: Sequence[StoredFile], errors: list[FieldError], *, replace: bool
) -> None:
    if not (files or errors):
        errors = [FieldError(uploads.FIELD, NO_FILE)]
    if errors:
        raise Invalid(errors)
    await actions.hand_in(number, code, files, VISITOR, replace=replace)


async def take_back(request: Request) -> Response:
    """``POST /visits/{number}/documents/{code}/files/{file}/take-back``."""
    visit, code = await own_visit(request), request.path_params["code"]
    try:
        await actions.take_back(visit.number, code, request.path_params["file"], VISITOR)
    except Conflict as refusal:
        return _back(request, visit, code, refusal.text)
    return _back(request, visit, code, _("The file has been removed."))


async def state_situations(request: Request) -> Response:
    """``POST /visits/{number}/situations``: what applies decides which documents are needed."""
    visit, form = await own_visit(request), await web.read_form(request)
    stated = [str(value) for value in form.getlist("situations")]
    try:
        await actions.state_situations(visit.number, stated, VISITOR)
    except Conflict as refusal:
        return web.redirect(request, f"/visits/{visit.number}/documents", refusal.text)
    except Invalid:
        changed = _("The documents of this visit have changed. Please say once more what applies to you.")
        return web.redirect(request, f"/visits/{visit.number}/documents", changed)
    return web.redirect(request, f"/visits/{visit.number}/documents", _("These are the documents that you need."))


def _back(request: Request, visit: VisitView, code: str, notice: Any) -> Response:
    return web.redirect(request, f"/visits/{visit.number}/documents#document-{code}", notice)


async def file(request: Request) -> Response:
    """``/visits/{number}/files/{file}/{name}``: a download, for the visitor alone."""
    visit = await own_visit(request)
    found = await papers.file(visit.id, request.path_params["file"])
    return await uploads.send(request, found.hash, found.name, found.media_type)


routes = [
    Route("/visits/{number}/documents", show),
    Route("/visits/{number}/documents/{code}", hand_in, methods=["POST"]),
    Route("/visits/{number}/documents/{code}/files/{file:int}/take-back", take_back, methods=["POST"]),
    Route("/visits/{number}/situations", state_situations, methods=["POST"]),
    Route("/visits/{number}/files/{file:int}/{name}", file),
]
