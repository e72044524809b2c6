"""Actions, each declared once: its input, its function, and how it is offered to officials and citizens.

Each domain has a table with one :class:`Act` per action. The forms on its pages, the routes that receive them, the JSON
operations and the tests of every action in every state are generated from that table. The function itself stays plain
domain code, and an unusual form can have its own template.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Concatenate, Generic, TypeVar, cast

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import contract, i18n, idempotency, uploads, web
from server.core import kept as kept_forms
from server.core.contract import Access, Contract, Schema, Shape
from server.core.errors import Conflict, FieldError, Invalid, OnlyShown, Refusal, Text
from server.core.files import MAX_FILES, StoredFile
from server.core.form_pages import NOTHING, Prepared, ReturnedForm
from server.core.forms import Form, FormField

NO_CONTENT = 204
A = TypeVar("A", bound=StrEnum)
F = TypeVar("F", bound=Form)
Overrides = Mapping[str, Mapping[str, Any]]
"""Per field, what a page overrides in its declaration: parameters of ``form_field`` in components/form.html, choices
as pairs, and ``asked``. The key ``""`` overrides attributes of the form itself, named as in :class:`Offer`. Labels are
not among them: errors name a field by its form's label, so a page with other labels has a form of its own."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How an action is offered to officials or to citizens: its texts on the page and its JSON operation.

    ``label`` is on the button that opens the form, ``title`` heads the form and ``send`` is on its submit button; the
    latter two default to the label. ``done`` is the success message.
    """

    summary: str = ""
    """Summary in the OpenAPI document; without one there is no JSON operation."""
    label: Text
    done: Text
    title: Text | None = None
    send: Text | None = None
    notes: Sequence[Text] = ()
    """Paragraphs above the fields."""
    kind: str = "secondary"
    """Kind of the button that opens the form, as in components/button.html."""
    send_kind: str = "primary"
    icon: str = ""
    attrs: Mapping[str, str] = field(default_factory=dict)
    """Further HTML attributes of the form."""
    place: str = "bar"
    """The part of the page that holds the form."""
    form: type[Form] | None = None
    """The form with this side's wording, where it differs from the action's."""
    order: Sequence[str] = ()
    """The fields to show first, where the page's order differs from the form's."""
    fit: Callable[[Any], Overrides | None] | None = None
    """Computes current choices, limits and defaults from the page's data; None means the form is not shown."""
    files: tuple[Text, Text] | None = None
    """Label and hint of the file field."""
    address: str = ""
    """The last segment of its URLs; defaults to the action's name."""
    page: str = ""
    """The same for the page only."""
    status: int = 200
    """HTTP status of the JSON response; 204 has no body."""
    empty: str = ""
    """When the JSON operation responds with 204 instead, in words; empty if it never does."""
    names: Mapping[str, str] | None = None
    """Names of the fields on the page. By default they are prefixed with the action's name, so that a page can hold
    several forms."""
    bulk: Text | None = None
    """The success message of a bulk action, with ``done`` as the number of subjects."""


@dataclass(frozen=True, kw_only=True)
class Act(Generic[A, F]):
    """One action: its form, its function and its offers. Its states and permission are in the domain's tables.

    ``run`` receives the actor, the subject's name and the command, and ``files`` if ``takes_files``.
    """

    action: A
    form: type[F]
    run: Callable[Concatenate[Any, str, F, ...], Awaitable[object]]
    takes_files: bool = False
    reader: Callable[[Mapping[str, Any], str, bool], Awaitable[F]] | None = None
    """Reads the command from the raw input, the subject and ``strict``, where parsing needs more than the form: current
    choices or valid days."""
    desk: Offer | None = None
    citizen: Offer | None = None
    when: Callable[[Any], bool] | None = None
    """A further condition on a subject whose state allows the action."""

    def form_of(self, offer: Offer) -> type[F]:
        """The form with the wording of one side."""
        return cast("type[F]", offer.form) or self.form

    async def read(
        self,
        offer: Offer,
        raw: Mapping[str, Any],
        subject: str,
        *,
        strict: bool = False,
        wrong: Sequence[FieldError] = (),
    ) -> F:
        """Parse the input into the command. Raises ``Invalid`` with all errors, those of files included."""
        found: list[FieldError] = []
        try:
            form = self.form_of(offer)
            command = await self.reader(raw, subject, strict) if self.reader else form.parse(raw, strict=strict)
        except Invalid as refusal:
            found = refusal.errors
        if found or wrong:
            raise Invalid([*found, *(error for error in wrong if error not in found)])
        return command

    async def do(self, actor: object, subject: str, command: F, files: Sequence[StoredFile] = ()) -> None:
        """Run the action. Raises the refusals of its function."""
        given: dict[str, Any] = {"files": files} if self.takes_files else {}
        await self.run(actor, subject, command, **given)


