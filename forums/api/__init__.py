"""Forums through JSON: what there is, and speaking in them."""

from starlette.routing import Route

from forums.api import commitments, desk, forums, submissions

routes: list[Route] = [*forums.routes, *submissions.routes, *commitments.routes, *desk.routes]
