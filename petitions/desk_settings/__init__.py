"""The desk's settings about cases: routing rules, reply templates, the calendar, departments."""

from starlette.routing import Route

from petitions.desk_settings import calendar, departments, routing_rules, templates
from server.core.resource.table import Resource

TABLES: tuple[Resource, ...] = (routing_rules.RULES, templates.TEMPLATES, departments.DEPARTMENTS)  # type: ignore[type-arg]
"""Tables whose audit trail is a chain of its own."""
routes: list[Route] = [*routing_rules.routes, *templates.routes, *calendar.routes, *departments.routes]
"""All require an official with the permission of the table."""
