"""The officials' desk through JSON: the list, one case, every action on it, and one action on many cases."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import once
from petitions.act_forms import CloseRepeated, ExtendObjection, Investigate, Prolong
from petitions.api import documents, serializers
from petitions.desk.acts import ACTS, TAKES_FILES
from petitions.errors import NoSuchCase
from petitions.forms import (
    REASON_LIMIT,
    TEXT_LIMIT,
    Accept,
    AppointGuide,
    Assign,
    DecideObjection,
    Extend,
    GiveAnswer,
    Remark,
    RequestSupplement,
    Transfer,
    TransferOut,
    Words,
    WordsWithFiles,
)
from petitions.labels import KINDS
from petitions.models import Case
from petitions.part_forms import AskPart, ExtendPart, WithdrawPart
from petitions.queries import cases, parts
from petitions.queries.cases import Credentials
from petitions.queries.filters import STATUSES, Filter, Position
from petitions.queries.inbox import listed
from petitions.reference import reference
from petitions.rights import RIGHTS
from petitions.states import Action
from server.core import auth, contract, i18n, references, uploads, web
from server.core.accounts import Official
from server.core.contract import Access, Contract, Shape, promises
from server.core.errors import Invalid, Refusal, _
from server.core.fields import Input

PAGE, LONGEST_PAGE = 50, 200
MOST_AT_ONCE = 200
NO_CURSOR = _("Please send a cursor as a list gave it.")

SUMMARIES: dict[Action, tuple[str, Shape]] = {
    Action.ACCEPT: (
        "Take a case in and give it to a department: the one named, or the one proposed",
        Accept,
    ),
    Action.ASSIGN: ("Name the handler", Assign),
    Action.START: ("Begin to work", Remark),
    Action.TRANSFER: ("Pass to another department", Transfer),
    Action.TRANSFER_OUT: ("Pass to another agency", TransferOut),
    Action.GUIDE: ("Name another guide", AppointGuide),
    Action.REQUEST_SUPPLEMENT: ("Ask for what is missing; the clock stands", RequestSupplement),
    Action.SUPPLEMENT: ("Take in what was missing, for the petitioner", WordsWithFiles),
    Action.PROLONG: ("Give more time to send what is missing, for the petitioner", Prolong),
    Action.UNDELIVERED: ("Record that a request to supplement came back undelivered", Words),
    Action.DEEM_WITHDRAWN: ("Close as withdrawn: requests came back undelivered twice", Words),
    Action.RETURN: ("Return what was not supplemented", Words),
    Action.EXTEND: ("Extend the period", Extend),
    Action.INVESTIGATE: ("Set a site investigation of a grievance, or prolong it", Investigate),
    Action.INTERIM_NOTICE: ("Tell how far the case is", Words),
    Action.NOTE: ("Write an internal note", WordsWithFiles),
    Action.MESSAGE: ("Write to the petitioner", WordsWithFiles),
    Action.PART: ("Ask another department for a part of the case (Act 20)", AskPart),
    Action.PART_REPLY: ("Reply to what one's department is asked for", Words),
    Action.PART_EXTEND: ("Put one's department's reply off, once and before it is due", ExtendPart),
    Action.PART_WITHDRAW: (
        "Take back what a department was asked for",
        WithdrawPart,
    ),
    Action.ANSWER: ("Answer", GiveAnswer),
    Action.CLOSE: ("Close an answered case", Remark),
    Action.CLOSE_REPEATED: ("Close a repeated petition without another answer (Act 23)", CloseRepeated),
    Action.REOPEN: ("Open a case again, with a fresh period", Words),
    Action.OBJECT: ("Take in an objection to a refusal (Act 35), for the petitioner", Words),
    Action.EXTEND_OBJECTION: ("Put the decision on an objection off, once", ExtendObjection),
    Action.DECIDE_OBJECTION: ("Decide an objection: upheld reopens the case", DecideObjection),
    Action.WITHDRAW_OBJECTION: (
        "Take an objection back before it is decided, for the petitioner",
        Remark,
    ),
    Action.WITHDRAW: ("Take the petition back, for the petitioner", Remark),
}
"""What an official may do to a case: in words, and what it takes."""


@promises(
    Contract(
        "The cases that this official sees, due first",
        contract.listed(documents.ListedCase),
        access=Access.OFFICIAL,
        query={
            "q": contract.text(most=200, about="Words, a name or a number; the newest come first then."),
            "status": contract.one_of(STATUSES, "Open cases where nothing is said."),
            "department": contract.text(about="A department's code."),
            "kind": contract.one_of(KINDS),
            "district": contract.text(about="A district's code."),
            "guide": contract.text(most=60, about="A guide's username."),
            "overdue": contract.BOOLEAN,
            "objection": {**contract.BOOLEAN, "description": "Open objections, by the day to decide them."},
            "parts": {**contract.BOOLEAN, "description": "Parts that one's department owes, or else anybody's."},
            "interim": {**contract.BOOLEAN, "description": "An interim notice is due (Decree 23)."},
            "mine": contract.BOOLEAN,
            "unassigned": contract.BOOLEAN,
            "sort": contract.one_of(("due", "new")),
            "cursor": contract.text(about="`next` of the page before."),
            "limit": contract.integer(1, LONGEST_PAGE),
        },
    )
)
async def index(request: Request) -> Response:
    """``GET /desk/cases``: ``total`` is said where one page holds all of it, for counting everything costs too much."""
    official = auth.official(request)
    known = await reference()
    wanted = Filter.parse(request.query_params, known)
    data = Input(request.query_params)
    limit = data.integer("limit", low=1, high=LONGEST_PAGE) or PAGE
    text = data.text("cursor", limit=80)
    start = Position.read(text) if text else None
    if text and start is None:
        data.fail("cursor", NO_CURSOR)
    data.done()
    page = await listed(wanted, official, known, start=start, limit=limit)
    rows = [serializers.row(row, known, web.language(request)) for row in page.rows]
    return web.items(
        rows, str(page.after) if page.after else None, len(rows) if start is None and page.after is None else None
    )


@promises(Contract("One case", documents.CASE, access=Access.OFFICIAL, refusals=(404,)))
async def read(request: Request) -> Response:
    """``GET /desk/cases/{reference}``."""
    return await _answer(request, auth.official(request), request.path_params["reference"])


@promises(
    Contract(
        "The parts that departments are asked for: all of them, or one's own that was replied to",
        contract.listed(documents.PartInWords),
        access=Access.OFFICIAL,
        refusals=(404,),
    )
)
async def read_parts(request: Request) -> Response:
    """``GET /desk/cases/{reference}/parts``: all that a department still sees of a case once it has replied."""
    official, number = auth.official(request), request.path_params["reference"]
    try:
        found = (await cases.view(number, Credentials(official))).parts
    except NoSuchCase:
        if not (found := await parts.replied(number, official)):
            raise
    known, lang = await reference(), web.language(request)
    rows = [serializers.part_in_words(part, known, lang) for part in found]
    return web.items(rows, None, len(rows))


async def _answer(request: Request, official: Official, number: str) -> Response:
    found = await cases.view(number, Credentials(official))
    return web.json(serializers.case(found, web.language(request), official))


def _acting(action: Action) -> Route:
    summary, body = SUMMARIES[action]

    @promises(
        Contract(
            summary,
            {"anyOf": [*documents.CASE["anyOf"], documents.CaseLeft.schema()]},
            access=Access.OFFICIAL,
            body=body,
            headers=contract.IDEMPOTENCY_HEADER,
            refusals=(404, 409),
        )
    )
    async def endpoint(request: Request) -> Response:
        official = auth.official(request, RIGHTS[action])
        raw = await web.read_json(request)
        number = references.read_reference(request.path_params["reference"])
        if number is None:
            raise NoSuchCase

        async def act() -> None:
            tokens = raw.get(uploads.FIELD) if action in TAKES_FILES else None
            files = await uploads.named(tokens, request.app.state.store, web.site(request).settings)
            await ACTS[action][0](official, number, {**raw, uploads.FIELD: files})

        await once(request, f"desk/{official.id}/{number}/{action.value}", raw, act)
        try:
            return await _answer(request, official, number)
        except NoSuchCase:  # passed on to where this official does not see it, or replied to; perhaps long ago
            known, lang = await reference(), web.language(request)
            own = [serializers.part_in_words(part, known, lang) for part in await parts.replied(number, official)]
            status = (await Case.get(reference=number)).status
            return web.json(documents.CaseLeft(reference=number, status=status, parts=own))

    endpoint.__qualname__ = endpoint.__name__ = action.name.lower()
    return Route(f"/api/v1/desk/cases/{{reference}}/{action.value}", endpoint, methods=["POST"])


@promises(
    Contract(
        "Send files that an answer, a message, a note or a supplement is to bring: it names them by their tokens",
        documents.Uploads,
        201,
        access=Access.OFFICIAL,
        body=documents.FILES,
        multipart=True,
    )
)
async def upload(request: Request) -> Response:
    """``POST /desk/files``: one part ``files`` for each file. What nothing names within three days is deleted."""
    auth.official(request)
    return web.json(serializers.uploaded(web.site(request).settings, await uploads.sent(request)), 201)


_BULK = contract.asked(
    {
        "action": contract.one_of(SUMMARIES),
        "references": contract.many(contract.TEXT, MOST_AT_ONCE),
        "department": contract.TEXT,
        "handler": contract.TEXT,
        "guide": contract.TEXT,
        "reason": contract.text(least=1, most=REASON_LIMIT),
        "text": contract.text(least=1, most=TEXT_LIMIT),
    },
    "action",
    "references",
)


@promises(
    Contract(
        "One action on many cases, each a transaction of its own; the other fields are the action's",
        documents.Outcomes,
        access=Access.OFFICIAL,
        body=_BULK,
    )
)
async def bulk(request: Request) -> Response:
    """``POST /desk/bulk``: what became of each case. What is refused for one holds up no other."""
    official = auth.official(request)
    raw = await web.read_json(request)
    data = Input(raw)
    name = data.choice("action", [action.value for action in SUMMARIES], required=True)
    wanted = raw.get("references")
    if not isinstance(wanted, list) or not all(isinstance(number, str) for number in wanted):
        data.fail("references", _("Please send a list of case numbers."))
    elif not 1 <= len(wanted) <= MOST_AT_ONCE:
        data.fail("references", _("Please send 1 to %(most)s case numbers.", most=MOST_AT_ONCE))
    data.done()
    action = Action(name)
    official = auth.official(request, RIGHTS[action])
    lang = web.language(request)
    outcomes = [await _one(official, action, number, raw, lang) for number in dict.fromkeys(wanted or ())]
    done = sum(outcome.done for outcome in outcomes)
    return web.json(documents.Outcomes(items=outcomes, done=done, refused=len(outcomes) - done))


async def _one(official: Official, action: Action, given: str, raw: dict[str, Any], lang: str) -> documents.Outcome:
    number = references.read_reference(given)
    try:
        if number is None:
            raise NoSuchCase
        # One version cannot be that of many cases, nor are files sent to many.
        await ACTS[action][0](official, number, {**raw, "version": None, uploads.FIELD: ()})
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
    *(_acting(action) for action in SUMMARIES),
    Route("/api/v1/desk/files", upload, methods=["POST"]),
    Route("/api/v1/desk/bulk", bulk, methods=["POST"]),
]
