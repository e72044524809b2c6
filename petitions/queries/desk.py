"""What the desk shows beside the cases: counts, officials to choose from, templates, saved views, similar cases."""

import re
from dataclasses import dataclass

from petitions.queries.cases import CaseView
from petitions.queries.duties import listed_by
from petitions.queries.filters import NEWEST, Filter, Position, in_objections, position_of
from petitions.queries.inbox import OBJECTED, listed
from petitions.queries.rows import Row
from petitions.queries.scope import scope, visible
from petitions.reference import Reference
from petitions.rights import cooperates
from petitions.search import desk_index
from petitions.states import OPEN, State
from server.core import clock, database, roles
from server.core.accounts import Official, Role
from server.core.listing import Condition, Page
from server.core.roles import Staff
from server.core.rows import columns, read_all

CAP = 1_000
"""Counts stop here and are shown as "1,000+"."""
SIMILAR = 5
SIMILAR_WORDS = 4
"""The number of title words that are searched for."""
SIMILAR_HITS = 25


@dataclass(frozen=True, slots=True)
class Count:
    """A count up to ``CAP``; ``more`` means that there are more."""

    number: int
    more: bool


async def counts(official: Official) -> dict[str, Count]:
    """The open cases that an official sees: by state, ``overdue``, ``unassigned``, ``mine``; objections; ``parts``.

    ``parts`` are the open consultations of a consulted department, for other officials those on all cases that they
    see; overdue ones of the former count as ``overdue`` too. One statement.
    """
    limits = scope(official)
    if limits is None:
        return {}
    # "open" and "+" do not change the counts: they steer SQLite's planner to the index of the official's own cases.
    wanted: dict[str, tuple[str, tuple[object, ...]]] = {
        state.value: ("c.status = ? AND c.open = ?", (state.value, True))
        if "guide" in limits.sql
        else ("c.status = ?", (state.value,))
        for state in State
        if state in OPEN
    }
    overdue = (True, clock.now(), State.SUPPLEMENT_REQUESTED.value)
    wanted["overdue"] = ("c.open = ? AND c.due_at < ? AND c.status <> ?", overdue)
    wanted["unassigned"] = (f"{'+' if limits.sql else ''}c.handler_id IS NULL AND c.open = ?", (True,))
    wanted["mine"] = ("c.handler_id = ? AND c.open = ?", (official.id, True))
    wanted["objection"] = OBJECTED
    also = f" AND {limits.sql}" if limits.sql else ""
    columns, values = [], list[object]()
    for name, (where, own) in wanted.items():
        narrowed = also.replace("c.", "+c.") if name == "objection" else also
        columns.append(
            f"(SELECT COUNT(*) FROM (SELECT 1 FROM petition_case c WHERE {where}{narrowed} LIMIT {CAP + 1}) AS n) "
            f"AS {name}_count"
        )
        values += [*own, *limits.values]
    for counted in _of_parts(official, limits):
        columns.append(counted.sql)
        values += counted.values
    row = await database.fetch_one("SELECT " + ", ".join(columns), *values)
    if row is None:
        return {}
    found = {name: row[f"{name}_count"] for name in (*wanted, "parts")}
    found["overdue"] += row["late_parts"]
    return {name: Count(min(number, CAP), number > CAP) for name, number in found.items()}


def _of_parts(official: Official, limits: Condition) -> tuple[Condition, Condition]:
    """The columns ``parts_count`` and ``late_parts``."""
    if not cooperates(official):
        cases = f" JOIN petition_case c ON c.id = p.case_id AND {limits.sql}" if limits.sql else ""
        waiting = f"SELECT DISTINCT p.case_id FROM consultation p{cases} WHERE p.status = 'asked' LIMIT {CAP + 1}"
        sql = f"(SELECT COUNT(*) FROM ({waiting}) AS n) AS parts_count"
        return Condition(sql, limits.values), Condition("0 AS late_parts")
    owed = "SELECT 1 FROM consultation p WHERE p.department_id = ? AND p.status = 'asked'"
    count = f"(SELECT COUNT(*) FROM ({owed}%s LIMIT {CAP + 1}) AS n) AS %s"
    return (
        Condition(count % ("", "parts_count"), (official.department_id,)),
        Condition(count % (" AND p.due_at < ?", "late_parts"), (official.department_id, clock.now())),
    )


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
    return await roles.staff({Role.HANDLER, Role.MANAGER}, department_id=department_id)


async def guides() -> list[Staff]:
    """Every active case guide."""
    return await roles.staff({Role.GUIDE})


@dataclass(frozen=True, slots=True)
class Template:
    """A reply template."""

    id: int
    title: str
    language: str
    text: str
    reasons: str
    remedies: str


async def templates(case: CaseView) -> list[Template]:
    """The reply templates for a case's department and kind, those in the petitioner's language first."""
    rows = await database.fetch(
        f"SELECT {columns(Template, 't')} FROM reply_template t WHERE purpose = ? "
        "AND (department_id IS NULL OR department_id = ?) AND kind IN ('', ?) ORDER BY title, id",
        "answer",
        case.department_id,
        case.kind,
    )
    return sorted(read_all(Template, rows), key=lambda template: template.language != case.petitioner_language)


@dataclass(frozen=True, slots=True)
class View:
    """A saved view."""

    id: int
    name: str
    query: str


async def saved_views(official: Official) -> list[View]:
    """An official's saved views, by name."""
    rows = await database.fetch(
        "SELECT id, name, query FROM saved_view WHERE account_id = ? ORDER BY name", official.id
    )
    return read_all(View, rows)


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar case, with its answer if it has one."""

    reference: str
    title: str
    status: State
    answer: str


async def similar(case: CaseView, official: Official) -> list[Similar]:
    """The cases that share most words with a case's title, among those the official may see."""
    limits = visible(official)
    shared: dict[int, int] = {}
    for word in title_words(case.title):
        for number in await desk_index.search(database.connection(), word, limit=SIMILAR_HITS):
            shared[number] = shared.get(number, 0) + 1
    shared.pop(case.id, None)
    best = sorted(shared, key=lambda number: (-shared[number], -number))[: SIMILAR_HITS * 2]
    if limits is None or not best:
        return []
    rows = await database.fetch(
        "SELECT c.id, c.reference, c.title, c.status, COALESCE((SELECT a.text FROM answer a WHERE a.case_id = c.id "
        f"ORDER BY a.id DESC LIMIT 1), '') AS answer FROM petition_case c WHERE c.id IN ({database.marks(best)})"
        + (f" AND {limits.sql}" if limits.sql else ""),
        *best,
        *limits.values,
    )
    return read_all(Similar, sorted(rows, key=lambda row: best.index(row["id"]))[:SIMILAR])


_HANGUL = re.compile(r"[가-힣]{3,}")


def title_words(title: str) -> list[str]:
    """The longest words of a title; Korean ones without their last syllable, which is often an ending."""
    words = [word for word in re.split(r"\W+", title) if len(word) > 1]
    stems = [word[:-1] if _HANGUL.fullmatch(word) else word for word in words]
    return sorted(dict.fromkeys(stems), key=len, reverse=True)[:SIMILAR_WORDS]