FILE_TOKENS: Schema = {
    **contract.many(contract.TEXT, MAX_FILES),
    "description": "Tokens of files uploaded before to `files` of the case or of the desk; valid for a day.",
}


@dataclass(frozen=True)
class Body:
    """The request body of a JSON operation; its schema is built when the OpenAPI document is."""

    form: type[Form]
    takes_files: bool

    def schema(self) -> Schema:
        """The form's schema, plus file tokens."""
        found = self.form.schema()
        if not self.takes_files:
            return found
        return {**found, "properties": {**found["properties"], uploads.FIELD: FILE_TOKENS}}


# --- Idempotency ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """An actor and the subject of an action. ``scope`` names both; a request repeated within it runs once.

    ``action`` is for answers that depend on what was done.
    """

    actor: Any
    subject: str
    scope: str
    action: str = ""


@dataclass(frozen=True)
class Press:
    """Idempotency of a page's button: a double click or a reload runs the action once.

    The key is made of the form's content and of the subject's version on the page. Every change makes a new version, so
    the same content can be sent again from the page shown afterwards.
    """

    secret: str
    scope: str
    version: object
    content: object

    @property
    def key(self) -> str:
        """The idempotency key; empty for a form without a version."""
        return idempotency.fingerprint(["page", self.version, self.content]) if self.version else ""

    async def once(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run ``act`` unless it has already succeeded. After a refusal it can be tried again."""
        await idempotency.once(self.secret, self.scope, self.key, self.content, act)

    async def done(self) -> bool:
        """Whether the action has already run."""
        return bool(self.key) and await idempotency.seen(self.secret, self.scope, self.key)


# --- JSON operations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Api:
    """What the JSON operations on one kind of subject share."""

    path: str
    """The subject's path; the action's segment is appended."""
    content: Schema | Shape
    access: Access
    attempt: Callable[[Request, Act[Any, Any]], Awaitable[Attempt]]
    """Determines actor and subject. Raises a refusal if they may not act."""
    answer: Callable[[Request, Attempt, int], Awaitable[Response]]
    """Responds with the subject after the action and a status."""
    headers: Mapping[str, Schema] = field(default_factory=dict)

    def operation(self, act: Act[Any, Any], offer: Offer) -> Route:
        """The ``POST`` route of the action."""
        name = offer.address or act.action.value

        @Contract(
            offer.summary,
            None if offer.status == NO_CONTENT else self.content,
            offer.status,
            access=self.access,
            body=Body(act.form_of(offer), act.takes_files),
            headers={**self.headers, **contract.IDEMPOTENCY_HEADER},
            empty=offer.empty,
            refusals=(404, 409),
        )
        async def endpoint(request: Request) -> Response:
            attempt = await self.attempt(request, act)
            raw = await web.read_json(request)

            async def do() -> None:
                tokens = raw.get(uploads.FIELD) if act.takes_files else None
                files = await uploads.named(tokens, request.app.state.store, web.site(request).settings)
                command = await act.read(offer, raw, attempt.subject, strict=True)
                await act.do(attempt.actor, attempt.subject, command, files)

            key = request.headers.get("idempotency-key")
            secret = web.site(request).settings.secret_key
            checked = "" if key is None else idempotency.check(key)
            await idempotency.once(secret, f"{attempt.scope}/{name}", checked, raw, do)
            return await self.answer(request, attempt, offer.status)

        return Route(f"{self.path}/{name}", endpoint, methods=["POST"])


# --- Pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A form as received from a page: the raw fields, the stored files and the errors of the files."""

    values: Mapping[str, Any]
    files: Sequence[StoredFile] = ()
    wrong: Sequence[FieldError] = ()


def page_name(act: Act[Any, Any], offer: Offer, name: str) -> str:
    """A field's name on the page."""
    return f"{act.action}.{name}" if offer.names is None else offer.names.get(name, name)


async def read(request: Request, act: Act[Any, Any], offer: Offer) -> Sent:
    """Read a page's form; fields are also accepted under their unprefixed names."""
    form = await web.read_form(request, files=uploads.PARTS if act.takes_files else 0)
    declared = act.form_of(offer)
    own = {page_name(act, offer, each.name): each.name for each in declared.fields()}
    for part in ("", "_kept", "_remove"):
        own[page_name(act, offer, uploads.FIELD) + part] = uploads.FIELD + part
    items = [(own.get(name, name.removeprefix(f"{act.action}.")), value) for name, value in form.multi_items()]
    values = declared.raw((name, value) for name, value in items if isinstance(value, str))
    settings = web.site(request).settings
    files, wrong = await uploads.receive(FormData(items), request.app.state.store, settings)
    return Sent(values, files, wrong)


