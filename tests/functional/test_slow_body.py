"""Whoever sends a body a byte a minute gets 408 and their place is free again; nothing is changed."""

import asyncio

import pytest
from starlette.types import Message, Scope

from server.core import database, security
from server.core.security import Patience
from tests.support.system import System

HEAD = b'{"title": "'
PART = b'--b\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'


async def answer(system: System, path: str, kind: bytes, first: bytes, *, pause: float) -> list[Message]:
    """What a sender hears who begins a body and then sends a byte at every pause."""
    body, sent = iter([first]), list[Message]()

    async def receive() -> Message:
        content = next(body, b"")
        if not content:
            await asyncio.sleep(pause)
        return {"type": "http.request", "body": content or b"a", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", kind), (b"host", b"127.0.0.1:8000")]
    scope: Scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    async with asyncio.timeout(5):
        await system.app(scope, receive, send)
    return sent


@pytest.mark.parametrize("pause", [0.01, 60.0], ids=["a byte at a time", "silence"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    system: System, monkeypatch: pytest.MonkeyPatch, pause: float
) -> None:
    monkeypatch.setattr(security, "BODY_SECONDS", 0.05)
    for path, kind, first in (
        ("/api/v1/petitions", b"application/json", HEAD),
        ("/petitions/new", b"application/x-www-form-urlencoded", b"title=a"),
        ("/petitions/new", b"multipart/form-data; boundary=b", PART),
    ):
        start, content = await answer(system, path, kind, first, pause=pause)
        assert start["status"] == 408, path
        assert (b"connection", b"close") in start["headers"]
        assert content["body"]
    assert (await database.fetch("SELECT COUNT(*) AS n FROM petition_case"))[0]["n"] == 0
    await system.file()


def test_only_files_that_come_at_a_pace_buy_time() -> None:
    form, upload = Patience(0), Patience(security.UPLOAD_PACE)
    for _ in range(6):
        form.take(9, 2**17)
        upload.take(9, security.UPLOAD_PACE * 9)
    assert (form.left, upload.left) == (6, 60)
    upload.take(0, 2**27)
    assert upload.left == 60, "a fast beginning does not pay for a slow end"
    for _ in range(6):
        upload.take(10, security.UPLOAD_PACE)
    assert upload.left == pytest.approx(6)
