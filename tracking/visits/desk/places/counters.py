"""Counters, consultation rooms and guides of an office, with the services that each is able to do."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from server.core import i18n, roles
from server.core.accounts import Role
from server.core.city import city
from server.core.errors import Invalid, _
from server.core.forms import Form, Hint, Html, Label, Mistake, OneOf, line
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Options, Question, View
from tracking.visits.desk.places.tables import OfOffice
from tracking.visits.models import Counter, CounterAbility, CounterService


def _https(value: str) -> str:
    if value and not value.startswith("https://"):
        raise Mistake(_("Please enter an address that begins with https://."))
    return value


class EditCounter(Form):
    """A counter."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    number: Annotated[
        str, line(10, safe=False), Label(_("Number")), Hint(_("As it is written above it, for example 3."))
    ]
    name: Annotated[str, line(80, safe=False), Label(_("Name")), Hint(_("For a room or a guide."))] = ""
    name_ja: Annotated[str, line(80, safe=False), Label(_("Name in Japanese")), Html(lang="ja")] = ""
    name_en: Annotated[str, line(80, safe=False), Label(_("Name in English")), Html(lang="en")] = ""
    floor: Annotated[int, Field(ge=-9, le=99), Label(_("Floor"))] = 1
    video_url: Annotated[
        str,
        line(300, safe=False),
        AfterValidator(_https),
        Label(_("Video link")),
        Hint(_("Where visitors by video meet this counter: an address that begins with https://.")),
    ] = ""
    department: Annotated[str, OneOf(), Label(_("Department"))] = ""
    account: Annotated[
        str, OneOf(), Label(_("Case guide")), Hint(_("If it stands for a person and not for a place."))
    ] = ""
    services: Annotated[tuple[str, ...], OneOf(), Label(_("Services it is able to do"))] = ()


class Counters(OfOffice[EditCounter]):
    """The counters of all offices."""

    what, path = "counter", "offices/counters"
    model, form = Counter, EditCounter
    title, add_label, added = _("Counters"), _("Add a counter"), _("The counter has been added.")
    row_title, name_label = _("Counter %(number)s"), _("Counter")
    trail = _("Counter %(id)s")
    empty = (_("There are no counters"), _("Add one, and choose the services that it is able to do."))
    columns = (
        Column("office"),
        Column("name"),
        Column("floor", kind="number"),
        Column("department"),
        Column("services"),
    )
    closing = Question(
        _("Close counter %(number)s?"),
        _(
            "Its reservations move to other counters. Those that do not fit are listed, so that you can offer other "
            "times."
        ),
        _("Close the counter"),
        done=_("The counter has been closed."),
    )
    opened, closed_note = _("The counter has been reopened."), _("This counter is closed.")
    order = ("office__name", "number", "id")

    async def choices(self, language: str) -> dict[str, Options]:
        services = await CounterService.filter(active=True).order_by("name", "id")
        return {
            **await super().choices(language),
            "services": [(one.code, i18n.name_in(one, language)) for one in services],
            "department": (await city()).department_choices(language),
            "account": [(one.username, one.name) for one in await roles.staff([Role.GUIDE])],
        }

    async def rows(self, wanted: Mapping[str, str], view: View) -> Sequence[Any]:
        rows = await super().rows(wanted, view)
        await Counter.fetch_for_list(rows, "abilities__service")
        return rows

    async def row(self, number: Any) -> Any:
        row = await super().row(number)
        if row is not None:
            await Counter.fetch_for_list([row], "abilities__service")
        return row

    async def values(self, row: Counter) -> dict[str, Any]:
        accounts = await roles.card(row.account_id)
        row.account = accounts.username if accounts else ""
        row.services = self._able(row)
        return await super().values(row)

    def cell(self, row: Counter, name: str, view: View) -> object:
        return view.words(name, self._able(row)) or "–" if name == "services" else super().cell(row, name, view)

    def _able(self, row: Counter) -> list[str]:
        return sorted(one.service.code for one in row.abilities if one.service.active)

    async def check(self, command: EditCounter, row: Counter | None) -> None:
        if row is not None and command.office != row.office.code:
            raise Invalid.at("office", _("A counter stays in its office. Please close it and add it to the other one."))
        others = Counter.filter(office__code=command.office, number=command.number)
        if await (others.exclude(id=row.id) if row else others).exists():
            raise Invalid.at("number", _("Another counter of this office has this number."))

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        if name == "services":
            return {name: await CounterService.filter(code__in=value).values_list("id", flat=True)}
        if name == "account":
            known = [one.id for one in await roles.staff([Role.GUIDE], username=value)] if value else []
            return {"account_id": known[0] if known else None}
        return await super().column(name, value)

    async def create(self, columns: Mapping[str, Any]) -> Counter:
        own = dict(columns)
        services = own.pop("services")
        row = await Counter.create(**own)
        await self._enable(row.id, services)
        return row

    async def update(self, row: Counter, columns: Mapping[str, Any]) -> None:
        own = dict(columns)
        await self._enable(row.id, own.pop("services"))
        await super().update(row, own)

    async def _enable(self, counter: int, services: Collection[int]) -> None:
        """Write what a counter is able to do; abilities for closed services, which the form does not show, stay."""
        await CounterAbility.filter(counter_id=counter, service__active=True).delete()
        for service in services:
            await CounterAbility.create(counter_id=counter, service_id=service)


COUNTERS = Counters()
routes = [*Pages(COUNTERS).routes, *Operations(COUNTERS).routes]
