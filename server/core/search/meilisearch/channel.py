"""How Meilisearch is asked: by its own client, which blocks, in a few threads; each failure has one of two meanings."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar, cast

import orjson
import requests
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from meilisearch.index import Index
from meilisearch.models.task import TaskInfo

from server.core.search.meilisearch.shape import INDEX

log = logging.getLogger("sinmungo.search")
T = TypeVar("T")
POLLS = (0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between looks at a task, the last of them again and again."""


class Unavailable(Exception):
    """It cannot be reached, is too slow or has too much to do: the same may succeed later."""


class Rejected(Exception):
    """It refuses what it is asked; ``code`` is its own word for the reason. Its message may quote a document, and is
    left out.
    """

    def __init__(self, what: str, code: str) -> None:
        super().__init__(f"Meilisearch: {what}: {code}")
        self.code = code


class Channel:
    """The threads in which the client works, each with a client of its own: one is not made for several threads."""

    def __init__(self, url: str, key: str, *, threads: int, seconds: int) -> None:
        self._url, self._key, self._seconds = url.rstrip("/"), key, seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="meilisearch")
        self._own = threading.local()

    async def call(self, work: Callable[[Client], T]) -> T:
        """What some work with the client returns. Raises :class:`Unavailable` or :class:`Rejected`."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, work)

    def _call(self, work: Callable[[Client], T]) -> T:
        try:
            return work(self._client())
        except MeilisearchApiError as error:
            # 408 and 429 ask to come back later, as do all failures of the server itself; only its own refusals have
            # a code.
            later = error.status_code in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
            if later or error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code is None:
                raise Unavailable(f"HTTP {error.status_code}, {error.code}") from None
            raise Rejected(f"HTTP {error.status_code}", error.code) from None
        except (MeilisearchError, requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unavailable(type(error).__name__) from None

    def _client(self) -> Client:
        if not hasattr(self._own, "client"):
            # The client's own functions open a connection for each request; those of a session keep theirs.
            self._own.client = client = Client(self._url, self._key or None, timeout=self._seconds)
            session = requests.Session()
            session.trust_env = False  # neither proxies nor credentials from elsewhere than the settings
            client.http.get = lambda path: client.http.send_request(session.get, path)  # type: ignore[method-assign]
            client.http.post = _sending(client, session.post)  # type: ignore[method-assign]
            client.http.patch = _sending(client, session.patch)  # type: ignore[method-assign]
            client.http.delete = _sending(client, session.delete)  # type: ignore[method-assign]
            # The tasks and each index would bring functions of their own, which trust the environment.
            client.task_handler.http, plain = client.http, client.index

            def index(uid: str) -> Index:
                found = plain(uid)
                found.http = found.task_handler.http = client.http
                return found

            client.index = index  # type: ignore[method-assign]
        return cast("Client", self._own.client)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _sending(client: Client, method: Callable[..., requests.Response]) -> Callable[..., Any]:
    def send(path: str, body: Any = None, content_type: str | None = "application/json", **_more: Any) -> Any:
        content = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        return client.http.send_request(method, path, content, content_type)

    return send


def search(each: Sequence[Any], federation: Mapping[str, Any]) -> Callable[[Client], Mapping[str, Any]]:
    """Work that searches."""
    return lambda client: client.multi_search(each, dict(federation))


async def exists(channel: Channel, index: str = INDEX) -> bool:
    """Whether there is an index."""
    try:
        await channel.call(lambda client: client.get_raw_index(index))
    except Rejected as error:
        if error.code == "index_not_found":
            return False
        raise
    return True


async def done(channel: Channel, *tasks: TaskInfo, seconds: float) -> None:
    """Wait until tasks are over. Raises :class:`Rejected` with the code of one that failed or was cancelled, and
    :class:`Unavailable` if they take longer.
    """
    try:
        async with asyncio.timeout(seconds):
            for info in tasks:
                await _over(channel, info.task_uid)
    except TimeoutError:
        raise Unavailable(f"a task took longer than {seconds:.0f} s") from None


async def _over(channel: Channel, uid: int) -> None:
    looks = 0
    while True:
        task = await channel.call(lambda client: client.get_task(uid))
        if task.status == "succeeded":
            return
        if task.status not in {"enqueued", "processing"}:
            code = str((task.error or {}).get("code") or task.status)
            if (task.error or {}).get("type") in {"internal", "system"}:
                raise Unavailable(f"task {task.type}: {code}")
            raise Rejected(f"task {task.type}", code)
        await asyncio.sleep(POLLS[min(looks, len(POLLS) - 1)])
        looks += 1


async def busy(channel: Channel) -> int:
    """How many tasks wait in it."""
    found = await channel.call(lambda client: client.get_tasks({"statuses": "enqueued,processing", "limit": 1}))
    return int(found.total)
