"""Officials as cases name them."""

from collections.abc import Iterable, Mapping

from server.core import roles
from server.core.roles import Card


async def people(ids: Iterable[int]) -> Mapping[int, Card]:
    """Officials by id. One query, none without ids."""
    return await roles.cards(set(ids))
