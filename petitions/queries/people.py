"""Officials as a case names them."""

from collections.abc import Iterable, Mapping

from petitions.queries.cases import Person
from server.core import database


async def people(ids: Iterable[int]) -> Mapping[int, Person]:
    """Officials by id. One query, none where nobody is asked for."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await database.fetch(
        "SELECT id, username, name, phone, email, hours, languages, department_id FROM account "
        f"WHERE id IN ({', '.join('?' * len(wanted))})",
        *wanted,
    )
    return {
        row["id"]: Person(
            row["id"], row["username"], row["name"], row["phone"], row["email"], row["hours"],
            tuple(database.document(row["languages"])), row["department_id"],
        )
        for row in rows
    }  # fmt: skip
