"""Pages about the site itself: help, the privacy policy and the accessibility statement."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions.watch import QUIET_DAYS
from petitions.mail_links import MAILBOX_MINUTES
from server import privacy_policy
from server.core import auth, page_cache, web


@page_cache.kept()
async def help_page(request: Request) -> Response:
    """``/help``: how to file, follow and visit, what the key is and what the guide does."""
    shown = {"session_days": auth.CITIZEN_LIFE.days, "link_minutes": MAILBOX_MINUTES}
    return web.page(request, "site/help.html", shown)


@page_cache.kept()
async def privacy(request: Request) -> Response:
    """``/privacy``: the privacy policy, from the periods and settings of this installation."""
    settings = web.site(request).settings
    shown = {
        "edition": privacy_policy.EDITION,
        "processing": privacy_policy.PROCESSING,
        "cookies": privacy_policy.cookies(),
        "recipients": privacy_policy.recipients(settings),
        "officer": settings.privacy_officer,
        "encrypted": settings.public_url.startswith("https://"),
        "country": settings.country,
        "quiet_days": QUIET_DAYS,
    }
    return web.page(request, "site/privacy.html", shown)


@page_cache.kept()
async def accessibility(request: Request) -> Response:
    """``/accessibility``: what was tested, what does not work, and whom to tell."""
    shown = {"country": web.site(request).settings.country}
    return web.page(request, "site/accessibility.html", shown)


routes = [
    Route("/help", help_page),
    Route("/privacy", privacy),
    Route("/accessibility", accessibility),
]
