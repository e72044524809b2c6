"""Running forums at the desk: announcing, starting, closing and cancelling them, minutes, and answers to proposals.

What needs a text or cannot be undone has a page of its own. A button pressed twice acts once: if the forum is already
in the target state, its page is shown.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, rights
from forums.acts import FORUMS
from forums.desk.common import FRESH, PAGE, drawn, may
from forums.desk.planning import labels
from forums.errors import EndIsPast
from forums.queries.forums import ForumView
from forums.queries.forums import forum as read
from forums.states import ForumAction
from server.core import acts, auth, web
from server.core.acts import Attempt
from server.core.errors import ChangedMeanwhile, Invalid, NotPossibleNow, _
from server.core.form_pages import ReturnedForm
from server.core.i18n import translate


async def act(request: Request) -> Response:
    """``/desk/forums/{slug}/{action}``: asks for the text or for confirmation, then acts once."""
    chosen, offer = FORUMS[request.url.path.rpartition("/")[2]]
    official = auth.official(request, rights.FORUM[chosen.action])
    found = await read(request.path_params["slug"], official)
    back = f"{PAGE}/{found.slug}"
    if _is_so(found, chosen.action):
        return web.redirect(request, back)
    asks = may(official, found, chosen.action)
    asked = any(field.asked for field in chosen.form.fields())
    if asked and not asks:
        raise NotPossibleNow(chosen.action, found.status)
    if request.method == "GET":
        return _page(request, found, chosen.action) if asks and (asked or offer.title) else web.redirect(request, back)
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, found.slug, f"forums/{official.id}/{found.slug}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is None:
        return web.redirect(request, back, offer.done)
    if kept.refusal is None or isinstance(kept.refusal, (Invalid, ChangedMeanwhile, EndIsPast)):
        return _page(request, found, chosen.action, kept)
    if not _is_so(await read(found.slug, official), chosen.action):
        raise kept.refusal
    return web.redirect(request, back)


def _page(request: Request, found: ForumView, action: ForumAction, kept: ReturnedForm = FRESH) -> Response:
    """The form, or why the action was refused; what a forum lacks is named by the labels of its own form."""
    language, why = web.language(request), kept.refusal.text if kept.refusal else None
    here = f"{PAGE}/{found.slug}"
    form = drawn({action.value: FORUMS[action]}, here, found.version, language, found, kept).get(action)
    if isinstance(kept.refusal, Invalid):
        lacking = () if form and form.fields else [error.field for error in kept.refusal.errors]
        said = ", ".join(translate(language, labels(found.kind)[name]) for name in lacking)
        why = _("Before it can be announced, please fill in: %(names)s.", names=said) if lacking else None
    context = {"forum": found, "form": form, "why": why, "errors": kept.errors, "back": here}
    return web.page(request, "desk/forums/act.html", context, status=kept.status)


def _is_so(found: ForumView, action: ForumAction) -> bool:
    """Whether the forum is already in the action's target state and the action is not possible again."""
    after = {step for row in kinds.table(found.kind).values() for did, step in row.items() if did is action}
    return found.status in after and action not in kinds.table(found.kind)[found.status]


routes = [Route(f"{PAGE}/{{slug}}/{name}", act, methods=["GET", "POST"]) for name in FORUMS]
