"""What the desk shows beside the cases: counts, officials to choose from, templates, saved views, earlier cases."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from petitions.queries.cases import CaseView
from petitions.queries.duties import listed_by
from petitions.queries.filters import NEWEST, Filter, Position, in_objections, position_of
from petitions.queries.inbox import OBJECTED, listed
from petitions.queries.rows import Row
from petitions.queries.scope import scope
from petitions.reference import Reference
from petitions.rights import cooperates
from petitions.states import OPEN, State
from server.core import clock, database, roles
from server.core.accounts import Official, Role
from server.core.listing import Condition, Page, where
from server.core.listing import counts as counts_of
from server.core.roles import Staff
from server.core.rows import Local, columns, select
from server.core.shared_reads import SharedReads

KEPT = 2
"""Seconds for which counts and the officials to choose from are kept, if nothing happens."""
CAP = 1_000
"""Counts stop here and are shown as "1,000+"."""
SIMILAR_WORDS = 4
"""The number of title words that are searched for."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count up to ``CAP``; ``more`` means that there are more."""

    number: int
    more: bool


async def counts(official: Official) -> dict[str, Count]:
    """The open cases that an official sees: by state, ``overdue``, ``unassigned``, ``mine``; objections; ``parts``.

    ``parts`` are the open consultations of a consulted department, for other officials those on all cases that they
    see; overdue ones of the former count as ``overdue`` too. At most ``KEPT`` seconds old, and without news meanwhile.
    """
    return await _counts.get(official, KEPT)


async def _count(official: Official) -> dict[str, Count]:
    """One statement."""
    limits = scope(official)
    if limits is None:
        return {}
    # "open" and "+" do not change the counts: they steer SQLite's planner to the index of the official's own cases.
    guided = Condition("c.open = ?", (True,)) if "guide" in limits.sql else Condition("")
    overdue = (True, clock.now(), State.SUPPLEMENT_REQUESTED.value)
    wanted = {
        **{
            state.value: [Condition("c.status = ?", (state.value,)), guided, limits] for state in State if state in OPEN
        },
        "overdue": [Condition("c.open = ? AND c.due_at < ? AND c.status <> ?", overdue), limits],
        "unassigned": [Condition(f"{'+' if limits.sql else ''}c.handler_id IS NULL AND c.open = ?", (True,)), limits],
        "mine": [Condition("c.handler_id = ? AND c.open = ?", (official.id, True)), limits],
        "objection": [OBJECTED, Condition(limits.sql.replace("c.", "+c."), limits.values)],
    }
    cases = {name: where(*conditions) for name, conditions in wanted.items()}
    found = await counts_of(
        {name: Condition(f"petition_case c{each.sql}", each.values) for name, each in cases.items()}
        | _of_parts(official, limits),
        CAP,
    )
    found["overdue"] += found.pop("late_parts", 0)
    return {name: Count(min(number, CAP), number > CAP) for name, number in found.items()}


_counts = SharedReads(_count, until_news=True)


def _of_parts(official: Official, limits: Condition) -> dict[str, Condition]:
    """What is counted as ``parts`` and ``late_parts``."""
    if not cooperates(official):
        cases = f" JOIN petition_case c ON c.id = p.case_id AND {limits.sql}" if limits.sql else ""
        waiting = f"SELECT DISTINCT p.case_id FROM consultation p{cases} WHERE p.status = 'asked' LIMIT {CAP + 1}"
        return {"parts": Condition(f"({waiting}) AS waiting", limits.values)}
    owed = "consultation p WHERE p.department_id = ? AND p.status = 'asked'"
    return {
        "parts": Condition(owed, (official.department_id,)),
        "late_parts": Condition(f"{owed} AND p.due_at < ?", (official.department_id, clock.now())),
    }


async def neighbours(
    wanted: Filter, official: Official, reference_data: Reference, case: CaseView
) -> tuple[str | None, str | None]:
    """The numbers of the cases before and after one in a list, even if it has just left that list."""
    place = position_of(case.status, case.due_at, case.id, part_due=listed_by(case, official, parts=wanted.parts))
    if wanted.sort == "new":
        place = Position(NEWEST, None, case.id)
    elif wanted.objection:
        place = in_objections(case.objection_due_at, case.id)
    elif wanted.status != "all":
        ended = wanted.status == "ended" or (wanted.status in list(State) and State(wanted.status) not in OPEN)
        place = place._replace(section=place.section % 2 + 2 * ended)

    def first(page: Page[Row]) -> str | None:
        return page.rows[0].reference if page.rows else None

    before = await listed(wanted, official, reference_data, start=place, backward=True, limit=1)
    return first(before), first(await listed(wanted, official, reference_data, start=place, limit=1))


