"""Running forums at the desk: announcing, starting, closing and cancelling them, minutes, and answers to proposals.

What cannot be undone asks for confirmation. A button pressed twice acts once: if the forum is already in the target
state, its page is shown.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, rights
from forums.actions import planning, proposing
from forums.desk.common import PAGE, forum_official, may, seen
from forums.desk.planning import labels
from forums.errors import EndIsPast
from forums.forms import planning as forms
from forums.queries.forums import ForumView
from forums.queries.forums import forum as read
from forums.states import ForumAction
from server.core import web
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, Forbidden, Invalid, NotPossibleNow, Refusal, Text, _
from server.core.i18n import translate

Press = Callable[[Official, str, int | None], Awaitable[None]]
Say = Callable[[Official, str, str, int | None], Awaitable[None]]


@dataclass(frozen=True)
class Button:
    """An action on one button, with a confirmation question if it needs one."""

    action: ForumAction
    do: Press
    done: Text
    question: Text | None = None
    consequence: Text | None = None
    label: Text | None = None


BUTTONS = {
    "publish": Button(
        ForumAction.PUBLISH,
        planning.publish,
        _("It has been announced."),
        _("Announce this?"),
        _(
            "Everyone will be able to see it, and people who follow such forums will be told by email. You can "
            "change it later, but you cannot make it a draft again."
        ),
        _("Announce"),
    ),
    "start": Button(ForumAction.START, planning.start, _("It has started.")),
    "close": Button(ForumAction.CLOSE, planning.close, _(
        "It has ended. Submissions are still accepted if its dates allow it."
    )),
}  # fmt: skip


@dataclass(frozen=True)
class TextOnly:
    """An irreversible action with a public text."""

    action: ForumAction
    do: Say
    done: Text
    question: Text
    consequence: Text
    label: Text
    field: Text
    danger: bool = True


WORDS = {
    "cancel": TextOnly(
        ForumAction.CANCEL,
        planning.cancel,
        _("It has been cancelled."),
        _("Cancel this forum?"),
        _(
            "This cannot be undone. Everyone can read the reason, and people who registered for it or follow it "
            "are notified."
        ),
        _("Cancel the forum"),
        _("The reason, for everyone to read"),
    ),
    "decline": TextOnly(
        ForumAction.DECLINE,
        proposing.decline,
        _("The proposal has been declined."),
        _("Decline this proposal?"),
        _("This cannot be undone. Everyone can read the reason, and its proposer and supporters are notified."),
        _("Decline"),
        _("The reason, for everyone to read"),
    ),
    "accept": TextOnly(
        ForumAction.ACCEPT,
        proposing.accept,
        _("The proposal has been accepted. Please fill in what is missing, then announce it."),
        _("Accept this proposal?"),
        _("It becomes a draft that you complete and announce. Everyone can read your answer."),
        _("Accept the proposal"),
        _("Your answer, for everyone to read"),
        danger=False,
    ),
}


async def press(request: Request) -> Response:
    """``/desk/forums/{slug}/{publish|start|close}``: asks for confirmation if the button has a question."""
    button = BUTTONS[_last(request)]
    official, found = await _opened(request, button.action)
    back = f"{PAGE}/{found.slug}"
    if _is_so(found, button.action):
        return web.redirect(request, back)
    if request.method == "GET":
        asks = button.question and may(official, found, button.action)
        context = {"forum": found, "ask": button, "back": back}
        return web.page(request, "desk/forums/ask.html", context) if asks else web.redirect(request, back)
    form = await web.read_form(request)
    try:
        await button.do(official, found.slug, seen(form))
    except (Invalid, ChangedMeanwhile, EndIsPast) as refusal:
        return _refused(request, found, refusal)
    except NotPossibleNow:
        if not _is_so(await read(found.slug, official), button.action):
            raise
        return web.redirect(request, back)
    return web.redirect(request, back, button.done)


async def say(request: Request) -> Response:
    """``/desk/forums/{slug}/{cancel|decline|accept}``: asks for the text and says what follows."""
    ask = WORDS[_last(request)]
    official, found = await _opened(request, ask.action)
    back = f"{PAGE}/{found.slug}"
    if _is_so(found, ask.action):
        return web.redirect(request, back)
    if not may(official, found, ask.action):
        raise NotPossibleNow(ask.action, found.status)
    context: dict[str, object] = {"forum": found, "ask": ask, "back": back, "errors": {}, "conflict": None}
    context |= {"form": forms.PublicWords, "text": ""}
    if request.method == "GET":
        return web.page(request, "desk/forums/say.html", context)
    form = await web.read_form(request)
    try:
        await ask.do(official, found.slug, forms.reason(form), seen(form))
    except Invalid as invalid:
        context |= {"text": form.get("text") or "", "errors": web.field_errors(web.language(request), invalid.errors)}
        return web.page(request, "desk/forums/say.html", context, status=invalid.status)
    except ChangedMeanwhile as conflict:
        context |= {"text": form.get("text") or "", "conflict": conflict.text}
        return web.page(request, "desk/forums/say.html", context, status=conflict.status)
    return web.redirect(request, back, ask.done)


async def minutes(request: Request) -> Response:
    """``/desk/forums/{slug}/minutes``."""
    official, found = await _opened(request, ForumAction.MINUTES)
    if not may(official, found, ForumAction.MINUTES):
        raise NotPossibleNow(ForumAction.MINUTES, found.status)
    back = f"{PAGE}/{found.slug}"
    context: dict[str, object] = {"forum": found, "back": back, "text": found.minutes, "errors": {}, "conflict": None}
    if request.method == "GET":
        return web.page(request, "desk/forums/minutes.html", context)
    form = await web.read_form(request)
    try:
        await planning.write_minutes(official, found.slug, forms.minutes(form), seen(form))
    except Invalid as invalid:
        context |= {"text": form.get("minutes") or ""}
        context |= {"errors": web.field_errors(web.language(request), invalid.errors)}
        return web.page(request, "desk/forums/minutes.html", context, status=invalid.status)
    except ChangedMeanwhile as conflict:
        context |= {"text": form.get("minutes") or "", "conflict": conflict.text}
        return web.page(request, "desk/forums/minutes.html", context, status=conflict.status)
    return web.redirect(request, back, _("The minutes are now public."))


def _last(request: Request) -> str:
    return request.url.path.rpartition("/")[2]


async def _opened(request: Request, action: ForumAction) -> tuple[Official, ForumView]:
    official = forum_official(request)
    if not official.may(rights.FORUM[action]):
        raise Forbidden
    return official, await read(request.path_params["slug"], official)


def _is_so(found: ForumView, action: ForumAction) -> bool:
    """Whether the forum is already in the action's target state and the action is not possible again."""
    after = {step for row in kinds.table(found.kind).values() for did, step in row.items() if did is action}
    return found.status in after and action not in kinds.table(found.kind)[found.status]


def _refused(request: Request, found: ForumView, refusal: Refusal) -> Response:
    """The page that says why an action was refused and what to do next."""
    lang = web.language(request)
    why = refusal.text
    if isinstance(refusal, Invalid):
        said = ", ".join(translate(lang, labels(found.kind)[error.field]) for error in refusal.errors)
        why = _("Before it can be announced, please fill in: %(names)s.", names=said)
    context = {"forum": found, "why": why, "back": f"{PAGE}/{found.slug}"}
    return web.page(request, "desk/forums/refused.html", context, status=refusal.status)


def _route(act: str, page: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(f"{PAGE}/{{slug}}/{act}", page, methods=["GET", "POST"])


routes = [
    *(_route(act, press) for act in BUTTONS),
    *(_route(act, say) for act in WORDS),
    _route("minutes", minutes),
]
