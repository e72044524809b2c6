"""Text messages through a real HTTP server on the loopback address: good, refusing, busy and broken."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.core import clock
from server.core.delivery import Deferred, Refused, delivery_id
from server.core.texts import LONGEST_WAIT, GatewayTransport, TextMessage
from tests.support.gateway import ACCEPTED, answer, gateway
from tests.support.loopback import free_port, make_certificate, server_side, talking

NUMBER = "+821012345678"
MESSAGE = TextMessage(NUMBER, "[한빛시] 내일 10:00 “방문” 예약\nhttps://c.kr/v/1", delivery_id("text:7:person:1"), "ko")
NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


async def test_a_message_reaches_the_gateway_as_json_with_its_id() -> None:
    async with gateway() as found:
        await GatewayTransport(found.url()).send(MESSAGE)
    (request,) = found.requests
    assert request.line == "POST /messages?from=0215771000 HTTP/1.1"
    assert request.content == {"id": MESSAGE.message_id, "to": NUMBER, "text": MESSAGE.body, "language": "ko"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == MESSAGE.message_id
    assert request.headers["host"] == f"127.0.0.1:{found.port}"
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("user", "authorization"), [("t0ken@", "Bearer t0ken"), ("city:p%40ss@", "Basic Y2l0eTpwQHNz")]
)
async def test_the_credentials_of_the_address_are_shown_to_the_gateway(user: str, authorization: str) -> None:
    async with gateway() as found:
        await GatewayTransport(found.url(user)).send(MESSAGE)
    (request,) = found.requests
    assert request.headers["authorization"] == authorization
    assert request.headers["host"] == f"127.0.0.1:{found.port}"


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
async def test_it_is_sent_once_the_gateway_has_accepted_it(status: str) -> None:
    async with gateway(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(status)) as found:
        await GatewayTransport(found.url()).send(MESSAGE)
    assert len(found.requests) == 1


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("400 Bad Request", Refused),
        ("403 Forbidden", Refused),
        ("404 Not Found", Refused),
        ("409 Conflict", Refused),
        ("410 Gone", Refused),
        ("422 Unprocessable Content", Refused),
        ("401 Unauthorized", Deferred),
        ("407 Proxy Authentication Required", Deferred),
        ("408 Request Timeout", Deferred),
        ("425 Too Early", Deferred),
        ("429 Too Many Requests", Deferred),
        ("500 Internal Server Error", Deferred),
        ("503 Service Unavailable", Deferred),
        ("599 Whatever", Deferred),
    ],
)
async def test_the_status_says_whether_to_try_again_and_names_nobody(
    status: str, refusal: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with gateway(answer(status, f"X-To: {NUMBER}", body=f"{NUMBER} is not possible")) as found:
        with pytest.raises(refusal) as raised:
            await GatewayTransport(found.url("t0ken@")).send(MESSAGE)
    assert str(raised.value) == f"HTTP {status[:3]}"
    assert raised.value.__cause__ is None
    for secret in (NUMBER, NUMBER[3:], "t0ken", "예약"):
        assert secret not in caplog.text


async def test_a_redirect_is_not_followed() -> None:
    async with gateway() as other, gateway(answer("307 Temporary Redirect", f"Location: {other.url()}")) as found:
        with pytest.raises(Deferred, match="307"):
            await GatewayTransport(found.url()).send(MESSAGE)
    assert other.requests == []


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 30 Nov 2026 03:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 30 Nov 2026 03:10:00 -0000", timedelta(minutes=10)),
        ("Mon, 30 Nov 2026 02:00:00 GMT", timedelta()),
        ("999999999", LONGEST_WAIT),
        ("9" * 50, timedelta()),
        ("-5", timedelta()),
        ("soon", timedelta()),
        ("", timedelta()),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_busy_gateway_says_when_to_come_back(status: str, asked: str, wait: timedelta) -> None:
    async with gateway(answer(status, f"Retry-After: {asked}")) as found:
        with clock.at(NOW), pytest.raises(Deferred) as raised:
            await GatewayTransport(found.url()).send(MESSAGE)
    assert abs(raised.value.retry_after - wait) < timedelta(seconds=5)


async def test_without_a_gateway_the_message_waits() -> None:
    with pytest.raises(Deferred, match="ConnectionRefusedError"):
        await GatewayTransport(f"http://127.0.0.1:{free_port()}/").send(MESSAGE)


@pytest.mark.parametrize(
    "given",
    [
        60.0,
        0.0,
        b"",
        b"220 smtp.example ESMTP\r\n",
        b"HTTP/1.1 200",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 100_000,
        b"\x16\x03\x01\x02",
    ],
)
async def test_a_gateway_that_hangs_or_drops_the_line_makes_the_message_wait(given: bytes | float) -> None:
    async with gateway(given) as found, asyncio.timeout(5):
        with pytest.raises(Deferred):
            await GatewayTransport(found.url(), timeout=0.3).send(MESSAGE)


async def test_a_gateway_that_never_ends_its_headers_makes_the_message_wait() -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: y\r\n")
            await asyncio.sleep(0.05)

    async with talking(dripping) as port, asyncio.timeout(5):
        with pytest.raises(Deferred, match="TimeoutError"):
            await GatewayTransport(f"http://127.0.0.1:{port}/", timeout=0.3).send(MESSAGE)


async def test_the_rest_of_an_answer_is_not_waited_for() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(60)

    async with talking(endless) as port, asyncio.timeout(5):
        await GatewayTransport(f"http://127.0.0.1:{port}/").send(MESSAGE)


async def test_many_messages_at_once_all_arrive() -> None:
    async with gateway(ACCEPTED) as found:
        transport = GatewayTransport(found.url())
        sent = [TextMessage(NUMBER, f"{n}", delivery_id(f"{n}")) for n in range(20)]
        await asyncio.gather(*(transport.send(message) for message in sent))
    assert {request.content["text"] for request in found.requests} == {f"{n}" for n in range(20)}


async def test_messages_go_encrypted_to_a_gateway_that_is_trusted_and_to_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    async with gateway(tls=server_side(certificate)) as found:
        url = f"https://t0ken@127.0.0.1:{found.port}/"
        with pytest.raises(Deferred, match="SSLCertVerificationError"):
            await GatewayTransport(url).send(MESSAGE)
        assert found.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await GatewayTransport(url).send(MESSAGE)
    assert len(found.requests) == 1
