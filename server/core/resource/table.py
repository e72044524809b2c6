"""What is declared of an administrator's table, and every change to it.

A change is one transaction that locks the table's chain in the ledger first and leaves an event in it, ids only. The
length of that chain is the version of the whole table: whoever saves a row that somebody else has changed or deleted
since they opened it is told so instead of overwriting it.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model

from server.core import database, ledger
from server.core.accounts import Official, Permission
from server.core.city import city
from server.core.errors import ChangedMeanwhile, FieldError, Invalid, NotFound, Text, _
from server.core.forms import Form
from server.core.ledger import Chain, DomainEvent, SettingChanged

MOST = 500
"""Rows of a table on one page; no city has more departments, rules or templates."""
MOST_CHANGES = 1_000
"""Changes of others that are looked through for a conflict."""
ADDED, CHANGED, DELETED, OPENED, CLOSED = "added", "changed", "deleted", "switched_on", "switched_off"
"""What the ledger says of a row."""

FormT = TypeVar("FormT", bound=Form)
Options = list[tuple[str, str]]
"""Value and words of each choice of a field."""


@dataclass(frozen=True, eq=False)
class View:
    """How a table is read: in which language, and with which words for the choices of its fields."""

    language: str
    choices: Mapping[str, Options]
    departments: Mapping[int, str]
    """The names of all departments, closed ones included."""

    def values(self, name: str) -> list[str]:
        """What can be chosen for a field."""
        return [value for value, _words in self.choices.get(name, ())]

    def words(self, name: str, value: object, other: str = "–") -> str:
        """The words of a choice; several between commas. ``other`` stands for a value that is not among them."""
        known = dict(self.choices.get(name, ()))
        values = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(known.get(str(one), other or str(one)) for one in values)


@dataclass(frozen=True)
class Column:
    """A column of the list: a field of the form, or something else of a row that has a label of its own."""

    name: str
    label: Text | None = None
    kind: str = ""
    """Empty for words; ``number``, ``code``, or ``lines``."""


@dataclass(frozen=True)
class Question:
    """What is asked before something is done that cannot simply be undone."""

    text: Text
    consequence: Text
    label: Text


@dataclass(frozen=True)
class Hindrance:
    """What has to be dealt with first, and where."""

    text: Text
    url: str = ""


class Resource(Generic[FormT]):
    """One table. A subclass declares the attributes and overrides what is not ordinary about it."""

    what: ClassVar[str]
    """What the ledger and JSON call a row."""
    path: ClassVar[str]
    """The last part of its addresses: ``/desk/{path}``, ``/api/v1/desk/{path}``."""
    permission: ClassVar[Permission]
    model: ClassVar[type[Model]]
    form: ClassVar[type[Form]]
    columns: ClassVar[Sequence[Column]] = ()
    """What the list shows after the link to the row."""
    key: ClassVar[str] = ""
    """The field by which programs know a row: given once, unique, never changed."""
    taken: ClassVar[Text]
    """What is said where another row has this key."""
    conflicting: ClassVar[frozenset[str]] = frozenset({CHANGED, DELETED})
    """What others may have done to a row that its editor must hear of."""
    title: ClassVar[Text]
    name_label: ClassVar[Text] = _("Name")
    """The heading of the list's first column."""
    add_label: ClassVar[Text]
    added: ClassVar[Text]
    intro: ClassVar[Text | None] = None
    form_intro: ClassVar[Text | None] = None
    empty: ClassVar[tuple[Text, Text]]
    """What stands in the place of an empty list, and what to do about it."""
    list_template: ClassVar[str] = "desk/settings/list.html"
    form_template: ClassVar[str] = "desk/settings/form.html"
    changes: ClassVar[bool] = True
    deletes: ClassVar[bool] = False
    closes: ClassVar[bool] = False
    """Whether a row can be switched off (``active``) and on again."""
    deleted: ClassVar[Text]
    delete_label: ClassVar[Text] = _("Delete")
    closed: ClassVar[Text]
    opened: ClassVar[Text]
    """What is said after a change."""
    close_label: ClassVar[Text]
    closed_note: ClassVar[Text]
    unchosen: ClassVar[Mapping[str, Text]] = {}
    """What a choice is called that was not made, by field."""

    chain: ClassVar[str] = ""
    """The ledger's subject that every change of the table goes to: ``settings/{path}`` unless told otherwise."""
    home: ClassVar[str] = ""
    """The page that shows the list: ``/desk/{path}`` unless told otherwise."""
    number: ClassVar[str] = "{id:int}"
    """A row's part of its address."""

    def __init_subclass__(cls) -> None:
        if path := getattr(cls, "path", ""):
            cls.chain = cls.chain or f"settings/{path}"
            cls.home = cls.home or f"/desk/{path}"

    @property
    def page(self) -> str:
        """Where the addresses of the table begin."""
        return f"/desk/{self.path}"

    filters: ClassVar[Sequence[str]] = ()
    """Fields by whose choices the list can be narrowed."""
    order: ClassVar[Sequence[str]] = ("id",)

    # --- reading ----------------------------------------------------------------------------------------------

    async def rows(self, wanted: Mapping[str, str], view: View) -> Sequence[Any]:
        """The rows of the list; ``wanted`` has the chosen values of :attr:`filters`."""
        conditions = [await self.narrowing(name, value) for name, value in wanted.items()]
        return await self.model.filter(*conditions).order_by(*self.order).limit(MOST)

    async def narrowing(self, name: str, value: str) -> Q:
        """The condition of a filter."""
        return Q(**await self.column(name, value))

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        """A field's value as the table stores it. A department is named by its code, and stored by its number."""
        if name != "department":
            return {name: list(value) if isinstance(value, tuple) else value}
        found = (await city()).department_by_code(value) if value else None
        return {"department_id": found.id if found else None}

    async def row(self, number: Any) -> Model | None:
        """One row of the table, by its id as the address has it."""
        return await self.model.filter(pk=number).first()

    async def choices(self, language: str) -> dict[str, Options]:
        """The choices of those fields that are known only at run time."""
        return {}

    async def view(self, language: str) -> View:
        """All choices, those that the form declares included."""
        declared = {field.name: field.options(language) for field in self.form.fields() if field.choices}
        choices = declared | await self.choices(language)
        known = (await city()).departments.values() if "department" in self.names else ()
        return View(language, choices, {row.id: row.name(language) for row in known})

    def parse(self, raw: Mapping[str, Any], view: View, *, strict: bool = False) -> FormT:
        """Read a row's form, or ``strict`` a JSON object. Raises ``Invalid``."""
        choices = {name: view.values(name) for name in view.choices}
        return self.form.parse(raw, strict=strict, choices=choices)  # type: ignore[return-value]  # what is declared

    async def values(self, row: Any) -> dict[str, Any]:
        """What a row's form shows, and JSON says, field by field. A department is named by its code."""
        found = {name: getattr(row, name) for name in self.names if name != "department"}
        if "department" in self.names:
            known = (await city()).departments.get(row.department_id or 0)
            found["department"] = known.code if known else ""
        return {name: found[name] for name in self.names}

    @property
    def names(self) -> list[str]:
        """The names of the form's fields."""
        return [field.name for field in self.form.fields()]

    def column_label(self, column: Column) -> Text:
        """The heading of a column."""
        return column.label or self.form.field(column.name).label

    def cell(self, row: Any, name: str, view: View) -> object:
        """What stands in a column of the list."""
        if name == "department":
            return view.departments.get(row.department_id) or self.unchosen.get(name, "–")
        value = getattr(row, name)
        if name not in view.choices:
            return value
        return view.words(name, value, "") if value else self.unchosen.get(name, "–")

    def initial(self) -> dict[str, Any]:
        """What stands in the form of a new row."""
        return {}

    def heading(self, row: Any | None, language: str) -> Text:
        """The title of a row's page; of the page for a new one, where there is none yet."""
        return Text("%(name)s", {"name": row.name}) if row else self.add_label

    def tags(self, row: Any) -> Sequence[tuple[Text, str]]:
        """Words and tone of what is special about a row."""
        return [(_("closed"), "warning")] if self.closes and not row.active else []

    async def list_context(self, language: str) -> dict[str, Any]:
        """What a list template of one's own needs beyond the rows."""
        return {}

    async def form_context(self, row: Any | None, language: str) -> dict[str, Any]:
        """What a form template of one's own needs beyond the fields."""
        return {}

    # --- asking -----------------------------------------------------------------------------------------------

    def deleting(self, row: Any, language: str) -> Question:
        """What is asked before a row is deleted."""
        raise NotImplementedError

    async def closing(self, row: Any) -> Question:
        """What is asked before a row is closed."""
        raise NotImplementedError

    async def hindrances(self, row: Any) -> Sequence[Hindrance]:
        """Why a row cannot be closed yet."""
        return ()

    # --- changing: called inside the transaction, with the chain locked -----------------------------------------

    async def check(self, command: FormT, row: Any | None) -> None:
        """Refuse what the form alone cannot know. Raises ``Invalid`` or ``Conflict``."""

    async def check_switch(self, row: Any, *, on: bool) -> None:
        """Refuse to close a row, or to open it again. Raises ``Conflict``."""

    async def stored(self, command: FormT) -> dict[str, Any]:
        """The columns of a command."""
        found: dict[str, Any] = {}
        for name in self.names:
            found |= await self.column(name, getattr(command, name))
        return found

    async def create(self, columns: Mapping[str, Any]) -> Model:
        """Write a new row."""
        return await self.model.create(**columns)

    def event(self, row: Any, how: str) -> DomainEvent:
        """What the ledger is told of a change."""
        return SettingChanged(self.what, row.id, how)

    def forget(self) -> None:
        """Drop what this process keeps of the table; called after the commit."""

    # --- the changes --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[Chain]:
        """A transaction that holds the table's chain."""
        async with database.transaction():
            yield await ledger.open_or_begin(self.chain)
            database.after_commit(self.forget)

    async def add(self, actor: Official, command: FormT, **more: Any) -> Any:
        """Add a row, with columns beyond the form; its id. Raises ``Invalid`` where its key is taken."""
        async with self.changing() as chain:
            if self.key and await self.model.exists(**{self.key: getattr(command, self.key)}):
                raise Invalid([FieldError(self.key, self.taken)])
            await self.check(command, None)
            row = await self.create({**await self.stored(command), **more})
            await chain.append(actor.actor, self.event(row, ADDED))
        return row.pk

    async def change(self, actor: Official, number: Any, command: FormT, seen: int | None = None) -> None:
        """Change a row. Raises ``ChangedMeanwhile`` and ``NotFound``."""
        async with self.changing() as chain:
            await self._unchanged(chain, actor, number, seen)
            row = await self.need(number)
            await self.check(command, row)
            columns = {name: value for name, value in (await self.stored(command)).items() if name != self.key}
            await self.model.filter(pk=number).update(**columns)
            await chain.append(actor.actor, self.event(row, self.how(row, command)))

    def how(self, row: Any, command: FormT) -> str:
        """What the ledger says of a change."""
        return CHANGED

    async def delete(self, actor: Official, number: Any) -> None:
        """Delete a row. Raises ``NotFound``."""
        async with self.changing() as chain:
            row = await self.need(number)
            await row.delete()
            await chain.append(actor.actor, self.event(row, DELETED))

    async def switch(self, actor: Official, number: Any, *, on: bool) -> None:
        """Close a row, or open it again; the second press does nothing. Raises ``NotFound`` and ``Conflict``."""
        async with self.changing() as chain:
            row: Any = await self.need(number)
            if row.active == on:
                return
            await self.check_switch(row, on=on)
            await self.model.filter(pk=number).update(active=on)
            await chain.append(actor.actor, self.event(row, OPENED if on else CLOSED))

    async def need(self, number: Any) -> Model:
        """A row that must be there. Raises ``NotFound``."""
        row = await self.row(number)
        if row is None:
            raise NotFound
        return row

    async def _unchanged(self, chain: Chain, actor: Official, number: Any, seen: int | None) -> None:
        if seen is None or seen >= chain.length:
            return
        since = await ledger.newest([chain.subject], after_sequence=seen, not_by=(actor.actor,), limit=MOST_CHANGES)
        changed = [e for e in reversed(since) if e.data["id"] == number and e.data["how"] in self.conflicting]
        if changed:
            raise ChangedMeanwhile(changed)
