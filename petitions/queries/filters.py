"""What narrows the inbox and where in it a page begins: both as they are written in an address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from petitions.labels import KINDS
from petitions.reference import Reference
from petitions.states import OPEN, State
from server.core.fields import Input

LONGEST_QUERY = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NEWEST, OBJECTIONS = 4, 5
"""The stretch of a list in the order of receipt, and that of the open objections."""
DATED = frozenset({0, 2, OBJECTIONS})
"""The stretches that a date orders."""
EVERYTHING, ENDED = "all", "ended"
STATUSES = (EVERYTHING, *State, ENDED)


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows the list. An empty status means the open cases, in a search every case."""

    q: str = ""
    status: str = ""
    department: str = ""
    kind: str = ""
    district: str = ""
    guide: str = ""
    overdue: bool = False
    mine: bool = False
    unassigned: bool = False
    objection: bool = False
    interim: bool = False
    parts: bool = False
    sort: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any], known: Reference) -> "Filter":
        """Read it from an address. Raises ``Invalid``."""
        data = Input(raw)
        found = cls(
            q=data.text("q", limit=LONGEST_QUERY),
            status=data.choice("status", STATUSES),
            department=data.choice("department", [row.code for row in known.departments.values()]),
            kind=data.choice("kind", tuple(KINDS)),
            district=data.choice("district", tuple(known.districts)),
            guide=data.text("guide", limit=60),
            overdue=data.boolean("overdue"),
            mine=data.boolean("mine"),
            unassigned=data.boolean("unassigned"),
            objection=data.boolean("objection"),
            interim=data.boolean("interim"),
            parts=data.boolean("parts"),
            sort=data.choice("sort", ("due", "new")),
        )
        data.done()
        return replace(found, sort="new" if found.sort == "new" or found.q else "")

    def query(self) -> dict[str, str]:
        """The same as it is written in an address, without what is not said."""
        return {f.name: "1" if value is True else str(value) for f in fields(self) if (value := getattr(self, f.name))}


class Position(NamedTuple):
    """Where a page begins or ends: the stretch, the due moment (if that orders it) and the case."""

    stretch: int
    due_at: datetime | None
    id: int

    def __str__(self) -> str:
        micros = "" if self.due_at is None else str((self.due_at - EPOCH) // timedelta(microseconds=1))
        return f"{self.stretch}.{micros}.{self.id}"

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """A position as it was written; None for anything else."""
        stretch, due, number = (*text.split("."), "", "", "")[:3]
        if stretch not in {"0", "1", "2", "3", "4", "5"} or not (number.isdecimal() and len(number) <= 18):  # noqa: PLR2004
            return None
        if not (due.isdecimal() and len(due) <= 16) and due:  # noqa: PLR2004
            return None
        if bool(due) != (int(stretch) in DATED):
            return None
        return cls(int(stretch), EPOCH + timedelta(microseconds=int(due)) if due else None, int(number))


def position_of(status: State, due_at: datetime | None, number: int, *, part_due: datetime | None = None) -> Position:
    """Where a case stands in a due-first list: by its own due moment, or by that of the part it is listed for."""
    if part_due is not None:
        return Position(0, part_due, number)
    return Position(2 * (status not in OPEN) + (due_at is None), due_at, number)


def in_objections(objection_due_at: datetime | None, number: int) -> Position:
    """Where a case stands among the open objections; at the top where it has just left them."""
    return Position(OBJECTIONS, objection_due_at, number) if objection_due_at else Position(OBJECTIONS, EPOCH, 0)
