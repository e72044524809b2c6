"""Officials' pages about visits: a day's visits, waiting lists, documents, and the offices with their rosters."""

from starlette.routing import Route

from tracking.visits.desk import (
    booking,
    counters,
    days,
    documents,
    first,
    guided,
    places,
    reception,
    requests,
    restrictions,
    unplaced,
    visit,
    waiting,
)

routes: list[Route] = [
    *days.routes,
    *booking.routes,
    *counters.routes,
    *documents.routes,
    *first.routes,
    *guided.routes,
    *places.routes,
    *reception.routes,
    *restrictions.routes,
    *requests.routes,
    *unplaced.routes,
    *waiting.routes,
    # Last: its placeholders match the words of the others.
    *visit.routes,
]
