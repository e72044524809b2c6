"""The inbox: which cases an official sees, filtered and ordered, in constant time however many cases there are.

A list is walked along one index, page by page from a position (no ``OFFSET``, no ``COUNT(*)``). Conditions that no
index answers are checked case by case, at most ``WINDOW`` cases for a page: the page then says how far it looked and
where to continue. Due-first lists are four sections in sequence: open with and without a due date, ended
with and without one. Open objections are a list of their own, in order of their decision deadlines.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from petitions.queries import consultations
from petitions.queries.filters import (
    DATED,
    ENDED,
    EPOCH,
    EVERYTHING,
    NEWEST,
    OBJECTIONS,
    Filter,
    Position,
    in_objections,
    position_of,
)
from petitions.queries.rows import COLUMNS, PASSED, Row, read_rows
from petitions.queries.scope import scope, visible
from petitions.reference import Reference
from petitions.rights import CASE_SUBJECT, cooperates
from petitions.rules import Kind
from petitions.search import CASE
from petitions.states import OPEN, State
from server.core import accounts, clock, database, ledger, listing, references, search
from server.core.accounts import Official
from server.core.days import today
from server.core.listing import Condition, Order, Page, Walk

PAGE = 50
"""Cases on a page."""
WINDOW = 10_000
"""The most cases that one page examines."""
COMMON_WINDOW = 5_000
"""The same if each is checked for a common word."""
HITS = 1_000
"""The most search hits that one page examines on SQLite."""


OBJECTED = Condition("c.objection_due_at > ?", (EPOCH,))
"""Equivalent to "IS NOT NULL", but SQLite reads it as a range of the index."""
SECTIONS: tuple[tuple[str, bool, bool], ...] = (
    ("c.open = ? AND c.due_at IS NOT NULL", True, False),
    ("c.open = ? AND c.due_at IS NULL", True, False),
    ("c.open = ? AND c.due_at IS NOT NULL", False, True),
    ("c.open = ? AND c.due_at IS NULL", False, True),
)
"""The condition, the value of ``open`` in it, and whether the latest comes first."""


class _List:
    """One list: its conditions, split into those that an index answers and those checked case by case."""

    def __init__(self, wanted: Filter, official: Official, reference_data: Reference, limits: Condition) -> None:
        self.wanted, self.official, self.declared = wanted, official, wanted.conditions(reference_data)
        newest, by_index = wanted.sort == "new", self._by_index(wanted, official, limits)
        led = next(
            (name for name in ("handler", "guide", "department", "unassigned", "status") if name in by_index), ""
        )
        self.index = f"case_{'handler' if led == 'unassigned' else led or 'open'}_due"
        if wanted.objection:  # driven by the index of open objections, which are few
            led, self.index = "", "case_objection_due"
        self.driving = Condition("") if newest else by_index.pop(led, Condition(""))
        self.residual = [*by_index.values(), *self._looked_at(wanted)]
        if wanted.status == ENDED and (newest or wanted.objection):
            self.residual.append(Condition("c.open = ?", (False,)))
        if newest and not (wanted.status or wanted.q or wanted.objection):
            self.residual.append(Condition("c.open = ?", (True,)))
        if newest:
            self.residual += [OBJECTED] * wanted.objection + [consultations.owes(official)] * wanted.parts
        # Consulted departments need not own the case, and the case's own dates do not matter for their reply.
        limits = Condition("") if cooperates(official) else limits
        narrowed = self._looked_at(replace(wanted, overdue=False, interim=False))
        self.of_parts = [*self._by_index(wanted, official, limits).values(), *narrowed]
        self.window = WINDOW

    def _looked_at(self, wanted: Filter) -> list[Condition]:
        found = [self.declared[name] for name in ("kind", "district") if name in self.declared]
        if wanted.overdue and wanted.objection:
            found.append(Condition("c.objection_due_at < ?", (clock.now(),)))
        elif wanted.overdue:
            values = (True, clock.now(), State.SUPPLEMENT_REQUESTED.value)
            found.append(Condition("c.open = ? AND c.due_at < ? AND c.status <> ?", values))
        if wanted.interim:
            found.append(Condition("c.open = ? AND c.interim_on <= ?", (True, today())))
        return found

    def _by_index(self, wanted: Filter, official: Official, limits: Condition) -> dict[str, Condition]:
        found: dict[str, Condition] = {}
        if limits.sql:
            found["department" if "department" in limits.sql else "guide"] = limits
        if wanted.mine:
            found["handler"] = Condition("c.handler_id = ?", (official.id,))
        if "unassigned" in self.declared:
            found["unassigned"] = self.declared["unassigned"]
        if "guide" in self.declared:  # A guide sees only their own cases, so filtering by another guide has no effect
            found.setdefault("guide", self.declared["guide"])
        if "department" in self.declared:
            found["asked" if "department" in found else "department"] = self.declared["department"]
        if wanted.status in list(State):
            found["status"] = Condition("c.status = ?", (wanted.status,))
        return found

    def sections(self) -> tuple[int, ...]:
        """The sections of this list, in order."""
        wanted = self.wanted
        if wanted.sort == "new":
            return (NEWEST,)
        if wanted.objection:
            return (OBJECTIONS,)
        if wanted.overdue:
            return (0,)
        ended = wanted.status == ENDED or (wanted.status in list(State) and State(wanted.status) not in OPEN)
        found = (0, 1, 2, 3) if wanted.status == EVERYTHING else (2, 3) if ended else (0, 1)
        # A tip never has a due date, so only the sections without one are read.
        return tuple(s for s in found if s % 2) if wanted.kind == Kind.REPORT else found

    async def search(self, start: Position | None, *, backward: bool) -> None:
        """Restrict the list to cases that contain the words."""
        q = self.wanted.q
        if number := references.read_reference(q):
            self.residual.append(Condition("c.reference = ?", (number,)))
            self.window, self.by_number = 0, True
        elif database.dialect() == "sqlite":
            hits = await _hits(q, start, backward=backward)
            self.residual.append(Condition(f"c.id IN ({database.marks(hits)})", tuple(hits)))
            self.window = 0
            self.last_hit = hits[-1] if len(hits) == HITS else 0
        else:
            common = await search.ENGINE.is_common(q)
            sql, values = search.ENGINE.match_sql(CASE, q, common=common)
            self.residual.append(Condition(sql, tuple(values)))
            self.window = COMMON_WINDOW if common else 0

    by_number = False
    """The search is for one case number."""
    last_hit = 0
    """The hit below which a search continues, if there are more than one page examines."""

    async def take(
        self, section: int, start: Position | None, limit: int, *, backward: bool
    ) -> tuple[list[Row], Position | None]:
        """Rows of one section after a position, in the walk's order, and where it stopped at the window, if it did."""
        rows, stop = list[Row](), None
        if not self.wanted.parts or self.wanted.sort == "new":
            rows, stop = await self._take(section, start, limit, backward=backward)
        if section == 0 and self._with_parts():
            rows += await self._parts(start, stop, limit, backward=backward)
            rows = sorted(rows, key=lambda row: (row.part_due or row.due_at, row.id), reverse=backward)[:limit]
        return rows, None if len(rows) == limit else stop

    async def _take(
        self, section: int, start: Position | None, limit: int, *, backward: bool
    ) -> tuple[list[Row], Position | None]:
        walk = self._walk(section, backward=backward)
        begin = start.key if start is not None and start.section == section else ()
        end = await walk.end(begin)
        within = listing.where(*walk.driving, walk.order.beyond(begin), walk.order.up_to(end), *walk.residual)
        source = f"SELECT {COLUMNS} FROM {walk.source}{within.sql} ORDER BY {walk.order.sql()} LIMIT {limit}"
        rows = await self._shown(Condition(source, within.values), walk.order)
        if self.last_hit:
            end = (self.last_hit,)
        return rows, Position.at(section, end) if end and len(rows) < limit else None

    def _with_parts(self) -> bool:
        """Whether the list includes cases because of an open consultation, and not (only) in their own right."""
        w = self.wanted
        if w.sort == "new" or w.mine or w.unassigned or w.objection or w.interim or w.status == ENDED:
            return False
        return w.parts or (cooperates(self.official) and w.status in {"", EVERYTHING})

    async def _parts(self, start: Position | None, stop: Position | None, limit: int, *, backward: bool) -> list[Row]:
        """The cases with open consultations by reply deadline, which belong to the first section; up to ``stop``."""
        order = Order({"p.due_at": datetime, "p.case_id": int}, descending=backward)
        edges = [order.beyond(start.key if start is not None and not start.section else ())]
        edges.append(order.up_to(stop.key if stop is not None else ()))
        if self.wanted.overdue:
            edges.append(Condition("p.due_at < ?", (clock.now(),)))
        source = consultations.owed(self.official, [*edges, *self.of_parts], order, limit)
        return await self._shown(source, Order({"c.sort_due": datetime, "c.id": int}, descending=backward))

    def _walk(self, section: int, *, backward: bool) -> Walk:
        driving, keys, descending = [self.driving], {"c.due_at": datetime, "c.id": int}, backward
        if section == NEWEST:
            driving, keys, descending = [], {"c.id": int}, not backward
        elif section == OBJECTIONS:
            driving, keys = [OBJECTED], {"c.objection_due_at": datetime, "c.id": int}
        else:
            sql, opened, last_first = SECTIONS[section]
            driving, descending = [Condition(sql, (opened,)), *driving], last_first != backward
            keys = keys if section in DATED else {"c.id": int}
        return Walk(self._from(section), Order(keys, descending), driving, self.residual, self.window)

    def _from(self, section: int) -> str:
        if database.dialect() != "sqlite" or self.by_number:
            return "petition_case c"
        # SQLite's planner would otherwise sort the matches of an equality instead of walking the requested order.
        return f"petition_case c INDEXED BY {self.index}" if section != NEWEST else "petition_case c NOT INDEXED"

    async def _shown(self, source: Condition, order: Order) -> list[Row]:
        due = consultations.due_column(self.official, everybodys=self.wanted.parts)
        found = await database.fetch(
            f"SELECT c.*, {PASSED}, p.name AS petitioner, COALESCE(a.name, '') AS handler, h.length AS version, "
            f"{consultations.WAITING}, {due.sql} FROM ({source.sql}) AS c JOIN petitioner p ON p.case_id = c.id "
            f"{ledger.with_version(CASE_SUBJECT)}{accounts.with_official('c.handler_id', 'a')}ORDER BY {order.sql()}",
            *due.values,
            *source.values,
        )
        return read_rows(found)


