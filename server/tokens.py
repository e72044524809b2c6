"""``/api/v1/tokens``: sign-in and sign-out of programs that act for an official."""

from datetime import datetime
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, web
from server.core.contract import Access, Answer, Contract
from server.core.errors import NotSignedIn, _
from server.core.forms import About, Form, Label, Password, line


class Credentials(Form):
    """An official's sign-in credentials."""

    username: Annotated[str, line(60, safe=False), Label(_("User name"))]
    password: Password
    code: Annotated[
        str,
        line(10, safe=False),
        Label(_("Code")),
        About("The six digits of two-step verification, for officials who use it."),
    ] = ""


class Token(Answer):
    """A bearer token of an official."""

    token: str
    expires_at: datetime


@Contract("Sign in: a token for 12 hours", Token, 201, body=Credentials, refusals=(401,))
async def create(request: Request) -> Response:
    """``POST``: issue a token for an official's username and password."""
    given = Credentials.parse(await web.read_json(request), strict=True)
    token, session, guess = await auth.sign_in(request, given.username, given.password, given.code, api=True)
    await guess.right(request)
    return web.json(Token(token=token, expires_at=session.expires_at), 201)


@Contract("Sign out: revoke the token that is sent", None, 204, access=Access.OFFICIAL)
async def end(request: Request) -> Response:
    """``DELETE``: end the session of the token in the request."""
    if not auth.reader(request).token_hash:
        raise NotSignedIn
    response = Response(status_code=204)
    await auth.sign_out(request, response)
    return response


routes = [
    Route("/api/v1/tokens", create, methods=["POST"]),
    Route("/api/v1/tokens", end, methods=["DELETE"]),
]
