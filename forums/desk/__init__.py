"""The officials' pages about forums: planning and running them, moderating, answering voices, keeping promises."""

from starlette.routing import Route

from forums.desk import attack, crossing, door, intake, moderation, planning, promises, running, sessions, voice, voices

routes: list[Route] = [
    *planning.routes,
    *running.routes,
    *intake.routes,
    *sessions.routes,
    *door.routes,
    *attack.routes,
    *moderation.routes,
    *voices.routes,
    *voice.routes,
    *promises.routes,
    *crossing.routes,
]
