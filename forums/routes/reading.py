"""Pages that everybody reads: the list of forums and one forum of any kind.

What else stands on a forum's page (sessions, voices, promises …) is a part with its own template; this module only
gathers what the parts show.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import rules
from forums.labels import FORUM_STATES, KINDS
from forums.people import Person, person_of
from forums.queries import forums
from forums.queries.forums import ForumView
from server.core import auth, clock, web
from server.core.city import city


async def forum(request: Request) -> Response:
    """``/forums/{slug}``: one forum."""
    who = auth.reader(request)
    found = await forums.forum(request.path_params["slug"], who.official)
    person = await person_of(who)
    known, lang = await city(), web.language(request)
    department = known.departments.get(found.department_id or 0)
    context = {
        "forum": found,
        "person": person,
        "kind": KINDS[found.kind],
        "state": FORUM_STATES[found.status],
        "department": department.name(lang) if department else "",
        "district": known.district_name(found.district, lang) if found.district else "",
        "may_speak": rules.may_speak(found.status, found.speaks_from, found.speaks_until, clock.now()),
        **await _parts(request, found, person),
    }
    return web.page(request, "forums/forum.html", context)


async def _parts(_request: Request, _found: ForumView, _person: Person | None) -> dict[str, object]:
    """What the parts of the page in ``templates/forums/parts`` show: a line each."""
    return {}


routes = [
    Route("/forums/{slug}", forum),
]
