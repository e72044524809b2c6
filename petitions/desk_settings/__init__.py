"""The desk's settings that concern cases: routing rules, reply templates, the calendar, departments."""

from starlette.routing import Route

from petitions.desk_settings import calendar, departments, reply_templates, routing_rules

routes: list[Route] = [*routing_rules.routes, *reply_templates.routes, *calendar.routes, *departments.routes]
"""All need an official with the permission that the page is about."""
