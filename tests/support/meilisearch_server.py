"""A Meilisearch of the tests' own, on loopback: no real one is available to them. It keeps to the documented protocol
where this program uses it: tasks are asynchronous and in order, settings are tasks, errors have codes, API keys and
tenant tokens are checked, hits end at ``maxTotalHits``. Its ranking is only good enough to find what is there.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.meilisearch_filters import BadFilter
from tests.support.meilisearch_index import DEFAULTS, Index

MASTER = "master-key-of-the-tests"


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str = "", sort: str = "invalid_request") -> None:
        super().__init__(code)
        self.status, self.body = status, problem(code, message, sort)


def problem(code: str, message: str = "", sort: str = "invalid_request") -> dict[str, str]:
    """An error as answers and tasks have it."""
    link = f"https://docs.meilisearch.com/errors#{code}"
    return {"message": message or code, "code": code, "type": sort, "link": link}


@dataclass
class Faults:
    """What goes wrong, as a test wants it."""

    status: int = 0
    """Each request is answered so."""
    seconds: float = 0.0
    """Each request takes so long."""
    searches: float = 0.0
    """The same for searches only."""
    paused: bool = False
    """Tasks are not worked on."""
    task: str = ""
    """Tasks with documents fail with this code."""
    poison: str = ""
    """Tasks with a document that contains this fail."""


@dataclass
class Server:
    """Its state, and what was asked of it."""

    indexes: dict[str, Index] = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    _work: dict[int, Callable[[], Mapping[str, Any]]] = field(default_factory=dict)

    def enqueue(self, sort: str, index: str | None, work: Callable[[], Mapping[str, Any]]) -> Response:
        """A new task, worked on later."""
        task: dict[str, Any] = {
            "uid": len(self.tasks), "batchUid": None, "indexUid": index, "status": "enqueued", "type": sort,
            "canceledBy": None, "details": {}, "error": None, "duration": None, "enqueuedAt": _now(), "startedAt": None,
            "finishedAt": None,
        }  # fmt: skip
        self.tasks.append(task)
        self._work[task["uid"]] = work
        told = {"taskUid": task["uid"], **{name: task[name] for name in ("indexUid", "status", "type", "enqueuedAt")}}
        return JSONResponse(told, 202)

    async def work(self) -> None:
        """Work on tasks, in their order."""
        while True:
            await asyncio.sleep(0.005)
            for uid in [] if self.faults.paused else sorted(self._work):
                task, work = self.tasks[uid], self._work.pop(uid)
                task |= {"status": "processing", "startedAt": _now()}
                try:
                    if self.faults.task and task["type"].startswith("document"):
                        raise Refused(400, self.faults.task)  # noqa: TRY301 - as if the work had raised it
                    task |= {"details": dict(work()), "status": "succeeded"}
                except Refused as error:
                    task |= {"status": "failed", "error": error.body}
                task |= {"finishedAt": _now(), "duration": "PT0.01S"}

    def index(self, uid: str) -> Index:
        if uid not in self.indexes:
            raise Refused(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    # What may be asked.

    def allow(self, request: Request, action: str, *indexes: str) -> Mapping[str, Any]:
        """Check the key, or the tenant's token; returns a token's rules. Raises ``Refused``."""
        given = request.headers.get("authorization", "")
        if not given.startswith("Bearer "):
            raise Refused(401, "missing_authorization_header", sort="auth")
        key = given.removeprefix("Bearer ")
        if key == MASTER:
            return {}
        rules: Mapping[str, Any] = {}
        known = next((one for one in self.keys.values() if hmac.compare_digest(one["key"], key)), None)
        if known is None and key.count(".") == 2 and action == "search":
            known, rules = self._token(key)
        if known is None or not _permits(known["actions"], action):
            raise Refused(403, "invalid_api_key", "The provided API key is invalid.", "auth")
        for index in indexes:
            if not any(one in {"*", index} for one in known["indexes"]) or (rules and not {"*", index} & {*rules}):
                raise Refused(403, "invalid_api_key", "The provided API key is invalid.", "auth")
        return rules

    def _token(self, token: str) -> tuple[dict[str, Any] | None, Mapping[str, Any]]:
        head, body, signature = token.split(".")
        payload = json.loads(_decoded(body))
        known = self.keys.get(str(payload.get("apiKeyUid")))
        if known is None or json.loads(_decoded(head)).get("alg") != "HS256":
            return None, {}
        expected = hmac.new(known["key"].encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        expires = payload.get("exp")
        if not hmac.compare_digest(_decoded(signature), expected) or (expires and expires < time.time()):
            return None, {}
        rules = payload["searchRules"]
        return known, rules if isinstance(rules, dict) else dict.fromkeys(rules)

    def new_key(self, actions: list[str], indexes: list[str]) -> dict[str, Any]:
        uid = str(uuid.uuid4())
        key = hmac.new(MASTER.encode(), uid.encode(), hashlib.sha256).hexdigest()
        self.keys[uid] = {"uid": uid, "key": key, "actions": actions, "indexes": indexes, "expiresAt": None}
        return self.keys[uid]

    # Searching.

    def found(self, query: Mapping[str, Any], rules: Mapping[str, Any]) -> tuple[Index, dict[str, tuple[Any, ...]]]:
        index = self.index(query["indexUid"])
        rule = (rules.get(index.uid) or rules.get("*") or {}).get("filter")
        try:
            return index, index.search(query, rule)
        except BadFilter as error:
            raise Refused(400, "invalid_search_filter", str(error)) from None


def _permits(actions: list[str], action: str) -> bool:
    return any(one in {"*", action, f"{action.partition('.')[0]}.*"} for one in actions)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: TID251 - another machine's clock


def _application(server: Server) -> Starlette:  # noqa: C901, PLR0915 - the routes of one protocol, one after the other
    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "available"})

    async def keys(request: Request) -> Response:
        server.allow(request, "keys.create")
        body = await request.json()
        return JSONResponse(server.new_key(body["actions"], body["indexes"]), 201)

    async def create(request: Request) -> Response:
        body = await request.json()
        uid, primary = body["uid"], body.get("primaryKey")
        server.allow(request, "indexes.create", uid)

        def work() -> Mapping[str, Any]:
            if uid in server.indexes:
                raise Refused(409, "index_already_exists")
            server.indexes[uid] = Index(uid, primary)
            return {"primaryKey": primary}

        return server.enqueue("indexCreation", uid, work)

    async def one(request: Request) -> Response:
        uid = request.path_params["uid"]
        if request.method == "GET":
            server.allow(request, "indexes.get", uid)
            index = server.index(uid)
            return JSONResponse({"uid": uid, "primaryKey": index.primary_key, "createdAt": _now(), "updatedAt": _now()})
        server.allow(request, "indexes.delete", uid)

        def work() -> Mapping[str, Any]:
            gone = server.index(uid)
            del server.indexes[uid]
            return {"deletedDocuments": len(gone.documents)}

        return server.enqueue("indexDeletion", uid, work)

    async def settings(request: Request) -> Response:
        uid = request.path_params["uid"]
        if request.method == "GET":
            server.allow(request, "settings.get", uid)
            return JSONResponse(server.index(uid).settings)
        server.allow(request, "settings.update", uid)
        body = await request.json()
        if unknown := set(body) - set(DEFAULTS):
            raise Refused(400, "bad_request", f"Unknown field `{unknown.pop()}`")

        def work() -> Mapping[str, Any]:
            server.indexes.setdefault(uid, Index(uid, None)).set(body)
            return dict(body)

        return server.enqueue("settingsUpdate", uid, work)

    async def add(request: Request) -> Response:
        uid, body = request.path_params["uid"], await request.json()
        server.allow(request, "documents.add", uid)
        primary = request.query_params.get("primaryKey")

        def work() -> Mapping[str, Any]:
            index = server.indexes.setdefault(uid, Index(uid, primary))
            index.primary_key = index.primary_key or primary
            if server.faults.poison and server.faults.poison in json.dumps(body, ensure_ascii=False):
                raise Refused(400, "invalid_document_fields", f"Bad document: {body}")
            index.add(body)
            return {"receivedDocuments": len(body), "indexedDocuments": len(body)}

        return server.enqueue("documentAdditionOrUpdate", uid, work)

    async def fetch(request: Request) -> Response:
        uid, body = request.path_params["uid"], await request.json()
        server.allow(request, "documents.get", uid)
        index = server.index(uid)
        try:
            matching = index.matching(body.get("filter"))
        except BadFilter as error:
            raise Refused(400, "invalid_document_filter", str(error)) from None
        offset, limit = body.get("offset", 0), body.get("limit", 20)
        results = [index.shown(key, body.get("fields")) for key in matching[offset : offset + limit]]
        return JSONResponse({"results": results, "offset": offset, "limit": limit, "total": len(matching)})

    async def delete(request: Request) -> Response:
        uid, body = request.path_params["uid"], await request.json()
        server.allow(request, "documents.delete", uid)

        def work() -> Mapping[str, Any]:
            index = server.index(uid)
            try:
                matching = index.matching(body["filter"])
            except BadFilter as error:
                raise Refused(400, "invalid_document_filter", str(error)) from None
            return {"providedIds": 0, "originalFilter": body["filter"], "deletedDocuments": index.remove(matching)}

        return server.enqueue("documentDeletion", uid, work)

    async def search(request: Request) -> Response:
        uid = request.path_params["uid"]
        rules = server.allow(request, "search", uid)
        query = {**await request.json(), "indexUid": uid}
        index, found = server.found(query, rules)
        offset, limit = query.get("offset", 0), query.get("limit", 20)
        most = index.settings["pagination"]["maxTotalHits"]
        ordered = sorted(found, key=lambda key: found[key])[:most][offset : offset + limit]
        hits = [index.shown(key, query.get("attributesToRetrieve")) for key in ordered]
        total = {"estimatedTotalHits": min(len(found), most)}
        return JSONResponse({"hits": hits, "query": query.get("q"), "offset": offset, "limit": limit, **total})

    async def multi_search(request: Request) -> Response:
        await asyncio.sleep(server.faults.searches)
        body = await request.json()
        queries, federation = body["queries"], body.get("federation")
        rules = server.allow(request, "search", *(query["indexUid"] for query in queries))
        if federation is None:
            raise Refused(501, "not_here", "The tests' server only merges.")
        best = dict[tuple[str, str], tuple[Any, ...]]()
        for at, query in enumerate(queries):
            if {"limit", "offset", "page", "hitsPerPage"} & set(query):
                raise Refused(400, "invalid_multi_search_query_pagination")
            if "facets" in query:
                raise Refused(400, "invalid_multi_search_query_facets")
            index, found = server.found(query, rules)
            weight = query.get("federationOptions", {}).get("weight", 1.0)
            for key, (*sorts, score, place) in found.items():
                order = (*sorts, score * weight, at, place)
                best[index.uid, key] = min(order, best.get((index.uid, key), order))
        offset, limit = federation.get("offset", 0), federation.get("limit", 20)
        hits = [
            {
                **server.index(uid).shown(key, queries[best[uid, key][-2]].get("attributesToRetrieve")),
                "_federation": {
                    "indexUid": uid, "queriesPosition": best[uid, key][-2], "weightedRankingScore": -best[uid, key][-3]
                },
            }
            for uid, key in sorted(best, key=lambda one: best[one])[offset : offset + limit]
        ]  # fmt: skip
        answer = {"hits": hits, "processingTimeMs": 1, "limit": limit, "offset": offset}
        answer["estimatedTotalHits"] = len(best)
        for uid, names in (federation.get("facetsByIndex") or {}).items():
            index = server.index(uid)
            try:
                answer["facetDistribution"] = index.facets([key for there, key in best if there == uid], names)
            except BadFilter as error:
                raise Refused(400, "invalid_multi_search_facets", str(error)) from None
        return JSONResponse(answer)

    async def swap(request: Request) -> Response:
        body = await request.json()
        for pair in body:
            server.allow(request, "indexes.swap", *pair["indexes"])

        def work() -> Mapping[str, Any]:
            for pair in body:
                left, right = pair["indexes"]
                first, second = server.index(left), server.index(right)
                server.indexes[left], server.indexes[right] = second, first
                first.uid, second.uid = right, left
            return {"swaps": body}

        return server.enqueue("indexSwap", None, work)

    async def tasks(request: Request) -> Response:
        server.allow(request, "tasks.get")
        statuses = request.query_params.get("statuses", "").split(",")
        found = [task for task in reversed(server.tasks) if statuses == [""] or task["status"] in statuses]
        limit = int(request.query_params.get("limit", 20))
        first = found[0]["uid"] if found else None
        return JSONResponse(
            {"results": found[:limit], "total": len(found), "limit": limit, "from": first, "next": None}
        )

    async def task(request: Request) -> Response:
        server.allow(request, "tasks.get")
        uid = request.path_params["task"]
        if uid >= len(server.tasks):
            raise Refused(404, "task_not_found")
        return JSONResponse(server.tasks[uid])

    def guarded(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            server.requests.append((request.method, request.url.path))
            await asyncio.sleep(server.faults.seconds)
            if server.faults.status:
                return Response(status_code=server.faults.status)
            try:
                if request.method in {"POST", "PATCH", "PUT"} and "json" not in request.headers.get("content-type", ""):
                    raise Refused(415, "missing_content_type")  # noqa: TRY301 - as the endpoints do
                answered: Response = await endpoint(request)
            except Refused as error:
                return JSONResponse(error.body, error.status)
            else:
                return answered

        return answer

    return Starlette(
        routes=[
            Route("/health", guarded(health)),
            Route("/keys", guarded(keys), methods=["POST"]),
            Route("/indexes", guarded(create), methods=["POST"]),
            Route("/indexes/{uid}", guarded(one), methods=["GET", "DELETE"]),
            Route("/indexes/{uid}/settings", guarded(settings), methods=["GET", "PATCH"]),
            Route("/indexes/{uid}/documents", guarded(add), methods=["POST"]),
            Route("/indexes/{uid}/documents/fetch", guarded(fetch), methods=["POST"]),
            Route("/indexes/{uid}/documents/delete", guarded(delete), methods=["POST"]),
            Route("/indexes/{uid}/search", guarded(search), methods=["POST"]),
            Route("/multi-search", guarded(multi_search), methods=["POST"]),
            Route("/swap-indexes", guarded(swap), methods=["POST"]),
            Route("/tasks", guarded(tasks)),
            Route("/tasks/{task:int}", guarded(task)),
        ]
    )


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server without indexes, in a thread of its own."""
    server = Server()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        web = uvicorn.Server(uvicorn.Config(_application(server), lifespan="off", log_config=None, access_log=False))

        async def serve() -> None:
            working = asyncio.create_task(server.work())
            await web.serve([listening])
            working.cancel()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        try:
            while not web.started:
                time.sleep(0.01)
            yield server
        finally:
            web.should_exit = True
            thread.join(5)
