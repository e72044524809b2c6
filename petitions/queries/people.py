"""Officials as a case names them."""

from collections.abc import Iterable, Mapping

from petitions.queries.cases import Person
from server.core import database
from server.core.rows import columns, read


async def people(ids: Iterable[int]) -> Mapping[int, Person]:
    """Officials by id. One query, none where nobody is asked for."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await database.fetch(
        f"SELECT {columns(Person, 'a')} FROM account a WHERE id IN ({database.marks(wanted)})", *wanted
    )
    return {row["id"]: read(Person, row) for row in rows}
