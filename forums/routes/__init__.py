"""Citizens' pages about forums: what there is, one of them, taking part, what became of a voice."""

from starlette.routing import Route

routes: list[Route] = []
