"""Checks every JSON response in a test against the OpenAPI document: status, content type and schema."""

import functools
import re
from collections.abc import Mapping
from typing import Any

import httpx
import jsonschema_rs
import pytest

from server.app import routes
from server.openapi import PREFIX, document
from tests.support.system import System


@functools.cache
def the_document() -> Mapping[str, Any]:
    """The OpenAPI document, which is the same for every application."""
    return document(routes())


@functools.cache
def _validator(method: str, path: str, status: str, kind: str) -> Any:
    """What a response must match, by the operation as the document writes it."""
    found = the_document()
    media = found["paths"][path][method.lower()]["responses"][status]["content"][kind]
    return jsonschema_rs.validator_for({**media["schema"], "components": found["components"]})


class Described:
    """The document of an application, and the test of an answer against it."""

    def __init__(self) -> None:
        self.document = found = the_document()
        self.seen: set[tuple[str, str, int]] = set()
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path)
            for path in sorted(found["paths"], key=lambda path: path.count("{"))
        ]

    def operation(self, method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
        """The operation that answers a request, with its path as the document writes it."""
        for pattern, name in self._paths:
            if pattern.fullmatch(path) and method.lower() in self.document["paths"][name]:
                return name, self.document["paths"][name][method.lower()]
        return None

    def check(self, response: httpx.Response) -> None:
        """Fail if a response does not match the document."""
        method, path = response.request.method, response.request.url.path
        found = self.operation(method, path) if path.startswith(PREFIX) else None
        where = f"{method} {path}: {response.status_code} {response.text[:500]}"
        if found is None:
            return
        name, operation = found
        status = str(response.status_code)
        promised = operation["responses"].get(status)
        assert promised is not None, f"not a promised status: {where}"
        self.seen.add((method, name, response.status_code))
        kinds = promised.get("content")
        if kinds is None:
            assert not response.content, where
            return
        (kind,) = kinds
        assert response.headers["content-type"] == kind, where
        if "json" not in kind:
            return
        errors = [str(error) for error in _validator(method, name, status, kind).iter_errors(response.json())]
        assert errors == [], where


@pytest.fixture
def described(system: System) -> Described:
    """From here on every answer that ``house`` gives is held against its document."""
    found = Described()
    visitor = system.visitor

    async def check(response: httpx.Response) -> None:
        await response.aread()
        found.check(response)

    def checked(**headers: str) -> httpx.AsyncClient:
        client = visitor(**headers)
        client.event_hooks = {"request": [], "response": [check]}
        return client

    system.visitor = checked  # type: ignore[method-assign]
    system.client = checked()
    return found
