"""The officials' pages about cases: the inbox, bulk actions, one case, and saved views."""

from starlette.routing import Route

from petitions.desk import bulk, inbox, views
from petitions.desk.case import routes as case_routes

routes: list[Route] = [*inbox.routes, *bulk.routes, *views.routes, *case_routes]
