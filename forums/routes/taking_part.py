"""Pages of whoever takes part: confirming a mail address, links from mails."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import acting, doors
from forums.people import person_of
from server.core import auth, database, i18n, web
from server.core.errors import BadRequest, FieldError, Invalid, Text, _

TOO_OLD = _("This link was opened before, or it is too old. What it handed in stands under your voices.")
DESK = _("Sign out of the desk before you open a citizen's link.")
EXCERPT = 2_000


async def look(request: Request) -> Response:
    """``GET /forums/confirm``: what was written waits; look into your mails."""
    return web.page(request, "forums/confirm.html", {"kept": None, "hours": doors.CONFIRM_HOURS, "errors": {}})


async def confirm(request: Request) -> Response:
    """``/forums/confirm/{token}``: what will be done; one press does it. Programs that look into mails do not press."""
    if auth.reader(request).official:
        raise BadRequest(DESK)
    token = request.path_params["token"]
    kept = await doors.waiting(token)
    if kept is None:
        return web.redirect(request, "/forums/mine", notice=TOO_OLD)
    if request.method != "POST":
        return _asked(request, kept)
    try:
        async with database.transaction():
            taken = await doors.waiting(token, take=True)
            if taken is None:
                return web.redirect(request, "/forums/mine", notice=TOO_OLD)
            address, done = await acting.confirm(taken)
    except Invalid as error:  # the forum or the text changed what is possible: everything is still there
        return _asked(request, kept, error.errors)
    response = web.redirect(request, address, notice=done)
    await auth.open_mailbox(request, response, kept.email)
    return response


def _asked(request: Request, kept: doors.Waiting, errors: Sequence[FieldError] = ()) -> Response:
    content: dict[str, Any] = kept.content["content"]
    lang = web.language(request)
    shown = {
        "what": i18n.translate(lang, Text(kept.content["what"])),
        "name": kept.content["name"],
        "title": str(content.get("title") or ""),
        "text": str(content.get("text") or "")[:EXCERPT],
    }
    # The fields are on another page: what is wrong with them is said without a link to them.
    wrong = {"": " ".join(i18n.translate(lang, error.text) for error in errors)} if errors else {}
    context = {"kept": shown, "hours": doors.CONFIRM_HOURS, "errors": wrong}
    return web.page(request, "forums/confirm.html", context, status=422 if errors else 200)


async def open_link(request: Request) -> Response:
    """``GET /forums/open/{token}``: the link of a mail opens a page for whom it was written to."""
    found = doors.read_person_link(web.site(request).settings, request.path_params["token"])
    if found is None:
        return web.redirect(request, "/forums/mine", notice=TOO_OLD)
    participant, path = found
    response = web.redirect(request, path)
    who = auth.reader(request)
    person = await person_of(who)
    if who.official is None and request.method == "GET" and (person is None or person.id != participant):
        await auth.open_speech(request, response, participant)
    return response


routes = [
    Route("/forums/confirm", look),
    Route("/forums/confirm/{token}", confirm, methods=["GET", "POST"]),
    Route("/forums/open/{token}", open_link),
]
