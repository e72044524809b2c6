"""What happens in a story about one case: it is filed, officials act on it, somebody listens to its live stream.

The officials act through the domain's own actions, so that a story about the pages that follow a case does not depend
on the pages of the desk.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.message import EmailMessage
from secrets import token_urlsafe
from typing import Any

import httpx
import orjson

from petitions.actions import intake
from petitions.actions.intake import Filed
from petitions.desk_settings.calendar import HOLIDAYS, AddHoliday
from petitions.forms import FilePetition
from petitions.reference import reference
from server.core import clock, security
from server.core.accounts import Account, Official, Session
from server.core.sessions import token_hash
from tests.support.page_forms import submit
from tests.support.system import System


async def filed(*, language: str = "ko", **changes: Any) -> Filed:
    """A petition by Hong Gildong, for the road department."""
    raw = {
        "title": "가로등이 꺼졌어요",
        "body": "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.",
        "kind": "grievance",
        "petitioner": {"name": "홍길동", "email": "hong@example.org", "language": language},
        **changes,
    }
    return await intake.file(FilePetition.parse(raw, await reference(), language=language))


async def new_holiday(day: date) -> None:
    """The administrator adds a temporary holiday."""
    await HOLIDAYS.add(await somebody("admin"), AddHoliday(day, "임시공휴일"))


async def somebody(username: str) -> Official:
    """An official of the city."""
    account = await Account.get(username=username).prefetch_related("department")
    return Official(
        account.id, account.username, account.name, account.role, account.department_id,
        account.department.name if account.department else "", account.language,
    )  # fmt: skip


async def signed_in(system: System, username: str) -> httpx.AsyncClient:
    """A browser in which an official is signed in already."""
    account, token, now = await Account.get(username=username), token_urlsafe(), clock.now()
    await Session.create(
        token_hash=token_hash(token),
        account_id=account.id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=1),
    )
    client = system.visitor()
    client.cookies.set(security.COOKIE, token)
    return client


async def opened_with_key(system: System, case: Filed) -> httpx.AsyncClient:
    """A browser in which somebody has typed a case's number and key."""
    client = system.visitor()
    answer = await submit(client, "/cases", "/cases", reference=case.reference, key=case.access_key)
    assert answer.status_code == 303, answer.text
    return client


class Stream:
    """An open live stream; chunks are taken up as they are written."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.over = False
        self.paused: asyncio.Event | None = None
        self._more = asyncio.Event()
        self._taken = 0
        self._gone = asyncio.Event()
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.paused is not None:
            await self.paused.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message["body"].decode()
            self.over = not message.get("more_body")
        self._more.set()

    @property
    def begun(self) -> bool:
        return self.over or bool(self.text)

    def leave(self) -> None:
        self._gone.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event so far, with ``at_id`` as the stream names it."""
        found = []
        for block in self.text.split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "data" in lines:
                found.append({**orjson.loads(lines["data"]), "stream_id": lines.get("id", "")})
        return found

    async def event(self, seconds: float = 60) -> dict[str, Any]:
        """The next event that nobody has asked for yet."""
        async with asyncio.timeout(seconds):
            while len(self.events) <= self._taken:
                self._more.clear()
                await self._more.wait()
        self._taken += 1
        return self.events[self._taken - 1]

    async def until(self, condition: str, seconds: float = 60) -> None:
        """Wait until an attribute is true."""
        async with asyncio.timeout(seconds):
            while not getattr(self, condition):
                self._more.clear()
                await self._more.wait()


@contextlib.asynccontextmanager
async def listening(system: System, client: httpx.AsyncClient, path: str, last: str = "") -> AsyncIterator[Stream]:
    """The stream at a path, asked for with a browser's cookies; open (or refused) when the block begins."""
    path, _mark, query = path.partition("?")
    headers = {"host": "127.0.0.1:8000", "cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())}
    if last:
        headers["last-event-id"] = last
    if key := client.headers.get("x-access-key"):
        headers["x-access-key"] = key
    stream = Stream()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    task = asyncio.create_task(system.app(scope, stream.receive, stream.send))
    try:
        await stream.until("begun")
        yield stream
    finally:
        stream.leave()
        await asyncio.wait_for(task, 5)


def to(system: System, address: str) -> list[EmailMessage]:
    """The mails to an address, oldest first."""
    return [mail for mail in system.mails() if mail["To"] == address]


class Failing:
    """A mail transport that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def send(self, _mail: object) -> None:
        raise self.error
