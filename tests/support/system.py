"""A small city with its people, running as the real application inside the test, on both databases.

The schema and the people are made once a worker and engine; each test has a copy (SQLite) or finds them put back
(PostgreSQL, where a copy takes thirty times as long). Requests go through the whole application (middleware, sessions,
routes) without a socket; jobs run when a test says ``await house.work()``.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from starlette.applications import Starlette

from forums.queries import forums as forum_queries
from petitions import reference
from petitions.models import ReplyTemplate, RoutingRule, Service
from server import wiring
from server.app import create_app
from server.core import city, clock, config, database, search
from server.core.accounts import Account, Department, Role
from server.core.booking import times
from server.core.city import District
from server.core.config import Settings
from server.core.jobs import Worker
from server.core.notify import notifier
from tests.support.postgres import Engine, NewDatabase, PostgresServer
from tracking.visits.queries import accuracy, forecasts, live_queue, offices, ticket_figures, waiting_times

PASSWORD = "correct horse"
SECRET = "s" * 40

DEPARTMENTS = {
    "roads": ("도로과", "道路課", "Roads", ["도로", "포트홀", "가로등", "보도블록"], ["도로 보수", "가로등 관리"]),
    "parks": ("공원녹지과", "公園課", "Parks", ["공원", "나무", "벤치"], ["공원 관리", "가로수 관리"]),
    "tax": ("세무과", "税務課", "Tax", ["세금", "재산세", "고지서"], ["지방세 부과"]),
    "global": ("외국인지원과", "外国人支援課", "Foreign residents", ["외국인", "在留", "visa"], ["외국인 상담"]),
}
PEOPLE: dict[str, tuple[str, Role, str | None, list[str]]] = {
    "admin": ("관리자", Role.ADMINISTRATOR, None, ["ko"]),
    "intake": ("이접수", Role.INTAKE, None, ["ko"]),
    "handler": ("김처리", Role.HANDLER, "roads", ["ko"]),
    "handler2": ("박담당", Role.HANDLER, "roads", ["ko"]),
    "gardener": ("나정원", Role.HANDLER, "parks", ["ko"]),
    "manager": ("최부장", Role.MANAGER, "roads", ["ko"]),
    "inspector": ("정심사", Role.INSPECTOR, None, ["ko"]),
    "guide": ("한후견", Role.GUIDE, "roads", ["ko", "en"]),
    "guide_parks": ("유후견", Role.GUIDE, "parks", ["ko"]),
    "guide_ja": ("佐藤美咲", Role.GUIDE, "global", ["ja", "ko"]),
    "clerk": ("오창구", Role.CLERK, None, ["ko"]),
}
OUTLINE = [[126.9, 37.4], [127.1, 37.4], [127.1, 37.6], [126.9, 37.6]]


async def create_accounts() -> None:
    """Write the city's departments, people, services, rules, district and templates."""
    now = clock.now()
    password = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # cheap to verify
    departments = {
        code: await Department.create(
            code=code, name=ko, name_ja=ja, name_en=en, keywords=words, duties=duties, phone="02-700-1000",
            email=f"{code}@city.example",
        )
        for code, (ko, ja, en, words, duties) in DEPARTMENTS.items()
    }  # fmt: skip
    for username, (name, role, code, languages) in PEOPLE.items():
        await Account.create(
            username=username, name=name, role=role, department_id=departments[code].id if code else None,
            email=f"{username}@city.example", phone="02-700-2000", hours="09:00–18:00", languages=languages,
            password_hash=password, created_at=now,
        )  # fmt: skip
    await Service.create(
        code="road_occupation", name="도로점용 허가", department_id=departments["roads"].id, unit="days", amount=5
    )
    await Service.create(code="food_report", name="식품영업 신고", department_id=None, unit="months", amount=1)
    await RoutingRule.create(
        position=1, words=["재산세", "자동차세"], department_id=departments["tax"].id, note="지방세는 세무과"
    )
    await District.create(code="central", name="중앙구", name_ja="中央区", name_en="Central", outline=OUTLINE)
    await ReplyTemplate.create(title="기본 답변", text="{petitioner}님, {department}입니다.", purpose="answer")


@pytest.fixture(scope="session")
def cities() -> dict[str, str]:
    """By engine, the URL of this worker's migrated database with the city's people. Filled when first asked for."""
    return {}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both databases, one after the other."""
    chosen: Engine = request.param
    return chosen


@pytest.fixture
def database_url(
    engine: Engine,
    new_database: NewDatabase,
    cities: dict[str, str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A database with the schema and the people and nothing else, for this test alone."""
    if engine == "sqlite":
        if engine not in cities:
            cities[engine] = f"sqlite:///{tmp_path_factory.mktemp('city')}/city.db"
            asyncio.run(_make_template(cities[engine]))
        return new_database(engine, template=cities[engine])
    server: PostgresServer = request.getfixturevalue("postgres")
    if engine not in cities:
        worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        cities[engine] = server.create_database(f"city_{worker}")
        asyncio.run(_make_template(cities[engine]))
        server.keep(cities[engine])
    else:
        server.put_back(cities[engine])
    return cities[engine]


