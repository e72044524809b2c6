"""What became of a submission, for its page, and the step by which its author makes it a petition."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from forums.actions import crossing
from forums.crossing import Crossings, ways
from forums.errors import NotTheSpeaker
from forums.forms.crossing import BecomePetition
from forums.queries import commitments, submissions
from forums.queries.crossing import proposal, shown_petitions
from forums.queries.history import HistoryEntry
from forums.queries.submissions import SubmissionView
from forums.routes import context
from forums.states import ADOPTED, SUBMISSION, SubmissionAction, follow
from server.core import ledger, web
from server.core.errors import NotPossibleNow, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.participants.confirming import need_person
from server.core.participants.people import Person


async def of_submission(found: SubmissionView, events: list[HistoryEntry], ways: Crossings) -> dict[str, object]:
    """The answers, commitments and petition for a submission's page. At most three queries."""
    main = found.merged_into_id or found.id
    proposed = proposal(events)
    petition = (await shown_petitions([found], ways)).get(found.number, "")
    return {
        "answers": [event for event in events if event.kind == "submission.answered"],
        "commitments": await commitments.of_submission(main) if found.outcome in ADOPTED else [],
        "petition": petition,
        "petition_open": bool(petition)
        and (found.mine or found.channel == "petition" or petition in await ways.public([petition])),
        "petition_proposed": proposed,
        "may_petition": found.mine and proposed is not None and _possible(found),
    }


def _possible(found: SubmissionView) -> bool:
    return follow(SUBMISSION, found.status, SubmissionAction.PETITION) is not None


async def _ask(request: Request, back: ReturnedForm) -> Response:
    """``/submissions/{number}/petition``: what it means, the name to file under, and the consent."""
    person, found = await _own(request)
    if not back.values and (not _possible(found) or proposal(await ledger.read(found.subject)) is None):
        raise NotPossibleNow(SubmissionAction.PETITION, found.status)
    version = await ledger.length(found.subject)
    shown = {"submission": found, "person": person, "version": version, "form": BecomePetition}
    return await context.page(request, "forums/petition.html", shown, back)


async def _petition(request: Request, form: FormData) -> Response:
    """File it once and redirect to the petition's page."""
    person, found = await _own(request)
    if found.petition:
        return web.redirect(request, f"/cases/{found.petition}")
    reference = await crossing.petition(person, found.number, BecomePetition.parse(form), ways(request))
    notice = _("We have received your petition. Its number and a link to it are on their way to you by email.")
    return web.redirect(request, f"/cases/{reference}", notice)


async def _own(request: Request) -> tuple[Person, SubmissionView]:
    """The reader and their own submission. Raises ``NotTheSpeaker`` if it is somebody else's."""
    person = await need_person(request)
    found = await submissions.submission(request.path_params["number"], person)
    if not found.mine:
        raise NotTheSpeaker
    return person, found


routes = [form_page("/submissions/{number}/petition", _ask, _petition)]
