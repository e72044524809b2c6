"""What a citizen's program does: file a petition, read the case, and act on it with its key."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import KEY_HEADER, once, shown
from petitions.act_forms import Prolong
from petitions.actions import answering, attaching, handling, intake, objecting, supplementing
from petitions.actions.change import PETITIONER
from petitions.api import documents, serializers
from petitions.errors import NoSuchCase
from petitions.forms import FilePetition, Rate, Remark, Words, WordsWithFiles
from petitions.permissions import Permission
from petitions.queries import cases, following
from petitions.queries.cases import Credentials, Level
from petitions.queries.filed import receipt
from petitions.reference import reference
from server.core import auth, contract, idempotency, uploads, web
from server.core.contract import Access, Contract, promises
from server.core.forms import Form

Act = Callable[[str, dict[str, Any]], Awaitable[None]]


@promises(
    Contract(
        "File a petition, or a tip without a name",
        documents.Receipt,
        201,
        body=documents.PETITION,
        headers=contract.IDEMPOTENCY_HEADER,
    )
)
async def file(request: Request) -> Response:
    """``POST /petitions``: the receipt. A repeated Idempotency-Key gets the first receipt again."""
    raw = await web.read_json(request)
    key = request.headers.get("idempotency-key")
    known, lang = await reference(), web.language(request)
    who = auth.reader(request).official
    filer = who if who and who.may(Permission.FILE) else None
    command = FilePetition.parse(raw, known, language=lang, official=filer is not None, strict=True)
    filed = await intake.file(command, filer, idempotency_key="" if key is None else idempotency.check(key))
    content = serializers.receipt(await receipt(filed.reference), filed.access_key, known, lang)
    return web.json(content, 201, {"location": f"/api/v1/cases/{filed.reference}"})


@promises(
    Contract(
        "A case, as its reader may see it",
        documents.CASE,
        access=Access.PARTY,
        headers=documents.KEY_HEADER,
        refusals=(404,),
    )
)
async def read(request: Request) -> Response:
    """``GET /cases/{reference}``."""
    found = await cases.view(request.path_params["reference"], shown(request))
    return web.json(serializers.case(found, web.language(request), auth.reader(request).official))


async def petitioners(request: Request) -> str:
    """The number of the case whose key, session or mailbox is shown. Raises ``NoSuchCase`` for everybody else.

    An official's token opens nothing here: officials act at the desk, in their own name.
    """
    who = auth.reader(request)
    key = request.headers.get(KEY_HEADER, "")
    number, level = await following.door(request.path_params["reference"], Credentials(None, who.cases, who.email, key))
    if level < Level.PARTY:
        raise NoSuchCase
    return number


async def answer_with_case(request: Request, number: str, status: int) -> Response:
    """The case as its petitioner sees it after what they did."""
    found = await cases.view(number, Credentials(cases=frozenset({number})))
    return web.json(serializers.case(found, web.language(request)), status)


def _acting(name: str, summary: str, form: type[Form], act: Act, status: int = 200) -> Route:
    """A route on which the petitioner acts on their case, and gets the case as it then is.

    ``act`` gets what was sent, with the files in place of the tokens that name them.
    """
    takes_files = any(field.kind == "file" for field in form.fields())

    @promises(
        Contract(
            summary,
            documents.CASE,
            status,
            access=Access.PARTY,
            body=form,
            headers={**documents.KEY_HEADER, **contract.IDEMPOTENCY_HEADER},
            refusals=(404, 409),
        )
    )
    async def endpoint(request: Request) -> Response:
        number = await petitioners(request)
        raw = await web.read_json(request)

        async def do() -> None:
            tokens = raw.get(uploads.FIELD) if takes_files else None
            files = await uploads.named(tokens, request.app.state.store, web.site(request).settings)
            await act(number, {**raw, uploads.FIELD: files})

        await once(request, f"cases/{number}/{name}", raw, do)
        return await answer_with_case(request, number, status)

    endpoint.__qualname__ = endpoint.__name__ = name
    return Route(f"/api/v1/cases/{{reference}}/{name}", endpoint, methods=["POST"])


async def _message(number: str, raw: dict[str, Any]) -> None:
    await handling.message(PETITIONER, number, Words.parse(raw, strict=True), files=raw[uploads.FIELD])


async def _supplement(number: str, raw: dict[str, Any]) -> None:
    await supplementing.receive(PETITIONER, number, Words.parse(raw, strict=True), files=raw[uploads.FIELD])


async def _prolong(number: str, raw: dict[str, Any]) -> None:
    await supplementing.prolong(PETITIONER, number, Prolong.parse(raw, strict=True))


async def _withdraw(number: str, raw: dict[str, Any]) -> None:
    await answering.withdraw(PETITIONER, number, Remark.parse(raw, strict=True))


async def _rate(number: str, raw: dict[str, Any]) -> None:
    await answering.rate(PETITIONER, number, Rate.parse(raw, strict=True))


async def _reopen(number: str, raw: dict[str, Any]) -> None:
    await answering.reopen(PETITIONER, number, Words.parse(raw, strict=True))


@promises(
    Contract(
        "Add files to a case that is still open",
        documents.CASE,
        201,
        access=Access.PARTY,
        body=documents.FILES,
        multipart=True,
        headers=documents.KEY_HEADER,
        refusals=(404, 409),
    )
)
async def attach(request: Request) -> Response:
    """``POST /cases/{reference}/attachments``: one part ``files`` for each file."""
    number = await petitioners(request)
    await attaching.add(number, await uploads.sent(request))
    return await answer_with_case(request, number, 201)


@promises(
    Contract(
        "Send files that a message or a supplement is to bring: it names them by their tokens",
        documents.Uploads,
        201,
        access=Access.PARTY,
        body=documents.FILES,
        multipart=True,
        headers=documents.KEY_HEADER,
        refusals=(404,),
    )
)
async def upload(request: Request) -> Response:
    """``POST /cases/{reference}/files``: one part ``files`` for each file. What nothing names is deleted later."""
    await petitioners(request)
    return web.json(serializers.uploaded(web.site(request).settings, await uploads.sent(request)), 201)


async def _object(number: str, raw: dict[str, Any]) -> None:
    await objecting.object_to(PETITIONER, number, Words.parse(raw, strict=True))


async def _withdraw_objection(number: str, raw: dict[str, Any]) -> None:
    await objecting.withdraw(PETITIONER, number, Remark.parse(raw, strict=True))


routes = [
    Route("/api/v1/petitions", file, methods=["POST"]),
    Route("/api/v1/cases/{reference}", read),
    Route("/api/v1/cases/{reference}/attachments", attach, methods=["POST"]),
    Route("/api/v1/cases/{reference}/files", upload, methods=["POST"]),
    _acting("messages", "Write to the officials", WordsWithFiles, _message, 201),
    _acting("supplements", "Send what was missing", WordsWithFiles, _supplement, 201),
    _acting("prolongation", "Take more time to send what is missing", Prolong, _prolong),
    _acting("withdrawal", "Take the petition back", Remark, _withdraw),
    _acting("rating", "Say how satisfied you are, 1 to 5", Rate, _rate),
    _acting("objection", "Object to a refusal (Act 35)", Words, _object, 201),
    _acting(
        "objection-withdrawal",
        "Take an objection back before it is decided",
        Remark,
        _withdraw_objection,
    ),
    _acting("reopening", "Say that it is not solved: the case opens again", Words, _reopen),
]
