"""The officials' desk in the JSON interface: the list, one case, every action on it, and one action on many cases."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.acts import DESK
from petitions.acts.page import CaseAct
from petitions.api import documents, serializers
from petitions.errors import NoSuchCase
from petitions.forms import AppointGuide, Assign, TextOnly, Transfer
from petitions.models import Case
from petitions.queries import cases, consultations
from petitions.queries.cases import Credentials
from petitions.queries.doubtful import DOUBTFUL, doubtful
from petitions.queries.filters import Filter, Position
from petitions.queries.inbox import listed
from petitions.reference import reference
from petitions.rights import RIGHTS
from petitions.states import Action
from server.core import auth, contract, i18n, listing, references, uploads, web
from server.core.accounts import Official
from server.core.acts import Api, Attempt
from server.core.contract import Access, Contract
from server.core.errors import Invalid, Refusal, _
from server.core.forms import Form, Label, Mistake, OneOf, Parameters

PAGE, LONGEST_PAGE = 50, 200
MOST_AT_ONCE = 200


@Contract(
    "The cases that this official may see, earliest deadline first",
    contract.listed(documents.ListedCase),
    access=Access.OFFICIAL,
    query={**Filter.schema(), **listing.paging(LONGEST_PAGE)},
)
async def index(request: Request) -> Response:
    """``GET /desk/cases``: ``total`` is given only if one page holds the whole list, because counting is expensive."""
    official = auth.official(request)
    reference_data = await reference()
    data = Parameters(request.query_params)
    wanted = Filter.take(data, reference_data, json=True)
    text, limit = listing.asked(data, PAGE, LONGEST_PAGE)
    start = Position.read(text)
    if text and start is None:
        data.fail("cursor", contract.NO_CURSOR)
    data.done()
    page = await listed(wanted, official, reference_data, start=start, limit=limit)
    rows = [serializers.row(row, reference_data, web.language(request)) for row in page.rows]
    return web.items(rows, page.after or None, len(rows) if start is None and not page.after else None)


@Contract("One case", documents.CASE, access=Access.OFFICIAL, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /desk/cases/{reference}``."""
    return await _answer(request, auth.official(request), request.path_params["reference"])


@Contract(
    "The consultations of a case: all of them, or the one that one's own department replied to",
    contract.listed(documents.PartInWords),
    access=Access.OFFICIAL,
    refusals=(404,),
)
async def read_parts(request: Request) -> Response:
    """``GET /desk/cases/{reference}/parts``: what a department still sees of a case after its reply."""
    official, number = auth.official(request), request.path_params["reference"]
    try:
        found = (await cases.view(number, Credentials(official))).parts
    except NoSuchCase:
        if not (found := await consultations.replied(number, official)):
            raise
    reference_data, lang = await reference(), web.language(request)
    rows = [serializers.part(part, reference_data, lang, documents.PartInWords) for part in found]
    return web.items(rows, None, len(rows))


async def _answer(request: Request, official: Official, number: str) -> Response:
    found = await cases.view(number, Credentials(official))
    return web.json(serializers.case(found, web.language(request), official))


async def _attempt(request: Request, act: CaseAct) -> Attempt:
    """An official's attempt at an action. Raises ``Forbidden`` without the permission, and ``NoSuchCase``."""
    official = auth.official(request, RIGHTS[act.action])
    number = references.read_reference(request.path_params["reference"])
    if number is None:
        raise NoSuchCase
    return Attempt(official, number, f"desk/{official.id}/{number}")


async def _after(request: Request, attempt: Attempt, _status: int) -> Response:
    """The case, or what the official still sees of it after transferring it or replying to a consultation."""
    official, number = attempt.actor, attempt.subject
    try:
        return await _answer(request, official, number)
    except NoSuchCase:  # the action may have been done long ago
        reference_data, lang = await reference(), web.language(request)
        own = [
            serializers.part(part, reference_data, lang, documents.PartInWords)
            for part in await consultations.replied(number, official)
        ]
        status = (await Case.get(reference=number)).status
        return web.json(documents.CaseLeft(reference=number, status=status, parts=own))


