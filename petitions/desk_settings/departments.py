"""Departments: names in three languages, contact details, duties and keywords; closing and reopening."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator

from petitions.queries import settings as queries
from petitions.queries.settings import capped
from petitions.reference import forget
from server.core.accounts import CorePermission, Department, may_close
from server.core.errors import Conflict, Text, _
from server.core.forms import Email, Form, Hint, Html, Label, Mistake, Phone, WordsRule, line
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Hindrance, Question, Resource, View

_CODE = re.compile(r"[a-z][a-z0-9_-]{1,39}")


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise Mistake(
            _("Please use 2 to 40 lowercase letters, digits, hyphens or underscores, starting with a letter.")
        )
    return value


class EditDepartment(Form):
    """A department's names, contact details and duties."""

    code: Annotated[
        str,
        line(40, safe=False),
        AfterValidator(_code),
        Label(_("Short name")),
        Hint(_("For addresses and programs; you cannot change it later. For example roads.")),
    ]
    name: Annotated[str, line(80, safe=False), Label(_("Name in Korean"))]
    name_ja: Annotated[str, line(80, safe=False), Label(_("Name in Japanese")), Html(lang="ja")] = ""
    name_en: Annotated[str, line(80, safe=False), Label(_("Name in English")), Html(lang="en")] = ""
    phone: Phone = ""
    email: Annotated[Email, Html(autocomplete="off", inputmode="email")] = ""
    place: Annotated[str, line(120, safe=False), Label(_("Office location"))] = ""
    duties: Annotated[
        tuple[str, ...],
        WordsRule(120),
        Label(_("Responsibilities")),
        Hint(_("What it is responsible for, separated by commas.")),
        Html(rows=4),
    ] = ()
    keywords: Annotated[
        tuple[str, ...],
        WordsRule(),
        Label(_("Keywords")),
        Hint(_("Words used in its petitions. They decide if no rule matches. Separate them with commas.")),
        Html(rows=4),
    ] = ()


class DepartmentInUse(Conflict):
    """409: cases, objections, rules or procedures still refer to the department; ``held`` counts each."""

    code = "department_in_use"

    def __init__(self, held: dict[str, int]) -> None:
        super().__init__(
            _(
                "This department cannot be closed: open cases %(cases)s, open objections %(objections)s, "
                "routing rules that lead to it %(rules)s, procedures %(services)s. Please transfer the cases, "
                "decide the objections and change the rules first.",
                **{name: capped(count) for name, count in held.items()},
            )
        )
        self.held = held


class Departments(Resource[EditDepartment]):
    """The departments. One can be closed only when nothing refers to it any more."""

    what, path, permission = "department", "departments", CorePermission.EDIT_DEPARTMENTS
    model, form, key = Department, EditDepartment, "code"
    taken = _("Another department already uses this short name.")
    title, add_label, added = _("Departments"), _("Add a department"), _("The department has been added.")
    empty = (_("There are no departments yet"), _("Add one: petitions need a department to answer them."))
    columns = (
        Column("code", kind="code"),
        Column("phone"),
        Column("open_cases", _("Open cases"), "number"),
        Column("people", _("Officials"), "number"),
    )
    closing = Question(
        _("Close the department “%(name)s”?"),
        _("It will receive no more petitions. Its answered cases stay. It can be reopened."),
        _("Close the department"),
        done=_("The department has been closed."),
    )
    opened, closed_note = _("The department has been reopened."), _("This department is closed.")
    trail, forget = _("Department %(id)s"), staticmethod(forget)

    async def rows(self, _wanted: Mapping[str, str], _view: View) -> Sequence[Any]:
        return await queries.departments()

    async def hindrances(self, row: Department) -> list[Hindrance]:
        held = await queries.hold_open(row.id)
        said = {
            "cases": (
                _("Open cases: %(count)s. Please transfer them to another department."),
                f"/desk?department={row.code}",
            ),
            "objections": (
                _("Open objections: %(count)s. Please decide them first."),
                f"/desk?objection=1&department={row.code}",
            ),
            "rules": (
                _("Routing rules that lead to it: %(count)s. Please change them or turn them off."),
                "/desk/rules",
            ),
            "services": (_("Statutory procedures it is in charge of: %(count)s."), ""),
        }
        return [
            Hindrance(Text(text.msgid, {"count": capped(held[name])}), url)
            for name, (text, url) in said.items()
            if held[name]
        ]

    async def check_switch(self, row: Department, *, on: bool) -> None:
        """Wait for transactions that are assigning it a case, and count their cases; later ones find it closed."""
        await may_close(row.id)
        if not on and any((held := await queries.hold_open(row.id)).values()):
            raise DepartmentInUse(held)


DEPARTMENTS = Departments()
routes = [*Pages(DEPARTMENTS).routes, *Operations(DEPARTMENTS).routes]
