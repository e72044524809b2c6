"""Bulk moderation for a moderator under attack: selected texts, all of one author, or all of one wording.

Nothing is decided in one step: a page first shows the texts and how many there are. Texts written or decided after that
page was rendered are left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import deciding
from forums.desk.common import named
from forums.desk.moderation import PAGE, SORTS, back_to
from forums.errors import NoSuchText
from forums.forms.moderating import REASON_LIMIT, Decide, read_version
from forums.labels import RULES
from forums.permissions import Permission
from forums.queries import moderators, texts
from forums.queries.moderators import MOST, Item
from forums.states import TextAction
from server.core import auth, clock, web
from server.core.errors import BadRequest, FieldError, Invalid, Refusal, Text, _

SPANS: Mapping[str, tuple[Text, timedelta]] = {
    "hour": (_("of the last hour"), timedelta(hours=1)),
    "day": (_("of the last 24 hours"), timedelta(days=1)),
    "month": (_("of the last 30 days"), timedelta(days=30)),
    "ever": (_("of all time"), timedelta(days=36_500)),
}
BY = ("author", "wording")
EXAMPLES = 20
"""Texts of a group that its page shows."""
DONE: Mapping[TextAction, Text] = {
    TextAction.HIDE: _("%(done)s texts have been hidden."),
    TextAction.SHOW: _("%(done)s texts have been shown."),
}


@dataclass(frozen=True)
class Group:
    """The texts of one bulk decision."""

    of: str
    by: str
    span: str
    until: datetime
    subjects: Sequence[str]


async def chosen(request: Request) -> Response:
    """``POST /desk/moderation/chosen``: the selected texts; first asks for confirmation, then acts."""
    auth.official(request, Permission.MODERATE)
    form = await web.read_form(request)
    picked = _picked(form)
    if not picked:
        raise Invalid([FieldError("pick", _("Please choose at least one text."))])
    if form.get("sure"):
        try:
            return await _act(request, form, picked)
        except Invalid as error:
            return await _ask_chosen(request, form, picked, error)
    return await _ask_chosen(request, form, picked)


def _picked(form: FormData) -> dict[str, int | None]:
    """Texts with the number of decisions that the list showed: ``comment/12:3``."""
    values = [part for value in form.getlist("pick") for part in str(value).split()]
    pairs = [value.rpartition(":") for value in dict.fromkeys(values)]
    if len(pairs) > MOST:
        raise Invalid([FieldError("pick", _("Please choose at most %(most)s texts.", most=MOST))])
    return {subject: read_version(version) for subject, _colon, version in pairs}


async def _ask_chosen(
    request: Request, form: FormData, picked: Mapping[str, int | None], wrong: Invalid | None = None
) -> Response:
    items = list((await moderators.several(list(picked))).values())
    context = {
        "items": items[:EXAMPLES],
        "count": len(items),
        "post": f"{PAGE}/chosen",
        "hidden": [("pick", " ".join(f"{subject}:{version}" for subject, version in picked.items()))],
        "group": None,
        "spans": [],
    }
    return await _ask(request, form, context, wrong)


async def group(request: Request) -> Response:
    """``/desk/moderation/all``: all texts of an author or of a wording; GET asks for confirmation, POST acts."""
    auth.official(request, Permission.MODERATE)
    form = await web.read_form(request) if request.method == "POST" else FormData(request.query_params)
    found = await _group(form)
    if request.method == "POST":
        try:
            return await _act(request, form, dict.fromkeys(found.subjects), looked_at=found.until)
        except Invalid as error:
            return await _ask_group(request, form, found, error)
    return await _ask_group(request, form, found)


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
    return Group(of, by, span, until, subjects)


def _moment(text: str) -> datetime:
    """When the confirmation page was rendered; now, for that page itself. Never in the future."""
    now = clock.now()
    try:
        return min(datetime.fromisoformat(text).astimezone(UTC), now)
    except ValueError:
        return now


async def _ask_group(request: Request, form: FormData, found: Group, wrong: Invalid | None = None) -> Response:
    shown = list((await moderators.several(found.subjects[:EXAMPLES])).values()) if found.subjects else []
    language = web.language(request)
    context = {
        "items": shown,
        "count": len(found.subjects),
        "post": f"{PAGE}/all",
        "hidden": [("of", found.of), ("by", found.by), ("span", found.span), ("until", found.until.isoformat())],
        "group": found,
        "spans": named({span: words for span, (words, _length) in SPANS.items()}, language),
    }
    return await _ask(request, form, context, wrong)


async def _ask(request: Request, form: FormData, context: Mapping[str, object], wrong: Invalid | None) -> Response:
    language = web.language(request)
    asked = {
        **context,
        "most": MOST,
        "action": form.get("action") if form.get("action") == TextAction.SHOW else TextAction.HIDE.value,
        "values": {name: str(form.get(name) or "") for name in ("rule", "reason")},
        "errors": web.field_errors(language, wrong.errors) if wrong else {},
        "rules": named(RULES, language),
        "sorts": SORTS,
        "limit": REASON_LIMIT,
        "carried": str(form.get("list") or ""),
        "back": await back_to(form.get("list")),
    }
    return web.page(request, "desk/moderation/confirm.html", asked, status=422 if wrong else 200)


async def _act(
    request: Request, form: FormData, picked: Mapping[str, int | None], *, looked_at: datetime | None = None
) -> Response:
    official = auth.official(request, Permission.MODERATE)
    command = Decide.parse(form)
    if command.action not in DONE:
        raise BadRequest
    outcomes = await deciding.decide_many(official, picked, command, looked_at=looked_at)
    done = sum(refusal is None for refusal in outcomes.values())
    words, back = Text(DONE[command.action].msgid, {"done": done}), await back_to(form.get("list"))
    refused = {subject: refusal for subject, refusal in outcomes.items() if refusal}
    if not refused:
        return web.redirect(request, back, words)
    known = await moderators.several(list(refused))
    context = {"words": words, "refused": _lines(refused, known), "back": back, "sorts": SORTS}
    return web.page(request, "desk/moderation/outcome.html", context, status=200 if done else 409)


def _lines(refused: Mapping[str, Refusal], known: Mapping[str, Item]) -> list[tuple[str, Item | None, Text]]:
    return [(subject, known.get(subject), refusal.text) for subject, refusal in refused.items()]


routes = [
    Route(f"{PAGE}/chosen", chosen, methods=["POST"]),
    Route(f"{PAGE}/all", group, methods=["GET", "POST"]),
]
