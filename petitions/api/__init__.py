"""Petitions through JSON: citizens' calls, the officials' desk, and the lists that both need."""

from starlette.routing import Route

from petitions.api import citizens, desk, lists

routes: list[Route] = [*citizens.routes, *desk.routes, *lists.routes]
