"""Placeholder until its author fills it in."""

from starlette.routing import Route

routes: list[Route] = []
