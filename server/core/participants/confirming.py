"""Participants' actions: run now if they are signed in; otherwise stored until they open a confirmation link.

A domain declares each action once; its page, its JSON operation and its confirmation run the same code. The composition
root collects them in one :class:`Confirmations` in ``app.state``, by name, so that an action can wait in the database.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, idempotency, web
from server.core.contract import IDEMPOTENCY_HEADER, Answer, Contract, Schema, Shape
from server.core.errors import FieldError, Forbidden, Invalid, Text, _
from server.core.form_pages import Show, form_page
from server.core.forms import Errors, Form
from server.core.participants import links
from server.core.participants.people import Person, attendee, person_of, take_name
from server.core.participants.who import Attendee, Who
from server.core.security import Rate, network

Content = Mapping[str, Any]
F = TypeVar("F", bound=Form)

MAILS = Rate(12, 8)
"""Confirmations that one client may request; people in one hall share an IP address."""
OFTEN = Rate(20, 10)
MAILS_AN_HOUR = 5
"""Confirmations per hour to one address."""
HANDED_IN = _("Your text will be submitted.")
ENTER = _("This opens your submissions in the city's forums.")
ENOUGH = _(
    "Several emails were sent to this address within the last hour. Please open the link in the latest one, or "
    "try again later."
)


class NotAnAction(Forbidden):
    """403: requires a confirmed email address and a display name."""

    code = "not_taking_part"
    text = _("To take part here, please confirm your email address first.")


@dataclass(frozen=True, kw_only=True)
class ParticipantAct(Generic[F]):
    """An action of participants, run at once or after their address is confirmed."""

    name: str
    """Stored in the database: never change it."""
    form: type[F]
    about: Callable[[Request], Awaitable[Content]]
    """What the request is about, as JSON without the form's fields; the confirmation page shows its ``title`` and
    ``text``. Raises a refusal if the action is not possible there."""
    run: Callable[[Any, Content, F], Awaitable[str]]
    """Runs the action on what it is about and returns the URL of the page to go to."""
    reader: Callable[[Content, str, bool], Awaitable[tuple[F, Errors]]] | None = None
    """Reads the form from the raw input, the author's language and ``strict``, where that needs reference data."""
    what: Text = HANDED_IN
    """Describes the action before it is confirmed."""
    done: Text | None = None
    """The message after the action."""
    rate: Rate = OFTEN
    """The rate limit per person."""
    officials: bool = False
    """Whether officials can take it too, under their own name."""
    who: type[Who | Attendee] = Who
    """The form of name and address. The name of ``Who`` becomes the one shown to everyone."""

    @property
    def public(self) -> bool:
        """Whether it is taken under the name shown to everyone."""
        return self.who is Who

    async def person(self, email: str, name: str, language: str) -> Person:
        """Whoever takes it with a confirmed address and the name that they gave."""
        return await (take_name if self.public else attendee)(email, name, language)

    async def read(self, raw: Content, language: str, *, strict: bool = False) -> tuple[F, Errors]:
        """The command and its errors."""
        return await self.reader(raw, language, strict) if self.reader else self.form.read(raw, strict=strict)

    def schema(self) -> Schema:
        """The body of its JSON operation: its form together with its author's name and address."""
        found = self.form.schema()
        return {**found, "properties": {**found["properties"], **self.who.schema()["properties"]}}


class Confirmations:
    """The actions that can await confirmation, and the pages around them. One in ``app.state.confirmations``."""

    def __init__(self, acts: Iterable[ParticipantAct[Any]], home: str, onward: tuple[Text, str]) -> None:
        self.acts = {act.name: act for act in acts}
        self.home = home
        """The page of a participant's own activity."""
        self.onward = onward
        """Label and URL of a page to offer while the mail is on its way."""

    async def confirm(self, kept: links.Waiting) -> tuple[str, Text | None]:
        """Run a confirmed action inside a transaction. Returns where to go and the message to show.

        Raises ``Invalid`` if what was written is not valid any more.
        """
        content = kept.content["content"]
        if not kept.act:
            return str(content["path"]), None
        act = self.acts[kept.act]
        person = await act.person(kept.email, str(kept.content["name"]), str(kept.content["language"]))
        command, errors = await act.read(content, person.language)
        errors.done()
        return await act.run(person, content, command), act.done


