"""Departments at the desk: names in three languages, how to reach them, duties and keywords; closing and opening."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions import settings
from petitions.desk_settings.common import confirm, number
from petitions.queries import settings as queries
from petitions.setting_forms import EditDepartment, read_code
from server.core import auth, web
from server.core.accounts import Department, Permission
from server.core.errors import Invalid, NotFound, _
from server.core.fields import Input

PAGE = "/desk/departments"
FIELDS = ("name", "name_ja", "name_en", "phone", "email", "place", "duties", "keywords")


async def listing(request: Request) -> Response:
    """``/desk/departments``."""
    auth.official(request, Permission.EDIT_DEPARTMENTS)
    context = {"departments": await queries.departments(), "cap": queries.CAP}
    return web.page(request, "desk/settings/departments.html", context)


async def add(request: Request) -> Response:
    """``/desk/departments/new``."""
    official = auth.official(request, Permission.EDIT_DEPARTMENTS)
    if request.method == "GET":
        return _form_page(request, None, {})
    form = await web.read_form(request)
    data = Input(form)
    try:
        code = read_code(data)
        command = EditDepartment.parse(data)
        data.done()
        await settings.add_department(official, code, command)
    except Invalid as invalid:
        return _form_page(request, None, form, invalid)
    return web.redirect(request, PAGE, _("The department is added."))


async def change(request: Request) -> Response:
    """``/desk/departments/{id}``."""
    official = auth.official(request, Permission.EDIT_DEPARTMENTS)
    department = await _department(request)
    if request.method == "GET":
        values = {name: getattr(department, name) for name in FIELDS}
        values |= {name: ", ".join(values[name]) for name in ("duties", "keywords")}
        return _form_page(request, department, values)
    form = await web.read_form(request)
    data = Input(form)
    try:
        command = EditDepartment.parse(data)
        data.done()
        await settings.change_department(official, department.id, command)
    except Invalid as invalid:
        return _form_page(request, department, form, invalid)
    return web.redirect(request, PAGE, _("Saved."))


def _form_page(
    request: Request, department: Department | None, values: Mapping[str, Any], invalid: Invalid | None = None
) -> Response:
    context = {
        "department": department,
        "values": {name: values.get(name) or "" for name in ("code", *FIELDS)},
        "errors": web.field_errors(web.language(request), invalid.errors) if invalid else {},
    }
    return web.page(request, "desk/settings/department.html", context, status=invalid.status if invalid else 200)


async def close(request: Request) -> Response:
    """``/desk/departments/{id}/close``: says what still hangs on it, or asks."""
    official = auth.official(request, Permission.EDIT_DEPARTMENTS)
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
    official = auth.official(request, Permission.EDIT_DEPARTMENTS)
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
