"""The declaration of an administration table, and all changes to it.

A change is one transaction that first locks the table's chain in the ledger and appends an event to it, which holds
ids only. The length of that chain is the version of the whole table: saving a row that somebody else has changed or
deleted since it was opened is a conflict and overwrites nothing.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model

from server.core import city as cities
from server.core import contract, database, i18n, ledger
from server.core.accounts import Official, Permission
from server.core.city import city
from server.core.contract import Schema
from server.core.errors import ChangedMeanwhile, FieldError, Invalid, NotFound, Text, _
from server.core.forms import Form, Seen, not_a_choice
from server.core.ledger import Chain, DomainEvent, SettingChanged
from server.core.messages import fill
from server.core.web import Consequence

MOST = 500
"""Maximum rows of a table on its page; no city has more departments, rules or templates."""
MOST_CHANGES = 1_000
"""Maximum events searched for a conflicting change."""
ADDED, CHANGED, DELETED, OPENED, CLOSED = "added", "changed", "deleted", "switched_on", "switched_off"
"""What happened to a row, as recorded in the ledger."""
SAVED = _("Saved.")

FormT = TypeVar("FormT", bound=Form)
Shown = Mapping[str, Any] | None
Options = list[tuple[str, str]]
"""Value and label of each choice of a field."""


class Version(Form):
    """The version of the table on which a change is based."""

    version: Seen = None


@dataclass(frozen=True, eq=False)
class View:
    """How a table is shown: in which language, and with which labels for the choices of its fields."""

    language: str
    choices: Mapping[str, Options]
    departments: Mapping[int, str]
    """The names of all departments, closed ones included."""

    def values(self, name: str) -> list[str]:
        return [value for value, _words in self.choices.get(name, ())]

    def words(self, name: str, value: object, other: str = "–") -> str:
        """The label of a choice, or several separated by commas. ``other`` replaces a value that is not a choice."""
        known = dict(self.choices.get(name, ()))
        values = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(known.get(str(one), other or str(one)) for one in values)


@dataclass(frozen=True)
class Column:
    """A column of the list: a field of the form, or another value of the row with its own label."""

    name: str
    label: Text | None = None
    kind: str = ""
    """Empty for text; ``number``, ``code`` or ``lines``."""


@dataclass(frozen=True)
class Question:
    """The confirmation asked for before something that is not easily undone, and the message when it was done.

    Values that the texts lack are those of the row.
    """

    text: Text
    consequence: Text
    label: Text
    done: Text = SAVED


@dataclass(frozen=True)
class Hindrance:
    """What must be resolved first, with a link to it."""

    text: Text
    url: str = ""


@dataclass(frozen=True)
class RowText:
    """The values of a row in a text of the table, in the reader's language."""

    row: Any
    language: str

    def value(self, name: str) -> object:
        """A column; any other name stands for the row's key."""
        value = i18n.name_in(self.row, self.language) if name == "name" else getattr(self.row, name, self.row.pk)
        return i18n.date_text(value, self.language) if isinstance(value, date) else value


