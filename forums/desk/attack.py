"""Bulk moderation for a moderator under attack: selected texts, all of one author, or all of one wording.

Nothing is decided in one step: a page first shows the texts and how many there are. Texts written or decided after that
page was rendered are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import deciding
from forums.desk.common import FRESH, named, returned
from forums.desk.moderation import PAGE, SORTS, back_to
from forums.errors import NoSuchText
from forums.forms.moderating import Decide, read_version
from forums.labels import RULES
from forums.permissions import Permission
from forums.queries import moderators, texts
from forums.queries.moderators import MOST
from forums.states import TextAction
from server.core import auth, clock, web
from server.core.errors import BadRequest, FieldError, Invalid, Text, _
from server.core.form_pages import ReturnedForm

SPANS: Mapping[str, tuple[Text, timedelta]] = {
    "hour": (_("of the last hour"), timedelta(hours=1)),
    "day": (_("of the last 24 hours"), timedelta(days=1)),
    "month": (_("of the last 30 days"), timedelta(days=30)),
    "ever": (_("of all time"), timedelta(days=36_500)),
}
BY = ("author", "wording")
EXAMPLES = 20
"""Texts of a group that its page shows."""
DECIDE_MANY = Decide.labelled(rule=_("Rule that they break"))
DONE: Mapping[TextAction, Text] = {
    TextAction.HIDE: _("Texts hidden: %(done)s."),
    TextAction.SHOW: _("Texts shown: %(done)s."),
}


@dataclass(frozen=True)
class Group:
    """The texts of one bulk decision, each with the number of decisions that its page showed, if it showed one."""

    texts: Mapping[str, int | None]
    post: str
    hidden: Mapping[str, str]
    """What names the group in its form."""
    by: str = ""
    span: str = ""
    until: datetime | None = None
    """Texts decided later are left alone."""


async def chosen(request: Request) -> Response:
    """``POST /desk/moderation/chosen``: the selected texts; first asks for confirmation, then acts."""
    auth.official(request, Permission.MODERATE)
    form = await web.read_form(request)
    picked = _picked(form)
    if not picked:
        raise Invalid([FieldError("pick", _("Please choose at least one text."))])
    hidden = {"pick": " ".join(f"{subject}:{version}" for subject, version in picked.items())}
    return await _decide(request, form, Group(picked, f"{PAGE}/chosen", hidden), sure=bool(form.get("sure")))


async def group(request: Request) -> Response:
    """``/desk/moderation/all``: all texts of an author or of a wording; GET asks for confirmation, POST acts."""
    auth.official(request, Permission.MODERATE)
    sure = request.method == "POST"
    form = await web.read_form(request) if sure else FormData(request.query_params)
    return await _decide(request, form, await _group(form), sure=sure)


async def _decide(request: Request, form: FormData, found: Group, *, sure: bool) -> Response:
    try:
        return await (_act if sure else _ask)(request, form, found)
    except Invalid as refusal:
        return await _ask(request, form, found, returned(request, form, refusal))


def _picked(form: FormData) -> dict[str, int | None]:
    """Texts with the number of decisions that the list showed: ``comment/12:3``."""
    values = [part for value in form.getlist("pick") for part in str(value).split()]
    pairs = [value.rpartition(":") for value in dict.fromkeys(values)]
    if len(pairs) > MOST:
        raise Invalid([FieldError("pick", _("Please choose at most %(most)s texts.", most=MOST))])
    return {subject: read_version(version) for subject, _colon, version in pairs}


async def _group(form: FormData) -> Group:
    """The group in the request. Raises ``NoSuchText`` and ``BadRequest``."""
    of, by, span = str(form.get("of", "")), str(form.get("by", "")), str(form.get("span") or "day")
    if by not in BY or span not in SPANS:
        raise BadRequest
    one = (await texts.spoken([of])).get(of)
    if one is None:
        raise NoSuchText
    until = _moment(str(form.get("until", "")))
    since = until - SPANS[span][1]
    if by == "author":
        if one.participant_id is None:
            raise NoSuchText
        subjects = await moderators.of_author(one.participant_id, since, until)
    else:
        if not one.fingerprint:
            raise NoSuchText
        subjects = await moderators.of_wording(one.forum_id, one.fingerprint, since, until)
    hidden = {"of": of, "by": by, "span": span, "until": until.isoformat()}
    return Group(dict.fromkeys(subjects), f"{PAGE}/all", hidden, by, span, until)


def _moment(text: str) -> datetime:
    """When the confirmation page was rendered; now, for that page itself. Never in the future."""
    now = clock.now()
    try:
        return min(datetime.fromisoformat(text).astimezone(UTC), now)
    except (ValueError, OverflowError):
        return now


async def _ask(request: Request, form: FormData, found: Group, kept: ReturnedForm = FRESH) -> Response:
    language, some = web.language(request), list(found.texts)[:EXAMPLES]
    context = {
        "group": found,
        "items": list((await moderators.several(some)).values()) if some else [],
        "count": len(found.texts),
        "spans": named({span: words for span, (words, _length) in SPANS.items()}, language),
        "most": MOST,
        "action": form.get("action") if form.get("action") == TextAction.SHOW else TextAction.HIDE.value,
        "kept": kept,
        "rules": named(RULES, language),
        "sorts": SORTS,
        "form": DECIDE_MANY,
        "carried": str(form.get("list") or ""),
        "back": await back_to(form.get("list")),
    }
    return web.page(request, "desk/moderation/confirm.html", context, status=kept.status)


async def _act(request: Request, form: FormData, found: Group) -> Response:
    official = auth.official(request, Permission.MODERATE)
    command = DECIDE_MANY.parse(form)
    if command.action not in DONE:
        raise BadRequest
    outcomes = await deciding.decide_many(official, found.texts, command, looked_at=found.until)
    done = sum(refusal is None for refusal in outcomes.values())
    words, back = Text(DONE[command.action].msgid, {"done": done}), await back_to(form.get("list"))
    refused = {subject: refusal for subject, refusal in outcomes.items() if refusal}
    if not refused:
        return web.redirect(request, back, words)
    known = await moderators.several(list(refused))
    lines = [(subject, known.get(subject), refusal.text) for subject, refusal in refused.items()]
    context = {"words": words, "refused": lines, "back": back, "sorts": SORTS}
    return web.page(request, "desk/moderation/outcome.html", context, status=200 if done else 409)


routes = [
    Route(f"{PAGE}/chosen", chosen, methods=["POST"]),
    Route(f"{PAGE}/all", group, methods=["GET", "POST"]),
]
