"""What a request shows to see a case (session, opened cases, mailbox, key), and to act on it only once."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from petitions.queries.cases import Credentials
from server.core import auth, idempotency, web

KEY_HEADER = "x-access-key"


def shown(request: Request) -> Credentials:
    """Everything that this request shows, for ``petitions.queries.cases.view``."""
    who = auth.reader(request)
    return Credentials(who.official, who.cases, who.email, request.headers.get(KEY_HEADER, ""))


async def once(request: Request, scope: str, content: object, act: Callable[[], Awaitable[None]]) -> None:
    """Act, and not again when the same ``Idempotency-Key`` comes with the same content."""
    key = request.headers.get("idempotency-key")
    secret = web.site(request).settings.secret_key
    await idempotency.once(secret, scope, "" if key is None else idempotency.check(key), content, act)
