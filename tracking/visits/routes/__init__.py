"""Citizens' pages about offices and visits: the timetable, a reservation, what to bring."""

from tracking.visits.routes import links

routes = [*links.routes]
