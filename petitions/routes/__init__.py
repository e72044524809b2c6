"""Citizens' pages about petitions: filing one, its receipt and files, and the public list of answers."""

from starlette.routing import Route

from petitions.routes import filing, placing, reading, suggesting

routes: list[Route] = [*filing.routes, *suggesting.routes, *placing.routes, *reading.routes]
