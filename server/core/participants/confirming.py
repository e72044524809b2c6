"""Run a participant's action now if they are signed in; otherwise store it and email a confirmation link.

Domains declare actions; the composition root collects them in one :class:`Confirmations` in ``app.state``, by name, so
that an action can wait in the database. Immediate and confirmed actions run the same code.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, database, idempotency, web
from server.core.errors import FieldError, Forbidden, Invalid, Text, _
from server.core.participants import links
from server.core.participants.people import Person, person_of, take_name
from server.core.participants.who import Who
from server.core.security import Rate

Content = dict[str, Any]
Do = Callable[[Person, Content], Awaitable[str]]

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


@dataclass(frozen=True)
class ParticipantAction:
    """An action of participants, run at once or after their address is confirmed."""

    name: str
    """Stored in the database: never change it."""
    do: Do
    """Runs the action and returns the URL of the page to go to. The content is JSON."""
    what: Text = HANDED_IN
    """Describes the action before it is confirmed."""
    done: Text | None = None
    """The message after the action."""
    rate: Rate = OFTEN
    """The rate limit per person."""


class Confirmations:
    """The actions that can await confirmation, and the pages around them. One in ``app.state.confirmations``."""

    def __init__(self, actions: Iterable[ParticipantAction], home: str, onward: tuple[Text, str]) -> None:
        self.actions = {action.name: action for action in actions}
        self.home = home
        """The page of a participant's own activity."""
        self.onward = onward
        """Label and URL of a page to offer while the mail is on its way."""

    async def confirm(self, kept: links.Waiting) -> tuple[str, Text | None]:
        """Run a confirmed action inside a transaction. Returns where to go and the message to show."""
        content = kept.content["content"]
        if not kept.act:
            return str(content["path"]), None
        person = await take_name(kept.email, str(kept.content["name"]), str(kept.content["language"]))
        action = self.actions[kept.act]
        return await action.do(person, content), action.done


async def run_or_confirm(
    request: Request,
    action: ParticipantAction,
    content: Content,
    form: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
) -> Response:
    """Run the action and redirect to its page; or store it, send a confirmation link, and say so.

    ``content`` is JSON; ``form`` holds name and address if nobody is signed in, and ``drawn``, which makes a form sent
    twice run once. ``errors`` are those of the caller's own fields. Raises ``Invalid`` with all of them.
    """
    address = await run_or_mail(request, action, content, form, errors)
    if address is None:
        return web.redirect(request, links.CONFIRM_PAGE)
    return web.redirect(request, address, notice=action.done)


async def run_or_mail(
    request: Request,
    action: ParticipantAction,
    content: Content,
    form: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
    *,
    key: str = "",
) -> str | None:
    """The URL of the result, or None if a mail was sent. ``key`` is a program's Idempotency-Key."""
    reader = auth.reader(request)
    if reader.official:
        raise Forbidden(_("You are signed in at the desk. To take part as a citizen, please sign out first."))
    person = await person_of(reader)
    who, found = await _read(request, form, reader.email) if person is None else (None, [])
    if errors or found:
        raise Invalid([*errors, *found])
    if person is None and who is not None and reader.email:
        person = await take_name(reader.email, who.name, web.language(request))
    email = person.email if person else who.email if who else ""
    pressed = key or (idempotency.fingerprint(["page", form["drawn"], content]) if form.get("drawn") else "")
    if not pressed:
        return await _run(request, action, content, person, who)
    scope = f"participant/{action.name}/{email}"
    digest = idempotency.digest(web.site(request).settings.secret_key, scope, pressed)
    async with database.transaction():
        first = await idempotency.claim(digest, idempotency.fingerprint(content))
        if first is not None:
            return first or None
        address = await _run(request, action, content, person, who)
        await idempotency.settle(digest, address or "")
    return address


async def _run(
    request: Request, action: ParticipantAction, content: Content, person: Person | None, who: Who | None
) -> str | None:
    if person is not None:
        auth.limit(request, f"{action.name}:{person.id}", action.rate)
        return await action.do(person, content)
    if who is not None:
        await _ask(request, who, action.name, action.what, content)
    return None


async def _read(request: Request, form: Mapping[str, Any], email: str) -> tuple[Who, list[FieldError]]:
    known = {"email": email} if email else {}
    who, errors = await Who.named({**form, **known}, web.site(request).city.names.values())
    return who, errors.listed


async def _ask(request: Request, who: Who, name: str, what: Text, content: Content) -> None:
    client = request.client.host if request.client else "?"
    auth.limit(request, f"confirm:{client}", MAILS)
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
