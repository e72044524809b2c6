"""Public files of a forum's notice or minutes, served as downloads and never displayed by the browser."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries import files, forums
from forums.rights import forum_subject
from server.core import auth, uploads


async def of_forum(request: Request) -> Response:
    """``/forums/{slug}/files/{id}/{name}``, for everybody who may see the forum."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    file = await files.one(forum_subject(found.slug), request.path_params["id"])
    return await uploads.send(request, file.hash, file.name, file.media_type)


routes = [Route("/forums/{slug}/files/{id:int}/{name}", of_forum)]
