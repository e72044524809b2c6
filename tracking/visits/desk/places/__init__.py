"""The settings of offices: their data and hours, exceptional days, counters and what is done there, and the roster."""

from starlette.routing import Route

from server.core.resource.table import Resource
from tracking.visits.desk.places import counters, devices, hours, offices, openings, roster, series, services, weeks

TABLES: tuple[Resource, ...] = (  # type: ignore[type-arg]
    offices.OFFICES, hours.HOURS, openings.OPENINGS, counters.COUNTERS, services.SERVICES, roster.SHIFTS,
    devices.DEVICES, series.SERIES,
)  # fmt: skip
"""Tables whose audit trail is a chain of its own."""
routes: list[Route] = [
    *openings.routes, *counters.routes, *services.routes, *hours.routes, *devices.routes, *series.routes,
    *offices.routes, *weeks.routes, *roster.routes,
]  # fmt: skip
"""All require an official with the permission of the table."""
