"""Operations of a citizen's client: file a petition, read the case, and act on it with its key."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import KEY_HEADER, shown
from petitions.actions import attaching, intake
from petitions.actions.change import PETITIONER
from petitions.actions.intake import Filed
from petitions.acts import CITIZEN
from petitions.acts.page import CaseAct
from petitions.api import documents, serializers
from petitions.errors import NoSuchCase
from petitions.forms import FilePetition
from petitions.permissions import Permission
from petitions.queries import cases, following
from petitions.queries.cases import Credentials, Level
from petitions.queries.filed import Receipt, receipt
from petitions.reference import reference
from server.core import auth, contract, idempotency, roles, uploads, web
from server.core.acts import Api, Attempt
from server.core.contract import Access, Contract


@Contract(
    "File a petition, or a tip without a name",
    documents.Receipt,
    201,
    body=documents.PETITION,
    headers=contract.IDEMPOTENCY_HEADER,
)
async def file(request: Request) -> Response:
    """``POST /petitions``: the receipt. A repeated Idempotency-Key returns the first receipt again."""
    raw = await web.read_json(request)
    key = request.headers.get("idempotency-key")
    known, lang = await reference(), web.language(request)
    who = auth.reader(request).official
    filer = who if who and who.may(Permission.FILE) else None
    command = FilePetition.parse(raw, known, language=lang, official=filer is not None, strict=True)
    filed = await intake.file(command, filer, idempotency_key="" if key is None else idempotency.check(key))
    content = serializers.receipt(await _receipt(filed), filed.access_key, known, lang)
    return web.json(content, 201, {"location": f"/api/v1/cases/{filed.reference}"})


async def _receipt(filed: Filed) -> Receipt:
    """What was filed; of what had been filed before, as the ledger has it."""
    decided = filed.decided
    if decided is None:
        return await receipt(filed.reference)
    return Receipt(
        filed.reference,
        decided.kind.value,
        decided.service_code,
        decided.choice.department_id,
        await roles.card(decided.guide.id if decided.guide else None),
        decided.due.at if decided.due else None,
        intake.routing_document(decided),
    )


@Contract(
    "A case, as its reader may see it",
    documents.CASE,
    access=Access.PARTY,
    headers=documents.KEY_HEADER,
    refusals=(404,),
)
async def read(request: Request) -> Response:
    """``GET /cases/{reference}``."""
    found = await cases.view(request.path_params["reference"], shown(request))
    return web.json(serializers.case(found, web.language(request), auth.reader(request).official))


async def petitioners(request: Request) -> str:
    """The case number, if the key, session or email address is the petitioner's. Raises ``NoSuchCase`` otherwise.

    An official's token is not accepted here: officials act at the desk, in their own name.
    """
    who = auth.reader(request)
    key = request.headers.get(KEY_HEADER, "")
    number, level = await following.access_level(
        request.path_params["reference"], Credentials(None, who.cases, who.email, key)
    )
    if level < Level.PARTY:
        raise NoSuchCase
    return number


async def answer_with_case(request: Request, number: str, status: int) -> Response:
    """The case as its petitioner sees it after the action."""
    found = await cases.view(number, Credentials(cases=frozenset({number})))
    return web.json(serializers.case(found, web.language(request)), status)


@Contract(
    "Add files to a case that is still open",
    documents.CASE,
    201,
    access=Access.PARTY,
    body=documents.FILES,
    multipart=True,
    headers=documents.KEY_HEADER,
    refusals=(404, 409),
)
async def attach(request: Request) -> Response:
    """``POST /cases/{reference}/attachments``: one part ``files`` for each file."""
    number = await petitioners(request)
    await attaching.add(number, await uploads.sent(request))
    return await answer_with_case(request, number, 201)


@Contract(
    "Upload files for a message or a supplement, which then names their tokens",
    documents.Uploads,
    201,
    access=Access.PARTY,
    body=documents.FILES,
    multipart=True,
    headers=documents.KEY_HEADER,
    refusals=(404,),
)
async def upload(request: Request) -> Response:
    """``POST /cases/{reference}/files``: one part ``files`` for each file. Unused files are deleted later."""
    await petitioners(request)
    return web.json(serializers.uploaded(web.site(request).settings, await uploads.sent(request)), 201)


async def _attempt(request: Request, _act: CaseAct) -> Attempt:
    number = await petitioners(request)
    return Attempt(PETITIONER, number, f"cases/{number}")


async def _after(request: Request, attempt: Attempt, status: int) -> Response:
    return await answer_with_case(request, attempt.subject, status)


API = Api(
    path="/api/v1/cases/{reference}",
    content=documents.CASE,
    access=Access.PARTY,
    headers=documents.KEY_HEADER,
    attempt=_attempt,
    answer=_after,
)

routes = [
    Route("/api/v1/petitions", file, methods=["POST"]),
    Route("/api/v1/cases/{reference}", read),
    Route("/api/v1/cases/{reference}/attachments", attach, methods=["POST"]),
    Route("/api/v1/cases/{reference}/files", upload, methods=["POST"]),
    *(API.operation(act, offer) for act, offer in CITIZEN.values()),
]
