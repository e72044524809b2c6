"""Which department is proposed for a case, and why: routing rules first, then the departments' duties and keywords.

Pure functions. ``rank`` alone ranks departments by a text and can be replaced without other changes.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core import i18n
from server.core.errors import Text, _
from server.core.mentions import Mentions, stem

TITLE_WEIGHT = 3.0
CANDIDATES = 3
MOST_SHOWN = 5
"""Words that a reason names."""
NOTHING = Text("")


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
    """A department that could answer, with a score from 0 to 1 and the reason as text.

    ``doubtful`` if a single word speaks for it, which the text mentions once, and not in its title.
    """

    department_id: int
    code: str
    score: float
    because: Text
    doubtful: bool = False


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


def rank(title: str, body: str, departments: Sequence[DepartmentProfile]) -> tuple[Candidate, ...]:
    """Rank the departments whose keywords the text mentions, best first; their duties count besides."""
    head, text = Mentions(title), Mentions(body)
    stems, lines = _sought(tuple(departments))
    there = head.holding(stems) | text.holding(stems)
    scored: list[tuple[float, DepartmentProfile, list[str], bool]] = []
    for department, own, words, duties in lines:
        if there.isdisjoint(own):
            continue
        score, mentioned, found = 0.0, 0.0, []
        for word in (word for word, part in words if part in there):
            hits = TITLE_WEIGHT * (word in head) + min(text.count(word), 3)
            if hits:
                score += hits * len(word) ** 0.5
                mentioned += hits
                found.append(head.found(word) or text.found(word))
        for duty in duties:
            parts = [word for word, part in duty if part in there]
            score += 0.4 * sum((part in head) + (part in text) for part in parts) / (len(duty) or 1)
        if found:
            scored.append((score, department, found, mentioned == 1))
    scored.sort(key=lambda item: (-item[0], item[1].code))
    total = sum(score for score, *_rest in scored) or 1.0
    return tuple(
        Candidate(
            department.id,
            department.code,
            round(score / total, 3),
            _("The text mentions %(words)s.", words=_quoted(found)),
            doubtful,
        )
        for score, department, found, doubtful in scored[:CANDIDATES]
    )


_Words = list[tuple[str, str]]
"""Words with their stems."""


@functools.lru_cache(maxsize=8)
def _sought(
    departments: tuple[DepartmentProfile, ...],
) -> tuple[Mapping[str, Sequence[str]], list[tuple[DepartmentProfile, frozenset[str], _Words, list[_Words]]]]:
    """The stems of all keywords and duties by their first two characters, and the words of each department.

    Before a department's keywords, their stems alone: most departments have none that occurs.
    """
    lines = [
        (
            department,
            frozenset(map(stem, department.keywords)),
            [(word, stem(word)) for word in department.keywords],
            [[(part, stem(part)) for part in duty.split() if len(part) > 1] for duty in department.duties],
        )
        for department in departments
    ]
    stems = defaultdict[str, list[str]](list)
    words = [word for _department, _own, keywords, duties in lines for group in (keywords, *duties) for word in group]
    for part in sorted({part for _word, part in words if part}):
        stems[part[:2]].append(part)
    return stems, lines


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
    """Propose a department: the service's own, that of the first matching rule, the best ranked, or none.

    None if the best ranked one is doubtful: "이게 나라냐" with one word about taxes is no matter of the tax office.
    """
    candidates = rank(title, body, departments)
    if service_department is not None:
        return Choice(service_department, None, _("This department is responsible for the procedure."), candidates)
    text = Mentions(f"{title}\n{body}")
    for rule in rules:
        if (rule.kinds and kind not in rule.kinds) or (rule.districts and district not in rule.districts):
            continue
        found = text.all_found(rule.words)
        if rule.words and not found:
            continue
        because = _rule_reason(rule, found)
        return Choice(rule.department_id, rule.id, because, candidates)
    if candidates and candidates[0].doubtful:
        return Choice(
            None, None, _("Only one word of the text speaks for a department; the intake officer decides."), candidates
        )
    if candidates:
        return Choice(candidates[0].department_id, None, candidates[0].because, candidates)
    return Choice(None, None, _("No rule and no department keyword matches; the intake officer decides."), ())


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words[:MOST_SHOWN])


def _rule_reason(rule: Rule, found: Sequence[str]) -> Text:
    """Why a rule applies, for officials; a space before its note, which may be empty."""
    note = f" {rule.note}" if rule.note else ""
    if found:
        words = _quoted(found)
        return _("Rule %(rule)s applies: the text mentions %(words)s.%(note)s", rule=rule.id, words=words, note=note)
    return _("Rule %(rule)s applies to this kind or district.%(note)s", rule=rule.id, note=note)


def for_petitioner(because: Text) -> Text:
    """The same reason without the city's rules, whose names and notes are written for officials."""
    if "rule" not in because.params:
        return because
    if words := because.params.get("words"):
        return _("The text mentions %(words)s.", words=words)
    return _("It receives petitions of this kind, or from this district.")


@dataclass(frozen=True)
class GuideProfile:
    """What the choice of a guide depends on; ``load`` is the number of open cases that they guide."""

    id: int
    department_id: int | None
    languages: tuple[str, ...]
    specialities: tuple[str, ...]
    load: int
    away: bool = False


@dataclass(frozen=True)
class Guidance:
    """The guide of a case, and why it is nobody of its department; empty where it is."""

    guide: GuideProfile | None
    because: Text = NOTHING


def choose_guide(
    guides: Sequence[GuideProfile],
    *,
    department_id: int | None,
    department: Mapping[str, str],
    language: str,
    own_language: str,
    text: str,
) -> Guidance:
    """Choose the guide of a case (민원후견인, Act 33) among those who speak the petitioner's language and are present.

    A guide of the case's department, else one who belongs to no department and so to all. Another department's guide
    helps only where nobody of the department speaks a language that is not the city's ``own_language``. Then by a
    speciality that the text mentions, then the fewest open cases. ``department`` is its name in each language.
    """
    mentions = Mentions(text)

    def order(guide: GuideProfile) -> tuple[bool, bool, int, int, int]:
        return (
            guide.department_id != department_id,
            guide.department_id is not None,
            -len(mentions.all_found(guide.specialities)),
            guide.load,
            guide.id,
        )

    speakers = [one for one in guides if language in one.languages]
    at_home = [one for one in guides if one.department_id in {department_id, None}]
    there = [one for one in at_home if language in one.languages]
    abroad = [] if department_id is None or there or language == own_language else speakers
    names = {"department": department, "language": i18n.language_names(language)}
    if fitting := min((one for one in there or abroad if not one.away), key=order, default=None):
        if there:
            return Guidance(fitting)
        because = _("From another department, because no case guide of %(department)s speaks %(language)s.", **names)
    elif department_id is None:
        because = _("A case guide is chosen with the department.")
    elif there:
        because = _("The case guides of %(department)s are away today.", **names)
    elif abroad:
        because = _("The case guides who speak %(language)s are away today.", **names)
    elif at_home:
        because = _("No case guide of %(department)s speaks %(language)s.", **names)
    else:
        because = _("%(department)s has no case guide.", **names)
    return Guidance(fitting, because)
