"""What a request shows to see a case (session, opened cases, mailbox, key), and to act on it only once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Press:
    """A button of a case's page: pressed twice, or sent again by a reload, it acts once.

    It is known by what the form holds and by the version of the case that its page showed. Whatever is done makes a
    new version, so the same words can be sent again from the page that comes back.
    """

    secret: str
    scope: str
    version: object
    content: object

    @property
    def key(self) -> str:
        """By what it is known; nothing for a form that says no version."""
        return idempotency.fingerprint(["page", self.version, self.content]) if self.version else ""

    async def once(self, act: Callable[[], Awaitable[None]]) -> None:
        """Act, and not again. Whatever ``act`` refuses can be tried again."""
        await idempotency.once(self.secret, self.scope, self.key, self.content, act)

    async def done(self) -> bool:
        """Whether it was acted on already."""
        return bool(self.key) and await idempotency.seen(self.secret, self.scope, self.key)
