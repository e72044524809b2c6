"""Reply templates by department, kind, language and purpose, with their placeholders."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator
from tortoise.expressions import Q

from petitions import gaps, placeholders
from petitions.desk_settings.routing_rules import need_department
from petitions.labels import KINDS
from petitions.models import ReplyTemplate
from petitions.permissions import Permission
from petitions.reference import forget, reference
from petitions.rules import Kind
from server.core import config
from server.core.errors import Text, _
from server.core.forms import Form, Hint, Html, Label, Mistake, OneOf, line, paragraphs
from server.core.i18n import NAMES, translate
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Options, Question, Resource

PURPOSES: dict[str, Text] = {
    "answer": _("Answer"),
    "request-supplement": _("Request for a supplement"),
    "extend": _("Extension of the deadline"),
    "interim-notice": _("Interim notice"),
    "transfer": _("Transfer to another department"),
    "transfer-out": _("Transfer to another agency"),
    "message": _("Message to the petitioner"),
    "part": _("Consultation of another department"),
}
"""What a reply template is for: the action in whose form it is offered."""
TEMPLATE_KINDS = {kind: words for kind, words in KINDS.items() if kind != Kind.REPORT}
"""The kinds that a template can be for: all but tips, which get no answer."""
TEXT_LIMIT, REASON_LIMIT = 20_000, 10_000


def _known(value: str) -> str:
    """A text whose placeholders all exist."""
    if unknown := placeholders.unknown(value):
        names = ", ".join(f"{{{word}}}" for word in unknown)
        raise Mistake(_("There is no placeholder %(names)s. See the list of placeholders below.", names=names))
    return value


class EditTemplate(Form):
    """A reply template, for one department or all, one kind or all."""

    title: Annotated[str, line(120, safe=False), Label(_("Title"))]
    purpose: Annotated[str, OneOf(PURPOSES), Label(_("Purpose"))]
    language: Annotated[str, OneOf(), Label(_("Language"))]
    text: Annotated[str, paragraphs(TEXT_LIMIT), AfterValidator(_known), Label(_("Text")), Html(rows=12)]
    department: Annotated[str, OneOf(), Label(_("Department"))] = ""
    kind: Annotated[str, OneOf(TEMPLATE_KINDS), Label(_("Kind"))] = ""
    reasons: Annotated[
        str, paragraphs(REASON_LIMIT), AfterValidator(_known), Label(_("Reasons for a refusal")), Html(rows=4)
    ] = ""
    remedies: Annotated[
        str,
        paragraphs(REASON_LIMIT),
        AfterValidator(_known),
        Label(_("Remedies against a refusal")),
        Hint(_("A refusal must say how the petitioner can object.")),
        Html(rows=4),
    ] = ""


class Templates(Resource[EditTemplate]):
    """The reply templates."""

    what, path, permission = "template", "templates", Permission.EDIT_TEMPLATES
    model, form = ReplyTemplate, EditTemplate
    title, add_label, added = _("Reply templates"), _("Add a template"), _("The template has been added.")
    name_label = _("Title")
    empty = (_("No templates here"), _("Add one, or show all."))
    columns = (Column("purpose"), Column("department"), Column("kind"), Column("language"))
    filters = ("department", "purpose")
    order = ("purpose", "title", "id")
    form_template = "desk/settings/template.html"
    row_title, trail = Text("%(title)s"), _("Reply template %(id)s")
    deleting = Question(
        _("Delete the template “%(title)s”?"),
        _("Answers written with it stay as they are."),
        _("Delete"),
        done=_("The template has been deleted."),
    )
    forget = staticmethod(forget)
    unchosen: ClassVar = {"department": _("All departments"), "kind": _("All kinds")}

    async def narrowing(self, name: str, value: str) -> Q:
        """Those of one department, and those for all departments."""
        condition = await super().narrowing(name, value)
        return condition | Q(department_id=None) if name == "department" else condition

    async def choices(self, language: str) -> dict[str, Options]:
        reference_data = await reference()
        return {
            "language": [(code, NAMES[code]) for code in config.settings().languages],
            "department": reference_data.department_choices(language),
        }

    def initial(self) -> dict[str, Any]:
        return {"purpose": "answer", "language": config.settings().languages[0]}

    async def form_context(self, _row: Any | None, language: str) -> dict[str, Any]:
        words = {name: translate(language, text) for name, text in gaps.NAMES.items()}
        return {"placeholders": [(f"{{{name}}}", text) for name, text in words.items()]}

    async def check(self, command: EditTemplate, _row: Any | None) -> None:
        if command.department:
            await need_department(command.department)


TEMPLATES = Templates()
routes = [*Pages(TEMPLATES).routes, *Operations(TEMPLATES).routes]
