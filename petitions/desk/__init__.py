"""The officials' pages about cases: the inbox, many cases at once, one case, and the views one keeps."""

from starlette.routing import Route

from petitions.desk import bulk, case, inbox, views

routes: list[Route] = [*inbox.routes, *bulk.routes, *views.routes, *case.routes]
