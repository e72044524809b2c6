"""Voices at the desk through JSON: handing out, answering, joining. The same commands as the desk's page."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from forums.acts import VOICES, SubmissionAct
from forums.api import coded
from forums.forms.handing import read_number
from forums.labels import OUTCOMES
from forums.queries import desk_voices, promises
from forums.queries.desk_voices import Detail
from forums.queries.promises import PromiseView
from forums.rights import VOICE
from forums.states import SubmissionState
from server.core import auth, contract, web
from server.core.acts import Api, Attempt
from server.core.city import City, city
from server.core.contract import (
    DAY,
    DEPARTMENT_NAME,
    MOMENT,
    TEXT,
    Access,
    maybe,
    named,
    record,
)
from server.core.days import today

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


async def _attempt(request: Request, act: SubmissionAct) -> Attempt:
    official = auth.official(request, VOICE[act.action])
    number = read_number(request.path_params["number"])
    return Attempt(official, number, f"desk/{official.id}/{number}")


async def _after(request: Request, attempt: Attempt, _status: int) -> Response:
    found = await desk_voices.one(attempt.subject, attempt.actor)
    made = await promises.of_voice(found.row.id, today())
    return web.json(serialize(request, found, made, await city()))


API = Api(
    path="/api/v1/desk/submissions/{number}",
    content=VOICE_AT_DESK,
    access=Access.OFFICIAL,
    attempt=_attempt,
    answer=_after,
)


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


routes = [API.operation(act, offer) for act, offer in VOICES.values() if offer.summary]
