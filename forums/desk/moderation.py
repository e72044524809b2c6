"""The moderators' desk: the queue, one text with its history, and the moderation history of one forum."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import deciding
from forums.desk.common import FRESH, named, returned
from forums.errors import AlreadyDecided, NoSuchText
from forums.forms.moderating import Decide
from forums.labels import RULES, WHY
from forums.messages import MESSAGES
from forums.permissions import Permission
from forums.queries import forums, moderation, moderators, texts
from forums.queries.moderators import Filter
from forums.states import TextAction
from server.core import auth, listing, web
from server.core.acts import Press
from server.core.city import city
from server.core.errors import Invalid, NotPossibleNow, Text, _
from server.core.form_pages import ReturnedForm
from server.core.listing import PAGING, cursor

PAGE = "/desk/moderation"
DONE: Mapping[TextAction, Text] = {
    TextAction.SHOW: _("The text is now shown."),
    TextAction.HIDE: _("The text has been hidden, and its author has been told why."),
    TextAction.UPHOLD: _("The text stays hidden, and its author has been told why."),
}
SORTS: Mapping[str, Text] = {"submission": _("Submission"), "comment": _("Comment"), "forum": _("Proposal")}


async def queue(request: Request) -> Response:
    """``/desk/moderation``: the queue, most urgent first. Raises ``NotSignedIn`` and ``Forbidden``."""
    auth.official(request, Permission.MODERATE)
    language, known, start = web.language(request), await city(), request.query_params.get("after", "")
    wanted = Filter.parse(request.query_params, known, also=PAGING)
    page = await moderators.queue(wanted, known, start)
    context = {
        **_words(language),
        **listing.shown(PAGE, wanted, page, known, language, start),
        "waits": await moderators.waiting(),
        "cap": moderators.CAP,
        "carried": urlencode({**wanted.query(), **({"after": start} if start else {})}),
    }
    return web.page(request, "desk/moderation/queue.html", context)


def _words(language: str) -> dict[str, object]:
    return {
        "rules": named(RULES, language),
        "rule_names": RULES,
        "why_names": WHY,
        "sorts": SORTS,
        "form": Decide,
    }


async def back_to(carried: object) -> str:
    """The address of the queue that a form carries; an invalid one leads to its first page."""
    raw = dict(parse_qsl(str(carried or "")))
    wanted = Filter.carried(str(carried or ""), await city())
    return wanted.address(PAGE, after=cursor(*moderators.ORDER.read(raw.get("after", ""))))


async def text(request: Request) -> Response:
    """``/desk/moderation/{sort}/{name}``: one text, its history, and the decision."""
    auth.official(request, Permission.MODERATE)
    return await _shown(request, _subject(request), request.query_params.get("list", ""))


async def decide(request: Request) -> Response:
    """``POST`` to the same address: decide. If another moderator was first, the page says so and keeps the input."""
    official = auth.official(request, Permission.MODERATE)
    subject, form = _subject(request), await web.read_form(request)
    carried = str(form.get("list") or "")
    back = await back_to(carried)
    secret, scope = web.site(request).settings.secret_key, f"moderation/{official.id}/{subject}"
    try:
        command = Decide.parse(form)
        press = Press(secret, scope, form.get("seen"), vars(command))
        await press.once(lambda: deciding.decide(official, subject, command))
    except (Invalid, AlreadyDecided, NotPossibleNow) as refusal:
        return await _shown(request, subject, carried, returned(request, form, refusal))
    return web.redirect(request, back, DONE[command.action])


def _subject(request: Request) -> str:
    return f"{request.path_params['sort']}/{request.path_params['name']}"


async def _shown(request: Request, subject: str, carried: str, kept: ReturnedForm = FRESH) -> Response:
    found = await moderators.item(subject)
    if found is None:
        raise NoSuchText
    context = {
        **_words(web.language(request)),
        "item": found,
        "history": await moderation.history(subject),
        "records": MESSAGES,
        "kept": kept.values,
        "errors": kept.errors,
        "conflict": kept.refusal.text if kept.refusal and not kept.errors else None,
        "carried": carried,
        "back": await back_to(carried),
    }
    return web.page(request, "desk/moderation/text.html", context, status=kept.status)


async def trail(request: Request) -> Response:
    """``/desk/moderation/forums/{slug}``: the moderation history of one forum, newest first."""
    official = auth.official(request, Permission.MODERATE)
    forum = await forums.forum(request.path_params["slug"], official)
    start = moderation.NEWEST.start(request.query_params.get("before", ""))
    page = await moderation.of_forum(forum.id, start)
    context = {
        "forum": forum, "entries": page.rows, "texts": await texts.spoken([entry.subject for entry in page.rows]),
        "records": MESSAGES, "rule_names": RULES, "sorts": SORTS, "first": not start,
        "older": f"{PAGE}/forums/{forum.slug}?before={page.after}" if page.after else "",
    }  # fmt: skip
    return web.page(request, "desk/moderation/trail.html", context)


routes = [
    Route(PAGE, queue),
    Route(PAGE + "/forums/{slug}", trail),
    Route(PAGE + "/{sort}/{name}", text),
    Route(PAGE + "/{sort}/{name}", decide, methods=["POST"]),
]
