"""A Meilisearch of the tests' own, on loopback: no real one is available to them. It keeps to the documented protocol
where this program uses it: tasks are asynchronous and in order, settings are tasks, errors have codes, API keys and
tenant tokens are checked, hits end at ``maxTotalHits``. Its ranking is only good enough to find what is there.
"""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.meilisearch_filters import BadFilter
from tests.support.meilisearch_index import DEFAULTS, Index
from tests.support.meilisearch_state import MASTER, Refused, Server, now

__all__ = ["MASTER", "Server", "running"]


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
            return JSONResponse({"uid": uid, "primaryKey": index.primary_key, "createdAt": now(), "updatedAt": now()})
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
