"""What the settings of offices have in common: a change rebuilds the counter time that depends on it."""

import contextlib
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator
from tortoise.expressions import Q

from server.core import i18n
from server.core.accounts import Official
from server.core.errors import _
from server.core.forms import Form, Html, Label, MayBeEmpty, Mistake, line
from server.core.ledger import Chain
from server.core.resource.table import CHANGED, MOST, FormT, Options, Resource, View
from server.core.search import Kind
from server.core.web import Consequence
from tracking.visits import search
from tracking.visits.actions import rebuilding
from tracking.visits.desk.common import displaced_link
from tracking.visits.models import Office
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices, places

PAGE = "/desk/offices"
_CODE = re.compile(r"[a-z][a-z0-9_-]{1,39}")


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise Mistake(
            _("Please use 2 to 40 lowercase letters, digits, hyphens or underscores, starting with a letter.")
        )
    return value


ShortName = Annotated[str, line(40, safe=False), AfterValidator(_code), Label(_("Short name"))]


class Names(Form):
    """A short name for programs, and names in three languages."""

    code: ShortName
    name: Annotated[str, line(80, safe=False), Label(_("Name in Korean"))]
    name_ja: Annotated[str, line(80, safe=False), MayBeEmpty(), Label(_("Name in Japanese")), Html(lang="ja")]
    name_en: Annotated[str, line(80, safe=False), MayBeEmpty(), Label(_("Name in English")), Html(lang="en")]


class PlaceTable(Resource[FormT]):
    """A table on which the counter time of offices depends."""

    permission = Permission.EDIT_OFFICES
    list_template, form_template = "desk/visits/places/list.html", "desk/visits/places/form.html"
    forget = staticmethod(offices.forget)
    matters: ClassVar[Collection[str]] = ()
    """The columns whose change rebuilds counter time; if there are none, every change does."""
    searched: ClassVar[Kind | None] = None
    """As what the rows can be found by everybody."""

    async def affected(self, row: Any) -> Mapping[int, Collection[date] | None]:
        """The offices whose counter time depends on a row, with the days; None for all of them."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[Chain]:
        async with rebuilding.following(), super().changing() as chain:
            yield chain

    async def record(self, chain: Chain, actor: Official, row: Any, how: str) -> None:
        await super().record(chain, actor, row, how)
        if self.searched is not None:
            await search.refresh(self.searched, row.pk)
        if how == CHANGED and self.matters:
            now = await self.need(row.pk)
            if all(getattr(now, name) == getattr(row, name) for name in self.matters):
                return
        for office, days in (await self.affected(row)).items():
            await rebuilding.plan(office, days)

    def consequence(self) -> Consequence | None:
        return displaced_link()

    def cell(self, row: Any, name: str, view: View) -> object:
        """A text that there is in three languages is shown in the reader's."""
        return i18n.text_in(row, name, view.language) if f"{name}_en" in self.names else super().cell(row, name, view)

    async def list_context(self, _language: str) -> dict[str, Any]:
        return {"displaced": await places.displaced()}

    async def form_context(self, row: Any | None, _language: str) -> dict[str, Any]:
        return {"displaced": await places.displaced(await self.affected(row) if row else None)}


class OfOffice(PlaceTable[FormT]):
    """A table whose rows belong to one office each; form and filter name it by its code."""

    filters = ("office",)

    async def rows(self, wanted: Mapping[str, str], _view: View) -> Sequence[Any]:
        conditions = [await self.narrowing(name, value) for name, value in wanted.items()]
        return await self.model.filter(*conditions).select_related("office").order_by(*self.order).limit(MOST)

    async def row(self, number: Any) -> Any:
        return await self.model.filter(pk=number).select_related("office").first()

    async def choices(self, language: str) -> dict[str, Options]:
        return {"office": [(one.code, i18n.name_in(one, language)) for one in await Office.all().order_by("name")]}

    async def narrowing(self, name: str, value: str) -> Q:
        return Q(office__code=value) if name == "office" else await super().narrowing(name, value)

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        if name != "office":
            return await super().column(name, value)
        return {"office_id": (await Office.get(code=value)).id}

    async def values(self, row: Any) -> dict[str, Any]:
        return {**await super().values(row), "office": row.office.code}

    def cell(self, row: Any, name: str, view: View) -> object:
        return view.words(name, row.office.code) if name == "office" else super().cell(row, name, view)

    async def affected(self, row: Any) -> Mapping[int, Collection[date] | None]:
        return {row.office_id: None}
