"""Making an answered petition the topic of a forum: an official writes it anew, without anything private."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from forums.actions import crossing
from forums.crossing import ways
from forums.desk.common import named
from forums.forms.crossing import KINDS, MakeTopic
from forums.labels import KINDS as KIND_NAMES
from forums.permissions import Permission
from server.core import auth, web
from server.core.acts import Press
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page

PAGE = "/desk/topics"


async def topic(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/topics/{reference}``. Raises ``NotSignedIn``, ``Forbidden``, and the errors of reading the petition."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    named_kinds = {kind: KIND_NAMES[kind] for kind in KINDS} | {"submission": _("A submission in an existing forum")}
    context = {
        "topic": await ways(request).topic(request.path_params["reference"], official),
        "values": kept.values,
        "errors": kept.errors,
        "form": MakeTopic,
        "kinds": named(named_kinds, web.language(request)),
    }
    return web.page(request, "desk/forums/topic.html", context, status=kept.status)


async def make(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: make it once."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    reference = (await ways(request).topic(request.path_params["reference"], official)).reference
    made: list[str] = []

    async def do() -> None:
        made.append(await crossing.make_topic(official, reference, MakeTopic.parse(form), ways(request)))

    secret, scope = web.site(request).settings.secret_key, f"topics/{official.id}/{reference}"
    await Press(secret, scope, reference, [*form.multi_items()]).once(do)
    where = made[0] if made else "/desk/forums"
    return web.redirect(request, where, _("It is now a topic. The petition keeps its number."))


routes = [form_page(f"{PAGE}/{{reference}}", topic, make)]
