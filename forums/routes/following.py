"""Pages about what somebody follows: the list, following, unfollowing; also by the link at the foot of a digest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries import followed
from server.core import auth, web
from server.core.errors import FieldError, Invalid, NotFound, Refusal, _
from server.core.notify import follows
from server.core.participants.confirming import ask_to_enter
from server.core.participants.links import CONFIRM_PAGE
from server.core.participants.people import person_of
from server.core.participants.who import Address

PAGE = "/forums/following"


class TooMany(Refusal):
    """409: one address follows as many things as one email can hold."""

    status, code = 409, "follows_enough"
    text = _("You already follow %(count)s things. Please unfollow one first.", count=follows.MOST)


async def _address(request: Request) -> str:
    """The reader's email address, confirmed by a mail link; empty if there is none."""
    reader = auth.reader(request)
    person = await person_of(reader)
    return person.email if person else reader.email


async def page(request: Request) -> Response:
    """``GET /forums/following``: what this address follows; ``add`` names what one button can follow."""
    return await _page(request, await _address(request), request.query_params.get("add", ""))


async def _page(
    request: Request, email: str, add: str, *, token: str = "", errors: list[FieldError] | None = None
) -> Response:
    lang = web.language(request)
    wanted = None
    found = list(errors or [])
    if add:
        try:
            (wanted,) = await followed.words([await followed.read(add)], lang)
        except Invalid as error:
            found += error.errors
    context = {
        "email": email,
        "follows": await followed.words(await follows.of(email), lang),
        "wanted": wanted,
        "token": token,
        "values": {"add": add},
        "errors": web.field_errors(lang, found),
    }
    return web.page(request, "forums/following.html", context, status=422 if found else 200)


async def follow(request: Request) -> Response:
    """``POST /forums/following``: follow one more thing, or a topic in one's own words."""
    form = await web.read_form(request)
    email = await _address(request)
    if not email:
        return await _ask(request, str(form.get("email", "")), _wanted(form))
    try:
        what = await followed.read(_wanted(form))
    except Invalid as error:
        field = "topic" if form.get("topic") else "add"
        return await _page(request, email, "", errors=[FieldError(field, each.text) for each in error.errors])
    if not await follows.add(email, what, web.language(request)):
        raise TooMany
    return web.redirect(request, PAGE, notice=_("You will be notified once a day, when there is news."))


def _wanted(form: Mapping[str, Any]) -> str:
    topic = str(form.get("topic", "")).strip()
    return f"topic/{topic}" if topic else str(form.get("what", ""))


async def _ask(request: Request, email: str, what: str) -> Response:
    """Sends a confirmation link to an unconfirmed address; it leads back to what they wanted to follow."""
    found, errors = Address.read({"email": email})
    if errors.listed:
        return await _page(request, "", what, errors=errors.listed)
    await ask_to_enter(request, found.email, f"{PAGE}?add={quote(what)}" if what else PAGE)
    return web.redirect(request, CONFIRM_PAGE)


async def end(request: Request) -> Response:
    """``POST /forums/following/end``: unfollow one thing."""
    form = await web.read_form(request)
    email = await _address(request)
    if not email:
        raise NotFound
    await follows.end(email, str(form.get("what", "")))
    return web.redirect(request, PAGE, notice=_("Unfollowed. You will not receive any more news about this."))


async def by_link(request: Request) -> Response:
    """``/forums/following/{token}``: the same by a digest's link; one click in a mail program ends all (RFC 8058)."""
    email = await follows.read_token(web.site(request).settings, request.path_params["token"])
    if request.method != "POST":
        return await _page(request, email, "", token=request.path_params["token"]) if email else _expired_link(request)
    form = await web.read_form(request)
    if email:
        await follows.end(email, "" if form.get("List-Unsubscribe") == "One-Click" else str(form.get("what", "-")))
    left = await follows.token(web.site(request).settings, email)
    return web.redirect(
        request,
        f"{PAGE}/{left}" if left else PAGE,
        notice=_("Unfollowed. You will not receive any more news about this."),
    )


def _expired_link(request: Request) -> Response:
    return web.redirect(request, PAGE, notice=_("This link no longer follows anything."))


routes = [
    Route(PAGE, page),
    Route(PAGE, follow, methods=["POST"]),
    Route(f"{PAGE}/end", end, methods=["POST"]),
    Route(f"{PAGE}/{{token}}", by_link, methods=["GET", "POST"]),
]
