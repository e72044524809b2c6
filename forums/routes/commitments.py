"""Public pages of the city's commitments: the list, one with its evidence, and disputing that it was carried out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import committing
from forums.errors import NotTheAuthor
from forums.forms.assigning import WORDS_LIMIT, TextOnly
from forums.labels import COMMITMENT_STATES, OFFICES
from forums.queries import commitments, files
from forums.queries.commitments import TABS, Filters, Whole
from forums.queries.forums import ForumView
from forums.queries.history import items
from forums.rights import commitment_subject
from forums.states import CommitmentState
from server.core import auth, idempotency, listing, uploads, web
from server.core.city import City, city
from server.core.days import today
from server.core.errors import Conflict, FieldError, Invalid, _
from server.core.participants.people import person_of

PAGE = "/commitments"


async def index(request: Request) -> Response:
    """``/commitments``: earliest due date first; carried-out ones newest first."""
    reference_data, language, start = await city(), web.language(request), request.query_params.get("after", "")
    wanted = Filters.parse(request.query_params, reference_data)
    page = await commitments.listed(wanted, reference_data, today(), start)
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, language, start),
        "tabs": listing.tabs(PAGE, wanted, "tab", TABS, language),
        **_names(reference_data, language),
    }
    return web.page(request, "forums/commitments.html", context)


def _names(reference_data: City, language: str) -> dict[str, object]:
    return {
        "department_names": {row.id: row.name(language) for row in reference_data.departments.values()},
        "district_names": {code: reference_data.district_name(code, language) for code in reference_data.districts},
        "states": COMMITMENT_STATES,
        "offices": OFFICES,
    }


async def show(request: Request) -> Response:
    """``/commitments/{number}``."""
    return await _page(request, {}, {})


async def _page(request: Request, values: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    reference_data, language = await city(), web.language(request)
    whole = await commitments.commitment(request.path_params["number"], today())
    departments = {row.id: row.name(language) for row in reference_data.departments.values()}
    context = {
        "whole": whole,
        "commitment": whole.commitment,
        "mine": await _mine(request, whole),
        "values": values,
        "errors": errors,
        "limit": WORDS_LIMIT,
        "happened": items(whole.events, language, departments, whole.steps, desk=False),
        "today": today(),
        **_names(reference_data, language),
    }
    return web.page(request, "forums/commitment.html", context, status=status)


async def _mine(request: Request, whole: Whole) -> bool:
    """Whether the reader is an author behind the commitment and can dispute it now."""
    if whole.commitment.status is not CommitmentState.DONE or whole.commitment.submission_id is None:
        return False
    person = await person_of(auth.reader(request))
    return person is not None and await committing.asked_for(whole.commitment.submission_id, person.id)


async def contest(request: Request) -> Response:
    """``POST /commitments/{number}/contest``: an author disputes that it was carried out, after a confirmation."""
    person = await person_of(auth.reader(request))
    number = request.path_params["number"]
    whole = await commitments.commitment(number, today())
    if person is None or not await committing.asked_for(whole.commitment.submission_id, person.id):
        raise NotTheAuthor
    form: dict[str, Any] = {k: v for k, v in (await web.read_form(request)).items() if isinstance(v, str)}
    language = web.language(request)
    try:
        command = TextOnly.parse(form)
    except Invalid as error:
        return await _page(request, form, web.field_errors(language, error.errors), status=error.status)
    if form.get("sure") != "yes":
        context = {"commitment": whole.commitment, "version": whole.version, "text": command.text}
        return web.page(request, "forums/contest.html", context)
    key = idempotency.fingerprint(["page", form]) if form.get("version") else ""
    secret = web.site(request).settings.secret_key
    try:
        await idempotency.once(
            secret, f"contest/{person.id}/{number}", key, form, lambda: committing.contest(person, number, command)
        )
    except Conflict as refusal:
        errors = web.field_errors(language, [FieldError("text", refusal.text)])
        return await _page(request, form, errors, status=refusal.status)
    notice = _("Thank you. The department has been notified, and it counts as not carried out until this is settled.")
    return web.redirect(request, f"{PAGE}/{number}", notice)


async def evidence(request: Request) -> Response:
    """``/commitments/{number}/files/{id}/{name}``, for everybody who may see the commitment."""
    whole = await commitments.commitment(request.path_params["number"], today())
    subject = commitment_subject(whole.commitment.number)
    file = await files.one(subject, request.path_params["id"])
    return await uploads.send(request, file.hash, file.name, file.media_type)


async def part(found: ForumView, language: str) -> dict[str, object]:
    """The commitments section of a forum's page."""
    rows = await commitments.of_forum(found.id, today())
    reference_data = await city()
    return {
        "commitments": rows,
        "commitment_states": COMMITMENT_STATES,
        "commitment_offices": OFFICES,
        "commitment_departments": {row.id: row.name(language) for row in reference_data.departments.values()},
    }


routes = [
    Route(PAGE, index),
    Route(f"{PAGE}/{{number}}", show),
    Route(f"{PAGE}/{{number}}/contest", contest, methods=["POST"]),
    Route(f"{PAGE}/{{number}}/files/{{id:int}}/{{name}}", evidence),
]
