"""Citizens, officials, visitors and clerks who do everything at once at running servers, and remember every answer.

Each act has a key of its own, by which it can be repeated. What was answered must be there, whatever is killed next;
what was not answered is repeated later and must then be there once.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from server import wiring
from server.core import clock, search
from tests.functional.test_kiosk_api import enrolled
from tests.functional.test_speaking import SAID, speaker
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday
from tracking.visits.actions import supply
from tracking.visits.models import Counter, CounterSitting
from tracking.visits.states import CounterState

COUNTERS = [str(number) for number in range(1, 5)]
DAYS = 10
BOOKED = [f"{hour}:{minute:02}" for hour in (10, 11, 13, 14, 15, 16) for minute in (0, 15, 30, 45)]
OK = {200, 201, 204}
REFUSED = {404, 409, 422}
"""What a right act may meet among many others: no time left, nobody waiting, a case that has been answered."""


@dataclass
class Town:
    """Who may act, made before any server runs."""

    submission: str
    counters: list[int]
    neighbour: dict[str, str]
    kiosk: dict[str, str]
    intake: dict[str, str]
    handler: dict[str, str]
    clerk: dict[str, str]


async def prepare(system: System) -> Town:
    """An office that is open, a submission that can be commented on, and the credentials of everybody."""
    days = [next_monday() + timedelta(days=number) for number in range(DAYS)]
    office = await an_office({number: ["passport"] for number in COUNTERS}, days=days)
    await supply.rebuild(office.id, days)
    async for _repaired in search.problems(wiring.SEARCHED):  # the office can be found
        pass
    clerk = await official("clerk")
    counters = [one.id for one in await Counter.filter(office_id=office.id).order_by("id")]
    for counter in counters:
        await CounterSitting.create(
            counter_id=counter, account_id=clerk.id, state=CounterState.OPEN, since=clock.now()
        )  # fmt: skip
    slug = await a_forum(system, ends_at=clock.now() + timedelta(days=30))
    author = await speaker(system, "골목 꽃집", "flower@example.org")
    said = await author.post(f"/api/v1/forums/{slug}/submissions", json=SAID)
    assert said.status_code == 201, said.text
    neighbour = await speaker(system, "옆집", "next@example.org")
    tokens = {name: {"authorization": (await system.program(name)).headers["authorization"]}
              for name in ("intake", "handler", "clerk")}  # fmt: skip
    return Town(
        said.json()["number"], counters, {"cookie": f"session={neighbour.cookies['session']}"}, await enrolled(system),
        **tokens,
    )  # fmt: skip


@dataclass
class Load:
    """Everybody's acts at some servers. ``known`` is what was answered, by kind and key; ``open`` is what was not."""

    town: Town
    draw: random.Random
    said: Callable[[], str]
    """What the servers wrote to their logs, for a failure."""
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    open: dict[str, dict[str, Callable[[], Awaitable[Any]]]] = field(default_factory=dict)
    keys: "itertools.count[int]" = field(default_factory=itertools.count)
    answering: set[str] = field(default_factory=set)
    refused: int = 0
    pause: float = 0.0

    def __post_init__(self) -> None:
        for kind in ("file", "answer", "comment", "book", "ticket", "call"):
            self.known[kind], self.open[kind] = {}, {}

    @property
    def answered(self) -> int:
        return sum(len(done) for done in self.known.values())

    async def run(self, people: int) -> None:
        """Act until the servers answer no more."""
        await asyncio.gather(*(self._act_until_it_breaks() for _one in range(people)))

    async def _act_until_it_breaks(self) -> None:
        acts = [self.file, self.file, self.answer, self.comment, self.book, self.ticket, self.ticket, self.call]
        while True:
            try:
                await self.draw.choice(acts)()
            except httpx.TransportError:
                return
            await asyncio.sleep(self.pause)

    async def repeat(self) -> None:
        """Do again, with the same keys, what was not answered."""
        for waiting in self.open.values():
            for act in [*waiting.values()]:
                await act()

    async def _do(self, kind: str, key: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """Send an act that can be repeated by its key; what was answered, or None where it was refused."""

        async def send() -> Any:
            answer = await self.draw.choice(self.clients).post(path, json=body, headers=headers)
            assert answer.status_code in OK | REFUSED | {429, 503}, (path, answer.text, self.said())
            if answer.status_code not in {429, 503}:
                self.open[kind].pop(key, None)
            if answer.status_code not in OK:
                self.refused += 1
                return None
            said = answer.json() if answer.content else {}
            assert self.known[kind].setdefault(key, said) is said, f"{kind} {key} was answered before"
            return said

        self.open[kind][key] = send
        return await send()

    async def file(self) -> None:
        key = f"file{next(self.keys)}"
        body = {
            "title": f"가로등 {key}", "body": "집 앞 도로의 가로등이 켜지지 않습니다.",
            "petitioner": {"name": "홍길동", "email": f"{key}@example.org"},
        }  # fmt: skip
        await self._do("file", key, "/api/v1/petitions", body, {"idempotency-key": key})

    async def answer(self) -> None:
        """Accept and answer a case; an answer is repeated by its case, which takes one only."""
        free = [said["reference"] for said in self.known["file"].values() if said["reference"] not in self.answering]
        if not free:
            return
        case = self.draw.choice(free)
        self.answering.add(case)
        path = f"/api/v1/desk/cases/{case}"
        client = self.draw.choice(self.clients)
        accepted = await client.post(f"{path}/accept", json={"department": "roads"}, headers=self.town.intake)
        assert accepted.status_code in OK | REFUSED | {429, 503}, accepted.text
        answer = await client.post(
            f"{path}/answer", json={"text": "고쳤습니다.", "decision": "accepted"}, headers=self.town.handler
        )
        assert answer.status_code in OK | REFUSED | {429, 503}, answer.text
        if answer.status_code in OK:
            self.known["answer"][case] = answer.json()

    async def comment(self) -> None:
        key = f"comment{next(self.keys)}"
        path, body = f"/api/v1/submissions/{self.town.submission}/comments", {"text": f"찬성합니다. {key}"}
        await self._do("comment", key, path, body, {"idempotency-key": key, **self.town.neighbour})

    async def book(self) -> None:
        key = f"book{next(self.keys)}"
        day = next_monday() + timedelta(days=self.draw.randrange(DAYS))
        body = {
            "office": "east", "services": ["passport"], "start": at(self.draw.choice(BOOKED), day).isoformat(),
            "contact": {"name": "홍길동", "email": f"{key}@example.org"},
        }  # fmt: skip
        await self._do("book", key, "/api/v1/visits", body, {"idempotency-key": key})

    async def ticket(self) -> None:
        key = f"ticket{next(self.keys)}"
        body = {"service": "passport", "press_id": key}
        await self._do("ticket", key, "/api/v1/kiosk/east/tickets", body, self.town.kiosk)

    async def call(self) -> None:
        """A clerk calls the next one, after whoever was called before has gone."""
        key = f"call{next(self.keys)}"
        path = f"/api/v1/desk/counters/{self.draw.choice(self.town.counters)}"
        for before in ("start", "finish"):
            await self.draw.choice(self.clients).post(f"{path}/{before}", json={}, headers=self.town.clerk)
        await self._do("call", key, f"{path}/call-next", {"press_id": key}, self.town.clerk)
