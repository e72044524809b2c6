"""What a request shows to see a case: session, opened cases, mailbox, key."""

from starlette.requests import Request

from petitions.queries.cases import Credentials
from server.core import auth

KEY_HEADER = "x-access-key"


def shown(request: Request) -> Credentials:
    """Everything that this request shows, for ``petitions.queries.cases.view``."""
    who = auth.reader(request)
    return Credentials(who.official, who.cases, who.email, request.headers.get(KEY_HEADER, ""))
