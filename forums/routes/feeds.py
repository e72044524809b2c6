"""Following without an email address: Atom feeds (RFC 4287), with the filters of the lists."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries import news
from forums.queries.following import About, about
from forums.routes.narrowed import narrowed
from server.core import feeds
from server.core.errors import NotFound, Text, _


async def all_news(request: Request) -> Response:
    """``GET /forums/feed.atom``: news of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    columns, q, names = await _columns(request)
    return _feed(request, await news.newest(columns, q), _("Forums: news"), names, "/forums")


async def commitment_list_news(request: Request) -> Response:
    """``GET /commitments/feed.atom``: news of commitments, with the same filters."""
    columns, q, names = await _columns(request)
    items = await news.newest(columns, q, commitments=True)
    return _feed(request, items, _("Commitments: news"), names, "/commitments")


async def _columns(request: Request) -> tuple[dict[str, object], str, list[str]]:
    where, q, names = await narrowed(request)
    return {"forum_kind" if name == "kind" else name: value for name, value in where.items()}, q, names


async def forum_news(request: Request) -> Response:
    """``GET /forums/{slug}/feed.atom``: news of one forum, its submissions and their outcomes."""
    thing = await shown(f"forum/{request.path_params['slug']}")
    return _of(request, thing, await news.newest({"forum_id": thing.forum_id}))


async def submission_news(request: Request) -> Response:
    """``GET /submissions/{number}/feed.atom``: news of one submission and its commitment."""
    thing = await shown(f"submission/{request.path_params['number']}")
    return _of(request, thing, await news.newest({"submission_id": thing.submission_id}))


async def commitment_news(request: Request) -> Response:
    """``GET /commitments/{number}/feed.atom``: news of one commitment."""
    thing = await shown(f"commitment/{request.path_params['number']}")
    return _of(request, thing, await news.of_one(thing))


async def shown(subject: str) -> About:
    """The thing that a subject names, if it is public. Raises ``NotFound``."""
    thing = (await about([subject])).get(subject)
    if thing is None or not thing.shown:
        raise NotFound
    return thing


def _of(request: Request, thing: About, items: list[news.Item]) -> Response:
    return _feed(request, items, _("News"), [thing.title], thing.path)


def _feed(request: Request, items: list[news.Item], title: Text, names: list[str], path: str) -> Response:
    entries = [
        feeds.Entry(
            item.entry.id,
            item.entry.occurred_at,
            item.about.path,
            item.about.forum_kind,
            item.about.title,
            item.line,
            of=item.about.forum_title if item.about.forum_title != item.about.title else "",
            words=item.about.outcome_text,
        )
        for item in items
    ]
    return feeds.atom(request, entries, title, names, path)


routes = [
    Route("/forums/feed.atom", all_news),
    Route("/forums/{slug}/feed.atom", forum_news),
    Route("/submissions/{number}/feed.atom", submission_news),
    Route("/commitments/feed.atom", commitment_list_news),
    Route("/commitments/{number}/feed.atom", commitment_news),
]
