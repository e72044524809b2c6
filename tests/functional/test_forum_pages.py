"""Everybody reads the forums: lists, one of each kind, the board, broadcasts, files."""

from forums.actions import planning
from tests.support.forums import a_draft, a_forum
from tests.support.house import House
from tests.support.markup import parse


async def test_x(house: House) -> None:
    for kind in ("listening", "field_office", "speakers_corner", "discussion", "broadcast", "notice"):
        slug = await a_forum(house, kind)
        page = await house.client.get(f"/forums/{slug}")
        assert page.status_code == 200, page.text
    for path in ("/forums", "/forums?tab=coming", "/forums?tab=over", "/forums?tab=proposed", "/forums?q=골목", "/forums/notices", "/forums/notices?q=결과", "/forums/broadcasts", "/forums/broadcast-1?at=3"):
        page = await house.client.get(path)
        assert page.status_code == 200, page.text
        print(path, [h.text for h in parse(page.text).all("h2")], [h.text for h in parse(page.text).all("h3")])
