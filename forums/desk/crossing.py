"""Making an answered petition the topic of a forum: an official writes it anew, without anything private."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import crossing
from forums.crossing import ways
from forums.desk.common import FRESH, returned
from forums.forms.crossing import KINDS, MakeTopic
from forums.labels import KINDS as KIND_NAMES
from forums.permissions import Permission
from server.core import auth, i18n, web
from server.core.acts import Press
from server.core.errors import Invalid, _

PAGE = "/desk/topics"


async def topic(request: Request) -> Response:
    """``/desk/topics/{reference}``. Raises ``NotSignedIn``, ``Forbidden``, and the errors of reading the petition."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    language = web.language(request)
    found = await ways(request).topic(request.path_params["reference"], official)
    kept = FRESH
    if request.method == "POST":
        form = {name: value for name, value in (await web.read_form(request)).items() if isinstance(value, str)}
        made: list[str] = []

        async def make() -> None:
            made.append(await crossing.make_topic(official, found.reference, MakeTopic.parse(form), ways(request)))

        secret, scope = web.site(request).settings.secret_key, f"topics/{official.id}/{found.reference}"
        try:
            await Press(secret, scope, found.reference, form).once(make)
        except Invalid as error:
            kept = returned(request, form, error)
        else:
            where = made[0] if made else "/desk/forums"
            return web.redirect(request, where, _("It is now a topic. The petition keeps its number."))
    context = {
        "topic": found,
        "values": kept.values,
        "errors": kept.errors,
        "form": MakeTopic,
        "kinds": [
            *((kind, i18n.translate(language, KIND_NAMES[kind])) for kind in KINDS),
            ("submission", i18n.translate(language, _("A submission in an existing forum"))),
        ],
    }
    return web.page(request, "desk/forums/topic.html", context, status=kept.status)


routes = [Route(f"{PAGE}/{{reference}}", topic, methods=["GET", "POST"])]
