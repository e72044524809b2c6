"""The text message (SMS) port: the type of a message, its length, and two transports, an HTTP gateway and a folder.

Numbers are personal data: no reason, log line, file name or header holds one, and a gateway's answer is not read beyond
its status, because it may repeat the number.
"""

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple, Protocol

import h11
import orjson

from server.core import clock, http_client
from server.core.delivery import Deferred, Refused, newest, spool
from server.core.endpoint import Endpoint
from server.core.phones import E164

MOST_PARTS = 5
"""Parts of the longest message. Whoever writes a longer one has made a programming error."""
REPLY_TIMEOUT = 20.0
"""Seconds for a whole request. They must stay below the lease of a job: otherwise another worker would send it, too."""
LONGEST_WAIT = timedelta(days=1)
"""The longest time for which a gateway's ``Retry-After`` is believed."""

_ID = re.compile(r"[0-9a-f]{40}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Everything but a line feed."""


@dataclass(frozen=True)
class TextMessage:
    """One text message to one number. Raises ``ValueError`` for more than :data:`MOST_PARTS`."""

    to: str = field(repr=False)
    """The number in the form of E.164, from ``phones.for_texts``."""
    body: str = field(repr=False)
    message_id: str
    """From ``delivery.delivery_id``: the same for every attempt."""
    language: str = "ko"

    def __post_init__(self) -> None:
        if (parts := length(self.body).parts) > MOST_PARTS:
            raise ValueError(f"a text message of {parts} parts; at most {MOST_PARTS} are allowed")


class Transport(Protocol):
    """Delivers text messages."""

    async def send(self, message: TextMessage) -> None:
        """Deliver a message. Raises :class:`Deferred` or :class:`Refused`."""


def make_transport(gateway_url: str | None, folder: Path) -> Transport:
    """The gateway if there is a URL, else the spool folder. Raises ``ValueError`` for an invalid URL."""
    return GatewayTransport(gateway_url) if gateway_url else SpoolTransport(folder)


def check(message: TextMessage) -> None:
    """Raises :class:`Refused` if a field does not have its form."""
    if not E164.fullmatch(message.to):
        raise Refused("not an international number")
    if not message.body.strip() or _CONTROL.search(message.body):
        raise Refused("an empty text, or one with control characters")
    if not _ID.fullmatch(message.message_id) or not _LANGUAGE.fullmatch(message.language):
        raise Refused("not an id or a language")


# --- Length -------------------------------------------------------------------------------------------------


class Length(NamedTuple):
    """How long a message is, as gateways abroad and in Korea count."""

    parts: int
    alphabet: str
    """``GSM-7`` (160 characters, or 153 in each of several parts) or ``UCS-2`` (70, or 67)."""
    units: int
    """Characters of that alphabet; some count twice."""
    korean: str
    """In Korea: ``SMS`` up to 90 bytes, ``LMS`` up to 2,000; empty if its character set lacks a character."""
    bytes: int
    """Bytes in that set (CP949, which contains EUC-KR); 0 if it lacks a character."""


GSM_7, UCS_2 = "GSM-7", "UCS-2"
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Written with an escape, so that each counts twice (3GPP TS 23.038, 6.2.1.1)."""
_SIZES = {GSM_7: (160, 153), UCS_2: (70, 67)}
_KOREAN_SMS, _KOREAN_LMS = 90, 2000


def length(body: str) -> Length:
    """The number of parts that a message is sent in; a character is never divided between two parts."""
    if all(character in _GSM or character in _GSM_EXTENDED for character in body):
        alphabet, sizes = GSM_7, [1 + (character in _GSM_EXTENDED) for character in body]
    else:
        alphabet, sizes = UCS_2, [1 + (ord(character) > 0xFFFF) for character in body]  # noqa: PLR2004 — surrogate pairs
    try:
        size = len(body.encode("cp949"))
    except UnicodeEncodeError:
        size = 0
    korean = "SMS" if 0 < size <= _KOREAN_SMS else "LMS" if 0 < size <= _KOREAN_LMS else ""
    return Length(_parts(sizes, *_SIZES[alphabet]), alphabet, sum(sizes), korean, size)


def _parts(sizes: Sequence[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts


# --- The spool folder ---------------------------------------------------------------------------------------


class Spooled(NamedTuple):
    """A message in the folder, with the time it was written."""

    message: TextMessage
    at: datetime


class SpoolTransport:
    """Writes messages as JSON files named by their id: the embedded default, for development and tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: TextMessage) -> None:
        """Write the message durably and atomically; an existing file is left alone."""
        check(message)
        content = orjson.dumps({**_fields(message), "at": clock.now()}, option=orjson.OPT_INDENT_2)
        await asyncio.to_thread(spool, self._folder, f"{message.message_id}.json", content)


async def read_spool(folder: Path, limit: int) -> list[Spooled]:
    """The newest ``limit`` messages of a spool folder, the newest first."""
    return await asyncio.to_thread(_read, folder, limit)


def _read(folder: Path, limit: int) -> list[Spooled]:
    read = [orjson.loads(path.read_bytes()) for path in newest(folder, "*.json", limit)]
    return [
        Spooled(TextMessage(one["to"], one["text"], one["id"], one["language"]), datetime.fromisoformat(one["at"]))
        for one in read
    ]


def _fields(message: TextMessage) -> dict[str, str]:
    return {"id": message.message_id, "to": message.to, "text": message.body, "language": message.language}


# --- The gateway --------------------------------------------------------------------------------------------

_TEMPORARY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_SETTINGS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED})
"""Our credentials are wrong, not the message: it waits until they are right, as mail does."""


class GatewayTransport:
    """Text messages through an HTTP gateway, which takes each as a POST of JSON (docs/operating.md describes it).

    Its answer is not read beyond the head.
    """

    def __init__(self, url: str, *, timeout: float = REPLY_TIMEOUT) -> None:
        self._endpoint = Endpoint.parse(url)
        self._tls = ssl.create_default_context() if self._endpoint.secure else None
        self._timeout = timeout

    async def send(self, message: TextMessage) -> None:
        """Post the message and wait until the gateway has accepted it."""
        check(message)
        headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", message.message_id),
            ("User-Agent", "sinmungo"),
        ]
        content = orjson.dumps(_fields(message))
        try:
            async with asyncio.timeout(self._timeout):
                answer = await http_client.ask(
                    self._endpoint, "POST", self._endpoint.target, headers=headers, content=content, tls=self._tls
                )
        except (OSError, h11.RemoteProtocolError) as error:
            raise Deferred(type(error).__name__) from None
        status = answer.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        if client_error and status not in _TEMPORARY | _SETTINGS:
            raise Refused(f"HTTP {status}")
        raise Deferred(f"HTTP {status}", _retry_after(answer.retry_after))


def _retry_after(value: str) -> timedelta:
    """How long a ``Retry-After`` (seconds, or a date) asks to wait; none if it cannot be read (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        wait = timedelta(seconds=int(value))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return timedelta()
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - clock.now()
    return min(max(wait, timedelta()), LONGEST_WAIT)
