"""Citizens' pages about forums: lists, one forum, taking part, and what became of a submission."""

from starlette.routing import Route

from forums.routes import (
    commenting,
    commitments,
    crossing,
    feeds,
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
    # First, because later routes have placeholders that match these words.
    *following.routes,
    *feeds.routes,
    *live.routes,
    *listing.routes,
    *taking_part.routes,
    *moderation.routes,
    *registering.routes,
    *proposing.routes,
    *speaking.routes,
    *commenting.routes,
    *crossing.routes,
    *commitments.routes,
    # Last, because its placeholder matches any word the others leave.
    *reading.routes,
]
