"""Pages about what somebody follows: the list, following, unfollowing; also by the link at the foot of a digest."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries import followed
from server.core import auth, web
from server.core.errors import FieldError, Invalid, NotFound, Refusal, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.notify import follows, mailbox
from server.core.participants.confirming import ask_to_enter
from server.core.participants.links import CONFIRM_PAGE
from server.core.participants.people import person_of
from server.core.participants.who import Address

PAGE = "/forums/following"
UNFOLLOWED = _("Unfollowed. You will not receive any more news about this.")


class TooMany(Refusal):
    """409: one address follows as many things as one email can hold."""

    status, code = 409, "follows_enough"
    text = _("You already follow %(count)s things. Please unfollow one first.", count=follows.MOST)


async def _address(request: Request) -> str:
    """The reader's email address, confirmed by a mail link; empty if there is none."""
    reader = auth.reader(request)
    person = await person_of(reader)
    return person.email if person else reader.email


async def _page(request: Request, back: ReturnedForm, *, email: str | None = None, token: str = "") -> Response:
    """``/forums/following``: what this address follows; ``add`` names what one button can follow."""
    lang, wanted = web.language(request), None
    if email is None:
        email = await _address(request)
    add = request.query_params.get("add", "")
    if back.refusal:
        add = "" if email else _wanted(back.values)
    if add:
        try:
            (wanted,) = await followed.words([await followed.read(add)], lang)
        except Invalid as error:
            back = replace(back, errors={**back.errors, **web.field_errors(lang, error.errors)}, refusal=error)
    shown = {
        "email": email,
        "follows": await followed.words(await follows.of(email), lang),
        "wanted": wanted,
        "token": token,
        "form": Address,
        "values": back.values,
        "errors": back.errors,
    }
    return web.page(request, "forums/following.html", shown, status=back.status)


async def _follow(request: Request, form: FormData) -> Response:
    """Follow one more thing, or a topic in one's own words; an unconfirmed address is sent a link that leads back."""
    email, wanted = await _address(request), _wanted(form)
    if not email:
        await ask_to_enter(request, Address.parse(form).email, f"{PAGE}?add={quote(wanted)}" if wanted else PAGE)
        return web.redirect(request, CONFIRM_PAGE)
    try:
        what = await followed.read(wanted)
    except Invalid as error:
        field = "topic" if form.get("topic") else "add"
        raise Invalid([FieldError(field, each.text) for each in error.errors]) from error
    if not await follows.add(email, what, web.language(request)):
        raise TooMany
    return web.redirect(request, PAGE, notice=_("You will be notified once a day, when there is news."))


def _wanted(form: Mapping[str, Any]) -> str:
    topic = str(form.get("topic", "")).strip()
    return f"topic/{topic}" if topic else str(form.get("what", ""))


async def end(request: Request) -> Response:
    """``POST /forums/following/end``: unfollow one thing."""
    form = await web.read_form(request)
    email = await _address(request)
    if not email:
        raise NotFound
    await follows.end(email, str(form.get("what", "")))
    return web.redirect(request, PAGE, notice=UNFOLLOWED)


async def by_link(request: Request) -> Response:
    """``/forums/following/{token}``: the same by a digest's link; one click in a mail program ends all (RFC 8058)."""
    token = request.path_params["token"]
    email = await follows.read_token(web.site(request).settings, token)
    if request.method != "POST":
        if email:
            return await _page(request, ReturnedForm(), email=email, token=token)
        return web.redirect(request, PAGE, notice=_("This link no longer follows anything."))
    form = await web.read_form(request)
    if mailbox.one_click(form):
        if email:
            await follows.end(email)
        return await _page(request, ReturnedForm(), email=email, token=token)
    if email:
        await follows.end(email, str(form.get("what", "-")))
    left = await follows.token(web.site(request).settings, email)
    return web.redirect(request, f"{PAGE}/{left}" if left else PAGE, notice=UNFOLLOWED)


routes = [
    form_page(PAGE, _page, _follow),
    Route(f"{PAGE}/end", end, methods=["POST"]),
    Route(f"{PAGE}/{{token}}", by_link, methods=["GET", "POST"]),
]
