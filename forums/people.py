"""Who takes part: a confirmed mail address and a display name, no more. A pseudonym is a name like any other."""

from collections.abc import Mapping
from dataclasses import dataclass

from forums.errors import NotAPart
from forums.models import Participant
from server.core import clock, database
from server.core.auth import Reader


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part."""

    id: int
    email: str
    name: str
    language: str
    district: str = ""

    @property
    def actor(self) -> str:
        """How the ledger names them."""
        return f"participant:{self.id}"


_COLUMNS = "id, email, name, language, district"


def _person(row: Mapping[str, object]) -> Person:
    return Person(int(str(row["id"])), str(row["email"]), str(row["name"]), str(row["language"]), str(row["district"]))


async def person_of(reader: Reader) -> Person | None:
    """Who a browser with a confirmed mail address speaks as; None before they have chosen a name."""
    if not reader.email:
        return None
    row = await database.fetch_one(f"SELECT {_COLUMNS} FROM participant WHERE email = ?", reader.email.lower())
    return _person(row) if row else None


async def speaker(reader: Reader) -> Person:
    """The same, for whoever wants to speak. Raises ``NotAPart``."""
    found = await person_of(reader)
    if found is None:
        raise NotAPart
    return found


async def take_name(email: str, name: str, language: str, district: str = "", age_band: str = "") -> Person:
    """Choose or change the display name of a confirmed address."""
    values = {"name": name, "language": language, "district": district, "age_band": age_band}
    await Participant.update_or_create({**values, "created_at": clock.now()}, email=email.lower())
    row = await database.fetch_one(f"SELECT {_COLUMNS} FROM participant WHERE email = ?", email.lower())
    assert row is not None  # noqa: S101 — written just now
    return _person(row)
