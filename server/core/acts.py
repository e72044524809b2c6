"""An action declared once: what it takes, what it does, and how each side is offered it.

A domain keeps a table with one :class:`Act` for each of its actions. The forms of its pages, the routes that take them,
the operations of its JSON interface and the tests of every action in every state are made from that table. The
function of an action stays the domain's own plain code, and a form unlike the others has a template of its own.
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
from server.core.contract import Access, Contract, Schema, Shape, documented
from server.core.errors import Conflict, FieldError, Invalid, Refusal, Text
from server.core.files import MAX_FILES, StoredFile
from server.core.forms import Form, FormField

A = TypeVar("A", bound=StrEnum)
F = TypeVar("F", bound=Form)
Overrides = Mapping[str, Mapping[str, Any]]
"""By field, what a page says instead of its declaration: parameters of ``form_field`` in components/form.html, choices
as pairs, and ``asked``. Under ``""`` the same for the form itself, by the names of :class:`Offer`."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How one side is offered an action: in the words of its page, and as an operation for programs.

    ``label`` stands on the button that leads to the form, ``title`` above the form, ``send`` on the button that sends
    it; the latter two are the label where they are left out. ``done`` is said afterwards.
    """

    summary: str = ""
    """In the OpenAPI document; there is no operation where it is empty."""
    label: Text
    done: Text
    title: Text | None = None
    send: Text | None = None
    notes: Sequence[Text] = ()
    """Paragraphs above the fields."""
    kind: str = "secondary"
    """Of the button that leads to the form, as in components/button.html."""
    send_kind: str = "primary"
    icon: str = ""
    attrs: Mapping[str, str] = field(default_factory=dict)
    """Further attributes of the form."""
    place: str = "bar"
    """The part of the page that holds the form."""
    form: type[Form] | None = None
    """The form in this side's words, where they are others than the action's."""
    order: Sequence[str] = ()
    """The fields that stand first, where the page asks in another order."""
    fit: Callable[[Any], Overrides | None] | None = None
    """From what the page knows: choices, limits and defaults of the moment. None where there is no form just now."""
    files: tuple[Text, Text] | None = None
    """Label and hint of the field for files."""
    address: str = ""
    """The last segment of its addresses; the action's own name where it is empty."""
    page: str = ""
    """The same for the page alone."""
    status: int = 200
    """Of the JSON answer."""
    names: Mapping[str, str] | None = None
    """Names of fields on the page. Without it they begin with the action's, so that a page can hold many forms."""
    bulk: Text | None = None
    """What is said after ``done`` subjects, where a page does it to many at once."""


@dataclass(frozen=True, kw_only=True)
class Act(Generic[A, F]):
    """One action: its form, its function, and who is offered it. Its state and right stand in the domain's tables.

    ``run`` is given the actor, the name of the subject and the command, and ``files`` where ``takes_files``.
    """

    action: A
    form: type[F]
    run: Callable[Concatenate[Any, str, F, ...], Awaitable[object]]
    takes_files: bool = False
    reader: Callable[[Mapping[str, Any], str, bool], Awaitable[F]] | None = None
    """How the command is read from what was sent about a subject, strictly or not, where its form needs to know more:
    choices of the moment, days that hold."""
    desk: Offer | None = None
    citizen: Offer | None = None
    when: Callable[[Any], bool] | None = None
    """Whether it makes sense for a subject whose state allows it."""

    def form_of(self, offer: Offer) -> type[F]:
        """The form in one side's words."""
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
        """The command out of what was sent. Raises ``Invalid`` with everything that is wrong, files included."""
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
        """Do it. Raises whatever the action refuses."""
        given: dict[str, Any] = {"files": files} if self.takes_files else {}
        await self.run(actor, subject, command, **given)


FILE_TOKENS: Schema = {
    **contract.many(contract.TEXT, MAX_FILES),
    "description": "Tokens of files that were sent to `files` of the case, or of the desk, before; good for a day.",
}


@dataclass(frozen=True)
class Body:
    """What a JSON operation takes, as its contract asks for it when the document is made."""

    form: type[Form]
    takes_files: bool

    def schema(self) -> Schema:
        """The form's, and tokens of files."""
        found = self.form.schema()
        if not self.takes_files:
            return found
        return {**found, "properties": {**found["properties"], uploads.FIELD: FILE_TOKENS}}


# --- Once -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """Somebody about to act on something. ``scope`` names both: within it, what is sent again is not done again."""

    actor: Any
    subject: str
    scope: str


@dataclass(frozen=True)
class Press:
    """A button of a page: pressed twice, or sent again by a reload, it acts once.

    It is known by what the form holds and by the version of the subject that its page showed. Whatever is done makes a
    new version, so the same words can be sent again from the page that comes back.
    """

    secret: str
    scope: str
    version: object
    content: object

    @property
    def key(self) -> str:
        """By what it is known; nothing for a form that says no version."""
        return idempotency.fingerprint(["page", self.version, self.content]) if self.version else ""

    async def once(self, act: Callable[[], Awaitable[None]]) -> None:
        """Act, and not again. Whatever ``act`` refuses can be tried again."""
        await idempotency.once(self.secret, self.scope, self.key, self.content, act)

    async def done(self) -> bool:
        """Whether it was acted on already."""
        return bool(self.key) and await idempotency.seen(self.secret, self.scope, self.key)


