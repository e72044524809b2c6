"""Routing rules: their order and conditions, and a form to try them on a text."""

from collections.abc import Mapping
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.forms import BODY_LIMIT, TITLE_LIMIT
from petitions.labels import KINDS
from petitions.models import RoutingRule
from petitions.permissions import Permission
from petitions.reference import Reference, forget, reference
from petitions.routing import Choice, choose
from petitions.rules import Kind
from server.core import auth, city, web
from server.core.accounts import ClosedDepartment, Official, keep_open
from server.core.errors import Invalid, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Errors, Form, Hint, Html, Label, OneOf, WordsRule, line, paragraphs
from server.core.i18n import named
from server.core.ledger import SettingChanged
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Options, Question, Resource, View


class EditRule(Form):
    """A routing rule; an empty field matches everything, but at least one field is required."""

    department: Annotated[str, OneOf(), Label(_("Department"))]
    words: Annotated[
        tuple[str, ...],
        WordsRule(),
        Label(_("Words")),
        Hint(_("One of these appears in the title or the text. Separate them with commas.")),
        Html(rows=3),
    ] = ()
    kinds: Annotated[tuple[str, ...], OneOf(KINDS), Label(_("Kinds"))] = ()
    districts: Annotated[tuple[str, ...], OneOf(), Label(_("Districts"))] = ()
    note: Annotated[
        str,
        line(200, safe=False),
        Label(_("Note")),
        Hint(_("Why this rule exists. Officials see it on each case it routes.")),
    ] = ""

    def check(self, errors: Errors) -> None:
        wrong = any(name in errors for name in ("words", "kinds", "districts"))
        if not wrong and not (self.words or self.kinds or self.districts):
            errors.fail(
                "words",
                _(
                    "Please give words, kinds or districts: a rule that matches everything makes all later rules "
                    "useless."
                ),
            )


class TryRules(Form):
    """A text for which the rules are tried."""

    body: Annotated[str, paragraphs(BODY_LIMIT), Label(_("Text")), Html(rows=5)]
    title: Annotated[str, line(TITLE_LIMIT), Label(_("Title"))] = ""
    kind: Annotated[str, OneOf(), Label(_("Kind"))] = Kind.OTHER.value
    district: Annotated[str, OneOf(), Label(_("District"))] = ""


class DepartmentClosed(ClosedDepartment):
    """409: the department of a rule is closed."""

    text = _("This department is closed.")


async def need_department(code: str) -> None:
    """Raise ``Invalid`` if a department is closed; else lock it open until the surrounding transaction ends."""
    department = (await city.city()).department_by_code(code)
    if department is None or not await keep_open(department.id):
        raise Invalid.at("department", DepartmentClosed.text)


