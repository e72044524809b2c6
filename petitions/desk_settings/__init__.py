"""The desk's settings that concern cases: routing rules, reply templates, the calendar, departments."""

from starlette.routing import Route

from petitions.desk_settings import calendar, departments, routing_rules, templates
from server.core.resource import Resource

TABLES: tuple[Resource, ...] = (routing_rules.RULES, templates.TEMPLATES, departments.DEPARTMENTS)  # type: ignore[type-arg]
"""Those whose trail is a chain of their own."""
routes: list[Route] = [*routing_rules.routes, *templates.routes, *calendar.routes, *departments.routes]
"""All need an official with the permission that the table is about."""
