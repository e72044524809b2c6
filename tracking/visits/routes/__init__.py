"""Citizens' pages about offices and visits: the timetable, a reservation, what to bring."""

from tracking.visits.routes import documents, forecast, links

routes = [
    # First, because later routes have placeholders that match this word.
    *forecast.routes,
    *links.routes,
    *documents.routes,
]
