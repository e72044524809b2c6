"""Making an answered petition the topic of a forum: an official writes it anew, without anything private."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import crossing
from forums.crossing import ways
from forums.forms.crossing import KINDS, MakeTopic
from forums.labels import KINDS as KIND_NAMES
from forums.permissions import Permission
from server.core import auth, i18n, idempotency, web
from server.core.errors import Invalid, _

PAGE = "/desk/topics"


async def topic(request: Request) -> Response:
    """``/desk/topics/{reference}``. Raises ``NotSignedIn``, ``Forbidden``, and the errors of reading the petition."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    language = web.language(request)
    found = await ways(request).topic(request.path_params["reference"], official)
    form: dict[str, Any] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = {name: value for name, value in (await web.read_form(request)).items() if isinstance(value, str)}
        made: list[str] = []

        async def make() -> None:
            made.append(await crossing.make_topic(official, found.reference, MakeTopic.parse(form), ways(request)))

        secret, scope = web.site(request).settings.secret_key, f"topics/{official.id}/{found.reference}"
        try:
            await idempotency.once(secret, scope, idempotency.fingerprint(["page", form]), form, make)
        except Invalid as error:
            errors = web.field_errors(language, error.errors)
        else:
            where = made[0] if made else "/desk/forums"
            return web.redirect(request, where, _("It is now a topic. The petition keeps its number."))
    context = {
        "topic": found,
        "values": form,
        "errors": errors,
        "form": MakeTopic,
        "kinds": [
            *((kind, i18n.translate(language, KIND_NAMES[kind])) for kind in KINDS),
            ("submission", i18n.translate(language, _("A submission in an existing forum"))),
        ],
    }
    return web.page(request, "desk/forums/topic.html", context, status=422 if errors else 200)


routes = [Route(f"{PAGE}/{{reference}}", topic, methods=["GET", "POST"])]
