"""Citizens' pages about forums: what there is, one of them, taking part, what became of a voice."""

from starlette.routing import Route

from forums.routes import board, files, listing, moderation, proposing, reading, registering, taking_part

routes: list[Route] = [
    *listing.routes,
    *board.routes,
    *files.routes,
    *taking_part.routes,
    *moderation.routes,
    *registering.routes,
    *proposing.routes,
    # The last: its address takes whatever word the others leave.
    *reading.routes,
]
