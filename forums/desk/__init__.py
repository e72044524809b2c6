"""The officials' pages about forums: planning, running, moderation, answering submissions, and commitments."""

from starlette.routing import Route

from forums.desk import (
    attack,
    checking_in,
    commitments,
    crossing,
    moderation,
    planning,
    running,
    sessions,
    submission,
    submissions,
    transcribing,
)

routes: list[Route] = [
    *planning.routes,
    *running.routes,
    *transcribing.routes,
    *sessions.routes,
    *checking_in.routes,
    *attack.routes,
    *moderation.routes,
    *submissions.routes,
    *submission.routes,
    *commitments.routes,
    *crossing.routes,
]
