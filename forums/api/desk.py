"""Voices at the desk through JSON: handing out, answering, joining. The same commands as the desk's page."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import coded
from forums.desk.voice_acts import ACTS
from forums.forms.answering import GiveAnswer
from forums.forms.handing import Hand, Join, read_number
from forums.labels import OUTCOMES
from forums.queries import desk_voices, promises
from forums.queries.desk_voices import Detail
from forums.queries.promises import PromiseView
from forums.rights import VOICE
from forums.states import SubmissionAction, SubmissionState
from server.core import auth, contract, idempotency, web
from server.core.city import City, city
from server.core.contract import (
    DAY,
    DEPARTMENT_NAME,
    MOMENT,
    TEXT,
    Access,
    Contract,
    Schema,
    Shape,
    maybe,
    named,
    record,
)
from server.core.days import today

KEY: dict[str, Schema] = {
    "Idempotency-Key": contract.text(
        least=1, most=200, about="Repeating a request with the same key does nothing again.",
        pattern="^[!-~]([ -~]*[!-~])?$",
    )
}  # fmt: skip
VOICE_AT_DESK = named(
    "DeskSubmission",
    record(
        {
            "number": TEXT,
            "version": contract.integer(1),
            "forum": TEXT,
            "status": contract.one_of(SubmissionState),
            "title": TEXT,
            "text": TEXT,
            "department": maybe(DEPARTMENT_NAME),
            "outcome": maybe(contract.one_of(OUTCOMES)),
            "outcome_text": TEXT,
            "link": TEXT,
            "study_until": maybe(DAY),
            "moved_to": TEXT,
            "done_on": maybe(DAY),
            "joined_to": maybe(TEXT),
            "joined": contract.integer(0, about="How many are joined to it."),
            "commitments": contract.many(TEXT),
            "received_at": MOMENT,
        }
    ),
)
BODIES: dict[SubmissionAction, tuple[str, Shape]] = {
    SubmissionAction.HAND: ("Hand a submission to a department, with everything that is joined to it", Hand),
    SubmissionAction.ANSWER: (
        "Answer a submission and everything that is joined to it; what is adopted brings its commitment",
        GiveAnswer,
    ),
    SubmissionAction.JOIN: ("Join a submission with another one of the forum, whose answer it then shares", Join),
}
"""What an official may do to a voice: in words, and what it takes."""


def _acting(action: SubmissionAction) -> Route:
    summary, body = BODIES[action]

    @contract.promises(
        Contract(summary, VOICE_AT_DESK, access=Access.OFFICIAL, body=body, headers=KEY, refusals=(404, 409))
    )
    async def endpoint(request: Request) -> Response:
        official = auth.official(request, VOICE[action])
        raw = await web.read_json(request)
        number = read_number(request.path_params["number"])
        given = request.headers.get("idempotency-key")
        key = "" if given is None else idempotency.check(given)
        scope = f"desk/{official.id}/{number}/{action.value}"
        secret = web.site(request).settings.secret_key
        await idempotency.once(secret, scope, key, raw, lambda: ACTS[action][0](official, number, raw))
        found = await desk_voices.one(number, official)
        made = await promises.of_voice(found.row.id, today())
        return web.json(serialize(request, found, made, await city()))

    endpoint.__qualname__ = endpoint.__name__ = f"voice_{action.value}"
    return Route(f"/api/v1/desk/submissions/{{number}}/{action.value}", endpoint, methods=["POST"])


def serialize(request: Request, found: Detail, made: Sequence[PromiseView], known: City) -> dict[str, object]:
    """A voice as officials read it."""
    row, language = found.row, web.language(request)
    return {
        "number": row.number,
        "version": row.version,
        "forum": row.forum,
        "status": row.status.value,
        "title": row.title,
        "text": found.text,
        "department": coded.department(known, row.department_id, language),
        "outcome": row.outcome or None,
        "outcome_text": found.outcome_text,
        "link": found.link,
        "study_until": row.study_until,
        "moved_to": found.moved_to,
        "done_on": row.done_on,
        "joined_to": found.joined_to or None,
        "joined": row.joined,
        "commitments": [one.number for one in made],
        "received_at": row.received_at.astimezone(web.site(request).settings.zone),
    }


routes = [_acting(action) for action in BODIES]
