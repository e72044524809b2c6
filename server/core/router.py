"""Finding the route of a request among hundreds: only those are asked whose path begins with the same literal parts."""

from collections import defaultdict
from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

DEPTH = 4
"""How many parts of a path are looked at: "/api/v1/desk/cases" differs from others in the last."""

_Key = tuple[str, ...]


class PrefixRouter(Router):
    """Starlette's router in front of one for each beginning of a path. What matches is the same, in the same order."""

    def __init__(self, whole: Router) -> None:
        super().__init__(whole.routes)
        self.lifespan_context = whole.lifespan_context
        self._by_beginning = {key: Router(routes) for key, routes in _grouped(whole.routes).items()}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        scope["router"] = self
        await self.for_path(scope["path"]).app(scope, receive, send)

    def for_path(self, path: str) -> Router:
        """The router with all routes that a path can mean."""
        parts = tuple(path.split("/", DEPTH + 1)[1 : DEPTH + 1])
        while parts not in self._by_beginning:
            parts = parts[:-1]
        return self._by_beginning[parts]


def _grouped(routes: Sequence[BaseRoute]) -> dict[_Key, list[BaseRoute]]:
    """The routes that a path beginning with these parts, and with none of the longer keys, can mean."""
    beginnings = [_literal(route) for route in routes]
    found: dict[_Key, list[BaseRoute]] = defaultdict(list)
    for key in {(), *beginnings}:
        found[key] = [route for route, own in zip(routes, beginnings, strict=True) if own == key[: len(own)]]
    return found


def _literal(route: BaseRoute) -> _Key:
    """The first parts of a route's path, up to one that holds a placeholder."""
    if not isinstance(route, Route | Mount):
        return ()
    parts = route.path.split("/")[1 : DEPTH + 1]
    literal = next((n for n, part in enumerate(parts) if "{" in part), len(parts))
    return tuple(parts[:literal])
