"""Participants: a confirmed email address and a display name, no more. A pseudonym is a name like any other.

Who has only registered for a session has no display name: their name for the entrance is kept with the registration.
"""

from dataclasses import dataclass, replace

from server.core import clock, database
from server.core.auth import Reader
from server.core.rows import select, select_one


@dataclass(frozen=True, slots=True)
class Person:
    """A participant."""

    id: int
    email: str
    name: str
    """Shown to everyone; empty for somebody who has only registered for a session."""
    language: str

    @property
    def actor(self) -> str:
        """Their name in the ledger."""
        return f"participant:{self.id}"


_COLUMNS = "id, email, name, language"
_PERSON = f"SELECT {_COLUMNS} FROM participant WHERE"


async def person_of(reader: Reader) -> Person | None:
    """The participant of a browser, by its confirmed address or a mail link; None before anything was confirmed."""
    if reader.email:
        return await select_one(Person, f"{_PERSON} email = ?", reader.email.lower())
    return None if reader.participant is None else await person(reader.participant)


async def person(person_id: int) -> Person | None:
    """A participant by id; None if they no longer exist, or everything about them has been erased."""
    return await select_one(Person, f"{_PERSON} id = ? AND email NOT LIKE 'erased:%'", person_id)


def with_participant(column: str, alias: str) -> str:
    """Left-join the participant whose id a column holds."""
    return f"LEFT JOIN participant {alias} ON {alias}.id = {column} "


def name_of(column: str) -> str:
    """The display name of the participant whose id a column holds, as a value."""
    return f"(SELECT name FROM participant WHERE id = {column})"


def among(ids: str) -> str:
    """The ids in a list of SQL values that belong to existing participants, as a table."""
    return f"(SELECT id FROM participant WHERE id IN ({ids}))"


async def take_name(email: str, name: str, language: str) -> Person:
    """Set or change the display name of a confirmed address."""
    (found,) = await select(
        Person,
        "INSERT INTO participant (email, name, language, district, age_band, created_at) VALUES (?, ?, ?, '', '', ?) "
        f"ON CONFLICT (email) DO UPDATE SET name = excluded.name, language = excluded.language RETURNING {_COLUMNS}",
        email.lower(), name, language, clock.now(),
    )  # fmt: skip
    return found


async def attendee(email: str, name: str, language: str) -> Person:
    """The participant with a confirmed address, under a name for this once; the one shown to everyone stays."""
    (found,) = await select(
        Person,
        "INSERT INTO participant (email, name, language, district, age_band, created_at) VALUES (?, '', ?, '', '', ?) "
        f"ON CONFLICT (email) DO UPDATE SET language = excluded.language RETURNING {_COLUMNS}",
        email.lower(), language, clock.now(),
    )  # fmt: skip
    return replace(found, name=name)


async def said_of_themselves(person_id: int) -> tuple[str, str]:
    """Age band and district of residence, where given."""
    row = await database.fetch_one("SELECT age_band, district FROM participant WHERE id = ?", person_id)
    return (row["age_band"], row["district"]) if row else ("", "")


async def say_of_themselves(person_id: int, age_band: str, district: str) -> None:
    """Store or delete what participants say about themselves for the statistics."""
    await database.execute(
        "UPDATE participant SET age_band = ?, district = ? WHERE id = ?", age_band, district, person_id
    )
