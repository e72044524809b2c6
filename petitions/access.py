"""The credentials of a request: official, opened cases, email address, access key."""

from starlette.requests import Request

from petitions.queries.cases import Credentials
from server.core import auth

KEY_HEADER = "x-access-key"


def shown(request: Request) -> Credentials:
    """The request's credentials, for ``petitions.queries.cases.view``."""
    who = auth.reader(request)
    return Credentials(who.official, who.cases, who.email, request.headers.get(KEY_HEADER, ""))
