"""Which department is proposed for a case, and why: routing rules first, then the departments' duties and keywords.

Pure functions. ``rank`` alone ranks departments by a text and can be replaced without other changes.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from server.core.errors import Text, _
from server.core.mentions import Mentions, fold, stem

TITLE_WEIGHT = 3.0
CANDIDATES = 3
MOST_SHOWN = 5
"""Words that a reason names."""
NOTHING = Text("")
READ = 12_000
"""Characters of a text that are read: no petition is longer, and no other text takes long."""


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
    words: tuple[str, ...] = ()
    """Those of the text that speak for it."""


class Stage(StrEnum):
    """What becomes of a proposal."""

    ASSIGNED = "assigned"
    """The department has the case at once."""
    PROPOSED = "proposed"
    """The intake officer accepts it for a department with one key; nobody has it before."""
    OPEN = "open"
    """The intake officer decides without a proposal."""


@dataclass(frozen=True)
class Thresholds:
    """From which probability a department gets a case at once, and from which it is proposed."""

    assign: float = 0.8
    propose: float = 0.35


USUAL = Thresholds()


@dataclass(frozen=True)
class Guess:
    """What was learned says of a text: departments with probabilities and telling words, best first.

    ``known`` is the share of the text's pieces that occurred in any learned case.
    """

    version: int
    departments: Sequence[tuple[int, float, tuple[str, ...]]]
    known: float
    thresholds: Mapping[int, Thresholds]


class Learner(Protocol):
    """Guesses the departments of a text from what was learned."""

    def guess(self, title: str, body: str) -> Guess: ...


@dataclass(frozen=True)
class Choice:
    """The proposal: a department by a rule, by what was learned or by keywords, or none (the intake officer decides).

    ``proposed`` is the one to be accepted with one key where nobody has the case yet, ``doubt`` why it is not sure.
    """

    department_id: int | None
    rule_id: int | None
    because: Text
    candidates: tuple[Candidate, ...]
    proposed: int | None = None
    doubt: Text = NOTHING
    version: int | None = None

    @property
    def stage(self) -> Stage:
        if self.department_id is not None:
            return Stage.ASSIGNED
        return Stage.OPEN if self.proposed is None else Stage.PROPOSED


def reason(stored: Mapping[str, Any] | None) -> Text:
    """The reason in a stored proposal, or in one of its candidates; empty without one."""
    return Text(stored["msgid"], stored["params"]) if stored else Text("")


def percent(stored: Mapping[str, Any]) -> int | None:
    """How sure a stored proposal is; None if a rule or procedure made it, or nothing but keywords."""
    if stored.get("version") is None or stored.get("rule") or not stored.get("chosen"):
        return None
    scores = (one["score"] for one in stored["candidates"] if one["department"] == stored["chosen"])
    return next((round(100 * score) for score in scores), None)


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """A text in parts, those that tell with True: its words that hold one of ``words``. Together they are the text."""
    stems = {fold(word).strip(EDGE) for word in words} - {""}
    found: list[tuple[str, bool]] = []
    for part in _WORD.findall(text):
        said = fold(part)
        tells = any(stem in said if len(stem) > 1 else stem == said.strip(EDGE) for stem in stems)
        if found and found[-1][1] == tells:
            found[-1] = (found[-1][0] + part, tells)
        else:
            found.append((part, tells))
    return found


_WORD = re.compile(r"\s+|\S+")
EDGE = " .,!?()[]“”\"'…·:;"


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
            tuple(found[:MOST_SHOWN]),
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
    learned: Learner | None = None,
) -> Choice:
    """Propose a department: the service's own, that of the first matching rule, the best guess, or none.

    A guess is what was learned, or keywords before anything was. Nobody gets a case for which one word in passing
    speaks: "이게 나라냐" with one word about taxes is no matter of the tax office.
    """
    title, body = title[:READ], body[:READ]
    ranked = rank(title, body, departments)
    guess = learned.guess(title, body) if learned and service_department is None else None
    candidates = _guessed(guess, departments) if guess else ranked
    version = guess.version if guess else None
    if service_department is not None:
        because = _("This department is responsible for the procedure.")
        return Choice(service_department, None, because, candidates, version=version)
    if found := _by_rule(kind, district, title, body, rules, guess, ranked):
        rule, because, doubt, passing = found
        if passing:
            return Choice(None, rule.id, because, candidates, rule.department_id, doubt, version)
        return Choice(rule.department_id, rule.id, because, candidates, doubt=doubt, version=version)
    return _by_guess(guess, candidates, ranked) if guess else _by_keywords(candidates)


def _by_keywords(candidates: tuple[Candidate, ...]) -> Choice:
    if not candidates:
        return Choice(None, None, _("No rule and no department keyword matches; the intake officer decides."), ())
    if candidates[0].doubtful:
        because = _("Only one word of the text speaks for a department; the intake officer decides.")
        return Choice(None, None, because, candidates)
    return Choice(candidates[0].department_id, None, candidates[0].because, candidates)


LITTLE_KNOWN = 0.5
"""With less than this share of its pieces known, a text is not of the kind that was learned: nobody gets it at once."""
UNKNOWN = 0.25
"""With less than this share nobody is even proposed."""


def _by_rule(
    kind: str,
    district: str,
    title: str,
    body: str,
    rules: Sequence[Rule],
    guess: Guess | None,
    ranked: Sequence[Candidate],
) -> tuple[Rule, Text, Text, bool] | None:
    """The first rule that matches, why, what speaks against it, and whether that is more than what speaks for it.

    A rule decides against everything else unless only one word of it occurs, once, and not in the title.
    """
    head, text = Mentions(title), Mentions(f"{title}\n{body}")
    for rule in rules:
        if (rule.kinds and kind not in rule.kinds) or (rule.districts and district not in rule.districts):
            continue
        found = text.all_found(rule.words)
        if rule.words and not found:
            continue
        because = _rule_reason(rule, found)
        if _opposed(rule, guess, ranked) is None:
            return rule, because, NOTHING, False
        doubt = _("The text speaks for another department than the rule: please choose.")
        passing = bool(found) and sum(text.count(word) for word in rule.words) == 1 and not head.all_found(found)
        return rule, because, doubt, passing
    return None


def _guessed(guess: Guess, departments: Sequence[DepartmentProfile]) -> tuple[Candidate, ...]:
    """The departments that are still open, with the words that earlier cases of theirs had, too."""
    codes = {one.id: one.code for one in departments}
    return tuple(
        Candidate(
            number, codes[number], chance,
            _("Earlier cases of this department said %(words)s, too.", words=_quoted(words))
            if words
            else _("It has handled similar cases."),
            words=words,
        )
        for number, chance, words in guess.departments
        if number in codes
    )  # fmt: skip


def _opposed(rule: Rule, guess: Guess | None, ranked: Sequence[Candidate]) -> int | None:
    """Another department than the rule's that what was learned is sure of; before that, that keywords name."""
    if guess:
        number, chance, _words = guess.departments[0]
        sure = chance >= guess.thresholds.get(number, USUAL).assign and guess.known >= LITTLE_KNOWN
        return number if sure and number != rule.department_id else None
    best = ranked[0] if ranked else None
    mine = any(one.department_id == rule.department_id for one in ranked)
    return best.department_id if best and not best.doubtful and not mine else None


