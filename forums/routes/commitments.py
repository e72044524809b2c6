"""Public pages of the city's commitments: the list, one with its evidence, and disputing that it was carried out."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import committing
from forums.errors import NotTheAuthor
from forums.forms.assigning import TextOnly
from forums.queries import commitments, files
from forums.queries.commitments import TABS, Filters, Whole
from forums.queries.history import items
from forums.rights import commitment_subject
from forums.routes import context
from forums.states import CommitmentState
from server.core import auth, i18n, listing, page_cache, uploads, web
from server.core.acts import Press
from server.core.city import city
from server.core.days import today
from server.core.errors import Conflict, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.participants.people import person_of

PAGE = "/commitments"
CONTEST = TextOnly.labelled(text=_("What was not carried out"))


@page_cache.kept("after", filters=Filters)
async def index(request: Request) -> Response:
    """``/commitments``: earliest due date first; carried-out ones newest first."""
    reference_data, language, start = await city(), web.language(request), request.query_params.get("after", "")
    wanted = Filters.parse(request.query_params, reference_data)
    page = await commitments.listed(wanted, reference_data, start)
    shown = {
        **listing.shown(PAGE, wanted, page, reference_data, language, start),
        "tabs": listing.tabs(PAGE, wanted, "tab", TABS, language),
    }
    return await context.page(request, "forums/commitments.html", shown)


@page_cache.kept()
async def show(request: Request) -> Response:
    """``/commitments/{number}``."""
    return await _page(request, ReturnedForm())


async def _page(request: Request, back: ReturnedForm) -> Response:
    language = web.language(request)
    whole = await commitments.commitment(request.path_params["number"])
    departments = (await city()).department_names(language)
    shown = {
        "whole": whole,
        "commitment": whole.commitment,
        "mine": await _mine(request, whole),
        "form": CONTEST,
        "happened": items(whole.events, language, departments, whole.steps, desk=False),
        "today": today(),
    }
    return await context.page(request, "forums/commitment.html", shown, back)


async def _mine(request: Request, whole: Whole) -> bool:
    """Whether the reader is an author behind the commitment and can dispute it now."""
    if whole.commitment.status is not CommitmentState.DONE or whole.commitment.submission_id is None:
        return False
    person = await person_of(auth.reader(request))
    return person is not None and await committing.asked_for(whole.commitment.submission_id, person.id)


async def _contest(request: Request, form: FormData) -> Response:
    """An author disputes that it was carried out, after a confirmation."""
    person = await person_of(auth.reader(request))
    number = request.path_params["number"]
    whole = await commitments.commitment(number)
    if person is None or not await committing.asked_for(whole.commitment.submission_id, person.id):
        raise NotTheAuthor
    command = CONTEST.parse(form)
    if form.get("sure") != "yes":
        shown = {"commitment": whole.commitment, "version": whole.version, "text": command.text}
        return web.page(request, "forums/contest.html", shown)
    secret = web.site(request).settings.secret_key
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        await Press(secret, f"contest/{person.id}/{number}", form.get("version"), values).once(
            lambda: committing.contest(person, number, command)
        )
    except Conflict as refusal:
        errors = {"text": i18n.translate(web.language(request), refusal.text)}
        return await _page(request, ReturnedForm(values=values, errors=errors, refusal=refusal))
    notice = _("Thank you. The department has been notified, and it counts as not carried out until this is settled.")
    return web.redirect(request, f"{PAGE}/{number}", notice)


async def evidence(request: Request) -> Response:
    """``/commitments/{number}/files/{id}/{name}``, for everybody who may see the commitment."""
    whole = await commitments.commitment(request.path_params["number"])
    file = await files.one(commitment_subject(whole.commitment.number), request.path_params["id"])
    return await uploads.send(request, file.hash, file.name, file.media_type)


routes = [
    Route(PAGE, index),
    Route(f"{PAGE}/{{number}}", show),
    form_page(f"{PAGE}/{{number}}/contest", _page, _contest, "POST"),
    Route(f"{PAGE}/{{number}}/files/{{id:int}}/{{name}}", evidence),
]
