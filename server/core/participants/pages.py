"""Pages of mail links: confirming an address and the action that awaits it, and signing in."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, database, i18n, web
from server.core.errors import FieldError, Invalid, Text, _
from server.core.participants import links
from server.core.participants.confirming import Confirmations
from server.core.participants.people import person_of

TOO_OLD = _("This link has already been used or has expired. What it submitted is listed under “My submissions”.")
EXCERPT = 2_000


def _confirmations(request: Request) -> Confirmations:
    found: Confirmations = request.app.state.confirmations
    return found


async def look(request: Request) -> Response:
    """``GET /confirm``: the action is stored and a mail has been sent."""
    label, address = _confirmations(request).onward
    onward = (i18n.translate(web.language(request), label), address)
    context: dict[str, object] = {"kept": None, "hours": links.CONFIRM_HOURS, "onward": onward, "errors": {}}
    return web.page(request, "participants/confirm.html", context)


async def confirm(request: Request) -> Response:
    """``/confirm/{token}``: shows the action and runs it on a click, so that link scanners confirm nothing."""
    if auth.reader(request).official:
        raise auth.SignedInAtDesk
    token = request.path_params["token"]
    kept = await links.waiting(token)
    if kept is None:
        return web.redirect(request, _confirmations(request).home, notice=TOO_OLD)
    if request.method != "POST":
        return _asked(request, kept)
    try:
        async with database.transaction():
            taken = await links.waiting(token, take=True)
            if taken is None:
                return web.redirect(request, _confirmations(request).home, notice=TOO_OLD)
            address, done = await _confirmations(request).confirm(taken)
    except Invalid as error:  # no longer possible as written; the stored action is kept
        return _asked(request, kept, error.errors)
    response = web.redirect(request, address, notice=done)
    await auth.open_mailbox(request, response, kept.email)
    return response


def _asked(request: Request, kept: links.Waiting, errors: Sequence[FieldError] = ()) -> Response:
    content: dict[str, Any] = kept.content["content"]
    lang = web.language(request)
    shown = {
        "what": i18n.translate(lang, Text(kept.content["what"])),
        "name": kept.content["name"],
        "title": str(content.get("title") or ""),
        "text": str(content.get("text") or "")[:EXCERPT],
    }
    # The fields are on another page, so their errors are shown without links to them.
    wrong = {"": " ".join(i18n.translate(lang, error.text) for error in errors)} if errors else {}
    context = {"kept": shown, "hours": links.CONFIRM_HOURS, "errors": wrong}
    return web.page(request, "participants/confirm.html", context, status=422 if errors else 200)


async def open_link(request: Request) -> Response:
    """``GET /open/{token}``: a mail link opens a page for its recipient."""
    found = links.read_person_link(web.site(request).settings, request.path_params["token"])
    if found is None:
        return web.redirect(request, _confirmations(request).home, notice=TOO_OLD)
    participant, path = found
    response = web.redirect(request, path)
    who = auth.reader(request)
    person = await person_of(who)
    if who.official is None and request.method == "GET" and (person is None or person.id != participant):
        await sign_in(request, response, participant)
    return response


async def sign_in(request: Request, response: Response, participant_id: int) -> None:
    """Sign this browser in as the link's participant, in its own session if it has one."""
    who = auth.reader(request)
    kept = auth.rights(who) if not who.email else {"cases": list(who.cases)}
    await auth.open_citizen(request, response, **{**kept, "participant_id": participant_id})


routes = [
    Route(links.CONFIRM_PAGE, look),
    Route(f"{links.CONFIRM_PAGE}/{{token}}", confirm, methods=["GET", "POST"]),
    Route(f"{links.OPEN_PAGE}/{{token}}", open_link),
]
