"""Forums through JSON: what there is, and speaking in them."""

from starlette.routing import Route

routes: list[Route] = []
