"""The JSON operations of an administration table: list, read, add, change, delete, close and open."""

from collections.abc import Mapping
from typing import Any, Generic

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, idempotency, ledger, web
from server.core.contract import Access, Contract, Schema, asked, record
from server.core.errors import NotFound
from server.core.forms import FormField
from server.core.resource.table import MOST, FormT, Resource, Version

VERSION: Schema = contract.integer(0, about="The version of the whole table: grows with every change to it.")
NUMBER = contract.integer(1)
_ANSWERED: dict[str, Schema] = {
    "checkbox": contract.BOOLEAN,
    "integer": contract.integer(),
    "number": contract.maybe({"type": "number"}),
    "words": contract.many(contract.TEXT),
    "choices": contract.many(contract.TEXT),
}


def _answered(field: FormField) -> Schema:
    if field.form:
        return contract.many(record({part.name: _answered(part) for part in field.form.fields()}))
    if field.kind == "day" and not field.required:
        return contract.maybe(contract.TEXT)
    return _ANSWERED.get(field.kind, contract.TEXT)


class Operations(Generic[FormT]):
    """The JSON routes of one table."""

    def __init__(self, table: Resource[FormT]) -> None:
        self.table = table
        what, base = table.what, f"/api/v1{table.page}"
        a_row = f"a row of the {what} table"
        version = {
            "version": {**VERSION, "description": "The version that the caller has seen; 409 where others acted."}
        }
        body = table.form.schema()
        values = {field.name: _answered(field) for field in table.form.fields()}
        active = {"active": contract.BOOLEAN} if table.closing else {}
        number = NUMBER if table.number == Resource.number else contract.TEXT
        shape = {"id": number, "version": VERSION, **values, **active}
        row = contract.named(f"{what.capitalize()}Setting", record(shape))
        added = record({**shape, **table.shown_once}, optional=tuple(table.shown_once)) if table.shown_once else row
        change = asked({**body["properties"], **version}, *(n for n in body.get("required", ()) if n != table.key))
        self.routes: list[Route] = []

        def route(
            method: str, path: str, endpoint: Any, summary: str, *, answer: Schema | None = row, **more: Any
        ) -> None:
            described = Contract(summary, answer, access=Access.OFFICIAL, **more)
            self.routes.append(Route(path, described(endpoint), methods=[method]))

        choices = {name: table.form.field(name).choices for name in table.filters}
        query = {name: contract.one_of(found) if found else contract.TEXT for name, found in choices.items()}
        new: dict[str, Any] = {"status": 201, "answer": added, "body": body, "headers": contract.IDEMPOTENCY_HEADER}
        total = contract.maybe(contract.integer(0, about=f"Null for {MOST} rows: there may be more; use the filters."))
        listed = contract.listed(row, total)
        route("GET", base, self.index, f"The {what} table", answer=listed, query=query)
        if table.adds:
            route("POST", base, self.add, f"Add {a_row}", **new, refusals=(409,))
        one = f"{base}/{table.number}"
        route("GET", one, self.read, f"Read {a_row}", refusals=(404,))
        if table.changes:
            route("PUT", one, self.change, f"Change {a_row}", body=change, refusals=(404, 409))
        if table.deleting:
            route("DELETE", one, self.delete, f"Delete {a_row}", status=204, answer=None, refusals=(404, 409))
        if table.closing:
            route("POST", f"{one}/close", self.close, f"Close {a_row}", refusals=(404, 409, 422))
            route("POST", f"{one}/open", self.open, f"Open {a_row} again", refusals=(404, 409))

    async def index(self, request: Request) -> Response:
        """``GET /desk/{path}``; the total is null where there may be more than ``MOST`` rows."""
        auth.official(request, self.table.permission)
        view = await self.table.view(web.language(request))
        wanted = self.table.wanted(request.query_params, view)
        version = await ledger.length(self.table.chain)
        rows = [await self._row(row, version) for row in await self.table.rows(wanted, view)]
        return web.items(rows, None, len(rows) if len(rows) < MOST else None)

    async def read(self, request: Request) -> Response:
        """``GET /desk/{path}/{id}``."""
        auth.official(request, self.table.permission)
        return await self._answer(request.path_params["id"])

    async def add(self, request: Request) -> Response:
        """``POST /desk/{path}``."""
        official = auth.official(request, self.table.permission)
        raw = await web.read_json(request)
        command = await self._parse(request, raw)
        key = request.headers.get("idempotency-key")
        scope = f"desk/{official.id}/{self.table.path}"
        once: dict[str, Any] = {}

        async def insert() -> str:
            number, shown = await self.table.insert(official, command)
            once.update(shown or {})
            return str(number)

        secret = web.site(request).settings.secret_key
        number = await idempotency.first(secret, scope, "" if key is None else idempotency.check(key), raw, insert)
        return await self._answer(number, 201, once)

    async def change(self, request: Request) -> Response:
        """``PUT /desk/{path}/{id}``."""
        official, number = auth.official(request, self.table.permission), request.path_params["id"]
        raw = await web.read_json(request)
        seen = Version.parse(raw, strict=True).version
        row = await self.table.row(number)
        if self.table.key and row is not None:
            raw[self.table.key] = getattr(row, self.table.key)
        await self.table.change(official, number, await self._parse(request, raw), seen)
        return await self._answer(number)

    async def delete(self, request: Request) -> Response:
        """``DELETE /desk/{path}/{id}``."""
        official = auth.official(request, self.table.permission)
        await self.table.delete(official, request.path_params["id"])
        return Response(status_code=204)

    async def close(self, request: Request) -> Response:
        """``POST /desk/{path}/{id}/close``."""
        return await self._switch(request, on=False)

    async def open(self, request: Request) -> Response:
        """``POST /desk/{path}/{id}/open``."""
        return await self._switch(request, on=True)

    async def _switch(self, request: Request, *, on: bool) -> Response:
        official, number = auth.official(request, self.table.permission), request.path_params["id"]
        await self.table.switch(official, number, on=on)
        return await self._answer(number)

    async def _parse(self, request: Request, raw: dict[str, Any]) -> FormT:
        return self.table.parse(raw, await self.table.view(web.language(request)), strict=True)

    async def _answer(self, number: Any, status: int = 200, once: Mapping[str, Any] | None = None) -> Response:
        version = await ledger.length(self.table.chain)  # read before the data, so that it is never newer
        row = await self.table.row(number)
        if row is None:
            raise NotFound
        return web.json({**await self._row(row, version), **(once or {})}, status)

    async def _row(self, row: Any, version: int) -> dict[str, Any]:
        active = {"active": row.active} if self.table.closing else {}
        return {"id": row.pk, "version": version, **await self.table.values(row), **active}
