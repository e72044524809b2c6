"""Submissions at the desk in JSON: assigning, answering, merging. The same commands as on the desk's pages."""

from starlette.requests import Request
from starlette.responses import Response

from forums.acts import SUBMISSIONS, SubmissionAct
from forums.api import documents
from forums.forms.assigning import read_number
from forums.queries import commitments, desk_submissions
from forums.rights import SUBMISSION_RIGHTS
from server.core import auth, coded, web
from server.core.acts import Api, Attempt
from server.core.city import city
from server.core.contract import Access


async def _attempt(request: Request, act: SubmissionAct) -> Attempt:
    official = auth.official(request, SUBMISSION_RIGHTS[act.action])
    number = read_number(request.path_params["number"])
    return Attempt(official, number, f"desk/{official.id}/{number}")


async def _answer(request: Request, attempt: Attempt, _status: int) -> Response:
    """The submission as officials read it."""
    found = await desk_submissions.one(attempt.subject, attempt.actor)
    row, made = found.row, await commitments.of_submission(found.row.id)
    answer = documents.DeskSubmission.of(
        row,
        text=found.text,
        department=coded.department(await city(), row.department_id, web.language(request)),
        outcome=row.outcome or None,
        outcome_text=found.outcome_text,
        link=found.link,
        moved_to=found.moved_to,
        merged_into=found.merged_into or None,
        commitments=[one.number for one in made],
    )
    return web.json(answer)


API = Api(
    path="/api/v1/desk/submissions/{number}",
    content=documents.DeskSubmission,
    access=Access.OFFICIAL,
    attempt=_attempt,
    answer=_answer,
)


routes = [API.operation(act, offer) for act, offer in SUBMISSIONS.values() if offer.summary]