API = Api(
    path="/api/v1/desk/cases/{reference}",
    content={"anyOf": [*documents.CASE["anyOf"], documents.CaseLeft.schema()]},
    access=Access.OFFICIAL,
    attempt=_attempt,
    answer=_after,
)


@Contract(
    "Upload files for an answer, a message, a note or a supplement, which then names their tokens",
    documents.Uploads,
    201,
    access=Access.OFFICIAL,
    body=documents.FILES,
    multipart=True,
)
async def upload(request: Request) -> Response:
    """``POST /desk/files``: one part ``files`` for each file. Files that are not used within three days are deleted."""
    auth.official(request)
    return web.json(serializers.uploaded(web.site(request).settings, await uploads.sent(request)), 201)


def _numbers(sent: Any) -> tuple[str, ...]:
    if not isinstance(sent, list) or not all(isinstance(number, str) for number in sent):
        raise Mistake(_("Please send a list of case numbers."))
    if not 1 <= len(sent) <= MOST_AT_ONCE:
        raise Mistake(_("Please send 1 to %(most)s case numbers.", most=MOST_AT_ONCE))
    return tuple(sent)


class Bulk(Form):
    """An action and the cases that it is applied to, each on its own."""

    action: Annotated[str, OneOf(DESK), Label(_("Action"))]
    references: Annotated[
        tuple[str, ...], Field(max_length=MOST_AT_ONCE), BeforeValidator(_numbers), Label(_("Case number"))
    ]

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """The fields of the form, and those of the actions that are applied to many cases."""
        found = super().schema()
        acts = (field for form in (Transfer, Assign, AppointGuide, TextOnly) for field in form.fields() if field.asked)
        return {**found, "properties": {**found["properties"], **{field.name: field.schema for field in acts}}}


@Contract(
    "One action on many cases, each a transaction of its own; the other fields are the action's",
    documents.Outcomes,
    access=Access.OFFICIAL,
    body=Bulk,
)
async def bulk(request: Request) -> Response:
    """``POST /desk/bulk``: the result for each case. A refusal for one case does not affect the others."""
    official = auth.official(request)
    raw = await web.read_json(request)
    form = Bulk.parse(raw, strict=True)
    act, _offer = DESK[form.action]
    official = auth.official(request, RIGHTS[act.action])
    lang = web.language(request)
    numbers = dict.fromkeys(references.read_reference(given) or given for given in form.references)
    accepting = act.action is Action.ACCEPT and not raw.get("department")
    unsure = await doubtful(numbers) if accepting else set[str]()
    outcomes = [await _one(official, act, number, raw, lang, sure=number not in unsure) for number in numbers]
    done = sum(outcome.done for outcome in outcomes)
    return web.json(documents.Outcomes(items=outcomes, done=done, refused=len(outcomes) - done))


async def _one(
    official: Official, act: CaseAct, given: str, raw: dict[str, Any], lang: str, *, sure: bool
) -> documents.Outcome:
    number = references.read_reference(given)
    try:
        if number is None:
            raise NoSuchCase
        if not sure:
            raise Invalid.at("department", DOUBTFUL)
        # A version belongs to one case, and files are not sent to many cases.
        await act.do(official, number, act.form.parse({**raw, "version": None}, strict=True))
    except Refusal as refusal:
        text = refusal.errors[0].text if isinstance(refusal, Invalid) else refusal.text
        return documents.Outcome(
            reference=number or given[:20],
            done=False,
            status=refusal.status,
            code=refusal.code,
            title=i18n.translate(lang, text),
        )
    return documents.Outcome(reference=number, done=True, status=200, code=None, title=None)


routes = [
    Route("/api/v1/desk/cases", index),
    Route("/api/v1/desk/cases/{reference}", read),
    Route("/api/v1/desk/cases/{reference}/parts", read_parts),
    *(API.operation(act, offer) for act, offer in DESK.values()),
    Route("/api/v1/desk/files", upload, methods=["POST"]),
    Route("/api/v1/desk/bulk", bulk, methods=["POST"]),
]
