"""Citizens' pages about forums: what there is, one of them, taking part, what became of a voice."""

from starlette.routing import Route

from forums.routes import reading

routes: list[Route] = [
    # The last: its address takes whatever word the others leave.
    *reading.routes,
]
