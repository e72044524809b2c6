"""The officials' pages about forums: planning and running them, moderating, answering voices, keeping promises."""

from starlette.routing import Route

routes: list[Route] = []
