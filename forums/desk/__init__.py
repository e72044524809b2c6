"""The officials' pages about forums: planning and running them, moderating, answering voices, keeping promises."""

from starlette.routing import Route

from forums.desk import intake, planning, running

routes: list[Route] = [*planning.routes, *running.routes, *intake.routes]
