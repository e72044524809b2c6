"""The web application: the routes of all domains, and what starts and stops with the process."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import xstatic.pkg.leaflet
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import forums.api
import forums.desk
import forums.routes
import forums.views
import petitions.api
import petitions.citizen_routes
import petitions.desk
import petitions.desk_settings
import petitions.routes
import tracking.api
import tracking.routes
import tracking.statistics.api
import tracking.statistics.routes
import tracking.visits.api
import tracking.visits.api_desk
import tracking.visits.api_devices
import tracking.visits.api_emergencies
import tracking.visits.api_kiosk
import tracking.visits.api_papers
import tracking.visits.api_plans
import tracking.visits.api_queue
import tracking.visits.api_tickets
import tracking.visits.desk
import tracking.visits.routes
from forums.routes import live
from forums.routes.back import ways_back as forums_back
from petitions.routes.filing import ways_back as petitions_back
from server import (
    ask_pages,
    crossing,
    district_pages,
    openapi,
    pages,
    people,
    resuming,
    robots,
    search_api,
    search_pages,
    sign_in_letters,
    signin,
    site_pages,
    tokens,
    upkeep_pages,
    wiring,
)
from server.core import auth, database, i18n, networks, observe, page_cache, search, security, templates, web
from server.core.accounts import Account
from server.core.config import Settings
from server.core.errors import Refusal, Text
from server.core.jobs import Worker
from server.core.kept_files import KeptFiles
from server.core.participants import pages as participants
from server.core.router import PrefixRouter
from server.core.watchdog import Watchdog
from server.demo.city import CITY
from server.demo.visits import live as demo_live
from tracking.visits.routes import live as timetables
from tracking.visits.routes import queue as queues
from tracking.visits.routes.back import ways_back as visits_back

UPLOADS = (
    *("/petitions/new", "/desk/petitions/new", "/cases/", "/desk/cases/", "/desk/forums/", "/desk/settings/districts"),
    *("/desk/commitments/", "/visits/", "/api/v1/cases/", "/api/v1/visits/", "/api/v1/desk/files"),
)
"""Path prefixes that accept file uploads."""


def routes() -> list[Route | Mount]:
    """All routes of all domains."""
    return [
        *pages.routes,
        *robots.routes,
        *search_pages.routes,
        *ask_pages.routes,
        *site_pages.routes,
        *participants.routes,
        *signin.routes,
        *resuming.routes,
        *petitions.routes.routes,
        *petitions.citizen_routes.routes,
        *tracking.routes.routes,
        *tracking.statistics.routes.routes,
        *forums.routes.routes,
        *tracking.visits.routes.routes,
        *petitions.desk.routes,
        *forums.desk.routes,
        *tracking.visits.desk.routes,
        *petitions.desk_settings.routes,
        *people.routes,
        *upkeep_pages.routes,
        *district_pages.routes,
        *petitions.api.routes,
        *forums.api.routes,
        *tracking.api.routes,
        *tracking.statistics.api.routes,
        *tracking.visits.api.routes,
        *tracking.visits.api_desk.routes,
        *tracking.visits.api_papers.routes,
        *tracking.visits.api_plans.routes,
        *tracking.visits.api_tickets.routes,
        *tracking.visits.api_devices.routes,
        *tracking.visits.api_kiosk.routes,
        *tracking.visits.api_queue.routes,
        *tracking.visits.api_emergencies.routes,
        *tokens.routes,
        *search_api.routes,
        *openapi.routes,
        # Only these are compressed: pages contain keys beside user input, which compressed length would leak (BREACH).
        Mount("/static/vendor/leaflet", KeptFiles(directory=Path(xstatic.pkg.leaflet.BASE_DIR))),
        Mount("/static", KeptFiles(directory=templates.STATIC)),
    ]


async def _city(settings: Settings) -> web.City:
    """The city as pages show it: its names, and whether it is the demonstration."""
    demo = await Account.filter(demo=True).exists()
    names = CITY.names._asdict() if demo else dict.fromkeys(settings.languages, settings.city_name)
    return web.City(names, settings.call_centre, demo=demo)


def _ways_back(path: str, status: int) -> Sequence[tuple[Text, str]]:
    """Links on an error page, of the domain whose page it is."""
    return petitions_back(path) or forums_back(path, status) or visits_back(path, status)


def create_app(settings: Settings, *, watched: bool = False) -> Starlette:
    """The application for these settings; its lifespan opens the database. ``watched``: what holds it up is counted."""
    settings = wiring.prepare(settings)
    adapters = wiring.ports(settings)
    site = web.Site(settings)
    site.ways_back = _ways_back
    site.permissions = wiring.PERMISSIONS
    worker = Worker(
        {**wiring.handlers(settings, adapters, site.render), **demo_live.handlers(settings)},
        {**wiring.PERIODIC, **demo_live.periodic(settings)},
        wiring.DELIVERIES,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.connect(settings, wiring.APPS)
        site.city = await _city(settings)
        hub = wiring.hub(settings, [app.state.narrator], [app.state.timetables, app.state.queues])
        app.state.hub = hub
        views = asyncio.create_task(forums.views.keep_writing())
        tasks = [asyncio.create_task(hub.run()), views]
        if settings.run_jobs:
            tasks.append(asyncio.create_task(worker.run()))
        if watched:
            tasks.append(watchdog := asyncio.create_task(Watchdog().run()))
        try:
            yield
        finally:
            worker.stop()
            hub.stop()
            views.cancel()  # it writes once more on cancellation
            if watched:
                watchdog.cancel()
            await asyncio.wait(tasks, timeout=5)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await search.ENGINE.close()
            await database.close()

    proxies = [str(one) for one in networks.both_ways(settings.trusted_proxies)]
    every = routes()
    app = Starlette(
        routes=every,
        middleware=[
            *([Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)] if proxies else []),
            Middleware(observe.Observe),
            Middleware(security.Security, settings=settings, refuse=web.refuse, uploads=UPLOADS),
            *([Middleware(page_cache.PageCache, routes=every, settings=settings)] if settings.keep_pages else []),
            Middleware(auth.Sessions),
        ],
        exception_handlers={Refusal: resuming.on_refusal, HTTPException: web.on_http, Exception: web.on_error},
        lifespan=lifespan,
    )
    app.router = PrefixRouter(app.router)
    app.state.site = site
    app.state.narrator = live.Narrator(site.render, settings.languages)
    app.state.timetables = timetables.Timetables()
    app.state.queues = queues.Queues()
    app.state.guessed = sign_in_letters.tell
    app.state.store = adapters.store
    app.state.readiness = pages.Readiness(partial(database.pending, settings, wiring.APPS))
    app.state.correspondents = wiring.correspondents(settings)
    app.state.ways = crossing.WAYS
    app.state.case_sections = wiring.CASE_SECTIONS
    app.state.finders = wiring.FINDERS
    app.state.filed_at_counter = wiring.FILED_AT_COUNTER
    app.state.confirmations = wiring.CONFIRMATIONS
    return app


_made: list[Starlette] = []


def make(settings: Settings) -> None:
    """Make the application for web processes that are forked from this one: they share it, and the words it shows."""
    for language in settings.languages:
        i18n.catalogue(language)
    _made[:] = [create_app(settings, watched=True)]


def from_environment() -> Starlette:
    """The application for the environment's settings; each web process starts this."""
    observe.configure()
    app = _made.pop() if _made else create_app(Settings.load(), watched=True)
    gc.freeze()  # what lives as long as the process: looking through it again and again held up requests for 50 ms
    return app
