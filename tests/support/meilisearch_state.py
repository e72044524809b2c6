"""The state of the tests' Meilisearch: tasks in their order, API keys and tenant tokens, and faults to inject."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.support.meilisearch_filters import BadFilter
from tests.support.meilisearch_index import Index

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
            "canceledBy": None, "details": {}, "error": None, "duration": None, "enqueuedAt": now(), "startedAt": None,
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
                task |= {"status": "processing", "startedAt": now()}
                try:
                    if self.faults.task and task["type"].startswith("document"):
                        raise Refused(400, self.faults.task)  # noqa: TRY301 - as if the work had raised it
                    task |= {"details": dict(work()), "status": "succeeded"}
                except Refused as error:
                    task |= {"status": "failed", "error": error.body}
                task |= {"finishedAt": now(), "duration": "PT0.01S"}

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


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: TID251 - another machine's clock
