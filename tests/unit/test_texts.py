"""A text message's form and length, the spool folder, and the settings of a gateway."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import clock
from server.core.delivery import Deferred, Refused, delivery_id
from server.core.endpoint import Endpoint
from server.core.jobs import LEASE
from server.core.texts import (
    GSM_7,
    MOST_PARTS,
    REPLY_TIMEOUT,
    UCS_2,
    GatewayTransport,
    SpoolTransport,
    TextMessage,
    length,
    make_transport,
    read_spool,
)

MESSAGE = TextMessage(
    "+821012345678", "[한빛시] 내일 10:00 방문 예약이 있습니다.\nhttps://c.kr/v/1", delivery_id("a"), "ko"
)


# --- Length ---


@pytest.mark.parametrize(
    ("body", "parts", "alphabet"),
    [
        ("a" * 160, 1, GSM_7),
        ("a" * 161, 2, GSM_7),
        ("a" * 306, 2, GSM_7),
        ("a" * 307, 3, GSM_7),
        ("@£$¥ÄÖÜäöüàΔΩ¿\n", 1, GSM_7),
        ("€" * 80, 1, GSM_7),
        ("€" * 80 + "a", 2, GSM_7),
        ("a" * 152 + "€" + "a" * 152, 3, GSM_7),  # the escape and its character stay together
        ("가" * 70, 1, UCS_2),
        ("가" * 71, 2, UCS_2),
        ("가" * 134, 2, UCS_2),
        ("가" * 135, 3, UCS_2),
        ("a" * 70 + "“", 2, UCS_2),
        ("予約" * 35, 1, UCS_2),
        ("🚧" * 35, 1, UCS_2),
        ("🚧" * 35 + "a", 2, UCS_2),
        ("a" * 66 + "🚧" + "a" * 66, 3, UCS_2),  # a surrogate pair, too
        ("ä" * 335, 3, GSM_7),
        ("", 1, GSM_7),
    ],
)
def test_a_message_takes_as_many_parts_as_a_gateway_counts(body: str, parts: int, alphabet: str) -> None:
    assert (length(body).parts, length(body).alphabet) == (parts, alphabet)


@pytest.mark.parametrize(
    ("body", "korean", "size"),
    [
        ("가" * 45, "SMS", 90),
        ("가" * 45 + "a", "LMS", 91),
        ("a" * 90, "SMS", 90),
        ("뷁똠" * 2, "SMS", 8),
        ("가" * 1000, "LMS", 2000),
        ("予約", "SMS", 4),
        ("予約の変更", "", 0),  # 変 is Japanese only
        ("🚧", "", 0),
    ],
)
def test_korean_gateways_count_bytes(body: str, korean: str, size: int) -> None:
    assert (length(body).korean, length(body).bytes) == (korean, size)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_no_more_parts_than_characters_need_and_no_fewer(body: str) -> None:
    found = length(body)
    alone, joined, largest = (160, 153, 2) if found.alphabet == GSM_7 else (70, 67, 2)
    if found.units <= alone:
        assert found.parts == 1
    else:
        assert (found.parts - 1) * (joined - largest + 1) < found.units <= found.parts * joined


@pytest.mark.parametrize("body", ["a" * (153 * MOST_PARTS + 1), "가" * (67 * MOST_PARTS + 1)])
def test_a_message_that_is_too_long_cannot_be_made(body: str) -> None:
    TextMessage("+821012345678", body[:-1], delivery_id("a"))
    with pytest.raises(ValueError, match="6 parts") as raised:
        TextMessage("+821012345678", body, delivery_id("a"))
    assert "8210" not in str(raised.value)


def test_neither_number_nor_text_is_in_what_a_traceback_shows() -> None:
    assert "8210" not in repr(MESSAGE)
    assert "예약" not in repr(MESSAGE)


# --- The form ---


@pytest.mark.parametrize(
    "change",
    [
        {"to": "010-1234-5678"},
        {"to": "+821012345678\r\nX: y"},
        {"to": "+821012345678,+821087654321"},
        {"to": "+0821012345678"},
        {"to": "tel:+821012345678"},
        {"to": ""},
        {"body": "안녕\r\nX: y"},
        {"body": "안녕\x00"},
        {"body": "안녕\u2028"},
        {"body": " \n"},
        {"message_id": "a\r\nAuthorization: Bearer x"},
        {"message_id": "../../etc/passwd"},
        {"message_id": ""},
        {"language": "ko\r\n"},
    ],
)
async def test_nothing_can_be_injected_and_such_a_message_is_never_tried_again(
    change: dict[str, Any], tmp_path: Path
) -> None:
    message = replace(MESSAGE, **change)
    for transport in (SpoolTransport(tmp_path), GatewayTransport("http://127.0.0.1:1")):
        with pytest.raises(Refused) as refused:
            await transport.send(message)
        assert "8210" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


# --- The spool folder ---


async def test_a_spooled_message_can_be_read_again_and_is_there_once(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    transport = SpoolTransport(folder)
    with clock.at(datetime(2026, 11, 30, tzinfo=UTC)):
        await transport.send(MESSAGE)
    await asyncio.gather(*(transport.send(replace(MESSAGE, body="again")) for _ in range(5)))
    ((message, at),) = await read_spool(folder, 10)
    assert (message, at) == (MESSAGE, datetime(2026, 11, 30, tzinfo=UTC))
    assert [path.name for path in folder.iterdir()] == [f"{MESSAGE.message_id}.json"]
    await asyncio.sleep(0.02)  # a file system's moments are coarse
    await transport.send(replace(MESSAGE, message_id=delivery_id("b"), body="later"))
    assert [found.message.body for found in await read_spool(folder, 1)] == ["later"]
    assert await read_spool(tmp_path / "nothing", 3) == []


async def test_a_spool_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, not a folder")
    with pytest.raises(Deferred):
        await SpoolTransport(tmp_path / "mail").send(MESSAGE)


# --- Settings ---


def test_without_a_gateway_messages_go_to_the_folder(tmp_path: Path) -> None:
    assert isinstance(make_transport(None, tmp_path), SpoolTransport)
    assert isinstance(make_transport("https://gateway.example/sms", tmp_path), GatewayTransport)


def test_a_request_ends_before_the_lease_of_its_job() -> None:
    assert LEASE.total_seconds() / 2 > REPLY_TIMEOUT


@pytest.mark.parametrize(
    ("url", "authority", "target", "authorization"),
    [
        ("https://gateway.example", "gateway.example", "/", ""),
        ("https://gateway.example:443/sms?from=021", "gateway.example", "/sms?from=021", ""),
        ("http://gateway.example:8080/", "gateway.example:8080", "/", ""),
        ("http://[::1]:8080/sms", "[::1]:8080", "/sms", ""),
        ("https://s3cr%2Fet@gateway.example/", "gateway.example", "/", "Bearer s3cr/et"),
        ("https://city:p%40ss@gateway.example/", "gateway.example", "/", "Basic Y2l0eTpwQHNz"),
        ("https://key:@gateway.example/", "gateway.example", "/", "Basic a2V5Og=="),
    ],
)
def test_where_and_as_whom_a_gateway_is_asked(url: str, authority: str, target: str, authorization: str) -> None:
    endpoint = Endpoint.parse(url)
    assert (endpoint.authority, endpoint.target, endpoint.authorization) == (authority, target, authorization)
    assert not authorization or authorization.split()[1] not in repr(endpoint)


@pytest.mark.parametrize(
    "url",
    [
        "gateway.example",
        "ftp://gateway.example",
        "http:",
        "http:///sms",
        "http://[::1",
        "http://gateway.example:port",
        "http://gateway.example:99999",
        "http://gateway.example:0",
        "https://gateway.example/#part",
        "https://gateway.example/a b",
        "https://gateway.example/\r\nX: y",
        "https://secret%0d%0aX:%20y@gateway.example/",
        "https://city:secret%0aX@gateway.example/",
        "https://%20@gateway.example/",
        "https://@gateway.example/",
        "https://한국.example/",
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_credentials(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must read|token|credentials") as raised:
        make_transport(url, tmp_path)
    assert "secret" not in str(raised.value)
