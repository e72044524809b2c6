"""Requests that a hostile or broken client sends: right ones whose bytes were changed at random places."""

import asyncio
import random
from collections import Counter as Tally
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson

from server.core.config import Settings
from tests.drill.conftest import Size
from tests.drill.load import Town, prepare
from tests.support.live import Starter
from tests.support.system import opened
from tests.support.visits import at

AT_ONCE = 8
SECONDS, BROKEN_SECONDS = 60.0, 2.0
"""How long an answer is waited for; less where the server may still wait for the rest of a request."""
NASTY = [
    b"\x00", b"\xff", b"\r\n", b"\n\n", b"%00", b"%", b"%ED%A0%80", b"../", b"'", b'"', b"--", b"<!--", b"{{", b"%s",
    b"\\u0000", b"\\ud800", b"1e999", b"-1", b"NaN", b"9" * 40, b"[" * 200, b"null", b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9", b"A" * 5000, "ㅤ".encode(), b"; DROP TABLE job", b"|", b"&a[]=1", b"\xc0\xaf",
]  # fmt: skip


def right(town: Town) -> list[tuple[str, str, dict[str, str], bytes]]:
    """Requests as clients send them: method, path, headers, body."""
    json = {"content-type": "application/json"}
    form = {"content-type": "application/x-www-form-urlencoded"}
    multipart = {"content-type": "multipart/form-data; boundary=b"}
    petition = {"title": "가로등", "body": "꺼졌습니다.", "petitioner": {"name": "홍길동", "email": "hong@example.org"}}
    visit = {"office": "east", "services": ["passport"], "start": at("10:00").isoformat(),
             "contact": {"name": "홍길동", "email": "hong@example.org"}}  # fmt: skip
    file = (
        b'--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; '
        b'name="files"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n'
    )
    bodies = [
        ("/api/v1/petitions", json, orjson.dumps(petition)), ("/api/v1/visits", json, orjson.dumps(visit)),
        ("/api/v1/tokens", json, b'{"username": "handler", "password": "x"}'),
        ("/api/v1/kiosk/east/tickets", json | town.kiosk, b'{"service": "passport", "press_id": "1"}'),
        (f"/api/v1/desk/counters/{town.counters[0]}/call-next", json | town.clerk, b'{"press_id": "1"}'),
        (f"/api/v1/submissions/{town.submission}/comments", json | town.neighbour, b'{"text": "x"}'),
        ("/petitions", form, "title=가로등&body=꺼졌습니다&name=홍길동&email=hong%40example.org".encode()),
        ("/petitions", multipart, file), ("/desk/sign-in", form, b"username=handler&password=x"),
        ("/cases", form, b"reference=K7Q-M9X-RW4&key=abc"),
    ]  # fmt: skip
    pages = [
        "/", "/petitions?page=2&sort=new", "/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1", "/api/v1/search?q=a&kind=case",
        "/forums", "/offices/east", "/offices/east/display", "/api/v1/offices/east/queue", "/statistics",
        "/api/v1/petitions?limit=5&cursor=abc", "/cases?reference=K7Q-M9X-RW4", "/static/sinmungo.css", "/metrics",
        "/api/v1/desk/cases?state=accepted", "/desk", "/visits", "/api/v1/statistics?from=2027-01-01", "/readyz",
    ]  # fmt: skip
    return [("GET", path, town.intake if "/desk" in path else {}, b"") for path in pages] + [
        ("POST", path, headers, body) for path, headers, body in bodies
    ]


def changed(draw: random.Random, content: bytes) -> bytes:
    """These bytes with one to four changes."""
    for _change in range(draw.randint(1, 4)):
        place = draw.randint(0, len(content))
        end = min(len(content), place + draw.randint(0, 30))
        content = draw.choice([
            content[:place] + draw.choice(NASTY) + content[place:], content[:place] + content[end:],
            content[:place] + content[place:end] * draw.randint(2, 50) + content[end:],
            content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :], content[:place],
        ])  # fmt: skip
    return content


def mutated(draw: random.Random, request: tuple[str, str, dict[str, str], bytes], host: str) -> tuple[bytes, float]:
    """A request on the wire whose target, headers, body or whole are changed, and how long to wait for its answer."""
    method, path, headers, body = request
    target = path.encode()
    where = draw.choice(["target", "headers", "body", "whole", "method"])
    if where == "target":
        target = changed(draw, target).replace(b" ", b"%20").replace(b"\r", b"").replace(b"\n", b"")
    if where == "body":
        body = changed(draw, body)
    lines = b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items())
    if where == "headers":
        lines = changed(draw, lines)
    verb = draw.choice([b"PUT", b"DELETE", b"HEAD", b"PATCH", b"OPTIONS"]) if where == "method" else method.encode()
    said = b"%s %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\ncontent-length: %d\r\n%s\r\n%s" % (
        verb, target, host.encode(), len(body), lines, body,
    )  # fmt: skip
    return (changed(draw, said) if where == "whole" else said), BROKEN_SECONDS if where in {
        "whole",
        "headers",
    } else SECONDS


async def answered(url: str, said: bytes, seconds: float) -> bytes:
    """The first lines of the answer; nothing where the server hung up on what was no request."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(said)
        async with asyncio.timeout(seconds):
            return await reader.read(65_536)
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.close()


async def test_requests_whose_bytes_were_changed(
    settings: Settings, starter: Starter, size: Size, report: Callable[[str, str, str], None]
) -> None:
    async with opened(settings) as system:
        town = await prepare(system)
    server = await asyncio.to_thread(starter.serve, settings)
    draw = random.Random(size.requests)
    requests, host = right(town), urlsplit(server.url).netloc
    seen = Tally[str]()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(said: bytes, seconds: float = SECONDS) -> None:
        async with gate:
            head = (await answered(server.url, said, seconds)).partition(b"\r\n\r\n")[0]
        status = head[9:12].decode() or "no answer"
        seen[status[:1] + "xx" if head else status] += 1
        assert status < "500" or b"retry-after" in head.lower() or status == "no answer", (said, head)

    for request in requests:  # first as they should be
        method, path, headers, body = request
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
        await one(b"%s %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\ncontent-length: %d\r\n%s\r\n%s" % (
            method.encode(), path.encode(), host.encode(), len(body), lines, body))  # fmt: skip
    assert seen["2xx"] > len(requests) // 2, seen
    await asyncio.gather(*(one(*mutated(draw, draw.choice(requests), host)) for _request in range(size.requests)))
    assert server.process.poll() is None
    came = ", ".join(f"{count} {status}" for status, count in sorted(seen.items()))
    report("mutated requests", f"{size.requests} requests", f"no error of the server; {came}")
