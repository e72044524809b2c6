"""The browser as the holder of a time: a random token in a cookie, of which the tables keep the hash."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from server.core import web
from server.core.sessions import token_hash

COOKIE = "visitor"
COOKIE_SECONDS = 24 * 3600


def token(request: Request) -> str:
    """The secret by which this browser holds a time; empty before it has held one."""
    found = request.cookies.get(COOKIE, "")
    return found if found.isascii() else ""


def holder(request: Request) -> str:
    """The browser as the tables know it: its token hashed; empty without one."""
    found = token(request)
    return token_hash(found) if found else ""


def give_token(request: Request, response: Response) -> Response:
    """Give a browser its token while it still chooses: a time is held only for one that sends it back."""
    if not token(request):
        remember(request, response, secrets.token_urlsafe(24))
    return response


def refuses(request: Request) -> bool:
    """Whether the browser has been asked to keep the cookie, as the address says, and has not."""
    return "cookie" in request.query_params and not token(request)


def remember(request: Request, response: Response, value: str) -> None:
    """Keep the token in the browser."""
    secure = web.site(request).settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, value, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
