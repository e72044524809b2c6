"""Which department is proposed for a case, and why: routing rules first, then the departments' duties and keywords.

Pure functions. ``rank`` alone ranks departments by a text and can be replaced without other changes.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core.errors import Text, _

TITLE_WEIGHT = 3.0
CANDIDATES = 3


@dataclass(frozen=True)
class DepartmentProfile:
    """What routing needs to know about a department."""

    id: int
    code: str
    name: str
    keywords: tuple[str, ...]
    duties: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A routing rule; an empty field matches everything."""

    id: int
    kinds: tuple[str, ...]
    districts: tuple[str, ...]
    words: tuple[str, ...]
    department_id: int
    note: str


@dataclass(frozen=True)
class Candidate:
    """A department that could answer, with a score from 0 to 1 and the reason as text."""

    department_id: int
    code: str
    score: float
    because: Text


@dataclass(frozen=True)
class Choice:
    """The proposal: a department by a rule or by keywords, or none (the intake officer decides)."""

    department_id: int | None
    rule_id: int | None
    because: Text
    candidates: tuple[Candidate, ...]


def reason(stored: Mapping[str, Any] | None) -> Text:
    """The reason in a stored proposal, or in one of its candidates; empty without one."""
    return Text(stored["msgid"], stored["params"]) if stored else Text("")


def fold(text: str) -> str:
    """Normalise a text for comparison: compatibility form, case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def rank(title: str, body: str, departments: Sequence[DepartmentProfile]) -> tuple[Candidate, ...]:
    """Rank the departments whose keywords or duties occur in the text, best first; others are left out."""
    head, text = fold(title), fold(body)
    scored: list[tuple[float, DepartmentProfile, list[str]]] = []
    for department in departments:
        score, found = 0.0, []
        for word in department.keywords:
            folded = fold(word)
            hits = TITLE_WEIGHT * (folded in head) + min(text.count(folded), 3)
            if hits:
                score += hits * len(folded) ** 0.5
                found.append(word)
        for duty in department.duties:
            parts = [part for part in fold(duty).split() if len(part) > 1]
            score += 0.4 * sum((part in head) + (part in text) for part in parts) / (len(parts) or 1)
        if found:
            scored.append((score, department, found))
    scored.sort(key=lambda item: (-item[0], item[1].code))
    total = sum(score for score, _department, _found in scored) or 1.0
    return tuple(
        Candidate(
            department.id,
            department.code,
            round(score / total, 3),
            _("The text mentions %(words)s.", words=", ".join(f"“{word}”" for word in found[:5])),
        )
        for score, department, found in scored[:CANDIDATES]
    )


def choose(
    *,
    kind: str,
    district: str,
    title: str,
    body: str,
    rules: Sequence[Rule],
    departments: Sequence[DepartmentProfile],
    service_department: int | None = None,
) -> Choice:
    """Propose a department: the service's own, that of the first matching rule, the best ranked, or none."""
    candidates = rank(title, body, departments)
    if service_department is not None:
        return Choice(service_department, None, _("This department is responsible for the procedure."), candidates)
    text = fold(f"{title}\n{body}")
    for rule in rules:
        if (rule.kinds and kind not in rule.kinds) or (rule.districts and district not in rule.districts):
            continue
        found = [word for word in rule.words if fold(word) in text]
        if rule.words and not found:
            continue
        because = _(
            "Rule %(rule)s applies: %(note)s",
            rule=rule.id,
            note=rule.note or ", ".join(found) or district or kind,
        )
        return Choice(rule.department_id, rule.id, because, candidates)
    if candidates:
        return Choice(candidates[0].department_id, None, candidates[0].because, candidates)
    return Choice(None, None, _("No rule and no department keyword matches; the intake officer decides."), ())


@dataclass(frozen=True)
class GuideProfile:
    """What the choice of a guide depends on; ``load`` is the number of open cases that they guide."""

    id: int
    department_id: int | None
    languages: tuple[str, ...]
    specialities: tuple[str, ...]
    load: int


def choose_guide(
    guides: Sequence[GuideProfile], *, department_id: int | None, language: str, text: str
) -> GuideProfile | None:
    """Choose the guide of a case (민원후견인, Act 33) among those who are present.

    By the petitioner's language, then the department, then a speciality that the text mentions, then the fewest open
    cases.
    """
    folded = fold(text)

    def order(guide: GuideProfile) -> tuple[bool, bool, int, int, int]:
        return (
            language not in guide.languages,
            guide.department_id != department_id,
            -sum(fold(word) in folded for word in guide.specialities),
            guide.load,
            guide.id,
        )

    return min(guides, key=order, default=None)
