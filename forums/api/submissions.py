"""Submissions, comments and supports in JSON. Participants without a session get an email to confirm first."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import commitments, documents
from forums.crossing import ways
from forums.participant_acts import COMMENT, SUBMIT, SUPPORT
from forums.queries import comments, forums, submissions
from forums.queries.comments import CommentView
from forums.queries.commitments import CommitmentView, of_submissions
from forums.queries.crossing import shown_petitions
from forums.queries.moderation import Hidden
from forums.queries.submissions import Filters, SubmissionView
from forums.states import ADOPTED
from server.core import auth, coded, contract, i18n, web
from server.core.city import City, city
from server.core.contract import Contract
from server.core.errors import _
from server.core.forms import Parameters
from server.core.participants.confirming import operation
from server.core.participants.people import person_of

CURSOR = contract.text(most=40, about="`next` of the page before.")


@Contract("A submission, as its reader may see it", documents.Submission, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /submissions/{number}``."""
    return web.json(await _read_submission(request, request.path_params["number"]))


@Contract(
    "The submissions of a forum",
    contract.listed(documents.Submission),
    query={**Filters.schema(), "cursor": CURSOR},
    refusals=(404,),
)
async def index(request: Request) -> Response:
    """``GET /forums/{slug}/submissions``."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    data = Parameters(request.query_params)
    reference_data = await city()
    wanted = Filters.take(data, reference_data)
    cursor = data.text("cursor", limit=40)
    data.done()
    listed = await submissions.of_forum(found.id, wanted, reference_data, cursor, await person_of(auth.reader(request)))
    return web.items(await _submissions(request, listed.rows), listed.after or None, found.submissions)


@Contract(
    "The comments on a submission, each with its first replies",
    contract.listed(documents.Thread),
    query={"cursor": CURSOR},
    refusals=(404,),
)
async def talk(request: Request) -> Response:
    """``GET /submissions/{number}/comments``."""
    reader = auth.reader(request)
    person = await person_of(reader)
    found = await submissions.submission(
        submissions.read_number(request.path_params["number"]), person, reader.official
    )
    data = Parameters(request.query_params)
    cursor = data.text("cursor", limit=40)
    data.done()
    page, reference_data = await comments.of_submission(found.id, cursor, reader.official or person), await city()
    rows = [
        documents.Thread.of(
            row,
            **_commented(request, reference_data, row),
            answers=[
                documents.Comment.of(answer, **_commented(request, reference_data, answer)) for answer in row.replies
            ],
        )
        for row in page.rows
    ]
    return web.items(rows, page.after or None, found.comments)


async def _answer(request: Request, address: str, status: int) -> Response:
    """The submission at an address."""
    number = address.partition("#")[0].rpartition("/")[2]
    content = await _read_submission(request, number)
    return web.json(content, status, {"location": f"/api/v1/submissions/{number}"} if status == 201 else None)  # noqa: PLR2004


async def _answer_comment(request: Request, address: str, status: int) -> Response:
    """The comment at an address."""
    made = await comments.one(int(address.rpartition("-")[2]), await person_of(auth.reader(request)))
    return web.json(documents.Comment.of(made, **_commented(request, await city(), made)), status)


async def _read_submission(request: Request, typed: str) -> documents.Submission:
    reader = auth.reader(request)
    found = await submissions.submission(submissions.read_number(typed), await person_of(reader), reader.official)
    return (await _submissions(request, [found]))[0]


async def _submissions(request: Request, rows: Sequence[SubmissionView]) -> list[documents.Submission]:
    lang, reference_data, url = web.language(request), await city(), web.site(request).settings.public_url
    petitions = await shown_petitions(rows, ways(request))
    made: Mapping[int, CommitmentView] = await of_submissions([row.id for row in rows if row.outcome in ADOPTED])
    return [
        documents.Submission.of(
            row,
            **coded.of(reference_data, row, lang),
            hidden=_hidden(lang, row.hidden),
            author=row.author or _turn(lang, row.speaker),
            commitment=commitments.outline(request, made[row.id]) if row.id in made else None,
            petition=petitions.get(row.number, ""),
            url=f"{url}/submissions/{row.number}",
        )
        for row in rows
    ]


def _turn(lang: str, speaker: int | None) -> str:
    return i18n.translate(lang, _("Speaker %(number)s", number=speaker)) if speaker else ""


def _commented(request: Request, reference_data: City, found: CommentView) -> dict[str, object]:
    """The fields that are not attributes of the row."""
    lang = web.language(request)
    return {
        "parent": found.parent_id,
        "department": coded.department(reference_data, found.department_id, lang) if found.official else None,
        "hidden": _hidden(lang, found.hidden),
    }


def _hidden(lang: str, hidden: Hidden | None) -> documents.HiddenText | None:
    if hidden is None:
        return None
    reason = hidden.reason
    return documents.HiddenText.of(hidden, reason=reason if isinstance(reason, str) else i18n.translate(lang, reason))


_SUPPORTS = "/api/v1/submissions/{number}/supports"
routes = [
    Route("/api/v1/forums/{slug}/submissions", index),
    operation(
        "/api/v1/forums/{slug}/submissions", SUBMIT, _answer,
        summary="Make a submission to a forum", content=documents.Submission, body="NewSubmission",
    ),
    Route("/api/v1/submissions/{number}", read),
    Route("/api/v1/submissions/{number}/comments", talk),
    operation(
        "/api/v1/submissions/{number}/comments", COMMENT, _answer_comment,
        summary="Comment on a submission, or reply to a comment", content=documents.Comment, body="NewComment",
    ),
    operation(
        _SUPPORTS, SUPPORT, _answer,
        summary="Support a submission; each person counts once", content=documents.Submission, body="Speaker",
    ),
    operation(
        _SUPPORTS, SUPPORT, _answer, summary="Withdraw one's support of a submission", content=documents.Submission
    ),
]  # fmt: skip
