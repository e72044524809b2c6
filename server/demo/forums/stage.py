"""Who acts in the demonstration city's forums, and files made of words: what all its stories need."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from server.core import config
from server.core.accounts import Official, Role
from server.core.files import Store, StoredFile
from server.core.participants.people import Person
from server.demo.people import staff

BOM = b"\xef\xbb\xbf"
"""Lets spreadsheets know that a table is in UTF-8."""


@dataclass(frozen=True)
class Stage:
    """The officials by their names, departments' ids by their codes, and the citizens."""

    rng: Random
    today: date
    officials: Mapping[str, Official]
    departments: Mapping[str, int]
    citizens: Sequence[Person]

    @property
    def intake(self) -> Official:
        """The official who plans forums and assigns submissions."""
        return self.officials["intake"]

    @property
    def clerk(self) -> Official:
        """Who stands at the door and takes down what people say."""
        return self.officials["clerk"]

    def answerer(self, department: str) -> Official:
        """Who answers for a department."""
        return self.officials[staff(department, Role.HANDLER)[0].username]

    def of_id(self, department_id: int) -> Official:
        """The same by the department's id."""
        return self.answerer(next(code for code, id_ in self.departments.items() if id_ == department_id))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in the city."""
    return datetime.combine(day, time(hour, minute), config.settings().zone)


async def text_file(name: str, text: str) -> StoredFile:
    """A text, or a table where the name says so, in the store."""
    table = name.endswith(".csv")
    content = (BOM if table else b"") + text.encode()
    stored = await Store(config.settings().data_dir / "files").put(io.BytesIO(content))
    return StoredFile(stored.hash, name, stored.size, "text/csv" if table else "text/plain")
