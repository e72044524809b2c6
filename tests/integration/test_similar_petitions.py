"""How often petitions that say the same find each other, in the same words and in others, and how often wrongly.

The texts are made (``tests.support.same_matters``): 40 matters, of which 32 have an answered petition.
"""

from collections.abc import AsyncIterator, Sequence

import pytest

from petitions.queries import alike
from petitions.search import PETITION
from server.core import database
from server.core.config import Settings
from server.core.search import Document, Embedded, learning
from server.core.search.related import Related
from server.core.search.tables import Tables
from tests.support import same_matters
from tests.support.postgres import NewDatabase

TABLES, RELATED = Tables("box"), Related("box")
ENGINE = Embedded(TABLES, RELATED)
PAIRS = 320


@pytest.fixture(params=["sqlite", "postgres"], autouse=True)
async def archive(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[None]:
    await database.connect(Settings(database_url=new_database(request.param)), {})
    await TABLES.create()
    await database.execute(RELATED.create_sql(database.dialect()))
    found = same_matters.answered()
    async with database.transaction():
        await TABLES.put([Document(PETITION, number + 1, title, text) for number, title, text in found], new=True)
    while await TABLES.count():
        pass
    await RELATED.replace(learning.learn(same_matters.archive(15)), 600)
    yield
    await database.close()


async def shown(pairs: Sequence[tuple[int, str, str]]) -> tuple[float, float]:
    """The share of petitions to which one about the same is shown, and of those to which only others are."""
    right = wrong = 0
    for matter, title, _body in pairs:
        found = [hit.id - 1 for hit in await alike.hits(title, PETITION, engine=ENGINE, limit=alike.SHOWN)]
        right += matter in found
        wrong += bool(found) and matter not in found
    return right / len(pairs), wrong / len(pairs)


async def test_similar_petitions_are_found_and_others_are_not() -> None:
    shared = await shown(list(same_matters.filed(PAIRS, "shared")))
    other = await shown(list(same_matters.filed(PAIRS, "other")))
    new = await shown(list(same_matters.filed(PAIRS, "new")))
    assert (shared[0] >= 0.9, shared[1] <= 0.02) == (True, True), shared
    assert (other[0] >= 0.3, other[1] <= 0.05) == (True, True), other
    assert new[1] <= 0.1, new
