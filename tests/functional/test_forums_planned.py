"""Planning at the desk: six kinds of forum, each drafted, announced, run and ended as its kind wants it."""

from forums.kinds import FIELDS
from forums.queries.forums import forum
from forums.states import ForumState
from tests.support.forums import a_forum
from tests.support.house import House


async def test_each_kind_is_planned_and_announced(house: House) -> None:
    for kind in FIELDS:
        slug = await a_forum(house, kind)
        found = await forum(slug)
        assert (found.kind, found.status, found.number) == (kind, ForumState.PUBLISHED, 1)
