"""What following needs to know of cases: how much a reader may see, which cases are theirs, whose desk a case is on.

Each answer is one small query, because they are needed for every opened stream and every batch of news.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from petitions.errors import NoSuchCase
from petitions.events import CaseTransferred, ConsultationReplied, ConsultationWithdrawn
from petitions.queries.cases import Credentials, Level, level_of
from petitions.queries.scope import ASKED
from petitions.rights import sees
from petitions.standing import Standing
from server.core import database, references
from server.core.accounts import Official
from server.core.ledger import Entry
from server.core.rows import columns, select

MOST_CASES = 100
"""The most of somebody's cases that are listed, newest first."""


_ACCESS = (
    "c.reference, c.key_hash, c.department_id, c.guide_id, c.public, c.status, c.answered_at, "
    "p.email AS petitioner_email"
)


async def access_level(reference_text: str, shown: Credentials) -> tuple[str, Level]:
    """The normalised case number and how much the reader may see. Raises ``NoSuchCase`` if that is nothing."""
    number = references.read_reference(reference_text)
    row = await database.fetch_one(
        f"SELECT {_ACCESS}, {ASKED} AS asked FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
        "WHERE c.reference = ?",
        shown.official.department_id if shown.official else None,
        number,
    ) if number else None  # fmt: skip
    level = level_of(row, shown) if row is not None else Level.NONE
    if row is None or level is Level.NONE:
        raise NoSuchCase
    return str(row["reference"]), level


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """What decides how much of one case somebody may see, read once for many readers."""

    row: Mapping[str, Any]
    asked: frozenset[int]

    def level(self, shown: Credentials) -> Level:
        """The level that somebody's credentials give."""
        asked = shown.official is not None and shown.official.department_id in self.asked
        return level_of({**self.row, "asked": asked}, shown)

    def seen_by(self, official: Official) -> bool:
        """Whether an official may see the case."""
        return self.level(Credentials(official)) is Level.STAFF


async def case_access(numbers: Collection[str]) -> dict[str, CaseAccess]:
    """The access data of several cases, by their numbers. One query, none without cases."""
    if not numbers:
        return {}
    rows = await database.fetch(
        f"SELECT {_ACCESS}, o.department_id AS asked FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
        "LEFT JOIN consultation o ON o.case_id = c.id AND o.status = 'asked' "
        "WHERE c.reference IN (?)",
        numbers,
    )
    asked: dict[str, set[int]] = {row["reference"]: set() for row in rows}
    for row in rows:
        asked[row["reference"]] |= {row["asked"]} - {None}
    return {row["reference"]: CaseAccess(row, frozenset(asked[row["reference"]])) for row in rows}


_LEFT = {
    CaseTransferred.kind: "previous",
    **dict.fromkeys((ConsultationReplied.kind, ConsultationWithdrawn.kind), "department"),
}
"""Events by which a case leaves a desk, and the field that names the desk's department."""


async def affected_desks(entries: list[Entry]) -> list[tuple[Entry, Callable[[Official], bool]]]:
    """Each event of a case with a predicate for the officials it concerns: those who see the case, or just lost it."""
    numbers = {entry.id: entry.subject.removeprefix("case/") for entry in entries if entry.subject.startswith("case/")}
    now = await case_access(set(numbers.values()))
    return [
        (entry, partial(_concerned, here, entry.data.get(_LEFT[entry.kind]) if entry.kind in _LEFT else None))
        for entry in entries
        if (here := now.get(numbers.get(entry.id, ""))) is not None
    ]


def _concerned(here: CaseAccess, left: int | None, official: Official) -> bool:
    return here.seen_by(official) or (left is not None and sees(official, department_id=left, guide_id=None))


_OWN = (
    f"SELECT {columns(Standing, 'c')} FROM petition_case c WHERE id IN ({{ways}}) "
    f"ORDER BY received_at DESC LIMIT {MOST_CASES}"
)


async def own_cases(numbers: Collection[str], email: str) -> list[Standing]:
    """The cases that a browser has opened, and those of an email address; newest first."""
    ways, values = [], list[object]()
    if numbers:
        ways.append(f"SELECT id FROM petition_case WHERE reference IN ({database.marks(numbers)})")
        values += numbers
    if email:
        ways.append("SELECT case_id FROM petitioner WHERE email IN (?, ?)")
        values += [email, email.lower()]
    if not ways:
        return []
    # No OR: PostgreSQL would scan all cases.
    return await select(Standing, _OWN.format(ways=" UNION ".join(ways)), *values)


async def newest_of(email: str) -> str:
    """The number of the newest case filed from an email address; empty if there is none."""
    found = await database.value(
        "SELECT c.reference FROM petitioner p JOIN petition_case c ON c.id = p.case_id WHERE p.email IN (?, ?) "
        "ORDER BY c.id DESC LIMIT 1",
        email,
        email.lower(),
    )
    return found or ""


async def address_of(number: str) -> str:
    """The email address that a case was filed from; empty if there is none."""
    sql = "SELECT p.email FROM petitioner p JOIN petition_case c ON c.id = p.case_id WHERE c.reference = ?"
    return await database.value(sql, number) or ""