async def handlers(department_id: int | None = None) -> list[Staff]:
    """The possible handlers, of one department or of all."""
    return await _staff.get((HANDLING, department_id), KEPT)


async def guides() -> list[Staff]:
    """Every active case guide."""
    return await _staff.get((GUIDING, None), KEPT)


async def _read_staff(which: tuple[frozenset[Role], int | None]) -> list[Staff]:
    wanted, department_id = which
    return await roles.staff(wanted, department_id=department_id)


HANDLING, GUIDING = frozenset({Role.HANDLER, Role.MANAGER}), frozenset({Role.GUIDE})
_staff = SharedReads(_read_staff, until_news=True)


@dataclass(frozen=True, slots=True)
class Template:
    """A reply template."""

    id: int
    purpose: str
    title: str
    language: str
    text: str
    reasons: str
    remedies: str


async def templates(case: CaseView) -> list[Template]:
    """The reply templates for a case's department and kind, those in the petitioner's language first."""
    found = await select(
        Template,
        f"SELECT {columns(Template, 't')} FROM reply_template t "
        "WHERE (department_id IS NULL OR department_id = ?) AND kind IN ('', ?) ORDER BY title, id",
        case.department_id,
        case.kind,
    )
    return sorted(found, key=lambda template: template.language != case.petitioner_language)


@dataclass(frozen=True, slots=True)
class View:
    """A saved view."""

    id: int
    name: str
    query: str


async def saved_views(official: Official) -> list[View]:
    """An official's saved views, by name."""
    return await select(View, "SELECT id, name, query FROM saved_view WHERE account_id = ? ORDER BY name", official.id)


_HANGUL = re.compile(r"[가-힣]{3,}")


def title_words(title: str) -> list[str]:
    """The longest words of a title; Korean ones without their last syllable, which is often an ending."""
    words = [word for word in re.split(r"\W+", title) if len(word) > 1]
    stems = [word[:-1] if _HANGUL.fullmatch(word) else word for word in words]
    return sorted(dict.fromkeys(stems), key=len, reverse=True)[:SIMILAR_WORDS]


# --- earlier petitions of the same person, which show whether one is repeated (Act 23) ------------------------------

EARLIER_READ, EARLIER_SHOWN = 100, 10
"""The most recent cases that are compared, and how many of them are shown, the most similar first."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same person."""

    reference: str
    title: str
    kind: str
    status: State
    received_at: Local
    notified_at: datetime | None
    """When its petitioner was first notified of a result."""

    def results_notified(self, moment: datetime) -> bool:
        """Whether a result had been notified by then."""
        return self.notified_at is not None and self.notified_at <= moment


_EARLIER = columns(Earlier, "c", notified_at="(SELECT MIN(a.created_at) FROM answer a WHERE a.case_id = c.id)")


async def of_same_petitioner(case_id: int, official: Official, numbers: Collection[str] = ()) -> list[Earlier]:
    """Earlier cases with the same email address or phone that the official may see, newest first.

    With ``numbers``, only those. One query.
    """
    limits = scope(official)
    if limits is None:
        return []
    named, values = "", list[object]()
    if numbers:
        named = f" AND c.reference IN ({database.marks(numbers)})"
        values += numbers
    return await select(
        Earlier,
        # No OR: PostgreSQL would scan all petitioners.
        f"SELECT {_EARLIER} FROM petition_case c "
        "WHERE c.id IN (SELECT o.case_id FROM petitioner p JOIN petitioner o ON o.email = p.email "
        "WHERE p.case_id = ? AND p.email <> '' UNION SELECT o.case_id FROM petitioner p JOIN petitioner o "
        "ON o.phone = p.phone WHERE p.case_id = ? AND p.phone <> '') AND c.id < ?"
        + named
        + (f" AND {limits.sql}" if limits.sql else "")
        + f" ORDER BY c.id DESC LIMIT {EARLIER_READ}",
        case_id,
        case_id,
        case_id,
        *values,
        *limits.values,
    )


async def proposed(case: CaseView, official: Official) -> list[Earlier]:
    """Earlier cases of the same petitioner, ordered by how many title words they share with this one. One query."""
    words = title_words(case.title)
    found = await of_same_petitioner(case.id, official)
    return sorted(found, key=lambda other: -sum(word in other.title for word in words))[:EARLIER_SHOWN]
