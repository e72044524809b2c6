"""Forums through JSON: what there is, and speaking in them."""

from starlette.routing import Route

from forums.api import commitments, desk, forums, voices

routes: list[Route] = [*forums.routes, *voices.routes, *commitments.routes, *desk.routes]
