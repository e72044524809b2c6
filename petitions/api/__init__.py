"""Petitions in the JSON interface: citizens' operations, the officials' desk, and lists that both need."""

from starlette.routing import Route

from petitions.api import citizens, desk, lists

routes: list[Route] = [*citizens.routes, *desk.routes, *lists.routes]