def page(path: str, act: ParticipantAct[Any], show: Show, *methods: str) -> Route:
    """The page with an action's form: it redirects to the result, or to the page that announces the mail."""

    async def handle(request: Request, form: FormData) -> Response:
        address = await perform(request, act, form)
        if address is None:
            return web.redirect(request, links.CONFIRM_PAGE)
        return web.redirect(request, address, act.done)

    return form_page(path, show, handle, *methods)


class ConfirmMail(Answer):
    """The answer to a participant whose address is not confirmed yet."""

    status: Annotated[str, contract.among(("confirm_mail",), "A link in an email confirms it.")] = "confirm_mail"


def operation(
    path: str,
    act: ParticipantAct[Any],
    answer: Callable[[Request, str, int], Awaitable[Response]],
    *,
    summary: str,
    content: Schema | Shape,
    body: str = "",
) -> Route:
    """An action's JSON operation; ``answer`` responds with what is at the result's URL, and a status.

    ``body`` names the schema of its body. Without one the operation is a DELETE, for people who are signed in.
    """
    status = 201 if body else 200

    @Contract(
        summary,
        content,
        status,
        body=contract.named(body, act) if body else None,
        headers=IDEMPOTENCY_HEADER if body else {},
        waits=ConfirmMail if body else None,
        refusals=(404, 409) if body else (404, 409, 422),
    )
    async def endpoint(request: Request) -> Response:
        raw = await web.read_json(request) if body else {}
        address = await perform(request, act, raw, strict=True)
        return web.json(ConfirmMail(), 202) if address is None else await answer(request, address, status)

    return Route(path, endpoint, methods=["POST" if body else "DELETE"])


async def perform(request: Request, act: ParticipantAct[F], raw: Content, *, strict: bool = False) -> str | None:
    """Run the action and return the URL of its result; or store it, send a confirmation link, and return None.

    ``raw`` holds the form's fields, name and address if nobody is signed in, and ``drawn``, which makes a form sent
    twice run once, as an Idempotency-Key does for ``strict`` JSON. Raises ``Invalid`` with the errors of all fields.
    """
    reader, site = auth.reader(request), web.site(request)
    if reader.official and not act.officials:
        raise Forbidden(
            _("You are signed in at the desk. To take part as a citizen, please sign out first."),
            code="official_taking_part",
        )
    about = await act.about(request)
    command, errors = await act.read(raw, web.language(request), strict=strict)
    person = None if reader.official else await person_of(reader)
    email, found = person.email if person else reader.email, errors.listed
    who: Who | Attendee = Who("", email)
    if not (reader.official or (person and person.name)):
        given = {**raw, "email": email} if email else raw
        cities = site.city.names.values()
        who, wrong = await Who.named(given, cities) if act.public else Attendee.read(given)
        found += wrong.listed
    if found:
        raise Invalid(found)
    if who.name and email:
        person = await act.person(email, who.name, web.language(request))
    content = {**about, **{each.name: raw[each.name] for each in act.form.fields() if each.name in raw}}

    async def run() -> str:
        if reader.official:
            return await act.run(reader.official, about, command)
        if person is None:
            await _ask(request, who, act.name, act.what, content)
            return ""
        auth.limit(request, f"{act.name}:{person.id}", act.rate)
        return await act.run(person, about, command)

    key = idempotency.fingerprint(["page", raw["drawn"], content]) if raw.get("drawn") else ""
    if strict and "idempotency-key" in request.headers:
        key = idempotency.check(request.headers["idempotency-key"])
    scope = f"participant/{act.name}/{reader.official.actor if reader.official else who.email}"
    return await idempotency.first(site.settings.secret_key, scope, key, content, run) or None


async def _ask(request: Request, who: Who | Attendee, name: str, what: Text, content: Content) -> None:
    auth.limit(request, f"confirm:{network(request.scope)}", MAILS)
    settings = web.site(request).settings
    if settings.rate_limits and await links.kept_lately(who.email) >= MAILS_AN_HOUR:
        raise Invalid([FieldError("email", ENOUGH)])
    kept = {"name": who.name, "language": web.language(request), "what": what.msgid, "content": content}
    await links.keep(settings, who.email, name, kept)


async def ask_to_enter(request: Request, email: str, path: str) -> None:
    """Send a sign-in link to an address, whether or not it belongs to a participant, so that this is not revealed."""
    await _ask(request, Who("", email), "", ENTER, {"path": path})


async def need_person(request: Request) -> Person:
    """The signed-in participant. Raises ``NotAnAction``."""
    person = await person_of(auth.reader(request))
    if person is None:
        raise NotAnAction
    return person