def _by_guess(guess: Guess, candidates: tuple[Candidate, ...], ranked: Sequence[Candidate]) -> Choice:
    """By how sure what was learned is: at once, with one key, or not at all. Keywords can only make it less sure."""
    best = candidates[0] if candidates else None
    limits = guess.thresholds.get(best.department_id, USUAL) if best else USUAL
    if best is None or best.score < limits.propose or guess.known < UNKNOWN:
        because = _("The text says too little of what any department handles; the intake officer decides.")
        return Choice(None, None, because, candidates, version=guess.version)
    doubt, named = NOTHING, ranked[0] if ranked else None
    if named and not named.doubtful and named.department_id != best.department_id:
        doubt = _("Its keywords speak for another department: please choose.")
    elif named and named.doubtful and named.department_id == best.department_id:
        doubt = _("Only one word in passing speaks for the department: please choose.")
    elif guess.known < LITTLE_KNOWN:
        doubt = _("The text is unlike earlier cases: please choose.")
    elif best.score < limits.assign:
        doubt = _("Earlier cases do not decide it surely enough: please choose.")
    if doubt.msgid:
        return Choice(None, None, best.because, candidates, best.department_id, doubt, guess.version)
    return Choice(best.department_id, None, best.because, candidates, version=guess.version)


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
