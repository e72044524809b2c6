"""The pages of an administration table: the list, the form, and the confirmation before closing or deleting.

Errors are shown beside their fields with all input kept. After a conflict the form shows who changed what in the
meantime; saving again overwrites it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial, wraps
from typing import Any, Generic

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import accounts, auth, kept, ledger, web
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, Invalid, NotFound
from server.core.forms import FormField
from server.core.resource.table import DELETED, SAVED, FormT, Question, Resource, Shown, Version, View


def seen(form: Mapping[str, Any]) -> int | None:
    """The version of the table that the form's page showed; None without a valid one."""
    return Version.read(form)[0].version


def confirm(request: Request, question: Question, back: str) -> Response:
    """A confirmation page that posts to its own URL. ``back`` is the target of "no"."""
    return web.page(request, "desk/settings/confirm.html", {"question": question, "back": back})


async def meanwhile(
    conflict: ChangedMeanwhile,
    fields: Sequence[FormField],
    now: Mapping[str, Any],
    written: Mapping[str, Any],
    view: View,
) -> dict[str, object]:
    """For desk/settings/meanwhile.html: who changed a row and when, and current values that differ from the input."""
    actors = [int(entry.actor.removeprefix("official:")) for entry in conflict.entries]
    known = await accounts.names(actors)

    def words(field: FormField, values: Mapping[str, Any]) -> str:
        if field.form:
            parts = [[words(part, row) for part in field.form.fields()] for row in field.rows(values)]
            return "; ".join(" ".join(filter(None, row)) for row in parts)
        value = values.get(field.name)
        if field.name in view.choices:
            return view.words(field.name, value, "") if value else ""
        if field.kind == "choice":
            value = dict(field.options(view.language)).get(str(value), value)
        text = ", ".join(value) if isinstance(value, (list, tuple)) else str(value or "")
        return text.replace("\r\n", "\n").strip()

    differing = [
        (field.label, words(field, now) or "–")
        for field in fields
        if field.name in now and words(field, now) != words(field, written)
    ]
    return {
        "text": conflict.text,
        "deleted": conflict.entries[-1].data.get("how") == DELETED,
        "by": [{"who": known.get(n, "?"), "at": e.occurred_at} for n, e in zip(actors, conflict.entries, strict=True)],
        "now": differing,
    }


