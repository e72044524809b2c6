"""The browser as the holder of a time: a random token in a cookie, of which the tables keep the hash."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, web

COOKIE = "visitor"
COOKIE_SECONDS = 24 * 3600


def token(request: Request) -> str:
    """The secret by which this browser holds a time; empty before it has held one."""
    found = request.cookies.get(COOKIE, "")
    return found if found.isascii() else ""


def holder(request: Request) -> str:
    """The browser as the tables know it: its token hashed; empty without one."""
    found = token(request)
    return auth.token_hash(found) if found else ""


def new_token() -> str:
    """The token of a browser that holds its first time."""
    return secrets.token_urlsafe(24)


def remember(request: Request, response: Response, value: str) -> None:
    """Keep the token in the browser."""
    secure = web.site(request).settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, value, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
