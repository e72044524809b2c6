"""Consultations (협조, Act 20): those of one case, and the cases on which a department owes a reply.

The list of open consultations is walked along an index of the consultations themselves, which are few beside the cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from petitions.consultation import ConsultationStatus
from petitions.queries.rows import COLUMNS
from petitions.queries.scope import ASKED
from petitions.rights import cooperates
from server.core import accounts, database, references
from server.core.accounts import Official
from server.core.listing import Condition, Order, where
from server.core.rows import Local, read, select


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """A consultation. Its texts are empty for readers who may not see them."""

    id: int
    department_id: int
    status: ConsultationStatus
    asked_at: Local
    due_at: Local
    extended: bool
    text: str
    reply: str
    replied_at: Local | None
    replied_by: str

    @property
    def open(self) -> bool:
        """Whether the reply is outstanding."""
        return self.status is ConsultationStatus.ASKED


async def asked(case_id: int, department_id: int | None) -> bool:
    """Whether a department has an open consultation on a case."""
    return bool(await database.value(f"SELECT {ASKED} FROM petition_case c WHERE c.id = ?", department_id, case_id))


_SQL = (
    "SELECT p.*, COALESCE(a.name, '') AS replied_by, COALESCE(s.text, '') AS text, COALESCE(r.text, '') AS reply "
    f"FROM consultation p {accounts.with_official('p.replied_by_id', 'a')}"
    "LEFT JOIN statement s ON s.id = p.asked_text "
    "LEFT JOIN statement r ON r.id = p.reply_text "
)
_UNSAID = {"text": "", "reply": ""}


async def of_case(case_id: int, *, words: bool) -> tuple[ConsultationView, ...]:
    """The consultations of a case in the order of their requests; with their ``words`` for officials only."""
    rows = await database.fetch(f"{_SQL}WHERE p.case_id = ? ORDER BY p.id", case_id)
    return tuple(read(ConsultationView, row if words else {**row, **_UNSAID}) for row in rows)


async def replied(reference_text: str, official: Official) -> tuple[ConsultationView, ...]:
    """The consultations that an official's department has replied to: all that it still sees of the case (Act 7)."""
    number = references.read_reference(reference_text)
    if number is None or not cooperates(official):
        return ()
    found = await select(
        ConsultationView,
        f"{_SQL}JOIN petition_case c ON c.id = p.case_id "
        "WHERE c.reference = ? AND p.department_id = ? AND p.status = ? ORDER BY p.id",
        number, official.department_id, ConsultationStatus.REPLIED.value,
    )  # fmt: skip
    return tuple(found)


OPEN_PART = "consultation q WHERE q.case_id = c.id AND q.status = 'asked'"
WAITING = f"(SELECT COUNT(*) FROM {OPEN_PART}) AS waiting"
"""Column: the number of open consultations of the case."""


def due_column(official: Official, *, everybodys: bool) -> Condition:
    """Column ``part_due``: when the reply of the official's department is due, or the earliest of all departments."""
    if cooperates(official):
        return Condition(f"(SELECT q.due_at FROM {OPEN_PART} AND q.department_id = ?) AS part_due",
                         (official.department_id,))  # fmt: skip
    return Condition(f"(SELECT MIN(q.due_at) FROM {OPEN_PART}) AS part_due" if everybodys else "NULL AS part_due")


def owes(official: Official) -> Condition:
    """Whether the official's department owes a reply; any department, for officials without consultations."""
    if cooperates(official):
        return Condition(f"EXISTS (SELECT 1 FROM {OPEN_PART} AND q.department_id = ?)", (official.department_id,))
    return Condition(f"EXISTS (SELECT 1 FROM {OPEN_PART})")


_EARLIEST = (
    "NOT EXISTS (SELECT 1 FROM consultation e WHERE e.case_id = p.case_id AND e.status = 'asked' "
    "AND (e.due_at, e.id) < (p.due_at, p.id))"
)


def owed(official: Official, conditions: Sequence[Condition], order: Order, limit: int) -> Condition:
    """The statement for cases with open consultations, by their reply deadlines (column ``sort_due``).

    ``conditions`` are on the consultations ``p`` and their cases ``c``. A case with several open consultations is
    listed once, by the earliest.
    """
    own, source = cooperates(official), "consultation p"
    theirs = Condition("p.department_id = ?", (official.department_id,)) if own else Condition(_EARLIEST)
    found = where(theirs, Condition("p.status = 'asked'"), *conditions)
    if database.dialect() == "sqlite":
        source += " INDEXED BY part_department_due" if own else " INDEXED BY part_due"
    return Condition(
        f"SELECT {COLUMNS}, p.due_at AS sort_due FROM {source} JOIN petition_case c ON c.id = p.case_id{found.sql} "
        f"ORDER BY {order.sql()} LIMIT {limit}",
        found.values,
    )
