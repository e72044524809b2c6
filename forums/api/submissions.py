"""Submissions, comments and supports in JSON. Participants without a session get an email to confirm first."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import commitments, documents
from forums.crossing import ways
from forums.forms.speaking import Say, Submit, content_of
from forums.kinds import takes_submissions
from forums.participant_actions import COMMENT, SUBMIT, SUPPORT, say
from forums.queries import comments, forums, submissions
from forums.queries.comments import CommentView
from forums.queries.commitments import CommitmentView, of_submissions
from forums.queries.crossing import shown_petitions
from forums.queries.moderation import Hidden
from forums.queries.submissions import Filters, SubmissionView
from forums.states import ADOPTED, ForumAction
from server.core import auth, clock, coded, contract, i18n, idempotency, web
from server.core.city import City, city
from server.core.contract import IDEMPOTENCY_HEADER, Contract, documented
from server.core.days import today
from server.core.errors import NotPossibleNow, _
from server.core.forms import Parameters
from server.core.participants.confirming import run_or_mail
from server.core.participants.people import person_of

CURSOR = contract.text(most=40, about="`next` of the page before.")


@documented(
    Contract(
        "Give an submission to a forum",
        documents.Submission,
        201,
        body=documents.SUBMIT,
        headers=IDEMPOTENCY_HEADER,
        waits=documents.ConfirmMail,
        refusals=(404, 409),
    )
)
async def submit(request: Request) -> Response:
    """``POST /forums/{slug}/submissions``."""
    found = await forums.forum(request.path_params["slug"])
    raw = await web.read_json(request)
    if not takes_submissions(found, clock.now()):
        raise NotPossibleNow(ForumAction.SPEAK, found.status)
    command, errors = Submit.said(raw, await city(), web.language(request), strict=True)
    address = await run_or_mail(
        request, SUBMIT, content_of(command, slug=found.slug), raw, errors.listed, key=_key(request)
    )
    return await _answer(request, address) if address else _mailed()


@documented(Contract("A submission, as its reader may see it", documents.Submission, refusals=(404,)))
async def read(request: Request) -> Response:
    """``GET /submissions/{number}``."""
    return web.json(await _read_submission(request, request.path_params["number"]))


@documented(
    Contract(
        "What was said in a forum",
        contract.listed(documents.Submission),
        query={**Filters.schema(), "cursor": CURSOR},
        refusals=(404,),
    )
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
    petitions, made = await shown_petitions(listed.rows, ways(request)), await _commitments(listed.rows)
    rows = [_submission(request, reference_data, row, petitions, made) for row in listed.rows]
    return web.items(rows, listed.after or None, found.submissions)


@documented(
    Contract(
        "Comment on a submission, or answer a comment",
        documents.Comment,
        201,
        body=documents.SAY,
        headers=IDEMPOTENCY_HEADER,
        waits=documents.ConfirmMail,
        refusals=(404, 409),
    )
)
async def comment(request: Request) -> Response:
    """``POST /submissions/{number}/comments``; with an official's token, under the official's name."""
    number = submissions.read_number(request.path_params["number"])
    raw = await web.read_json(request)
    command, errors = Say.read(raw, strict=True)
    official = auth.reader(request).official
    if official is not None:
        errors.done()
        secret, scope = web.site(request).settings.secret_key, f"comment/{official.id}/{number}"
        comment_once = partial(say, official, "", number, command)
        address: str | None = await idempotency.first(secret, scope, _key(request), raw, comment_once)
    else:
        content = content_of(command, slug="", number=number)
        address = await run_or_mail(request, COMMENT, content, raw, errors.listed, key=_key(request))
    if address is None:
        return _mailed()
    made = await comments.one(int(address.rpartition("-")[2]), await person_of(auth.reader(request)))
    return web.json(documents.Comment.of(made, **_commented(request, await city(), made)), 201)


@documented(
    Contract(
        "Comments on a submission, each with its first answers",
        contract.listed(documents.Thread),
        query={"cursor": CURSOR},
        refusals=(404,),
    )
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


@documented(
    Contract(
        "Stand behind a submission; once a person",
        documents.Submission,
        201,
        body=documents.SPEAKER,
        waits=documents.ConfirmMail,
        refusals=(404, 409),
    )
)
async def support(request: Request) -> Response:
    """``POST /submissions/{number}/supports``."""
    return await _support(request, undo=False)


@documented(Contract("Stand behind a submission no longer", documents.Submission, refusals=(404, 409, 422)))
async def unsupport(request: Request) -> Response:
    """``DELETE /submissions/{number}/supports``."""
    return await _support(request, undo=True)


async def _support(request: Request, *, undo: bool) -> Response:
    found = await submissions.submission(submissions.read_number(request.path_params["number"]))
    raw: Mapping[str, Any] = {} if undo else await web.read_json(request)
    page = f"/submissions/{found.number}"
    content = {"subject": found.subject, "back": page, "undo": undo, "title": found.title}
    address = await run_or_mail(request, SUPPORT, content, raw)
    return await _answer(request, address, 200 if undo else 201) if address else _mailed()


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key")
    return "" if key is None else idempotency.check(key)


def _mailed() -> Response:
    """202: the participant has to follow the link in the email."""
    return web.json(documents.ConfirmMail(), 202)


async def _answer(request: Request, address: str, status: int = 201) -> Response:
    number = address.rpartition("/")[2]
    content = await _read_submission(request, number)
    return web.json(content, status, {"location": f"/api/v1/submissions/{number}"} if status == 201 else None)  # noqa: PLR2004


async def _read_submission(request: Request, typed: str) -> documents.Submission:
    reader = auth.reader(request)
    found = await submissions.submission(submissions.read_number(typed), await person_of(reader), reader.official)
    petitions, made = await shown_petitions([found], ways(request)), await _commitments([found])
    return _submission(request, await city(), found, petitions, made)


async def _commitments(rows: Sequence[SubmissionView]) -> Mapping[int, CommitmentView]:
    return await of_submissions([row.id for row in rows if row.outcome in ADOPTED], today())


def _submission(
    request: Request,
    reference_data: City,
    found: SubmissionView,
    petitions: Mapping[str, str],
    made: Mapping[int, CommitmentView],
) -> documents.Submission:
    lang = web.language(request)
    return documents.Submission.of(
        found,
        hidden=_hidden(lang, found.hidden),
        author=found.author or _turn(lang, found.speaker),
        district=coded.district(reference_data, found.district, lang),
        department=coded.department(reference_data, found.department_id, lang),
        commitment=commitments.outline(request, made[found.id]) if found.id in made else None,
        petition=petitions.get(found.number, ""),
        url=f"{web.site(request).settings.public_url}/submissions/{found.number}",
    )


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


routes = [
    Route("/api/v1/forums/{slug}/submissions", index),
    Route("/api/v1/forums/{slug}/submissions", submit, methods=["POST"]),
    Route("/api/v1/submissions/{number}", read),
    Route("/api/v1/submissions/{number}/comments", talk),
    Route("/api/v1/submissions/{number}/comments", comment, methods=["POST"]),
    Route("/api/v1/submissions/{number}/supports", support, methods=["POST"]),
    Route("/api/v1/submissions/{number}/supports", unsupport, methods=["DELETE"]),
]