def kept(
    request: Request, act: Act[Any, Any], offer: Offer, sent: Sent, refusal: Refusal | None = None
) -> ReturnedForm:
    """A form to be shown again."""
    errors = [*refusal.errors] if isinstance(refusal, Invalid) else []
    found = web.field_errors(web.language(request), [*errors, *(each for each in sent.wrong if each not in errors)])
    return ReturnedForm(
        act.action.value,
        {page_name(act, offer, name): value for name, value in sent.values.items()},
        {page_name(act, offer, name) if name else "": text for name, text in found.items()},
        None if isinstance(refusal, OnlyShown) else refusal,
        uploads.shown(web.site(request).settings, sent.files),
    )


def press(request: Request, act: Act[Any, Any], attempt: Attempt, sent: Sent, version: str = "version") -> Press:
    """The :class:`Press` of a submitted form; ``version`` is the field that holds the version its page showed."""
    content = [sent.values, [file.sent_hash for file in sent.files]]
    scope = f"{attempt.scope}/{act.action}"
    return Press(web.site(request).settings.secret_key, scope, sent.values.get(version), content)


async def act_once(
    request: Request, act: Act[Any, Any], offer: Offer, attempt: Attempt, sent: Sent, *, version: str = "version"
) -> ReturnedForm | None:
    """Run a form's action once; if it is refused, return the form with the reasons.

    Raises refusals that concern neither the input nor the state of the subject.
    """

    async def do() -> None:
        command = await act.read(offer, sent.values, attempt.subject, wrong=sent.wrong)
        await act.do(attempt.actor, attempt.subject, command, sent.files)

    try:
        await press(request, act, attempt, sent, version).once(do)
    except (Invalid, Conflict) as refusal:
        return kept(request, act, offer, sent, refusal)
    await kept_forms.sent(request)
    return None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A form as components/act.html renders it."""

    action: str
    offer: Offer
    to: str
    hidden: Mapping[str, object]
    fields: Sequence[tuple[FormField, Mapping[str, Any]]]
    """Each field under its name on the page, with the page's overrides."""
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    open: bool
    """Whether it is shown again with errors, or for a text that was put into it."""
    files: Mapping[str, Any] | None
    texts: Sequence[tuple[object, str]] = ()
    """Reply templates that can be put into it, as value and title."""
    drafted: bool = False
    """Whether its values are a draft."""


def draw(
    act: Act[Any, Any],
    offer: Offer,
    *,
    to: str,
    hidden: Mapping[str, object],
    language: str,
    page: object = None,
    back: ReturnedForm | None = None,
    prepared: Prepared = NOTHING,
) -> Drawn | None:
    """Prepare an action's form for a page; None where it is not offered at the moment.

    ``to`` is the subject's URL, ``page`` the argument of :attr:`Offer.fit`, ``back`` a form to be shown again, which
    goes before the draft in ``prepared``.
    """
    fit = offer.fit(page) if offer.fit else {}
    if fit is None:
        return None
    returned = back is not None and back.action == act.action
    mine = (back if returned else prepared.draft) or ReturnedForm()
    offer = replace(offer, **fit.get("", {}))
    files = page_name(act, offer, uploads.FIELD)
    fields = []
    for each in sorted(act.form_of(offer).fields(), key=lambda each: each.name not in offer.order):
        if each.asked and fit.get(each.name, {}).get("asked", True):
            name = page_name(act, offer, each.name)
            fields.append(_field(replace(each, name=name), fit.get(each.name, {}), language))
    return Drawn(
        action=act.action.value,
        offer=offer,
        to=f"{to}/{offer.page or offer.address or act.action}",
        hidden={name: value for name, value in hidden.items() if value},
        fields=fields,
        values=mine.values,
        errors=mine.errors,
        open=returned or prepared.opened,
        texts=prepared.texts,
        drafted=not returned and prepared.draft is not None,
        files={"name": files, "error": mine.errors.get(files, ""), "kept": mine.files} if offer.files else None,
    )


def _field(declared: FormField, said: Mapping[str, Any], language: str) -> tuple[FormField, Mapping[str, Any]]:
    """A field with its page's overrides, translated."""
    words = {name: i18n.translate(language, value) for name, value in said.items() if isinstance(value, Text)}
    over = {name: value for name, value in {**said, **words}.items() if name not in {"asked", "choices"}}
    if "choices" not in said:
        return declared, over
    options = [(choice[0], *(i18n.translate(language, text) for text in choice[1:])) for choice in said["choices"]]
    kind = declared.kind if declared.kind == "choices" else "choice"
    return replace(declared, kind="choices" if declared.kind == "references" else kind), {
        **over,
        "choices": {declared.name: options},
    }
