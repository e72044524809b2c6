"""The desk's page of districts: load a GeoJSON file, preview its changes, apply them, and undo."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.reference import forget
from server.core import auth, city, districts, web
from server.core.accounts import CorePermission
from server.core.errors import FieldError, Invalid, _
from server.core.files import NO_FILE
from server.core.forms import Form, Label, Parameters, line
from server.core.resource.pages import confirm
from server.core.resource.table import Question
from tracking.statistics import maps

PAGE = "/desk/settings/districts"


async def show(request: Request) -> Response:
    """``/desk/settings/districts``."""
    auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    return await _page(request, {})


async def _page(request: Request, kept: Mapping[str, Any], invalid: Invalid | None = None) -> Response:
    known = await city.read()
    draft = await districts.draft(known)
    context = {
        "rows": [(code, names, code in known.outlines) for code, names in known.districts.items()],
        "map": maps.draw(known.sketch), "draft": draft, "draft_map": maps.draw(draft.sketch) if draft else None,
        "draft_names": {one["code"]: one["name"] for one in draft.districts} if draft else {},
        "undo": await districts.last_change(),
        "form": Columns,
        "values": {name: str(kept.get(name) or "") for name in districts.NAMES},
        "lang_names": {code: known.district_name(code, web.language(request)) for code in known.districts},
        "errors": web.field_errors(web.language(request), invalid.errors) if invalid else {},
    }  # fmt: skip
    return web.page(request, "desk/settings/districts.html", context, status=invalid.status if invalid else 200)


Column = Annotated[str, line(60, safe=False)]


class Columns(Form):
    """The names of the file's properties, if they differ from the defaults."""

    code: Annotated[Column, Label(_("District code"))] = ""
    name: Annotated[Column, Label(_("Korean name"))] = ""
    name_ja: Annotated[Column, Label(_("Japanese name"))] = ""
    name_en: Annotated[Column, Label(_("English name"))] = ""


async def load(request: Request) -> Response:
    """``POST``: read a file and store it as a draft."""
    auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    form = await web.read_form(request, files=1)
    try:
        named = vars(Columns.parse(form))
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid([FieldError("file", NO_FILE)])  # noqa: TRY301 — redisplayed below
        raw = await file.read(districts.MOST_BYTES + 1)
        if len(raw) > districts.MOST_BYTES:
            raise Invalid([FieldError("file", _("The file is too large. Please simplify the boundaries."))])  # noqa: TRY301
        await districts.propose(await asyncio.to_thread(districts.read, raw, named, await city.read()))
    except Invalid as invalid:
        return await _page(request, form, invalid)
    finally:
        await form.close()
    return web.redirect(request, f"{PAGE}#draft", _("Please review what the file would change."))


async def apply(request: Request) -> Response:
    """``POST …/apply``: apply the draft."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    form = await web.read_form(request)
    number = Parameters(form).integer("draft", low=1, high=10**12 - 1)
    count = await districts.apply(official, number or 0)
    forget()
    done = _("Districts applied: %(count)s.", count=count) if count else _("The file is no longer waiting.")
    return web.redirect(request, PAGE, done)


async def discard(request: Request) -> Response:
    """``POST …/discard``: delete the draft."""
    auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    await districts.discard()
    return web.redirect(request, PAGE, _("Nothing was changed."))


async def undo(request: Request) -> Response:
    """``…/undo``: restore the previous districts, after a confirmation."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    change = Parameters(request.query_params).integer("change", low=1, high=10**12 - 1) or 0
    if request.method == "GET" and change == await districts.last_change():
        question = Question(
            _("Restore the previous districts?"),
            _("Names and boundaries return to what they were before the last file was applied."),
            _("Restore them"),
        )
        return confirm(request, question, PAGE)
    done = request.method == "POST" and await districts.undo(official, change)
    forget()
    text = _("The previous districts have been restored.") if done else _("It has already been removed.")
    return web.redirect(request, PAGE, text)


routes = [
    Route(PAGE, show),
    Route(PAGE, load, methods=["POST"]),
    Route(f"{PAGE}/apply", apply, methods=["POST"]),
    Route(f"{PAGE}/discard", discard, methods=["POST"]),
    Route(f"{PAGE}/undo", undo, methods=["GET", "POST"]),
]
