"""Reply templates at the desk: prepared texts by department, kind, language and purpose, with their placeholders."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import placeholders
from petitions.actions import settings
from petitions.actions.settings import SettingChangedMeanwhile
from petitions.desk_settings.common import (
    DELETE,
    Options,
    confirm,
    department_options,
    kind_names,
    meanwhile,
    named,
    number,
    seen,
)
from petitions.models import ReplyTemplate
from petitions.permissions import Permission
from petitions.queries import settings as queries
from petitions.reference import reference
from petitions.setting_forms import PURPOSES, EditTemplate, template_kinds
from server.core import auth, ledger, web
from server.core.errors import Invalid, NotFound, _
from server.core.fields import Input
from server.core.i18n import NAMES, translate

PAGE = "/desk/templates"
LABELS = {
    "title": _("Title"),
    "purpose": _("Purpose"),
    "department": _("Department"),
    "kind": _("Kind"),
    "language": _("Language"),
    "text": _("Text"),
    "reasons": _("Reasons for a refusal"),
    "remedies": _("Remedies against a refusal"),
}


async def listing(request: Request) -> Response:
    """``/desk/templates``, narrowed by ``department`` and ``purpose``. A filter that makes no sense is left out."""
    auth.official(request, Permission.EDIT_TEMPLATES)
    lang = web.language(request)
    known = await reference()
    departments = department_options(known, lang)
    wanted = Input(request.query_params)
    department = wanted.choice("department", [value for value, _name in departments])
    purpose = wanted.choice("purpose", PURPOSES)
    context = {
        "templates": await queries.templates(int(department) if department else None, purpose),
        "departments": departments,
        "department_names": await queries.department_names(lang),
        "purposes": named(PURPOSES, lang),
        "purpose_names": dict(named(PURPOSES, lang)),
        "kinds": kind_names(lang),
        "chosen": {"department": department, "purpose": purpose},
    }
    return web.page(request, "desk/settings/templates.html", context)


async def add(request: Request) -> Response:
    """``/desk/templates/new``."""
    official = auth.official(request, Permission.EDIT_TEMPLATES)
    languages = web.site(request).settings.languages
    if request.method == "GET":
        values = dict.fromkeys(LABELS, "") | {"purpose": "answer", "language": languages[0]}
        return await _form_page(request, None, values)
    form = await web.read_form(request)
    try:
        await settings.add_template(official, EditTemplate.parse(Input(form), await reference(), languages))
    except Invalid as invalid:
        return await _form_page(request, None, form, refusal=invalid)
    return web.redirect(request, PAGE, _("The template is added."))


async def change(request: Request) -> Response:
    """``/desk/templates/{id}``."""
    official = auth.official(request, Permission.EDIT_TEMPLATES)
    version = await ledger.length(settings.TEMPLATES)  # before what it is the version of
    template = await ReplyTemplate.filter(id=number(request)).first()
    form = await web.read_form(request) if request.method == "POST" else {}
    if template is None and seen(form) is None:
        raise NotFound
    if request.method == "GET":
        return await _form_page(request, template, _values(template), version=version)
    languages = web.site(request).settings.languages
    try:
        command = EditTemplate.parse(Input(form), await reference(), languages)
        await settings.change_template(official, number(request), command, seen(form))
    except Invalid as invalid:
        return await _form_page(request, template, form, version=seen(form), refusal=invalid)
    except SettingChangedMeanwhile as conflict:
        return await _form_page(request, template, form, version=version, refusal=conflict)
    return web.redirect(request, PAGE, _("Saved."))


def _values(template: ReplyTemplate | None) -> dict[str, Any]:
    if template is None:
        return {}
    values = {name: getattr(template, name) for name in LABELS if name != "department"}
    return values | {"department": template.department_id or ""}


async def _form_page(
    request: Request,
    template: ReplyTemplate | None,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
    refusal: Invalid | SettingChangedMeanwhile | None = None,
) -> Response:
    lang = web.language(request)
    kinds = kind_names(lang)
    choices: dict[str, Options] = {
        "department": department_options(await reference(), lang),
        "kind": [(kind, kinds[kind]) for kind in template_kinds()],
        "purpose": named(PURPOSES, lang),
        "language": [(code, NAMES[code]) for code in web.site(request).settings.languages],
    }
    invalid = refusal.errors if isinstance(refusal, Invalid) else []
    context = {
        "template": template,
        "version": version,
        "values": {name: values.get(name) or "" for name in LABELS},
        "departments": choices["department"],
        "kinds": choices["kind"],
        "purposes": choices["purpose"],
        "template_languages": choices["language"],
        "placeholders": [(f"{{{name}}}", translate(lang, words)) for name, words in placeholders.NAMES.items()],
        "errors": web.field_errors(lang, invalid),
        "meanwhile": await meanwhile(refusal, LABELS, _values(template), values, choices)
        if isinstance(refusal, SettingChangedMeanwhile)
        else None,
    }
    return web.page(request, "desk/settings/template.html", context, status=refusal.status if refusal else 200)


async def delete(request: Request) -> Response:
    """``/desk/templates/{id}/delete``: asks first."""
    official = auth.official(request, Permission.EDIT_TEMPLATES)
    template = await _template(request)
    if request.method == "GET":
        return confirm(
            request,
            question=_("Delete the template “%(title)s”?", title=template.title),
            consequence=_("Answers that were written with it stay as they are."),
            label=DELETE,
            back=f"{PAGE}/{template.id}",
        )
    await settings.delete_template(official, template.id)
    return web.redirect(request, PAGE, _("The template is deleted."))


async def _template(request: Request) -> ReplyTemplate:
    template = await ReplyTemplate.filter(id=number(request)).first()
    if template is None:
        raise NotFound
    return template


routes = [
    Route(PAGE, listing),
    Route(f"{PAGE}/new", add, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}", change, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/delete", delete, methods=["GET", "POST"]),
]
