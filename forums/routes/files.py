"""Public files: of a forum's notice or minutes, handed out to be saved and never shown by the browser."""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from forums.queries import files, forums
from forums.queries.files import FileView
from forums.rights import forum_subject
from server.core import auth
from server.core.errors import NotFound, _
from server.core.files import Store, content_disposition


async def of_forum(request: Request) -> Response:
    """``/forums/{slug}/files/{id}/{name}``, for whoever sees the forum."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    return await hand_out(request, await files.one(forum_subject(found.slug), request.path_params["id"]))


async def hand_out(request: Request, file: FileView) -> Response:
    """A file that the reader may have. Raises ``NotFound`` where its content is gone."""
    store: Store = request.app.state.store
    path = store.path(file.hash)
    if not await asyncio.to_thread(path.exists):
        raise NotFound(_("This file is not there any more. Please tell us."))
    headers = {
        "content-type": file.media_type,
        "content-disposition": content_disposition(file.name),
        "content-security-policy": "sandbox",
        "cache-control": "private, no-store",
    }
    return FileResponse(path, headers=headers)


routes = [Route("/forums/{slug}/files/{id:int}/{name}", of_forum)]
