"""What following needs to know of cases: how much a reader may see, which cases are theirs, whose desk a case is on.

Each answer is one small query, because they are needed for every opened stream and every batch of news.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from petitions.errors import NoSuchCase
from petitions.queries.cases import Credentials, Level, level_of
from petitions.queries.scope import ASKED
from petitions.rights import sees
from petitions.states import State
from server.core import database, references
from server.core.accounts import Official
from server.core.rows import columns, read_all

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


async def case_access(numbers: Collection[str]) -> dict[str, CaseAccess]:
    """The access data of several cases, by their numbers. One query."""
    rows = await database.fetch(
        f"SELECT {_ACCESS}, o.department_id AS asked FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
        "LEFT JOIN consultation o ON o.case_id = c.id AND o.status = 'asked' "
        f"WHERE c.reference IN ({database.marks(numbers)})",
        *numbers,
    )
    asked: dict[str, set[int]] = {row["reference"]: set() for row in rows}
    for row in rows:
        asked[row["reference"]] |= {row["asked"]} - {None}
    return {row["reference"]: CaseAccess(row, frozenset(asked[row["reference"]])) for row in rows}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The department and guide of a case, and the departments that are consulted on it."""

    department_id: int | None
    guide_id: int | None
    asked: frozenset[int] = frozenset()

    def seen_by(self, official: Official) -> bool:
        """Whether an official may see the case."""
        asked = official.department_id in self.asked
        return sees(official, department_id=self.department_id, guide_id=self.guide_id, asked=asked)


async def whereabouts(numbers: Collection[str]) -> Mapping[str, Whereabouts]:
    """The whereabouts of each of these cases now."""
    if not numbers:
        return {}
    rows = await database.fetch(
        "SELECT c.reference, c.department_id, c.guide_id, o.department_id AS asked FROM petition_case c "
        "LEFT JOIN consultation o ON o.case_id = c.id AND o.status = 'asked' "
        f"WHERE c.reference IN ({database.marks(numbers)})",
        *numbers,
    )
    asked: dict[str, set[int]] = {row["reference"]: set() for row in rows}
    for row in rows:
        asked[row["reference"]] |= {row["asked"]} - {None}
    return {
        row["reference"]: Whereabouts(row["department_id"], row["guide_id"], frozenset(asked[row["reference"]]))
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case in the list of somebody's own cases; its deadline in words is computed from it as well."""

    reference: str
    title: str
    status: State
    unit: str
    amount: int
    received_at: datetime
    due_at: datetime | None
    supplement_until: date | None
    answered_at: datetime | None
    closed_at: datetime | None


_OWN = (
    f"SELECT {columns(OwnCase, 'c')} FROM petition_case c WHERE id IN ({{ways}}) "
    f"ORDER BY received_at DESC LIMIT {MOST_CASES}"
)


async def own_cases(numbers: Collection[str], email: str) -> list[OwnCase]:
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
    return read_all(OwnCase, await database.fetch(_OWN.format(ways=" UNION ".join(ways)), *values))


async def newest_of(email: str) -> str:
    """The number of the newest case filed from an email address; empty if there is none."""
    row = await database.fetch_one(
        "SELECT c.reference FROM petitioner p JOIN petition_case c ON c.id = p.case_id WHERE p.email IN (?, ?) "
        "ORDER BY c.id DESC LIMIT 1",
        email,
        email.lower(),
    )
    return str(row["reference"]) if row else ""


async def address_of(number: str) -> str:
    """The email address that a case was filed from; empty if there is none."""
    row = await database.fetch_one(
        "SELECT p.email FROM petitioner p JOIN petition_case c ON c.id = p.case_id WHERE c.reference = ?", number
    )
    return str(row["email"]) if row else ""
