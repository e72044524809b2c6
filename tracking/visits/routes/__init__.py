"""Citizens' pages about offices and visits: the timetable, a reservation, what to bring."""

from tracking.visits.routes import (
    cases,
    choosing,
    documents,
    forecast,
    holding,
    links,
    live,
    mine,
    places,
    plans,
    restrictions,
    visit,
)

routes = [
    *places.routes,
    *live.routes,
    *forecast.routes,
    *links.routes,
    *mine.routes,
    *documents.routes,
    *cases.routes,
    *choosing.routes,
    *plans.routes,
    *holding.routes,
    *restrictions.routes,
    # Last, because its placeholder matches any word the others leave.
    *visit.routes,
]
