"""Asking only the routes with the same beginning finds what asking all of them finds."""

import re
from collections.abc import Sequence

import pytest
from starlette.routing import BaseRoute, Match, Mount, Route, Router

from server.app import routes
from server.core.router import PrefixRouter

ALL = routes()
FILLED = ("7", "new")
STRANGE = (
    "",
    "/",
    "//",
    "/x",
    "/desk",
    "/desk/",
    "/api",
    "/api/v1",
    "/api/v1/desk",
    "/static",
    "/static/vendor/x",
    "/v",
)


def _paths() -> list[str]:
    found = {*STRANGE}
    for route in ALL:
        assert isinstance(route, Route | Mount)
        for value in FILLED:
            path = re.sub(r"{[^}]*}", value, route.path)
            found |= {path, f"{path}/", f"{path}/more", path.rpartition("/")[0]}
    return sorted(found)


def _found(among: Sequence[BaseRoute], path: str, method: str) -> Sequence[tuple[BaseRoute, Match]]:
    """What a router can take: the first that fits, or else the first that fits but for the method."""
    scope = {"type": "http", "path": path, "root_path": "", "method": method}
    hits = [(route, match) for route in among if (match := route.matches(scope)[0]) is not Match.NONE]
    return [hit for hit in hits if hit[1] is Match.FULL][:1] or hits[:1]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_each_path_finds_the_same_route(method: str) -> None:
    router, asked = PrefixRouter(Router(ALL)), []
    for path in _paths():
        some = router.for_path(path).routes
        asked.append(len(some))
        assert _found(some, path, method) == _found(ALL, path, method), path
    assert max(asked) < len(ALL) / 4, "few are asked"
