"""The public page of a forum of any kind.

The other sections of the page (sessions, submissions, commitments …) are parts with their own templates; this module
only gathers their contexts.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import players, views
from forums.crossing import ways
from forums.kinds import AFTER, last_word, takes_submissions
from forums.labels import FORUM_STATES, KINDS
from forums.queries import commitments, files, forums, lists
from forums.queries.crossing import petition_public
from forums.queries.forums import ForumView
from forums.queries.submissions import Filters
from forums.rights import forum_subject
from forums.routes import commenting, context, proposing, registering, speaking
from forums.states import ForumState
from server.core import auth, clock, page_cache, uploads, web
from server.core.city import city
from server.core.form_pages import ReturnedForm
from server.core.forms import Parameters
from server.core.participants.people import Person, person_of
from server.core.security import content_policy

TEMPLATES = {"broadcast": "forums/broadcast.html", "notice": "forums/notice.html"}
"""Templates of the kinds that differ in more than a section."""
LONGEST_VIDEO = 86_400
"""Seconds."""


@page_cache.kept("at", "before", "talk", filters=Filters)
async def forum(request: Request) -> Response:
    """``/forums/{slug}``: one forum."""
    who = auth.reader(request)
    person = await person_of(who)
    found = await forums.forum(request.path_params["slug"], who.official, person)
    reference_data, lang = await city(), web.language(request)
    at = Parameters(request.query_params).integer("at", low=0, high=LONGEST_VIDEO)
    video = players.player(found.link)
    if request.method == "GET" and who.official is None:
        page_cache.each_time(request, partial(views.seen, found.id))
    shown = {
        "forum": found,
        "person": person,
        "kind": KINDS[found.kind],
        "state": FORUM_STATES[found.status],
        "department": reference_data.department_names(lang).get(found.department_id or 0, ""),
        "district": reference_data.district_name(found.district, lang) if found.district else "",
        "may_speak": takes_submissions(found, clock.now()),
        "last_word": last_word(found),
        "days_after": AFTER[found.kind].days,
        "files": await files.of(forum_subject(found.slug)),
        "video": video,
        "at": at,
        "waiting": views.waiting,
        **await _of_kind(found),
        **({} if found.kind == "notice" else await _parts(request, found, person)),
    }
    response = await context.page(request, TEMPLATES.get(found.kind, "forums/forum.html"), shown, ReturnedForm())
    if video and at is not None:
        response.headers["content-security-policy"] = content_policy(web.site(request).settings, video.origin)
    return response


async def _of_kind(found: ForumView) -> dict[str, object]:
    """What only some kinds of forum show."""
    shown: dict[str, object] = {}
    if found.status in {ForumState.CANCELLED, ForumState.DECLINED}:
        shown["reason"] = await forums.reason(forum_subject(found.slug))
    if found.kind == "discussion":
        shown["by_stance"] = await forums.stances(found.id)
    elif found.kind == "field_office":
        shown["progress"] = await forums.progress(found.id)
    elif found.kind == "notice":
        shown["earlier"], shown["later"] = await lists.neighbours(found.number)
    return shown


async def _parts(request: Request, found: ForumView, person: Person | None) -> dict[str, object]:
    """The context of the parts in ``templates/forums/parts``, one line each."""
    return {
        **await proposing.part(found),
        **await registering.part(found, person),
        **await commenting.part(request, found, person),  # reads the stream position before the content
        **await speaking.part(request, found, person),
        "commitments": await commitments.of_forum(found.id),
        "petition_public": await petition_public(found.from_petition, ways(request)),
    }


async def file(request: Request) -> Response:
    """``/forums/{slug}/files/{id}/{name}``: a download, for everybody who may see the forum."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    one = await files.one(forum_subject(found.slug), request.path_params["id"])
    return await uploads.send(request, one.hash, one.name, one.media_type)


routes = [
    Route("/forums/{slug}/files/{id:int}/{name}", file),
    Route("/forums/{slug}", forum),
]
