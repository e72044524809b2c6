"""What became of a submission, for its page, and the step by which its author makes it a petition."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import crossing
from forums.crossing import Crossings, ways
from forums.errors import NotTheSpeaker
from forums.forms.crossing import NAME_LIMIT, BecomePetition
from forums.labels import COMMITMENT_STATES, OFFICES
from forums.queries import commitments, submissions
from forums.queries.crossing import proposal, shown_petitions
from forums.queries.history import HistoryEntry
from forums.queries.submissions import SubmissionView
from forums.states import ADOPTED, SUBMISSION, SubmissionAction, follow
from server.core import ledger, web
from server.core.days import today
from server.core.errors import Invalid, NotPossibleNow, _
from server.core.participants.confirming import need_person
from server.core.participants.people import Person


async def of_submission(found: SubmissionView, events: list[HistoryEntry], ways: Crossings) -> dict[str, object]:
    """The answers, commitments and petition for a submission's page. At most three queries."""
    main = found.id
    if found.merged_into and found.outcome in ADOPTED:
        main = await commitments.main_of(found.id)
    answers = [event for event in events if event.kind == "submission.answered"]
    proposed = proposal(events)
    petition = (await shown_petitions([found], ways)).get(found.number, "")
    return {
        "answers": answers,
        "commitments": await commitments.of_submission(main, today()) if found.outcome in ADOPTED else [],
        "commitment_states": COMMITMENT_STATES,
        "offices": OFFICES,
        "petition": petition,
        "petition_open": bool(petition)
        and (found.mine or found.channel == "petition" or petition in await ways.public([petition])),
        "petition_proposed": proposed,
        "may_petition": found.mine and proposed is not None and _possible(found),
    }


def _possible(found: SubmissionView) -> bool:
    return follow(SUBMISSION, found.status, SubmissionAction.PETITION) is not None


async def ask(request: Request) -> Response:
    """``GET /submissions/{number}/petition``: what it means, the name to file under, and the consent."""
    person, found = await _own(request)
    if not _possible(found) or proposal(await ledger.read(found.subject)) is None:
        raise NotPossibleNow(SubmissionAction.PETITION, found.status)
    return await _page(request, person, found, {}, {})


async def petition(request: Request) -> Response:
    """``POST /submissions/{number}/petition``: files it once and redirects to the petition's page."""
    person, found = await _own(request)
    if found.petition:
        return web.redirect(request, f"/cases/{found.petition}")
    form: dict[str, Any] = {k: v for k, v in (await web.read_form(request)).items() if isinstance(v, str)}
    try:
        reference = await crossing.petition(person, found.number, BecomePetition.parse(form), ways(request))
    except Invalid as error:
        errors = web.field_errors(web.language(request), error.errors)
        return await _page(request, person, found, form, errors, status=error.status)
    notice = _("We have received your petition. Its number and a link to it are on their way to you by email.")
    return web.redirect(request, f"/cases/{reference}", notice)


async def _own(request: Request) -> tuple[Person, SubmissionView]:
    """The reader and their own submission. Raises ``NotTheSpeaker`` if it is somebody else's."""
    person = await need_person(request)
    found = await submissions.submission(request.path_params["number"], person)
    if not found.mine:
        raise NotTheSpeaker
    return person, found


async def _page(
    request: Request,
    person: Person,
    found: SubmissionView,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> Response:
    context = {
        "submission": found,
        "person": person,
        "values": values,
        "errors": errors,
        "limit": NAME_LIMIT,
        "version": await ledger.length(found.subject),
    }
    return web.page(request, "forums/petition.html", context, status=status)


routes = [
    Route("/submissions/{number}/petition", ask),
    Route("/submissions/{number}/petition", petition, methods=["POST"]),
]