async def listed(
    wanted: Filter,
    official: Official,
    reference_data: Reference,
    *,
    start: Position | None = None,
    backward: bool = False,
    limit: int | None = None,
) -> Page[Row]:
    """A page of the matching cases that an official sees, after a position (exclusive).

    Two or three statements if one section fills the page, one more for consultations. ``limit`` defaults to ``PAGE``.
    """
    # The newest-first list checks its conditions case by case anyway, so it can use ``visible``.
    limit, limits = limit or PAGE, visible(official) if wanted.sort == "new" else scope(official)
    if limits is None:
        return Page(())
    walk = _List(wanted, official, reference_data, limits)
    if wanted.q:
        await walk.search(start, backward=backward)
    rows: list[Row] = []
    stop: Position | None = None
    for section in _upcoming(walk.sections(), start, backward=backward):
        found, stop = await walk.take(section, start, limit + 1 - len(rows), backward=backward)
        rows += found
        if len(rows) > limit or stop is not None:
            break
    more = len(rows) > limit
    rows = rows[:limit]

    def place(row: Row) -> Position:
        if wanted.sort == "new":
            return Position(NEWEST, None, row.id)
        if wanted.objection:
            return in_objections(row.objection_due_at, row.id)
        return position_of(row.status, row.due_at, row.id, part_due=row.part_due)

    far = place(rows[-1]) if more and rows else stop
    near = place(rows[0]) if start is not None and rows else start
    if backward:
        rows.reverse()
        near, far = far, near
    return Page(rows, _said(far), _said(near), stopped=stop is not None)


def _said(position: Position | None) -> str:
    return "" if position is None else str(position)


async def _hits(q: str, start: Position | None, *, backward: bool) -> list[int]:
    """The next FTS5 hits from a position on, in the walk's order, the only one in which FTS5 returns them cheaply."""
    here = start.id if start and start.section == NEWEST else None
    return await search.ENGINE.along(CASE, q, limit=HITS, beyond=here, backward=backward)


def _upcoming(sections: Sequence[int], start: Position | None, *, backward: bool) -> list[int]:
    ordered = list(reversed(sections)) if backward else list(sections)
    if start is None:
        return ordered
    return [s for s in ordered if (s <= start.section if backward else s >= start.section)]
