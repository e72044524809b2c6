"""Officials' pages about visits: a day's visits, waiting lists, documents, and the offices with their rosters."""

from starlette.routing import Route

from tracking.visits.desk import days, documents, places

routes: list[Route] = [
    *days.routes,
    *documents.routes,
    *places.routes,
]
