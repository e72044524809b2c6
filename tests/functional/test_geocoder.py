"""Addresses found by an outside service, here a server of our own on the loopback address."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest

from server import privacy_policy
from server.core import config, geocoder
from tests.support.gateway import answer
from tests.support.loopback import free_port, talking
from tests.support.system import System

FOUND = answer(
    "200 OK",
    "Content-Type: application/json",
    body=orjson.dumps([{"place_id": 1, "lat": "37.512345", "lon": "127.001", "display_name": "한빛로 12"}]).decode(),
)
NOTHING = answer("200 OK", body="[]")
AS_BEFORE = pytest.approx(37.5)
"""The middle of the district that the address names."""


@dataclass
class Service:
    """A geocoder that answers as a test tells it to (the last answer for good), and what it was asked."""

    answers: list[bytes | float]
    heads: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        given = self.answers[min(len(self.heads), len(self.answers)) - 1]
        if isinstance(given, bytes):
            writer.write(given)
            await writer.drain()
        else:
            await asyncio.sleep(given)

    @property
    def questions(self) -> list[dict[str, str]]:
        """The parameters of each request."""
        targets = [head.split()[1] for head in self.heads]
        return [{name: values[0] for name, values in parse_qs(urlsplit(one).query).items()} for one in targets]


@pytest.fixture(autouse=True)
def unhurried(system: System, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(geocoder, "BETWEEN", 0.0)
    yield
    geocoder.at.cache_clear()
    config.use(system.settings)


@asynccontextmanager
async def running(system: System, *answers: bytes | float, path: str = "/search") -> AsyncIterator[Service]:
    service = Service(list(answers))
    async with talking(service.serve) as service.port:
        use(system, f"http://127.0.0.1:{service.port}{path}")
        yield service


def use(system: System, url: str) -> None:
    config.use(replace(system.settings, geocoder_url=url, base_url="https://petitions.city.example"))


async def place(system: System, address: str) -> dict[str, object]:
    asked: httpx.Response = await system.client.get("/petitions/place", params={"address": address})
    assert asked.status_code == 200
    found: dict[str, object] = asked.json()
    return found


async def test_a_typed_address_is_found_by_the_service(system: System) -> None:
    async with running(system, FOUND) as service:
        found = await place(system, "중앙구  한빛로 12")
    assert (found["lat"], found["lng"], found["outside"]) == (37.512345, 127.001, False)
    assert "중앙구" in str(found["words"])
    (question,) = service.questions
    assert question.pop("viewbox").count(",") == 3
    assert question == {
        "q": "중앙구 한빛로 12", "format": "jsonv2", "limit": "1", "countrycodes": "kr", "bounded": "1",
    }  # fmt: skip


async def test_the_service_learns_the_address_and_who_we_are(system: System) -> None:
    async with running(system, FOUND, path="/search?key=k") as service:
        await system.client.get(
            "/petitions/place",
            params={"address": "한빛로 12"},
            headers={"cookie": "session=x", "referer": "https://r/"},
        )
    (head,) = service.heads
    fields = {line.partition(":")[0].lower(): line.partition(": ")[2] for line in head.split("\r\n")[1:] if line}
    assert fields == {
        "host": f"127.0.0.1:{service.port}",
        "connection": "close",
        "user-agent": "sinmungo (+https://petitions.city.example)",
        "accept": "application/json",
    }
    assert service.questions[0]["key"] == "k"


@pytest.mark.parametrize("address", ["한빛로 12 010-1234-5678", "한빛로 12 hong@example.org", " "])
async def test_personal_numbers_are_not_sent(system: System, address: str) -> None:
    async with running(system, FOUND) as service:
        await place(system, address)
    assert service.heads == []


@pytest.mark.parametrize("given", [FOUND, NOTHING])
async def test_an_address_is_asked_once(system: System, given: bytes) -> None:
    async with running(system, given) as service:
        first = await place(system, "중앙구 한빛로 12")
        assert await place(system, " 중앙구 한빛로  12") == first
        assert len(service.heads) == 1
        await place(system, "중앙구 한빛로 14")
    assert len(service.heads) == 2


@pytest.mark.parametrize(
    "given",
    [
        NOTHING,
        10.0,
        b"",
        b"nonsense\r\n\r\n",
        answer("429 Too Many Requests"),
        answer("302 Found", "Location: http://127.0.0.1:1/"),
        answer("200 OK", body="<html>"),
        answer("200 OK", body='{"error": "no"}'),
        answer("200 OK", body='[{"lat": "x", "lon": "1"}]'),
        answer("200 OK", body='[{"lat": "nan", "lon": "1"}]'),
        answer("200 OK", body='[{"lat": "137.5", "lon": "127"}]'),
        answer("200 OK", body='"' + "x" * 200_000 + '"'),
    ],
)
async def test_without_an_answer_district_names_decide(
    system: System, given: bytes | float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoder, "TIMEOUT", 0.2)
    async with running(system, given) as service:
        assert (await place(system, "중앙구 어딘가"))["lat"] == AS_BEFORE
        assert len(service.heads) == 1


async def test_a_service_that_failed_is_left_alone_for_a_while(system: System) -> None:
    async with running(system, answer("500 Internal Server Error"), FOUND) as service:
        for address in ("중앙구 어딘가", "중앙구 다른 곳"):
            assert (await place(system, address))["lat"] == AS_BEFORE
    assert len(service.heads) == 1


async def test_a_service_that_is_not_there_changes_nothing(system: System) -> None:
    use(system, f"http://127.0.0.1:{free_port()}/search")
    assert (await place(system, "중앙구 어딘가"))["lat"] == AS_BEFORE


async def test_questions_that_come_too_fast_are_not_asked(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoder, "BETWEEN", 60.0)
    async with running(system, FOUND) as service:
        assert (await place(system, "중앙구 한빛로 12"))["lat"] == 37.512345
        assert (await place(system, "중앙구 한빛로 14"))["lat"] == AS_BEFORE
    assert len(service.heads) == 1


async def test_nobody_is_asked_without_the_setting(system: System) -> None:
    assert system.settings.geocoder_url == ""
    assert (await place(system, "중앙구 어딘가"))["lat"] == AS_BEFORE


async def test_the_privacy_policy_names_the_service(system: System) -> None:
    used = replace(system.settings, geocoder_url="https://token@geocoder.example/search?key=k")
    (recipient,) = privacy_policy.recipients(used)
    assert recipient.host == "geocoder.example"
    assert "token" not in repr(used)
