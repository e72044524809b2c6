"""A text whose session ended while it was written: kept, and shown again in its own form after signing in.

What was sent is stored with the address that it was sent to (``server.core.kept``), and its writer is led to where one
signs in or enters a key. From there ``/kept/{number}`` has the route of that address show it, as it shows a refused
form, without doing anything: who may read the text is decided by the same code as who may send it. What belongs to an
account is, in addition, shown to that account only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from server.core import auth, database, kept, references, showing, uploads, web
from server.core.errors import NotSignedIn, Refusal, _
from server.core.participants.confirming import NotAnAction
from server.core.participants.people import person_of

PAGE = "/kept"
NOT_TYPED = frozenset({"version", "drawn", "drafted", "list", "list_kept", "from"})
"""Fields that a page fills in by itself."""
NOT_KEPT = showing.SECRETS | {showing.SHOW_AGAIN, showing.RESUMED}
KEPT = _("Here is what you wrote. It has not been sent yet.")
KEPT_WITHOUT_FILES = _("Here is what you wrote. It has not been sent yet. Please choose your files again.")


@dataclass(frozen=True)
class _Way:
    """Where a writer signs in, and for whom the text is kept; empty for whoever may open the page it was sent to."""

    whose: str
    address: Callable[[str], str]


async def on_refusal(request: Request, error: Exception) -> Response:
    """Exception handler for refusals: keeps a text that nobody signed in has sent, else shows the refusal."""
    refusal = cast("Refusal", error)
    way = None if request.method != "POST" or web.is_api(request) else _way(request, refusal)
    if way is None:
        return web.refuse(request, refusal)
    if number := request.scope.get(showing.RESUMED):  # it is kept already
        return web.redirect(request, way.address(number))
    try:
        return await _keep(request, way) or web.refuse(request, refusal)
    except kept.TooMuchKept as full:
        return web.refuse(request, full)


def _way(request: Request, refusal: Refusal) -> _Way | None:
    writer, part = request.cookies.get(kept.WRITER, ""), request.url.path.split("/")
    if isinstance(refusal, NotSignedIn) and part[1] == "desk" and writer:
        return _Way(writer, lambda number: f"{web.SIGN_IN}?{urlencode({'next': f'{PAGE}/{number}'})}")
    if isinstance(refusal, NotAnAction) and writer:
        return _Way(writer, lambda number: f"/forums/mine?{urlencode({'kept': number})}")
    number, reader = references.read_reference(part[2]) if len(part) > 3 else None, auth.reader(request)  # noqa: PLR2004
    if not (number and writer and refusal.status == 404 and reader.official is None):  # noqa: PLR2004
        return None
    if part[1] == "cases" and number not in reader.cases:
        return _Way("", lambda name: f"/cases?{urlencode({'reference': number, 'kept': name})}")
    if part[1] == "visits" and number not in reader.visits:
        return _Way("", lambda name: f"/visits?{urlencode({'number': number, 'kept': name})}#my-reservation")
    return None


async def _keep(request: Request, way: _Way) -> Response | None:
    """Keep what was typed and go to sign in; None if nothing was."""
    form = await web.read_form(request, files=uploads.PARTS)
    typed = [(name, value) for name, value in form.multi_items() if name not in NOT_KEPT]
    fields = [(name, value) for name, value in typed if isinstance(value, str)]
    files = any(getattr(value, "filename", "") for _name, value in typed)
    await form.close()
    saving = ("step", "keep") in fields  # by a script, while somebody types: the page still has the text
    if saving or not any(value for name, value in fields if name.rpartition(".")[2] not in NOT_TYPED):
        return None
    content = {"path": request.url.path, "query": request.url.query, "fields": fields, "files": files}
    with database.request_scope():  # also what was only to be shown, in another language, would be lost
        number = await kept.put(request, content, whose=way.whose)
    response = web.redirect(request, way.address(number))
    kept.remember(request, response)
    return response


async def _who(request: Request) -> set[str]:
    """The reader's accounts, as their texts name them."""
    reader = auth.reader(request)
    if reader.official:
        return {kept.writer(request, reader.official.actor)}
    person = await person_of(reader)
    names = [f"mail:{(person.email if person else reader.email).lower()}", *([person.actor] if person else [])]
    return {kept.writer(request, name) for name in names if name != "mail:"}


class Shown:
    """``GET /kept/{number}``: the form that was sent there, with what was typed, ready to be sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the route of the form's address show it. Raises ``NotKept``."""
        request = Request(scope, receive)
        number, mine = request.path_params["number"], await _who(request)
        whose, found = await kept.look(request, number)
        if "path" not in found or (whose and mine and whose not in mine):
            raise kept.NotKept
        if whose and not mine:
            sign_in = f"{web.SIGN_IN}?{urlencode({'next': request.url.path})}"
            address = sign_in if found["path"].startswith("/desk/") else f"/forums/mine?{urlencode({'kept': number})}"
            await RedirectResponse(address, status_code=303)(scope, receive, send)
            return
        language = [("lang", value) for value in request.query_params.getlist("lang")]
        body = urlencode([*map(tuple, found["fields"]), (showing.SHOW_AGAIN, "values")]).encode()
        sent = {
            **scope,
            "method": "POST",
            "path": found["path"],
            "raw_path": found["path"].encode(),
            "query_string": "&".join(filter(None, (found["query"], urlencode(language)))).encode(),
            "headers": [
                *(one for one in scope["headers"] if one[0] not in {b"content-type", b"content-length"}),
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", str(len(body)).encode()),
            ],
            "shown_at": request.url.path,
            showing.RESUMED: number,
            "shown_note": KEPT_WITHOUT_FILES if found["files"] else KEPT,
        }
        showing.only(errors=False)

        async def typed() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await request.app.router(sent, typed, send)


routes = [Route(f"{PAGE}/{{number}}", Shown())]
