"""Citizens' pages about offices and visits: the timetable, a reservation, what to bring."""

from tracking.visits.routes import (
    cases,
    choosing,
    documents,
    forecast,
    holding,
    kiosk,
    links,
    live,
    mine,
    offers,
    places,
    plans,
    queue,
    restrictions,
    tickets,
    visit,
    waiting,
)

routes = [
    *tickets.routes,
    *queue.routes,
    *kiosk.routes,
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
    *waiting.routes,
    *offers.routes,
    # Last, because its placeholder matches any word the others leave.
    *visit.routes,
]
