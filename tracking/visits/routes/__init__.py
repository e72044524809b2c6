"""Citizens' pages about offices and visits: the timetable, a reservation, what to bring."""

from starlette.routing import Route

routes: list[Route] = []
