"""The answer editor: reply templates filled in for the case, a preview, and the remedies of a refusal (Act 27③, 35)."""

from collections.abc import Mapping
from dataclasses import dataclass

from petitions import placeholders
from petitions.forms import GiveAnswer
from petitions.labels import REFUSING
from petitions.queries.cases import CaseView
from petitions.queries.desk import Template
from petitions.rules import Kind
from server.core import i18n
from server.core.accounts import Official
from server.core.errors import FieldError, Invalid, Text, _

_OBJECTION = _(
    "If you do not accept this decision, you can object to it in writing to %(department)s (%(phone)s) within 60 days "
    "of receiving it (Civil Petitions Treatment Act, Article 35). Independently of that, you can ask for "
    "administrative appeal within 90 days of learning of the decision (Administrative Appeals Act, Article 27) or "
    "bring an administrative suit within 90 days (Administrative Litigation Act, Article 20)."
)
_GRIEVANCE = _(
    "If you do not accept this answer, please write to %(department)s (%(phone)s), or turn to the Anti-Corruption and "
    "Civil Rights Commission or the citizens' ombudsman at any time. Where the answer is an administrative "
    "disposition, you can ask for administrative appeal within 90 days of learning of it (Administrative Appeals Act, "
    "Article 27)."
)


_AFTER_OBJECTION = _(
    "You can contest the original refusal by administrative appeal (Administrative Appeals Act) or administrative suit "
    "(Administrative Litigation Act), each within 90 days of being told of this result (Civil Petitions Treatment Act, "
    "Article 35; General Act on Public Administration, Article 36, paragraph 4). Questions: %(department)s (%(phone)s)."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of the editor."""

    text: str = ""
    decision: str = "explained"
    reasons: str = ""
    remedies: str = ""
    template: int | None = None
    unknown: tuple[str, ...] = ()
    """Placeholders of the chosen template for which the case has no value."""


def remedies(case: CaseView) -> str:
    """The remedies against a refusal, in the petitioner's language.

    Only the refusal of a statutory petition can be objected to, within 60 days (Act 35①); an administrative appeal is
    possible within 90 days of knowing of it (행정심판법 제27조).
    """
    return _filled_in(_OBJECTION if case.kind == Kind.STATUTORY else _GRIEVANCE, case)


def objection_remedies(case: CaseView) -> str:
    """The remedies after an objection is dismissed, in the petitioner's language (Decree 40).

    The 90 days count from this result, not from the refusal (General Act on Public Administration, 36④).
    """
    return _filled_in(_AFTER_OBJECTION, case)


def _filled_in(text: Text, case: CaseView) -> str:
    department, language = case.reference_data.departments.get(case.department_id or 0), case.petitioner_language
    values = {
        "department": department.name(language) if department else "–",
        "phone": department.phone if department else "–",
    }
    return i18n.translate(language, Text(text.msgid, values))


def read(raw: Mapping[str, object], case: CaseView) -> Draft:
    """The editor's content as submitted, not validated."""
    text, decision, reasons, ways = (str(raw.get(name) or "") for name in ("text", "decision", "reasons", "remedies"))
    return Draft(text, decision or "explained", reasons, ways or remedies(case))


def with_template(draft: Draft, template: Template, case: CaseView, official: Official) -> Draft:
    """Append a reply template to the text; its reasons and remedies are used only where there are none."""
    values = placeholders.values_of(case, official, template.language)
    text = placeholders.fill(template.text, values)
    reasons = placeholders.fill(template.reasons, values)
    ways = placeholders.fill(template.remedies, values)
    written = draft.text.rstrip()
    return Draft(
        f"{written}\n\n{text.text}" if written else text.text,
        draft.decision,
        draft.reasons or reasons.text,
        draft.remedies if draft.remedies != remedies(case) or not ways.text else ways.text,
        template.id,
        tuple(dict.fromkeys((*text.unknown, *reasons.unknown, *ways.unknown))),
    )


def complete(raw: Mapping[str, str], case: CaseView) -> dict[str, str]:
    """The fields of an answer that can be sent. Raises ``Invalid`` if a placeholder is left in it.

    Prefilled remedies are dropped if nothing is refused.
    """
    values = dict(raw)
    if values.get("decision") not in REFUSING and values.get("remedies", "").strip() == remedies(case):
        values["remedies"] = ""
    command = GiveAnswer.parse(values)
    errors = [
        FieldError(
            name, _("Please fill in what is still missing: %(names)s", names=", ".join(f"{{{n}}}" for n in left))
        )
        for name, text in (("text", command.text), ("reasons", command.reasons), ("remedies", command.remedies))
        if (left := placeholders.remaining(text))
    ]
    if errors:
        raise Invalid(errors)
    return values
