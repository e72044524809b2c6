"""Routing rules at the desk: their order, what each says, and a box to try them on a text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions import settings
from petitions.actions.settings import SettingChangedMeanwhile
from petitions.desk_settings.common import (
    DELETE,
    Options,
    confirm,
    department_options,
    district_options,
    kind_names,
    meanwhile,
    number,
    seen,
)
from petitions.forms import BODY_LIMIT, TITLE_LIMIT, read_kind
from petitions.models import RoutingRule
from petitions.permissions import Permission
from petitions.queries import settings as queries
from petitions.reference import Reference, reference
from petitions.routing import Choice, choose
from petitions.rules import Kind, Refusal
from petitions.setting_forms import EditRule
from server.core import auth, ledger, web
from server.core.errors import Invalid, NotFound, _
from server.core.fields import Input

PAGE = "/desk/rules"
LABELS = {
    "words": _("Words"),
    "kinds": _("Kinds"),
    "districts": _("Districts"),
    "department": _("Department"),
    "note": _("Note"),
}


async def listing(request: Request) -> Response:
    """``/desk/rules``."""
    auth.official(request, Permission.EDIT_RULES)
    return await _list_page(request)


async def try_out(request: Request) -> Response:
    """``POST /desk/rules/try``: which rule, department and reason a text would get. Nothing is kept."""
    auth.official(request, Permission.EDIT_RULES)
    form = await web.read_form(request)
    data = Input(form)
    known = await reference()
    title = data.text("title", limit=TITLE_LIMIT)
    body = data.text("body", limit=BODY_LIMIT, required=True, lines=True)
    kind = read_kind(data.text("kind", limit=80) or Kind.OTHER, known)
    if isinstance(kind, Refusal):
        data.fail("kind", kind.text)
        kind = Kind.OTHER
    district = data.choice("district", tuple(known.districts))
    try:
        data.done()
    except Invalid as invalid:
        return await _list_page(request, tried=form, invalid=invalid)
    name, _colon, code = kind.partition(":")
    service = known.services.get(code)
    choice = choose(
        kind=name,
        district=district,
        title=title,
        body=body,
        rules=known.rules,
        departments=known.profiles,
        service_department=service.department_id if service else None,
    )
    return await _list_page(request, tried=form, choice=choice)


async def _list_page(
    request: Request,
    *,
    tried: Mapping[str, Any] | None = None,
    choice: Choice | None = None,
    invalid: Invalid | None = None,
) -> Response:
    lang = web.language(request)
    known = await reference()
    kinds = kind_names(lang)
    districts = dict(district_options(known, lang))
    context = {
        "rules": [
            replace(
                rule,
                kinds=[kinds.get(kind, kind) for kind in rule.kinds],
                districts=[districts.get(code, code) for code in rule.districts],
            )
            for rule in await queries.rules()
        ],
        "kind_options": _kind_options(known, kinds, lang),
        "districts": districts,
        "departments": await queries.department_names(lang),
        "tried": {name: str((tried or {}).get(name) or "") for name in ("title", "body", "kind", "district")},
        "choice": choice,
        "errors": web.field_errors(lang, invalid.errors) if invalid else {},
    }
    return web.page(request, "desk/settings/rules.html", context, status=invalid.status if invalid else 200)


def _kind_options(known: Reference, kinds: Mapping[str, str], language: str) -> Options:
    """The kinds, and each statutory procedure by its name."""
    plain = [(kind, words) for kind, words in kinds.items() if kind != Kind.STATUTORY]
    return plain + [(f"{Kind.STATUTORY}:{code}", row.name(language)) for code, row in known.services.items()]


async def add(request: Request) -> Response:
    """``/desk/rules/new``."""
    official = auth.official(request, Permission.EDIT_RULES)
    if request.method == "GET":
        empty = {"kinds": [], "districts": [], "words": "", "department": "", "note": ""}
        return await _form_page(request, None, empty)
    raw = _raw(await web.read_form(request))
    try:
        await settings.add_rule(official, EditRule.parse(Input(raw), await reference()))
    except Invalid as invalid:
        return await _form_page(request, None, raw, refusal=invalid)
    return web.redirect(request, PAGE, _("The rule is added at the end of the list."))


async def change(request: Request) -> Response:
    """``/desk/rules/{id}``."""
    official = auth.official(request, Permission.EDIT_RULES)
    version = await ledger.length(settings.RULES)  # before what it is the version of
    rule = await RoutingRule.filter(id=number(request)).first()
    form = await web.read_form(request) if request.method == "POST" else {}
    if rule is None and seen(form) is None:
        raise NotFound
    if request.method == "GET":
        return await _form_page(request, rule, _values(rule), version=version)
    raw = _raw(form)
    try:
        command = EditRule.parse(Input(raw), await reference())
        await settings.change_rule(official, number(request), command, seen(form))
    except Invalid as invalid:
        return await _form_page(request, rule, raw, version=seen(form), refusal=invalid)
    except SettingChangedMeanwhile as conflict:
        return await _form_page(request, rule, raw, version=version, refusal=conflict)
    return web.redirect(request, PAGE, _("Saved."))


def _values(rule: RoutingRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "kinds": rule.kinds, "districts": rule.districts, "words": ", ".join(rule.words),
        "department": rule.department_id, "note": rule.note,
    }  # fmt: skip


def _raw(form: Any) -> dict[str, Any]:
    lists = {name: [str(value) for value in form.getlist(name)] for name in ("kinds", "districts")}
    return {**{name: form.get(name) or "" for name in ("words", "department", "note")}, **lists}


async def _form_page(
    request: Request,
    rule: RoutingRule | None,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
    refusal: Invalid | SettingChangedMeanwhile | None = None,
) -> Response:
    lang = web.language(request)
    known = await reference()
    choices: dict[str, Options] = {
        "kinds": list(kind_names(lang).items()),
        "districts": district_options(known, lang),
        "department": department_options(known, lang),
    }
    invalid = refusal.errors if isinstance(refusal, Invalid) else []
    context = {
        "rule": rule,
        "version": version,
        "values": values,
        "kinds": choices["kinds"],
        "districts": choices["districts"],
        "departments": choices["department"],
        "errors": web.field_errors(lang, invalid),
        "meanwhile": await meanwhile(refusal, LABELS, _values(rule), values, choices)
        if isinstance(refusal, SettingChangedMeanwhile)
        else None,
    }
    return web.page(request, "desk/settings/rule.html", context, status=refusal.status if refusal else 200)


async def move(request: Request) -> Response:
    """``POST /desk/rules/{id}/move``: one place ``up`` or ``down``."""
    official = auth.official(request, Permission.EDIT_RULES)
    data = Input(await web.read_form(request))
    way = data.choice("way", ("up", "down"), required=True)
    data.done()
    await settings.move_rule(official, number(request), -1 if way == "up" else 1)
    return web.redirect(request, f"{PAGE}#rule-{number(request)}", _("The order is changed."))


async def switch(request: Request) -> Response:
    """``POST /desk/rules/{id}/switch``: ``on`` or ``off``."""
    official = auth.official(request, Permission.EDIT_RULES)
    data = Input(await web.read_form(request))
    wanted = data.choice("to", ("on", "off"), required=True)
    data.done()
    await settings.switch_rule(official, number(request), on=wanted == "on")
    notice = _("The rule is switched on.") if wanted == "on" else _("The rule is switched off.")
    return web.redirect(request, PAGE, notice)


async def delete(request: Request) -> Response:
    """``/desk/rules/{id}/delete``: asks first."""
    official = auth.official(request, Permission.EDIT_RULES)
    rule = await _rule(request)
    if request.method == "GET":
        return confirm(
            request,
            question=_("Delete rule %(rule)s?", rule=rule.id),
            consequence=_(
                "New petitions will no longer be routed by it. Cases that it has routed keep their department. "
                "To stop it for a while only, switch it off instead."
            ),
            label=DELETE,
            back=PAGE,
        )
    await settings.delete_rule(official, rule.id)
    return web.redirect(request, PAGE, _("The rule is deleted."))


async def _rule(request: Request) -> RoutingRule:
    rule = await RoutingRule.filter(id=number(request)).first()
    if rule is None:
        raise NotFound
    return rule


routes = [
    Route(PAGE, listing),
    Route(f"{PAGE}/try", try_out, methods=["POST"]),
    Route(f"{PAGE}/new", add, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}", change, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/move", move, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/switch", switch, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/delete", delete, methods=["GET", "POST"]),
]
