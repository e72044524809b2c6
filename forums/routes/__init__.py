"""Citizens' pages about forums: what there is, one of them, taking part, what became of a submission."""

from starlette.routing import Route

from forums.routes import (
    board,
    calendars,
    commenting,
    commitments,
    crossing,
    feeds,
    files,
    following,
    listing,
    live,
    moderation,
    proposing,
    reading,
    registering,
    speaking,
    taking_part,
)

routes: list[Route] = [
    # The first: others take whatever word stands where theirs is.
    *following.routes,
    *feeds.routes,
    *calendars.routes,
    *live.routes,
    *listing.routes,
    *board.routes,
    *files.routes,
    *taking_part.routes,
    *moderation.routes,
    *registering.routes,
    *proposing.routes,
    *speaking.routes,
    *commenting.routes,
    *crossing.routes,
    *commitments.routes,
    # The last: its address takes whatever word the others leave.
    *reading.routes,
]
