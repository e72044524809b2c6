"""Asking the city for a forum: the form, and the status section on a proposal's page."""

from starlette.requests import Request
from starlette.responses import Response

from forums.actions import proposing
from forums.kinds import PROPOSED
from forums.labels import KINDS
from forums.participant_acts import PROPOSE
from forums.queries import history, moderation
from forums.queries.forums import ForumView
from forums.rights import forum_subject
from forums.routes import context
from server.core import config, web
from server.core.city import city
from server.core.errors import _
from server.core.form_pages import ReturnedForm
from server.core.i18n import translate
from server.core.participants import confirming

NOTES = {
    "listening": _("People meet in a room, and the city listens."),
    "field_office": _("The city comes to where the problem is."),
    "speakers_corner": _("Everyone speaks for ten minutes, at a place you choose."),
    "discussion": _("People write here. It opens automatically when enough people support it."),
}
"""A description of each kind, for somebody who proposes a forum."""


async def _propose(request: Request, back: ReturnedForm) -> Response:
    """``/forums/propose``: the form."""
    lang = web.language(request)
    shown = {
        "form": PROPOSE.form,
        "kinds": [(kind, translate(lang, KINDS[kind]), translate(lang, NOTES[kind])) for kind in PROPOSED],
        "districts": (await city()).district_choices(lang),
        "needed": config.settings().forum_supports,
        "days": proposing.OPEN_DAYS,
    }
    return await context.page(request, "forums/propose.html", shown, back)


async def part(found: ForumView) -> dict[str, object]:
    """The status section of a citizen's proposal. No query for any other forum."""
    if not found.slug.startswith(f"{proposing.SERIES}-"):
        return {}
    hidden = await moderation.reasons([forum_subject(found.slug)]) if found.visibility == "hidden" else {}
    return {
        "hidden_proposal": hidden.get(forum_subject(found.slug)),
        "proposal": await history.said(found.slug, found.status, proposed=True),
        "needed": config.settings().forum_supports,
        "days": proposing.OPEN_DAYS,
    }


routes = [confirming.page("/forums/propose", PROPOSE, _propose)]
