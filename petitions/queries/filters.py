"""The inbox's filters and page positions, as they are written in an address."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from petitions.labels import KINDS, STATES
from petitions.states import OPEN, State
from server.core import accounts, listing
from server.core.errors import BadRequest, _
from server.core.listing import cursor, place

LONGEST_QUERY = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NEWEST, OBJECTIONS = 4, 5
"""The section of a list in order of receipt, and that of the open objections."""
DATED = frozenset({0, 2, OBJECTIONS})
"""The sections that are ordered by a date."""
EVERYTHING, ENDED = "all", "ended"
_GUIDED = f"c.guide_id = {accounts.ID_OF}"
STATUSES = {EVERYTHING: _("Open and ended"), **{state.value: STATES[state] for state in State}, ENDED: _("Ended")}


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """The filters of the list. An empty status means open cases, or every case in a search."""

    q: str = listing.words(LONGEST_QUERY, about="Words, a name or a number; the results are newest first.")
    status: str = listing.choice(STATUSES, about="Open cases by default.")
    department: str = listing.department("c.department_id = ?")
    kind: str = listing.choice(KINDS, "c.kind = ?")
    district: str = listing.district("c.district = ?")
    guide: str = listing.words(60, _("Guide: %(guide)s"), _GUIDED, about="A guide's username.")
    overdue: bool = listing.flag(_("Overdue"))
    mine: bool = listing.flag(_("Mine"))
    unassigned: bool = listing.flag(_("Unassigned"), "c.handler_id IS NULL")
    objection: bool = listing.flag(_("Open objections"), about="Open objections, by the day to decide them.")
    parts: bool = listing.flag(
        _("Consultations"),
        about="Only cases with a pending reply of one's own department, or of any for officials who see all.",
    )
    interim: bool = listing.flag(_("Interim notice needed"), about="An interim notice is due (Decree 23).")
    sort: str = listing.tab({"due": _("Earliest deadline first"), "new": _("Newest first")}, "")

    def settled(self) -> "Filter":
        """The filter with its effective order: search results are always newest first."""
        return replace(self, sort="new" if self.sort == "new" or self.q else "")


class Position(NamedTuple):
    """Where a page begins or ends: the section, the due moment (if it orders the section) and the case."""

    section: int
    due_at: datetime | None
    id: int

    def __str__(self) -> str:
        return cursor(*self)

    @property
    def key(self) -> tuple[object, ...]:
        """The values of the columns that order its section."""
        return (self.id,) if self.due_at is None else (self.due_at, self.id)

    @classmethod
    def at(cls, section: int, key: Sequence[Any]) -> "Position":
        """The position with this key."""
        return cls(section, key[0] if len(key) > 1 else None, key[-1])

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """Parse a cursor; None if it is invalid."""
        with contextlib.suppress(BadRequest, ValueError):
            section, due_at, number = place(text, int, datetime | None, int)
            if section <= OBJECTIONS and (due_at is not None) == (section in DATED):
                return cls(section, due_at, number)
        return None


def position_of(status: State, due_at: datetime | None, number: int, *, part_due: datetime | None = None) -> Position:
    """The position of a case in a due-first list: by its own due moment, or by that of its consultation."""
    if part_due is not None:
        return Position(0, part_due, number)
    return Position(2 * (status not in OPEN) + (due_at is None), due_at, number)


def in_objections(objection_due_at: datetime | None, number: int) -> Position:
    """The position of a case among the open objections; at the top if it has just left them."""
    return Position(OBJECTIONS, objection_due_at, number) if objection_due_at else Position(OBJECTIONS, EPOCH, 0)
