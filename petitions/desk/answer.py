"""The answer editor: reply templates filled in for the case, a preview, and the remedies of a refusal (Act 27③, 35)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petitions import gaps, placeholders
from petitions.forms import GiveAnswer
from petitions.labels import REFUSING
from petitions.queries.cases import CaseView
from petitions.queries.desk import Template
from petitions.rules import Kind
from petitions.states import Action
from server.core import i18n
from server.core.accounts import Official
from server.core.errors import Text, _

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
    decision: str = ""
    reasons: str = ""
    remedies: str = ""
    gaps: tuple[str, ...] = ()
    """What is still to be filled in, as it is written."""


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
    """The editor's content as submitted or drafted, not validated. No decision is chosen for the official."""
    text, decision, reasons, ways = (str(raw.get(name) or "") for name in ("text", "decision", "reasons", "remedies"))
    left = gaps.gaps(text) + (gaps.gaps(reasons) + gaps.gaps(ways) if decision in REFUSING else ())
    return Draft(text, decision, reasons, ways or remedies(case), tuple(dict.fromkeys(left)))


def with_template(
    values: Mapping[str, object], template: Template, case: CaseView, official: Official, field: str
) -> dict[str, object]:
    """Append a reply template to a form's ``field``; reasons and remedies are used only where there are none."""
    known = placeholders.values_of(case, official, template.language)

    def filled(text: str) -> str:
        return placeholders.fill(text, known).text

    written = str(values.get(field) or "").rstrip()
    text = filled(template.text)
    found = {**values, field: f"{written}\n\n{text}" if written else text}
    if template.purpose == Action.ANSWER:
        found["reasons"] = values.get("reasons") or filled(template.reasons)
        if template.remedies and str(values.get("remedies") or remedies(case)).strip() == remedies(case).strip():
            found["remedies"] = filled(template.remedies)
    return found


def complete(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an answer as the page shows them: what is hidden is not sent. Raises ``Invalid`` without a
    decision, which a page has to ask for.
    """
    if not raw.get("decision"):
        raise GiveAnswer.missing("decision")
    if raw["decision"] in REFUSING:
        return dict(raw)
    return {**raw, "reasons": "", "remedies": ""}