class Rules(Resource[EditRule]):
    """The routing rules, in the order in which they are applied."""

    what, path, permission = "rule", "rules", Permission.EDIT_RULES
    model, form = RoutingRule, EditRule
    title, add_label, added = _("Routing rules"), _("Add a rule"), _("The rule has been added at the end of the list.")
    name_label = _("Rule")
    intro = _(
        "The first matching rule decides which department is proposed. If none matches, the departments' "
        "responsibilities and keywords decide; if these do not match either, the intake officer decides. A "
        "statutory procedure goes to its own department before any rule."
    )
    empty = (_("There are no rules yet"), _("Until there are, the departments' responsibilities and keywords decide."))
    columns = (
        Column("conditions", _("Conditions"), "lines"),
        Column("department"),
        Column("note"),
    )
    form_intro = _("The rule applies when every part you fill in matches. Empty parts match everything.")
    list_template = "desk/settings/rules.html"
    row_title, trail = _("Rule %(id)s"), _("Routing rule %(id)s")
    deleting = Question(
        _("Delete rule %(rule)s?"),
        _(
            "New petitions will no longer be routed by it. Cases it has already routed keep their "
            "department. To stop it only for a while, turn it off instead."
        ),
        _("Delete"),
        done=_("The rule has been deleted."),
    )
    closing = Question(
        _("Turn rule %(rule)s off?"),
        _("New petitions are not routed by it until it is turned on again."),
        _("Turn off"),
        done=_("The rule has been turned off."),
    )
    opened = _("The rule has been turned on.")
    closed_note, closed_tag = _("This rule is turned off."), _("turned off")
    forget = staticmethod(forget)
    order = ("position", "id")

    async def choices(self, language: str) -> dict[str, Options]:
        reference_data = await reference()
        return {
            "districts": [(code, reference_data.district_name(code, language)) for code in reference_data.districts],
            "department": reference_data.department_choices(language),
        }

    def cell(self, row: Any, name: str, view: View) -> object:
        if name != "conditions":
            return super().cell(row, name, view)
        parts = (
            (_("Words: %(words)s"), "words", ", ".join(row.words)),
            (_("Kinds: %(kinds)s"), "kinds", view.words("kinds", row.kinds)),
            (_("Districts: %(districts)s"), "districts", view.words("districts", row.districts)),
        )
        return [Text(text.msgid, {part: words}) for text, part, words in parts if words]

    async def list_context(self, language: str) -> dict[str, Any]:
        """The form to try the rules on a text."""
        return {"try_rules": TryRules, "try_choices": await try_choices(language), "tried": {}, "choice": None}

    async def check(self, command: EditRule, _row: Any | None) -> None:
        await need_department(command.department)

    async def check_switch(self, row: RoutingRule, *, on: bool) -> None:
        if on and not await keep_open(row.department_id):
            raise DepartmentClosed

    async def create(self, columns: Any) -> RoutingRule:
        """A new rule comes last."""
        last = await RoutingRule.all().order_by("-position").first()
        return await RoutingRule.create(position=last.position + 1 if last else 1, **columns)

    async def move(self, actor: Official, number: int, step: int) -> None:
        """Swap a rule with the one before (-1) or after (1) it; nothing happens at the end of the list."""
        async with self.changing() as chain:
            await self.need(number)
            rules = await RoutingRule.all().order_by("position", "id")
            place = next(n for n, rule in enumerate(rules) if rule.id == number)
            if not 0 <= place + step < len(rules):
                return
            rules[place], rules[place + step] = rules[place + step], rules[place]
            for position, rule in enumerate(rules, 1):
                if rule.position != position:
                    await RoutingRule.filter(id=rule.id).update(position=position)
            await chain.append(actor.actor, SettingChanged(self.what, number, "moved"))


async def try_choices(language: str) -> dict[str, Options]:
    """The kinds, each statutory procedure by its name, and the districts."""
    reference_data = await reference()
    kinds = [(kind, words) for kind, words in named(KINDS, language) if kind != Kind.STATUTORY]
    statutory = [(f"{Kind.STATUTORY}:{code}", row.name(language)) for code, row in reference_data.services.items()]
    return {"kind": kinds + statutory, "district": reference_data.district_choices(language)}


RULES = Rules()
_pages = Pages(RULES)


async def try_out(request: Request, form: Mapping[str, Any]) -> Response:
    """``POST /desk/rules/try``: which rule, department and reason a text would get. Nothing is stored."""
    auth.official(request, RULES.permission)
    known = await try_choices(web.language(request))
    text = TryRules.parse(form, choices={name: [code for code, _words in known[name]] for name in known})
    return await _pages.show(request, tried=form, choice=route(await reference(), text))


async def show_again(request: Request, back: ReturnedForm) -> Response:
    """The rules, with a text that cannot be tried."""
    return await _pages.show(request, tried=back.values, errors=back.errors, status=back.status)


def route(reference_data: Reference, text: TryRules) -> Choice:
    """The department that a text would be routed to, and why."""
    name, _colon, code = text.kind.partition(":")
    service = reference_data.services.get(code)
    return choose(
        kind=name,
        district=text.district,
        title=text.title,
        body=text.body,
        rules=reference_data.rules,
        departments=reference_data.profiles,
        service_department=service.department_id if service else None,
        learned=reference_data.learned,
    )


class Move(Form):
    """The direction of a move."""

    way: Annotated[str, OneOf(("up", "down")), Label(_("Order"))]


async def move(request: Request) -> Response:
    """``POST /desk/rules/{id}/move``: one place ``up`` or ``down``."""
    official = auth.official(request, RULES.permission)
    way = Move.parse(await web.read_form(request)).way
    number = request.path_params["id"]
    await RULES.move(official, number, -1 if way == "up" else 1)
    return web.redirect(request, f"{RULES.page}#row-{number}", _("The order has been changed."))


routes = [
    form_page(f"{RULES.page}/try", show_again, try_out, "POST"),
    Route(f"{RULES.page}/{{id:int}}/move", move, methods=["POST"]),
    *_pages.routes,
    *Operations(RULES).routes,
]
