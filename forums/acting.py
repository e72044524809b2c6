"""Acting as somebody: at once where this browser knows who speaks, else after a press on a link in a mail.

What people do in forums is registered here by name, so that it can wait in the database until its author has shown that
the mail address is theirs. Whoever acts at once and whoever confirms later take the same way.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from forums import doors
from forums.errors import NotAPart
from forums.forms.who import Who, read_who
from forums.people import Person, person_of, take_name
from server.core import auth, database, idempotency, web
from server.core.errors import FieldError, Forbidden, Invalid, Text, _
from server.core.fields import Input
from server.core.security import Rate

Content = dict[str, Any]
Do = Callable[[Person, Content], Awaitable[str]]

CONFIRM_PAGE = "/forums/confirm"
MAILS = Rate(12, 8)
"""Confirmations that one client may ask for; people in one hall share one."""
OFTEN = Rate(20, 10)
MAILS_AN_HOUR = 5
"""Confirmations that go to one address."""
HANDED_IN = _("What you wrote is handed in.")
ENTER = _("This opens what you said in the city's forums.")
ENOUGH = _(
    "Several mails went to this address within the last hour. Please open the link in the newest one, "
    "or try again later."
)


@dataclass(frozen=True)
class Act:
    """Something that people do: how, in words, and what is said afterwards."""

    do: Do
    what: Text
    done: Text | None
    rate: Rate
    """How often one person does it."""


acts: dict[str, Act] = {}
"""By name, which waits in the database: never rename one."""


def act(
    name: str,
    what: Text = HANDED_IN,
    done: Text | None = None,
    *,
    rate: Rate = OFTEN,
) -> Callable[[Do], Do]:
    """Register what somebody does: a function that does it and returns the address of the page to go to.

    ``what`` says before the confirmation what will be done, ``done`` afterwards what was.
    """

    def register(do: Do) -> Do:
        acts[name] = Act(do, what, done, rate)
        return do

    return register


async def do_or_confirm(
    request: Request, name: str, content: Content, form: Mapping[str, Any], errors: Sequence[FieldError] = ()
) -> Response:
    """Do it and go to its page; or keep it, send a mail with a link, and say so.

    ``content`` is JSON; ``form`` holds name and address of whoever is not known yet, and ``drawn``, by which a form
    that is sent twice acts once. ``errors`` are those of the caller's own fields. Raises ``Invalid`` with all of them.
    """
    address = await act_or_mail(request, name, content, form, errors)
    if address is None:
        return web.redirect(request, CONFIRM_PAGE)
    return web.redirect(request, address, notice=acts[name].done)


async def act_or_mail(
    request: Request,
    name: str,
    content: Content,
    form: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
    *,
    key: str = "",
) -> str | None:
    """The address of what was done, or None where a mail was sent. ``key`` is a program's Idempotency-Key."""
    reader = auth.reader(request)
    if reader.official:
        raise Forbidden(_("You are signed in at the desk. To speak as a citizen, please sign out first."))
    person = await person_of(reader)
    who, found = await _read(request, form, reader.email) if person is None else (None, [])
    if errors or found:
        raise Invalid([*errors, *found])
    if person is None and who is not None and reader.email:
        person = await take_name(reader.email, who.name, web.language(request))
    email = person.email if person else who.email if who else ""
    pressed = key or (idempotency.fingerprint(["page", form["drawn"], content]) if form.get("drawn") else "")
    if not pressed:
        return await _act(request, name, content, person, who)
    digest = idempotency.digest(web.site(request).settings.secret_key, f"forums/{name}/{email}", pressed)
    async with database.transaction():
        first = await idempotency.claim(digest, idempotency.fingerprint(content))
        if first is not None:
            return first or None
        address = await _act(request, name, content, person, who)
        await idempotency.settle(digest, address or "")
    return address


async def _act(request: Request, name: str, content: Content, person: Person | None, who: Who | None) -> str | None:
    if person is not None:
        chosen = acts[name]
        auth.limit(request, f"{name}:{person.id}", chosen.rate)
        return await chosen.do(person, content)
    if who is not None:
        await _ask(request, who, name, content)
    return None


async def _read(request: Request, form: Mapping[str, Any], email: str) -> tuple[Who, list[FieldError]]:
    data = Input(form)
    return await read_who(data, web.site(request).city.names.values(), email_known=email), data.errors


async def _ask(request: Request, who: Who, name: str, content: Content) -> None:
    client = request.client.host if request.client else "?"
    auth.limit(request, f"confirm:{client}", MAILS)
    settings = web.site(request).settings
    if settings.rate_limits and await doors.kept_lately(who.email) >= MAILS_AN_HOUR:
        raise Invalid([FieldError("email", ENOUGH)])
    what = acts[name].what if name else ENTER
    kept = {"name": who.name, "language": web.language(request), "what": what.msgid, "content": content}
    await doors.keep(settings, who.email, name, kept)


async def ask_to_enter(request: Request, email: str, path: str) -> None:
    """Send a link that opens the pages of whoever speaks from an address; the same whether or not somebody does."""
    await _ask(request, Who("", email), "", {"path": path})


async def confirm(kept: doors.Waiting) -> tuple[str, Text | None]:
    """Do what was confirmed, inside a transaction: where to go, what to say there."""
    content = kept.content["content"]
    if not kept.act:
        return str(content["path"]), None
    person = await take_name(kept.email, str(kept.content["name"]), str(kept.content["language"]))
    chosen = acts[kept.act]
    return await chosen.do(person, content), chosen.done


async def need_person(request: Request) -> Person:
    """Who speaks. Raises ``NotAPart``."""
    person = await person_of(auth.reader(request))
    if person is None:
        raise NotAPart
    return person
