"""``/api/v1/tokens``: how a program signs in for an official, and out again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, web
from server.core.contract import Access, Contract, promises
from server.core.errors import NotSignedIn
from server.core.fields import Input

_CREDENTIALS = contract.asked(
    {
        "username": contract.text(most=60),
        "password": contract.text(most=200),
        "code": contract.text(most=10, about="The six digits of the official's second factor, where they have one."),
    },
    "username",
    "password",
)
_TOKEN = contract.named("Token", contract.record({"token": contract.TEXT, "expires_at": contract.MOMENT}))


@promises(Contract("Sign in: a token for 12 hours", _TOKEN, 201, body=_CREDENTIALS, refusals=(401,)))
async def create(request: Request) -> Response:
    """``POST``: a token for an official's name and password."""
    data = Input(await web.read_json(request))
    username = data.text("username", limit=60, required=True)
    # A password is taken as it is: trimmed or normalised it would be another one.
    password = data.raw.get("password")
    if not isinstance(password, str) or not password:
        data.text("password", limit=200, required=True)
        password = ""
    code = data.text("code", limit=10)
    data.done()
    token, session = await auth.sign_in(request, username, password, code, api=True)
    expires = session.expires_at.astimezone(web.site(request).settings.zone).isoformat(timespec="seconds")
    return web.json({"token": token, "expires_at": expires}, 201)


@promises(Contract("Sign out: the token that is shown ends", None, 204, access=Access.OFFICIAL))
async def end(request: Request) -> Response:
    """``DELETE``: end the session of the token that was shown."""
    if not auth.reader(request).token_hash:
        raise NotSignedIn
    response = Response(status_code=204)
    await auth.sign_out(request, response)
    return response


routes = [
    Route("/api/v1/tokens", create, methods=["POST"]),
    Route("/api/v1/tokens", end, methods=["DELETE"]),
]
