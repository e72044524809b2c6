"""Following without a mail address: Atom feeds (RFC 4287), narrowed as the lists are."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.queries.following import About, about
from server.core import i18n, web
from server.core.errors import NotFound, Text, _
from tracking.following import news
from tracking.following.asked import answer, narrowed


async def all_news(request: Request) -> Response:
    """``GET /forums/feed.atom``: news of forums; ``kind``, ``department``, ``district`` and ``q`` narrow it."""
    columns, q, names = await _columns(request)
    return _feed(request, await news.newest(columns, q), _("Forums: what is new"), names, "/forums")


async def promise_list_news(request: Request) -> Response:
    """``GET /commitments/feed.atom``: news of what the city has promised, narrowed in the same way."""
    columns, q, names = await _columns(request)
    items = await news.newest(columns, q, promises=True)
    return _feed(request, items, _("Commitments: what is new"), names, "/commitments")


async def _columns(request: Request) -> tuple[dict[str, object], str, list[str]]:
    where, q, names = await narrowed(request)
    return {"forum_kind" if name == "kind" else name: value for name, value in where.items()}, q, names


async def forum_news(request: Request) -> Response:
    """``GET /forums/{slug}/feed.atom``: news of one forum, of what is said in it and what becomes of that."""
    thing = await shown(f"forum/{request.path_params['slug']}")
    return _of(request, thing, await news.newest({"forum_id": thing.forum_id}))


async def voice_news(request: Request) -> Response:
    """``GET /submissions/{number}/feed.atom``: news of one voice and of the promise that came of it."""
    thing = await shown(f"submission/{request.path_params['number']}")
    return _of(request, thing, await news.newest({"voice_id": thing.voice_id}))


async def promise_news(request: Request) -> Response:
    """``GET /commitments/{number}/feed.atom``: news of one promise."""
    thing = await shown(f"commitment/{request.path_params['number']}")
    return _of(request, thing, await news.of_one(thing))


async def shown(subject: str) -> About:
    """What a subject names, where everybody sees it. Raises ``NotFound``."""
    thing = (await about([subject])).get(subject)
    if thing is None or not thing.shown:
        raise NotFound
    return thing


def _of(request: Request, thing: About, items: list[news.Item]) -> Response:
    return _feed(request, items, _("What is new"), [thing.title], thing.path)


def _feed(request: Request, items: list[news.Item], title: Text, names: list[str], path: str) -> Response:
    site, lang = web.site(request), web.language(request)
    base = site.settings.public_url
    context: Mapping[str, object] = {
        "title": " · ".join([i18n.translate(lang, title), *names]),
        "items": items,
        "updated": news.changed_at(items),
        "base": base,
        "path": path,
        "address": base + request.url.path + (f"?{urlencode(request.query_params)}" if request.query_params else ""),
        "tag": f"tag:{urlsplit(base).hostname},2026:",
    }
    content = site.render(lang, "forums/feed.xml", context)
    return answer(request, content.encode(), content, "application/atom+xml", {})


routes = [
    Route("/forums/feed.atom", all_news),
    Route("/forums/{slug}/feed.atom", forum_news),
    Route("/submissions/{number}/feed.atom", voice_news),
    Route("/commitments/feed.atom", promise_list_news),
    Route("/commitments/{number}/feed.atom", promise_news),
]
