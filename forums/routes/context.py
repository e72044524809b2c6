"""Citizens' pages of the forums: the labels of codes, and what every form needs to be shown."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from forums import labels
from forums.permissions import Permission
from forums.queries import live
from server.core import auth, clock, i18n, web
from server.core.accounts import ROLES
from server.core.city import City, city
from server.core.form_pages import ReturnedForm
from server.core.participants.people import person_of
from server.core.participants.who import Who

LABELS: Mapping[str, object] = {
    "kind_names": labels.KINDS,
    "state_names": labels.FORUM_STATES,
    "session_kinds": labels.SESSION_KINDS,
    "registration_states": labels.REGISTRATIONS,
    "stances": labels.STANCES,
    "channels": labels.CHANNELS,
    "states": labels.SUBMISSION_STATES,
    "outcomes": labels.OUTCOMES,
    "commitment_states": labels.COMMITMENT_STATES,
    "offices": ROLES,
}


def names(reference_data: City, language: str) -> dict[str, object]:
    """Labels for the codes and ids in rows."""
    return {
        **LABELS,
        "department_names": reference_data.department_names(language),
        "district_names": reference_data.district_names(language),
    }


async def page(
    request: Request, template: str, context: Mapping[str, Any], back: ReturnedForm | None = None
) -> Response:
    """A page, with the labels of its codes; with ``back`` also what its form needs (``components/who.html``)."""
    language, reader = web.language(request), auth.reader(request)
    shown = {**names(await city(), language), **context}
    if back is not None:
        shown = {
            "named": Who,
            "mailbox": reader.email,
            "values": back.values,
            "errors": back.errors,
            "drawn": clock.now(),
            "stance_choices": [(code, i18n.translate(language, label)) for code, label in labels.STANCES.items()],
            "officially": reader.official is not None and reader.official.may(Permission.ANSWER_SUBMISSIONS),
            "person": None if "person" in context else await person_of(reader),
            **shown,
        }
    return web.page(request, template, shown, status=back.status if back else 200)


async def talk_stream(request: Request, slug: str, forum_id: int, cursor: str) -> str:
    """The address of a forum's live stream, starting at the page's state; empty on pages of older comments."""
    if request.query_params.get(cursor):
        return ""
    after, event, newest = await live.place(slug, forum_id)
    known = {"lang": web.language(request), "after": after, "event": event, "newest": newest}
    return f"/forums/{slug}/stream?{urlencode(known)}"
