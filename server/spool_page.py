"""The spool folder as a page, for development and demonstrations: what people would have received by mail.

It shows signed links, so it exists only where nobody but this machine can reach the server.
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
    """``/dev/mail``: the newest mails of the spool folder. Raises ``NotFound`` where others could read it."""
    settings = web.site(request).settings
    if settings.smtp_url or not settings.loopback:
        raise NotFound
    found = await mail.read_spool(settings.spool, SHOWN)
    mails = [{"mail": spooled.mail, "at": spooled.at, "links": _links(spooled.mail)} for spooled in found]
    return web.page(request, "dev/mail.html", {"mails": mails})


def _links(written: mail.Mail) -> list[str]:
    """Where a mail leads, each place once."""
    return list(dict.fromkeys(_link.findall(written.text)))


routes = [Route("/dev/mail", spool)]