# --- Programs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Api:
    """What the JSON operations on one kind of subject share."""

    path: str
    """Of the subject; the action's own segment follows."""
    content: Schema | Shape
    access: Access
    attempt: Callable[[Request, Act[Any, Any]], Awaitable[Attempt]]
    """Who acts on what. Raises whatever refuses them."""
    answer: Callable[[Request, Attempt, int], Awaitable[Response]]
    """The subject as it then is, with a status."""
    headers: Mapping[str, Schema] = field(default_factory=dict)

    def operation(self, act: Act[Any, Any], offer: Offer) -> Route:
        """``POST`` to the address of the action."""
        name = offer.address or act.action.value

        @documented(
            Contract(
                offer.summary,
                self.content,
                offer.status,
                access=self.access,
                body=Body(act.form_of(offer), act.takes_files),
                headers={**self.headers, **contract.IDEMPOTENCY_HEADER},
                refusals=(404, 409),
            )
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
    """A page's form as it came: what the command is read from, the files in the store, and what is wrong with those."""

    values: Mapping[str, Any]
    files: Sequence[StoredFile] = ()
    wrong: Sequence[FieldError] = ()


@dataclass(frozen=True)
class ReturnedForm:
    """A form that came back: whose, what was typed into it, and what is wrong. Names are those on the page."""

    action: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    files: Sequence[Mapping[str, object]] = ()
    """The files that came with it, as a page carries them."""

    def value(self, name: str, default: object = "") -> object:
        """What stands in a field."""
        return self.values.get(name, default)

    def error(self, name: str) -> str:
        """What is wrong with a field."""
        return self.errors.get(name, "")

    @property
    def status(self) -> int:
        """Of the page that shows it again."""
        return self.refusal.status if self.refusal else 200


def page_name(act: Act[Any, Any], offer: Offer, name: str) -> str:
    """What a field is called on a page."""
    return f"{act.action}.{name}" if offer.names is None else offer.names.get(name, name)


async def read(request: Request, act: Act[Any, Any], offer: Offer) -> Sent:
    """Read a form of a page; a field is also taken by its own name."""
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
        refusal,
        uploads.shown(web.site(request).settings, sent.files),
    )


def press(request: Request, act: Act[Any, Any], attempt: Attempt, sent: Sent, version: str = "version") -> Press:
    """What makes a form's second press the same as its first; ``version`` is the field with what its page showed."""
    content = [sent.values, [file.hash for file in sent.files]]
    scope = f"{attempt.scope}/{act.action}"
    return Press(web.site(request).settings.secret_key, scope, sent.values.get(version), content)


async def act_once(
    request: Request, act: Act[Any, Any], offer: Offer, attempt: Attempt, sent: Sent, *, version: str = "version"
) -> ReturnedForm | None:
    """Do what a form asks for, once; else the form as it comes back, with what hindered it.

    Raises whatever is refused but for what was typed and for the state of the subject.
    """

    async def do() -> None:
        command = await act.read(offer, sent.values, attempt.subject, wrong=sent.wrong)
        await act.do(attempt.actor, attempt.subject, command, sent.files)

    try:
        await press(request, act, attempt, sent, version).once(do)
    except (Invalid, Conflict) as refusal:
        return kept(request, act, offer, sent, refusal)
    return None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A form as components/act.html draws it."""

    action: str
    offer: Offer
    to: str
    hidden: Mapping[str, object]
    fields: Sequence[tuple[FormField, Mapping[str, Any]]]
    """Each by its name on the page, with what the page says instead of the declaration."""
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    open: bool
    """Whether it came back."""
    files: Mapping[str, Any] | None


def draw(
    act: Act[Any, Any],
    offer: Offer,
    *,
    to: str,
    hidden: Mapping[str, object],
    language: str,
    page: object = None,
    back: ReturnedForm | None = None,
) -> Drawn | None:
    """A form of a page; None where there is none just now.

    ``to`` is the subject's address, ``page`` what :attr:`Offer.fit` asks of, ``back`` a form that came back.
    """
    fit = offer.fit(page) if offer.fit else {}
    if fit is None:
        return None
    mine = back if back and back.action == act.action else ReturnedForm()
    files = page_name(act, offer, uploads.FIELD)
    fields = []
    for each in sorted(act.form_of(offer).fields(), key=lambda each: each.name not in offer.order):
        if each.asked and fit.get(each.name, {}).get("asked", True):
            name = page_name(act, offer, each.name)
            fields.append(_field(replace(each, name=name), fit.get(each.name, {}), language))
    return Drawn(
        action=act.action.value,
        offer=replace(offer, **fit.get("", {})),
        to=f"{to}/{offer.page or offer.address or act.action}",
        hidden={name: value for name, value in hidden.items() if value},
        fields=fields,
        values=mine.values,
        errors=mine.errors,
        open=mine.action != "",
        files={"name": files, "error": mine.errors.get(files, ""), "kept": mine.files} if offer.files else None,
    )


def _field(declared: FormField, said: Mapping[str, Any], language: str) -> tuple[FormField, Mapping[str, Any]]:
    """A field with what its page says of it, in words."""
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
