"""Departments at the desk: names in three languages, how to reach them, duties and keywords; closing and opening."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions import settings
from petitions.actions.settings import SettingChangedMeanwhile
from petitions.desk_settings.common import confirm, meanwhile, number, seen
from petitions.queries import settings as queries
from petitions.setting_forms import EditDepartment, read_code
from server.core import auth, ledger, web
from server.core.accounts import CorePermission, Department
from server.core.errors import Invalid, NotFound, _
from server.core.fields import Input

PAGE = "/desk/departments"
LABELS = {
    "name": _("Name in Korean"),
    "name_ja": _("Name in Japanese"),
    "name_en": _("Name in English"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "place": _("Where its office is"),
    "duties": _("Duties"),
    "keywords": _("Keywords"),
}


async def listing(request: Request) -> Response:
    """``/desk/departments``."""
    auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    context = {"departments": await queries.departments(), "cap": queries.CAP}
    return web.page(request, "desk/settings/departments.html", context)


async def add(request: Request) -> Response:
    """``/desk/departments/new``."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    if request.method == "GET":
        return await _form_page(request, None, {})
    form = await web.read_form(request)
    data = Input(form)
    try:
        code = read_code(data)
        command = EditDepartment.parse(data)
        data.done()
        await settings.add_department(official, code, command)
    except Invalid as invalid:
        return await _form_page(request, None, form, refusal=invalid)
    return web.redirect(request, PAGE, _("The department is added."))


async def change(request: Request) -> Response:
    """``/desk/departments/{id}``."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    version = await ledger.length(settings.DEPARTMENTS)  # before what it is the version of
    department = await _department(request)
    if request.method == "GET":
        return await _form_page(request, department, _values(department), version=version)
    form = await web.read_form(request)
    data = Input(form)
    try:
        command = EditDepartment.parse(data)
        data.done()
        await settings.change_department(official, department.id, command, seen(form))
    except Invalid as invalid:
        return await _form_page(request, department, form, version=seen(form), refusal=invalid)
    except SettingChangedMeanwhile as conflict:
        return await _form_page(request, department, form, version=version, refusal=conflict)
    return web.redirect(request, PAGE, _("Saved."))


def _values(department: Department) -> dict[str, Any]:
    values = {name: getattr(department, name) for name in LABELS}
    return values | {name: ", ".join(values[name]) for name in ("duties", "keywords")}


async def _form_page(
    request: Request,
    department: Department | None,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
    refusal: Invalid | SettingChangedMeanwhile | None = None,
) -> Response:
    invalid = refusal.errors if isinstance(refusal, Invalid) else []
    context = {
        "department": department,
        "version": version,
        "values": {name: values.get(name) or "" for name in ("code", *LABELS)},
        "errors": web.field_errors(web.language(request), invalid),
        "meanwhile": await meanwhile(refusal, LABELS, _values(department), values, {})
        if isinstance(refusal, SettingChangedMeanwhile) and department
        else None,
    }
    return web.page(request, "desk/settings/department.html", context, status=refusal.status if refusal else 200)


async def close(request: Request) -> Response:
    """``/desk/departments/{id}/close``: says what still hangs on it, or asks."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    department = await _department(request)
    if request.method == "POST":
        await settings.switch_department(official, department.id, on=False)
        return web.redirect(request, PAGE, _("The department is closed."))
    held = await queries.hold_open(department.id)
    if any(held.values()):
        context = {"department": department, "held": held, "cap": queries.CAP}
        return web.page(request, "desk/settings/department_in_use.html", context)
    return confirm(
        request,
        question=_("Close the department “%(name)s”?", name=department.name),
        consequence=_("No petition goes to it any more. Its answered cases stay. It can be opened again."),
        label=_("Close the department"),
        back=f"{PAGE}/{department.id}",
    )


async def reopen(request: Request) -> Response:
    """``POST /desk/departments/{id}/open``."""
    official = auth.official(request, CorePermission.EDIT_DEPARTMENTS)
    await settings.switch_department(official, number(request), on=True)
    return web.redirect(request, PAGE, _("The department is open again."))


async def _department(request: Request) -> Department:
    department = await Department.filter(id=number(request)).first()
    if department is None:
        raise NotFound
    return department


routes = [
    Route(PAGE, listing),
    Route(f"{PAGE}/new", add, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}", change, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/close", close, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/open", reopen, methods=["POST"]),
]
