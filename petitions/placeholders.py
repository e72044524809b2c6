"""Placeholders of reply templates: ``{petitioner}``, ``{due}`` and so on, filled in from the case.

An unknown name, or one that the case has no value for, stays in the text and is reported, so that no answer is sent
with an unnoticed gap.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from petitions.gaps import NAMES
from petitions.queries.cases import CaseView
from server.core import clock, config, i18n
from server.core.accounts import Official

_NO_GAP = str.maketrans("[]［］〔〕", "()()()")
"""The petitioner's own brackets are no gap of the template."""
_PLACEHOLDER = re.compile(r"\{\s*([A-Za-z_가-힣ぁ-んァ-ヶ一-龠][\w ]{0,30}?)\s*\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled text, and the placeholders that are still in it."""

    text: str
    unknown: tuple[str, ...]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Fill in the values. A placeholder without a value stays as it is."""

    def replaced(match: re.Match[str]) -> str:
        return values.get(match[1]) or match[0]

    filled = _PLACEHOLDER.sub(replaced, text)
    left = dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text) if not values.get(match[1]))
    return Filled(filled, tuple(left))


def unknown(text: str) -> tuple[str, ...]:
    """The placeholders of a template that do not exist."""
    return tuple(dict.fromkeys(m[1] for m in _PLACEHOLDER.finditer(text) if m[1] not in NAMES))


def values_of(case: CaseView, official: Official, language: str) -> dict[str, str]:
    """The values of the placeholders when ``official`` answers a case in ``language``."""
    settings = config.settings()
    department = case.reference_data.departments.get(case.department_id or 0)
    handler = case.handler
    today = clock.now().astimezone(settings.zone).date()
    return {
        "reference": case.reference,
        "title": case.title.translate(_NO_GAP),
        "kind": case.reference_data.kind_name(case.kind, case.service_code, language),
        "petitioner": case.petitioner_name,
        "department": department.name(language) if department else "",
        "department_phone": department.phone if department else "",
        "handler": handler.name if handler else official.name,
        "handler_phone": (handler.phone if handler else "") or (department.phone if department else ""),
        "guide": case.guide.name if case.guide else "",
        "guide_phone": case.guide.phone if case.guide else "",
        "received": i18n.date_text(case.received_at.date(), language),
        "due": i18n.date_text(case.due_at.date(), language) if case.due_at else "",
        "today": i18n.date_text(today, language),
        "city": settings.city_name,
    }
