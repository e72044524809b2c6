"""What every form of a forum needs to be rendered: the participant, the input and its errors."""

from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import urlencode

from starlette.requests import Request

from forums.labels import STANCES
from forums.permissions import Permission
from forums.queries import live
from server.core import auth, clock, i18n, web
from server.core.city import city
from server.core.errors import Invalid
from server.core.participants.people import Person, person_of


class Form(TypedDict):
    """The context of ``components/who.html``."""

    person: Person | None
    mailbox: str
    values: dict[str, str]
    errors: dict[str, str]
    drawn: object


async def form(request: Request, values: Mapping[str, Any], invalid: Invalid | None = None) -> Form:
    """The context of a form: the participant, the input and its errors."""
    reader = auth.reader(request)
    return {
        "person": await person_of(reader),
        "mailbox": reader.email,
        "values": {name: value for name, value in values.items() if isinstance(value, str)},
        "errors": web.field_errors(web.language(request), invalid.errors if invalid else []),
        "drawn": clock.now(),
    }


def stances(lang: str) -> list[tuple[str, str]]:
    """The stances: code and name."""
    return [(code, i18n.translate(lang, label)) for code, label in STANCES.items()]


async def departments(lang: str) -> dict[int, str]:
    """The departments' names by id."""
    return {row.id: row.name(lang) for row in (await city()).departments.values()}


async def talk_stream(request: Request, slug: str, forum_id: int, cursor: str) -> str:
    """The address of a forum's live stream, starting at the page's state; empty on pages of older comments."""
    if request.query_params.get(cursor):
        return ""
    after, event, newest = await live.place(slug, forum_id)
    known = {"lang": web.language(request), "after": after, "event": event, "newest": newest}
    return f"/forums/{slug}/stream?{urlencode(known)}"


def comments_officially(request: Request) -> bool:
    """Whether the reader comments as an official."""
    official = auth.reader(request).official
    return official is not None and official.may(Permission.ANSWER_SUBMISSIONS)
