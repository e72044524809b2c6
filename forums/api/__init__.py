"""The JSON interface of forums: reading them, and taking part."""

from starlette.routing import Route

from forums.api import commitments, desk, forums, submissions

routes: list[Route] = [*forums.routes, *submissions.routes, *commitments.routes, *desk.routes]
