"""Asking the city for a forum: the form, and the status section on a proposal's page."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import proposing
from forums.forms.proposing import FIELDS, ProposeForum
from forums.kinds import PROPOSED
from forums.labels import KINDS
from forums.participant_actions import PROPOSE
from forums.queries import moderation
from forums.queries import planning as queries
from forums.queries.forums import ForumView
from forums.rights import forum_subject
from server.core import auth, clock, config, web
from server.core.city import city
from server.core.errors import Invalid, _
from server.core.i18n import translate
from server.core.participants.confirming import run_or_confirm
from server.core.participants.people import person_of

PAGE = "/forums/propose"
NOTES = {
    "listening": _("People meet in a room, and the city listens."),
    "field_office": _("The city comes to where the problem is."),
    "speakers_corner": _("Everyone speaks for ten minutes, at a place you choose."),
    "discussion": _("People write here. It opens automatically when enough people support it."),
}
"""A description of each kind, for somebody who proposes a forum."""


async def propose(request: Request) -> Response:
    """``/forums/propose``."""
    if request.method == "GET":
        return await _page(request, {})
    form = await web.read_form(request)
    content = {name: str(form.get(name) or "") for name in FIELDS}
    try:
        ProposeForum.parse(content, await city(), web.language(request))
    except Invalid as invalid:
        errors = invalid.errors
    else:
        errors = []
    try:
        return await run_or_confirm(request, PROPOSE, content, form, errors)
    except Invalid as invalid:
        return await _page(request, form, invalid)


async def _page(request: Request, values: Mapping[str, Any], invalid: Invalid | None = None) -> Response:
    lang, known, reader = web.language(request), await city(), auth.reader(request)
    context = {
        "form": ProposeForum,
        "person": await person_of(reader),
        "mailbox": reader.email,
        "values": {name: values.get(name) or "" for name in (*FIELDS, "name", "email", "drawn")},
        "errors": web.field_errors(lang, invalid.errors if invalid else []),
        "kinds": [(kind, translate(lang, KINDS[kind]), translate(lang, NOTES[kind])) for kind in PROPOSED],
        "districts": known.district_choices(lang),
        "needed": config.settings().forum_supports,
        "days": proposing.OPEN_DAYS,
        "drawn": clock.now(),
    }
    return web.page(request, "forums/propose.html", context, status=invalid.status if invalid else 200)


async def part(found: ForumView) -> dict[str, object]:
    """The status section of a citizen's proposal. No query for any other forum."""
    if not found.slug.startswith(f"{proposing.SERIES}-"):
        return {}
    hidden = await moderation.reasons([forum_subject(found.slug)]) if found.visibility == "hidden" else {}
    return {
        "hidden_proposal": hidden.get(forum_subject(found.slug)),
        "proposal": await queries.said(found.slug, found.status, proposed=True),
        "needed": config.settings().forum_supports,
        "days": proposing.OPEN_DAYS,
    }


routes = [Route(PAGE, propose, methods=["GET", "POST"])]
