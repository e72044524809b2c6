"""The spool folder as a page, for development and demonstrations: the emails that would have been sent.

It shows signed links, so it exists only if the server is reachable from this machine alone.
"""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import mail, web
from server.core.errors import NotFound

SHOWN = 50
_link = re.compile(r"https?://\S+")


async def spool(request: Request) -> Response:
    """``/dev/mail``: the newest mails in the spool folder. Raises ``NotFound`` if the server is reachable by others."""
    settings = web.site(request).settings
    if settings.smtp_url or not settings.loopback:
        raise NotFound
    found = await mail.read_spool(settings.spool, SHOWN)
    mails = [{"mail": spooled.mail, "at": spooled.at, "links": _links(spooled.mail)} for spooled in found]
    return web.page(request, "dev/mail.html", {"mails": mails})


def _links(written: mail.Mail) -> list[str]:
    """The distinct links in a mail."""
    return list(dict.fromkeys(_link.findall(written.text)))


routes = [Route("/dev/mail", spool)]