class Pages(Generic[FormT]):
    """The routes of one table."""

    def __init__(self, table: Resource[FormT]) -> None:
        self.table = table
        page, row = table.page, f"{table.page}/{table.number}"
        self.routes: list[Route] = []
        if table.adds:
            self.routes.append(Route(f"{page}/new", self.add, methods=["GET", "POST"]))
        if table.list_template:
            self.routes.append(Route(page, self.index))
        if table.changes:
            self.routes.append(Route(row, self.change, methods=["GET", "POST"]))
        for name, (question, do) in table.steps.items():
            endpoint = self._step(question, do)
            self.routes.append(Route(f"{row}/{name}", endpoint, methods=["GET", "POST"]))
        if table.shown_once:
            self.routes.append(Route(f"{row}/shown/{{kept}}", self.shown))
        if table.deleting:
            self.routes.append(Route(f"{row}/delete", self.delete, methods=["GET", "POST"]))
        if table.closing:
            self.routes.append(Route(f"{row}/close", self.close, methods=["GET", "POST"]))
            self.routes.append(Route(f"{row}/open", self.open, methods=["POST"]))

    async def index(self, request: Request) -> Response:
        """``/desk/{path}``."""
        auth.official(request, self.table.permission)
        return await self.show(request)

    async def show(self, request: Request, **more: Any) -> Response:
        """The list, with additional values for a custom template; ``status`` is the HTTP status."""
        language = web.language(request)
        view = await self.table.view(language)
        wanted = self.table.wanted(request.query_params, view)
        context = {
            "table": self.table,
            "rows": await self.table.rows(wanted, view),
            "view": view,
            "wanted": wanted,
            "errors": {},
            **await self.table.list_context(language),
        }
        status = more.pop("status", 200)
        return web.page(request, self.table.list_template, {**context, **more}, status=status)

    async def add(self, request: Request) -> Response:
        """``/desk/{path}/new``."""
        table, official = self.table, auth.official(request, self.table.permission)
        view = await table.view(web.language(request))
        if request.method == "GET":
            return await self.form(request, None, self.initial(request), view)
        form = await web.read_form(request)
        raw = self.sent(form)
        try:
            number, shown = await table.insert(official, table.parse(raw, view))
        except Invalid as invalid:
            return await self.form(request, None, raw, view, refusal=invalid)
        if shown:
            return await self.show_once(request, official, number, shown)
        return web.redirect(request, await self.back(number), table.added, table.consequence())

    async def change(self, request: Request) -> Response:
        """``/desk/{path}/{id}``."""
        table, official = self.table, auth.official(request, self.table.permission)
        view = await table.view(web.language(request))
        version = await ledger.length(table.chain)  # read before the data, so that it is never newer
        row: Any = await table.row(request.path_params["id"])
        form = await web.read_form(request) if request.method == "POST" else FormData()
        if row is None and seen(form) is None:
            raise NotFound
        if request.method == "GET":
            return await self.form(request, row, await table.values(row), view, version=version)
        raw = self.sent(form)
        if table.key and row:
            raw[table.key] = getattr(row, table.key)
        try:
            command = table.parse(raw, view)
            await table.change(official, request.path_params["id"], command, seen(form))
        except Invalid as invalid:
            return await self.form(request, row, raw, view, version=seen(form), refusal=invalid)
        except ChangedMeanwhile as conflict:
            return await self.form(request, row, raw, view, version=version, refusal=conflict)
        return web.redirect(request, await self.back(row.pk), SAVED, table.consequence())

    async def back(self, _number: Any) -> str:
        """Where a row's pages lead once it is saved or deleted."""
        return self.table.home

    def initial(self, _request: Request) -> Mapping[str, Any]:
        """The initial values of a new row's form."""
        return self.table.initial()

    def sent(self, form: FormData) -> dict[str, Any]:
        """What a page sent, with the rows of nested forms as lists."""
        raw = self.table.form.raw(form.multi_items())
        return raw | {field.name: field.rows(raw) for field in self.table.form.fields() if field.kind == "forms"}

    async def form(
        self,
        request: Request,
        row: Any | None,
        values: Mapping[str, Any],
        view: View,
        *,
        version: int | None = None,
        refusal: Invalid | ChangedMeanwhile | None = None,
        **more: Any,
    ) -> Response:
        table, language = self.table, web.language(request)
        fields = [field for field in table.form.fields() if not (row and field.name == table.key)]
        now = await table.values(row) if row and isinstance(refusal, ChangedMeanwhile) else {}
        context = {
            "table": table,
            "row": row,
            "heading": table.heading(row, language),
            "fields": fields,
            "view": view,
            "version": version,
            "values": values,
            "errors": web.field_errors(language, refusal.errors) if isinstance(refusal, Invalid) else {},
            "meanwhile": await meanwhile(refusal, fields, now, values, view)
            if isinstance(refusal, ChangedMeanwhile)
            else None,
            **await table.form_context(row, language),
            **more,
        }
        return web.page(request, table.form_template, context, status=refusal.status if refusal else 200)

    async def delete(self, request: Request) -> Response:
        """``/desk/{path}/{id}/delete``: asks for confirmation first."""
        return await self.confirmed(
            request, self.table.deleting, self.table.delete, await self.back(request.path_params["id"])
        )

    async def close(self, request: Request) -> Response:
        """``/desk/{path}/{id}/close``: shows what prevents it, or asks for confirmation."""
        if request.method == "GET":
            _official, row = await self.need(request)
            if hindrances := await self.table.hindrances(row):
                context = {"name": row.name, "hindrances": hindrances, "back": f"{self.table.page}/{row.pk}"}
                return web.page(request, "desk/settings/hindered.html", context)
        return await self.confirmed(request, self.table.closing, partial(self.table.switch, on=False))

    async def confirmed(
        self,
        request: Request,
        question: Question | None,
        do: Callable[[Official, Any], Awaitable[Shown]],
        home: str = "",
    ) -> Response:
        """Ask a question about a row; on "yes" do it and return to ``home``, or to the list."""
        assert question  # noqa: S101 — the route exists only with one
        official, row = await self.need(request)
        if request.method == "GET":
            back = f"{self.table.page}/{row.pk}" if self.table.changes else home or self.table.home
            return confirm(request, await self.table.asked(question, row, web.language(request)), back)
        try:
            shown = await do(official, row.pk)
        except Invalid as invalid:
            view = await self.table.view(web.language(request))
            return await self.form(request, row, await self.table.values(row), view, refusal=invalid)
        if shown:
            return await self.show_once(request, official, row.pk, shown)
        return web.redirect(request, home or self.table.home, question.done, self.table.consequence())

    async def show_once(self, request: Request, official: Official, number: Any, shown: Mapping[str, Any]) -> Response:
        """303 to the page that shows what nobody can read again, to this official in this browser and for a while.

        Whoever has ended their own session by it, with a new password, sees it without one.
        """
        ended = self.table.ends_session(official, number)
        content = {"row": number, "shown": shown, "reader": asdict(official) if ended else None}
        url = f"{self.table.page}/{number}/shown/{{kept}}"
        return await kept.lead_to(request, url, content, whose="" if ended else official.actor)

    async def shown(self, request: Request) -> Response:
        """``/desk/{path}/{id}/shown/{kept}``: shows it; afterwards it leads back to the row."""
        number, official = request.path_params["id"], auth.reader(request).official
        if official:
            await self.need(request)
        try:
            found = await kept.get(request, request.path_params["kept"], whose=official.actor if official else "")
        except kept.NotKept:
            return web.redirect(request, f"{self.table.page}/{number}")
        row = await self.table.row(number)
        if row is None or found.get("row") != number:
            raise NotFound
        context = {"table": self.table, "row": row, "reader": official or Official(**found["reader"]), **found["shown"]}
        return web.page(request, self.table.shown_template, context, secret=True)

    def _step(self, question: Question, do: Callable[..., Awaitable[Shown]]) -> Any:
        @wraps(do)  # its name is the route's in logs and metrics
        async def step(request: Request) -> Response:
            back = f"{self.table.page}/{request.path_params['id']}"
            return await self.confirmed(request, question, partial(do, self.table), back)

        return step

    async def open(self, request: Request) -> Response:
        """``POST /desk/{path}/{id}/open``."""
        official, row = await self.need(request)
        await self.table.switch(official, row.pk, on=True)
        return web.redirect(request, self.table.home, self.table.opened, self.table.consequence())

    async def need(self, request: Request) -> tuple[Official, Any]:
        """The official, with permission to change the table, and the addressed row. Raises ``NotFound``."""
        official = auth.official(request, self.table.permission)
        row = await self.table.row(request.path_params["id"])
        if row is None:
            raise NotFound
        return official, row