async def _make_template(url: str) -> None:
    settings = Settings(database_url=url, secret_key=SECRET)
    config.use(settings)
    try:
        await database.migrate(settings, wiring.APPS)
        await create_accounts()
        async for _repaired in search.problems(wiring.SEARCHED):  # the services can be found
            pass
    finally:
        await database.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test: its own database and data folder, no rate limits, no kept pages, jobs by hand."""
    return Settings(
        database_url=database_url, secret_key=SECRET, data_dir=tmp_path / "data", rate_limits=False, keep_pages=False,
        run_jobs=False, city_name="시험시", answer_delay=0,
    )  # fmt: skip


@dataclass
class System:
    """The running application and the ways to talk to it."""

    app: Starlette
    settings: Settings
    client: httpx.AsyncClient
    worker: Worker
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    url: str = ""
    """Where it answers a browser, when it is served."""

    def visitor(self, **headers: str) -> httpx.AsyncClient:
        """A new browser without cookies."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers)
        self.clients.append(client)
        return client

    async def official(self, username: str) -> httpx.AsyncClient:
        """A browser in which an official has signed in."""
        client = self.visitor()
        answer = await client.post("/desk/sign-in", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    async def program(self, username: str) -> httpx.AsyncClient:
        """A program that shows an official's token."""
        answer = await self.client.post("/api/v1/tokens", json={"username": username, "password": PASSWORD})
        assert answer.status_code in {200, 201}, answer.text
        return self.visitor(authorization=f"Bearer {answer.json()['token']}")

    async def file(self, **changes: Any) -> dict[str, Any]:
        """File a petition through the interface; its answer."""
        content = {
            "title": "가로등이 꺼졌어요",
            "body": "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.",
            "petitioner": {"name": "홍길동", "email": "hong@example.org"},
            **changes,
        }
        answer = await self.client.post("/api/v1/petitions", json=content)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def work(self) -> None:
        """Run every job that is due now, and what follows from it; news does not wait for more of it."""
        while await self.worker.drain() or await _hurry():
            pass

    def mails(self) -> list[EmailMessage]:
        """What lies in the spool folder, oldest first."""
        paths = sorted(self.settings.spool.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [BytesParser(_class=EmailMessage, policy=default).parsebytes(path.read_bytes()) for path in paths]


async def _hurry() -> int:
    """Make the news due that waits for its minute to end; how much there is."""
    now = clock.now()
    return await database.execute("UPDATE job SET run_at = ? WHERE kind = ? AND run_at > ?", now, notifier.NEWS, now)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[System]:
    """The application of these settings, started and in the end stopped."""
    reference.forget()
    times.forget()
    offices.forget()
    forecasts.forget()
    waiting_times.forget()
    accuracy.forget()
    ticket_figures.forget()
    live_queue.forget()
    others = asyncio.all_tasks()  # a fixture begins and ends in two tasks
    app = create_app(settings)
    adapters = wiring.ports(settings)
    worker = Worker(wiring.handlers(settings, adapters, app.state.site.render), {})
    async with app.router.lifespan_context(app):
        system = System(app, settings, None, worker)  # type: ignore[arg-type]
        system.client = system.visitor()
        try:
            yield system
        finally:
            for client in system.clients:
                await client.aclose()
    # A task that is still running after the database is closed would open it again.
    assert not (left := asyncio.all_tasks() - others - {asyncio.current_task()}), left


@pytest.fixture
async def system(settings: Settings) -> AsyncIterator[System]:
    """The city, open."""
    async with opened(settings) as running:
        yield running


@contextlib.asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[System]:
    """The city on a loopback port, in this process, so that officials can act beside a browser."""
    async with opened(settings) as system:
        server = uvicorn.Server(uvicorn.Config(system.app, port=0, lifespan="off", ws="none", log_level="warning"))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            task = asyncio.create_task(server.serve([listener]))
            try:
                system.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                yield system
            finally:
                system.app.state.hub.stop()
                server.should_exit = True
                await task


@pytest.fixture
def count_queries(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Start counting statements: call it, do something, look at the list.

    Caches that expire after some seconds are kept for the whole test, however slow the machine.
    """

    def start() -> list[str]:
        for module in (city, forum_queries, reference):
            monkeypatch.setattr(module, "KEPT", 3600)
        seen: list[str] = []
        client = type(database.connection())
        for name in ("execute_query", "execute_query_dict", "execute_insert", "execute_many"):
            for cls in (client, *_transactional(client)):
                original = cls.__dict__.get(name) or getattr(cls, name)
                monkeypatch.setattr(cls, name, _counting(original, seen))
        return seen

    return start


def _transactional(client: type) -> list[type]:
    found: list[type] = type.__subclasses__(client)
    return [kind for kind in found if re.search("Transaction", kind.__name__)]


def _counting(original: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    async def counted(self: Any, query: str, *values: Any) -> Any:
        if "(transaction_id, id) > (" not in query:  # the tail of the live streams looks by itself
            seen.append(query)
        return await original(self, query, *values)

    return counted