class Resource(Generic[FormT]):
    """One table. A subclass declares the attributes and overrides what differs from the default."""

    what: ClassVar[str]
    """The name of a row's kind in the ledger and in JSON."""
    path: ClassVar[str]
    """The last segment of its URLs: ``/desk/{path}``, ``/api/v1/desk/{path}``."""
    permission: ClassVar[Permission]
    model: ClassVar[type[Model]]
    form: ClassVar[type[Form]]
    columns: ClassVar[Sequence[Column]] = ()
    """The columns of the list after the link to the row."""
    key: ClassVar[str] = ""
    """The field that identifies a row to programs: unique and never changed."""
    taken: ClassVar[Text]
    """The error for a key that another row has."""
    conflicting: ClassVar[frozenset[str]] = frozenset({CHANGED, DELETED})
    """The changes by others that conflict with an edit of the row."""
    title: ClassVar[Text]
    row_title: ClassVar[Text] = Text("%(name)s")
    """The title of a row's page, and what the list calls the row."""
    trail: ClassVar[Text]
    """What the audit trail calls a row, by its ``id``."""
    name_label: ClassVar[Text] = _("Name")
    """The heading of the list's first column."""
    add_label: ClassVar[Text]
    added: ClassVar[Text]
    intro: ClassVar[Text | None] = None
    form_intro: ClassVar[Text | None] = None
    empty: ClassVar[tuple[Text, Text]]
    """What an empty list shows, and what to do about it."""
    sections: ClassVar[Mapping[str, Text]] = {}
    """The headings of a long form, by the field that follows each."""
    list_template: ClassVar[str] = "desk/settings/list.html"
    form_template: ClassVar[str] = "desk/settings/form.html"
    adds: ClassVar[bool] = True
    changes: ClassVar[bool] = True
    deleting: ClassVar[Question | None] = None
    """The confirmation before a row is deleted; without one none can be."""
    closing: ClassVar[Question | None] = None
    """The same for closing a row (``active`` is false), which can be opened again."""
    opened: ClassVar[Text]
    """The success message after opening a row."""
    steps: ClassVar[Mapping[str, tuple[Question, Callable[..., Awaitable[Shown]]]]] = {}
    """What else is done to a row after a confirmation: a method, by the last segment of its URL."""
    shown_once: ClassVar[Mapping[str, Schema]] = {}
    """What the response to a new row, or to a step, shows and nobody can read again."""
    shown_template: ClassVar[str] = ""
    closed_note: ClassVar[Text]
    closed_tag: ClassVar[Text] = _("closed")
    unchosen: ClassVar[Mapping[str, Text]] = {}
    """The label of an empty choice, by field."""

    chain: ClassVar[str] = ""
    """The ledger subject of all changes to the table; defaults to ``settings/{path}``."""
    home: ClassVar[str] = ""
    """The page with the list; defaults to ``/desk/{path}``."""
    number: ClassVar[str] = "{id:int}"
    """The path parameter for a row."""

    def __init_subclass__(cls) -> None:
        if path := getattr(cls, "path", ""):
            cls.chain = cls.chain or f"settings/{path}"
            cls.home = cls.home or f"/desk/{path}"

    @property
    def page(self) -> str:
        """The prefix of the table's page URLs."""
        return f"/desk/{self.path}"

    forget: ClassVar["staticmethod[[], None]"] = staticmethod(cities.forget)
    """Drops this process's cache of the table; called after the commit."""
    filters: ClassVar[Sequence[str]] = ()
    """Fields by which the list can be filtered."""
    order: ClassVar[Sequence[str]] = ("id",)

    # --- reading ----------------------------------------------------------------------------------------------

    async def rows(self, wanted: Mapping[str, str], view: View) -> Sequence[Any]:
        """The rows of the list; ``wanted`` has the selected values of :attr:`filters`."""
        conditions = [await self.narrowing(name, value) for name, value in wanted.items()]
        return await self.model.filter(*conditions).order_by(*self.order).limit(MOST)

    def wanted(self, query: Mapping[str, str], view: View) -> dict[str, str]:
        """The selected values of :attr:`filters`. Raises ``Invalid`` for anything else."""
        errors = contract.unknown(query, {*self.filters, "lang"})
        wanted = {name: value for name, value in query.items() if name in self.filters and value}
        errors += [not_a_choice(name, value) for name, value in wanted.items() if value not in view.values(name)]
        if errors:
            raise Invalid(errors)
        return wanted

    async def narrowing(self, name: str, value: str) -> Q:
        return Q(**await self.column(name, value))

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        """The column and value that store a field. A department's code is stored as its id."""
        if name != "department":
            return {name: list(value) if isinstance(value, tuple) else value}
        found = (await city()).department_by_code(value) if value else None
        return {"department_id": found.id if found else None}

    async def row(self, number: Any) -> Model | None:
        """A row by the id in its URL."""
        return await self.model.filter(pk=number).first()

    async def choices(self, language: str) -> dict[str, Options]:
        """The choices of the fields whose choices are known only at run time."""
        return {}

    async def view(self, language: str) -> View:
        """All choices, including those that the form declares."""
        declared = {field.name: field.options(language) for field in self.form.fields() if field.choices}
        choices = declared | await self.choices(language)
        known = (await city()).departments.values() if "department" in self.names else ()
        return View(language, choices, {row.id: row.name(language) for row in known})

    def parse(self, raw: Mapping[str, Any], view: View, *, strict: bool = False) -> FormT:
        """Parse a row's form or, if ``strict``, a JSON object. Raises ``Invalid``."""
        choices = {name: view.values(name) for name in view.choices}
        return self.form.parse(raw, strict=strict, choices=choices)  # type: ignore[return-value]  # what is declared

    async def values(self, row: Any) -> dict[str, Any]:
        """A row's values by field, for the form and for JSON. A department is given by its code."""
        found = {name: getattr(row, name) for name in self.names if name != "department"}
        if "department" in self.names:
            known = (await city()).departments.get(row.department_id or 0)
            found["department"] = known.code if known else ""
        return {name: found[name] for name in self.names}

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.form.fields()]

    def column_label(self, column: Column) -> Text:
        return column.label or self.form.field(column.name).label

    def cell(self, row: Any, name: str, view: View) -> object:
        """The value of a row in a column of the list."""
        if name == "department":
            return view.departments.get(row.department_id) or self.unchosen.get(name, "–")
        value = getattr(row, name)
        if name not in view.choices:
            return value
        return view.words(name, value, "") if value else self.unchosen.get(name, "–")

    def initial(self) -> dict[str, Any]:
        """The initial values of a new row's form."""
        return {}

    def heading(self, row: Any | None, language: str) -> Text:
        """The title of a row's page, or of the page for a new row."""
        return fill(self.row_title, RowText(row, language)) if row else self.add_label

    def tags(self, row: Any) -> Sequence[tuple[Text, str]]:
        """Label and colour of a row's tags."""
        return [(self.closed_tag, "warning")] if self.closing and not row.active else []

    async def list_context(self, language: str) -> dict[str, Any]:
        """Additional values for a custom list template."""
        return {}

    async def form_context(self, row: Any | None, language: str) -> dict[str, Any]:
        """Additional values for a custom form template."""
        return {}

    def consequence(self) -> Consequence | None:
        """What the last change of this request has led to elsewhere; its page links to it after the change."""
        return None

    # --- confirmations ----------------------------------------------------------------------------------------

    async def asked(self, question: Question, row: Any, language: str) -> Question:
        """A confirmation about a row."""
        values = RowText(row, language)
        return replace(question, text=fill(question.text, values), consequence=fill(question.consequence, values))

    async def hindrances(self, row: Any) -> Sequence[Hindrance]:
        """What prevents closing a row."""
        return ()

    # --- changing: called inside the transaction, with the chain locked -----------------------------------------

    async def check(self, command: FormT, row: Any | None) -> None:
        """Check what needs the database. Raises ``Invalid`` or ``Conflict``."""

    async def check_switch(self, row: Any, *, on: bool) -> None:
        """Check whether a row can be closed or opened again. Raises ``Conflict``."""

    async def stored(self, command: FormT) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.names:
            found |= await self.column(name, getattr(command, name))
        return found

    async def create(self, columns: Mapping[str, Any]) -> Model:
        return await self.model.create(**columns)

    async def update(self, row: Any, columns: Mapping[str, Any]) -> None:
        await self.model.filter(pk=row.pk).update(**columns)

    def event(self, row: Any, how: str) -> DomainEvent:
        return SettingChanged(self.what, row.id, how)

    async def record(self, chain: Chain, actor: Official, row: Any, how: str) -> None:
        """Append a change to the chain; ``row`` is as it was before. What follows from the change is added here."""
        await chain.append(actor.actor, self.event(row, how))

    # --- the changes --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[Chain]:
        """A transaction with the table's chain locked."""
        async with database.transaction():
            yield await ledger.open_or_begin(self.chain)
            database.after_commit(self.forget)

    def ends_session(self, _actor: Official, _number: Any) -> bool:
        """Whether what is shown once, such as an own new password, has ended its reader's session."""
        return False

    async def insert(self, actor: Official, command: FormT) -> tuple[Any, Shown]:
        """Add a row. Returns its id, and what the response shows only once."""
        return await self.add(actor, command), None

    async def add(self, actor: Official, command: FormT, **more: Any) -> Any:
        """Add a row, with columns beyond the form. Returns its id. Raises ``Invalid`` if its key is taken."""
        async with self.changing() as chain:
            if self.key and await self.model.exists(**{self.key: getattr(command, self.key)}):
                raise Invalid([FieldError(self.key, self.taken)])
            await self.check(command, None)
            row = await self.create({**await self.stored(command), **more})
            await self.record(chain, actor, row, ADDED)
        return row.pk

    async def change(self, actor: Official, number: Any, command: FormT, seen: int | None = None) -> None:
        """Change a row. Raises ``ChangedMeanwhile`` and ``NotFound``."""
        async with self.changing() as chain:
            await self._unchanged(chain, actor, number, seen)
            row = await self.need(number)
            await self.check(command, row)
            columns = {name: value for name, value in (await self.stored(command)).items() if name != self.key}
            await self.update(row, columns)
            await self.record(chain, actor, row, self.how(row, command))

    def how(self, row: Any, command: FormT) -> str:
        """What the ledger records for a change."""
        return CHANGED

    async def delete(self, actor: Official, number: Any) -> None:
        """Delete a row. Raises ``NotFound``."""
        async with self.changing() as chain:
            row = await self.need(number)
            await row.delete()
            await self.record(chain, actor, row, DELETED)

    async def switch(self, actor: Official, number: Any, *, on: bool) -> None:
        """Close a row or open it again; repeating it does nothing. Raises ``NotFound`` and ``Conflict``."""
        async with self.changing() as chain:
            row: Any = await self.need(number)
            if row.active == on:
                return
            await self.check_switch(row, on=on)
            await self.model.filter(pk=number).update(active=on)
            await self.record(chain, actor, row, OPENED if on else CLOSED)

    async def need(self, number: Any) -> Model:
        """A row that must exist. Raises ``NotFound``."""
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
