"""The mail port: the type of a mail, and two transports, SMTP and a folder of ``.eml`` files.

Owns the message format: no header injection, and a Message-ID by which a retry is recognised.
"""

import asyncio
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy, default
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

from server.core import addresses, clock
from server.core.delivery import CONTROL, Deferred, Journal, Refused, delivery_id, newest, spool

COMMAND_TIMEOUT = 20.0
"""Seconds that a server may take for one reply. A whole mail takes at most two and a half times that, which
must stay below the lease of a job: otherwise another worker would send it, too."""

PERMANENT = 500
"""SMTP codes from here on are permanent failures (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent with a mail."""

    name: str
    content: bytes = field(repr=False)
    media_type: str
    """Type and subtype, such as ``text/calendar``."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the media type."""


@dataclass(frozen=True)
class Mail:
    """One mail to one address."""

    to: str
    subject: str
    text: str
    message_id: str
    """From :func:`message_id`: the same for every attempt."""
    html: str | None = None
    language: str = "ko"
    list_unsubscribe: str | None = None
    """The URL of one-click unsubscription (RFC 8058)."""
    sender_name: str = ""
    """The sender's name in the reader's language, unless the setting has one of its own."""
    thread: str | None = None
    """The Message-ID of the first mail about the same thing, under which mail programs show this one."""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Auto-Submitted": "auto-generated"})
    attachments: tuple[Attachment, ...] = ()


class Transport(Protocol):
    """Delivers mail."""

    async def send(self, mail: Mail) -> None:
        """Deliver a mail. Raises :class:`Deferred` or :class:`Refused`."""


def make_transport(
    smtp_url: str | None, folder: Path, sender: str, *, utf8: bool = False, journal: Journal | None = None
) -> Transport:
    """SMTP if there is a URL, else the spool folder. Raises :class:`ValueError` for invalid settings.

    ``utf8`` if the server takes addresses with letters of every script before the @ (SMTPUTF8).
    """
    if smtp_url:
        return SmtpTransport(smtp_url, sender, utf8=utf8, journal=journal)
    return SpoolTransport(folder, sender, utf8=utf8)


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the mail that the job ``key`` sends."""
    return f"<{delivery_id(key)}@{_own_address(sender).domain}>"


# --- The message --------------------------------------------------------------------------------------------

_message_id = re.compile(r"<([A-Za-z0-9][A-Za-z0-9.-]{0,63})@[A-Za-z0-9.-]{1,255}>")
_url = re.compile(r"https?://[\x21-\x3b\x3d\x3f-\x7e]{1,800}")


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject exactly as written.

    The standard class decodes text that looks encoded, line breaks included, and loses spaces when it folds a
    long Korean line; the older encoder does neither.
    """

    @staticmethod
    def parse(value: str, kwds: dict[str, Any]) -> None:
        UnstructuredHeader.parse("", kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        plain = self.isascii() and "=?" not in self
        header = Header(str(self), "us-ascii" if plain else "utf-8", header_name="Subject")
        return f"Subject: {header.encode(linesep=policy.linesep)}{policy.linesep}"


class _Link(UnstructuredHeader, BaseHeader):
    """A URL on one line, however long: folding would turn it into encoded words, which mail programs cannot open."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_registry = HeaderRegistry()
_registry.map_to_type("subject", _Subject)
_registry.map_to_type("list-unsubscribe", _Link)
# 7bit, because a relay on the way may not support 8BITMIME.
_POLICY = EmailPolicy(header_factory=_registry, linesep=SMTP.linesep, cte_type="7bit")


class _Recipient(Address):
    """An address as SMTP takes it: the standard class never quotes dots."""

    def __init__(self, address: addresses.Address) -> None:
        super().__init__(username=address.local, domain=address.wire_domain)
        self._wire = address.wire

    @property
    def addr_spec(self) -> str:
        return self._wire


def compose(mail: Mail, sender: str, *, utf8: bool = False) -> EmailMessage:
    """The message to be sent. Raises :class:`Refused` if a field is not valid in a header."""
    fields = (mail.to, mail.language, mail.sender_name, *mail.headers, *mail.headers.values())
    if any("=?" in value for value in fields) or any(CONTROL.search(value) for value in (mail.subject, *fields)):
        raise Refused("a header field holds a control character")
    try:
        recipient = addresses.read(mail.to, utf8=utf8)
    except addresses.NotAnAddress as error:
        raise Refused(str(error)) from None
    if not all(_message_id.fullmatch(one) for one in (mail.message_id, mail.thread) if one is not None):
        raise Refused("not a Message-ID")
    if mail.list_unsubscribe is not None and not _url.fullmatch(mail.list_unsubscribe):
        raise Refused("not a web address to unsubscribe at")
    message = EmailMessage(policy=_POLICY if recipient.local.isascii() else _POLICY.clone(utf8=True))
    try:
        message["From"] = _sender(sender, mail.sender_name)
        message["To"] = _Recipient(recipient)
        message["Subject"] = mail.subject
        message["Date"] = clock.now()
        message["Message-ID"] = mail.message_id
        for name, value in _further(mail).items():
            message[name] = value
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
        for one in mail.attachments:
            kind, _slash, subtype = one.media_type.partition("/")
            message.add_attachment(one.content, kind, subtype, filename=one.name, params=dict(one.parameters))
        message["Content-Language"] = mail.language  # last: headers that begin with Content move into the first part
    except ValueError:  # the original text may contain somebody's address
        raise Refused("not a mail address, or a text that cannot be encoded") from None
    return message


def _further(mail: Mail) -> Mapping[str, str]:
    """The headers that only some mails have."""
    found = dict(mail.headers)
    if mail.thread is not None and mail.thread != mail.message_id:
        found |= {"In-Reply-To": mail.thread, "References": mail.thread}
    if mail.list_unsubscribe is not None:
        found |= {
            "List-Unsubscribe": f"<{mail.list_unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }  # fmt: skip
    return found


def _sender(written: str, name: str) -> Address:
    """The sender; ``name`` is for a setting without one."""
    address = _own_address(written)
    return address if address.display_name or not name else Address(name, addr_spec=address.addr_spec)


@functools.lru_cache(maxsize=16)
def _own_address(written: str) -> Address:
    """The sender's, which is the same for every mail."""
    return _address(written)


def _address(written: str) -> Address:
    """The sender's name and address, which may end in ``@localhost``. Raises :class:`ValueError`."""
    name, spec = parseaddr(written)
    local, _, domain = spec.rpartition("@")
    try:
        address = Address(name, addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (MessageError, ValueError):
        raise ValueError("not a mail address") from None
    return address


# --- The spool folder ---------------------------------------------------------------------------------------


class Spooled(NamedTuple):
    """A mail in the folder, with the time it was written."""

    mail: Mail
    at: datetime


class SpoolTransport:
    """Writes mails as files named by Message-ID: the embedded default, for development and tests."""

    def __init__(self, folder: Path, sender: str, *, utf8: bool = False) -> None:
        _address(sender)
        self._folder = folder
        self._sender = sender
        self._utf8 = utf8

    async def send(self, mail: Mail) -> None:
        """Write the mail durably and atomically; an existing file is left alone."""
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Mail) -> None:
        content = compose(mail, self._sender, utf8=self._utf8).as_bytes()
        spool(self._folder, f"{mail.message_id[1:].partition('@')[0]}.eml", content)


async def read_spool(folder: Path, limit: int) -> list[Spooled]:
    """The newest ``limit`` mails of a spool folder, the newest first."""
    return await asyncio.to_thread(_read, folder, limit)


def _read(folder: Path, limit: int) -> list[Spooled]:
    return [_parse(path) for path in newest(folder, "*.eml", limit)]


def _parse(path: Path) -> Spooled:
    message = message_from_bytes(path.read_bytes(), policy=default)
    bodies = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    texts = {kind: str(body.get_content()).replace("\r\n", "\n") for kind, body in bodies.items() if body is not None}
    link = message["List-Unsubscribe"]
    mail = Mail(
        to=str(addresses.read(str(message["To"]), utf8=True)),
        subject=str(message["Subject"]),
        text=texts["plain"],
        message_id=str(message["Message-ID"]),
        html=texts.get("html"),
        language=str(message["Content-Language"]),
        list_unsubscribe=None if link is None else str(link)[1:-1],
    )
    return Spooled(mail, message["Date"].datetime)


# --- SMTP ---------------------------------------------------------------------------------------------------


class SmtpTransport:
    """Mail through a server: ``smtp://user:password@host:port``, or ``smtps://`` for TLS from the first byte.

    ``smtp`` uses STARTTLS if the server offers it; ``?starttls=1`` requires it and ``?starttls=0`` disables it.
    Each mail has its own connection, so that no state is left over from the previous one.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        *,
        utf8: bool = False,
        timeout: float = COMMAND_TIMEOUT,
        journal: Journal | None = None,
    ) -> None:
        _address(sender)
        self._journal = journal
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        starttls = options.pop("starttls", None)
        implicit = parts.scheme == "smtps"
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or options:
            raise ValueError("an SMTP URL reads smtp://user:password@host:port?starttls=1, or smtps://…")
        if starttls not in {None, "0", "1"} or (implicit and starttls == "1"):
            raise ValueError("starttls is 0 or 1, and not for smtps")
        self._sender = sender
        self._utf8 = utf8
        self._timeout = timeout
        self._server: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": implicit,
            "start_tls": False if implicit else {None: None, "0": False, "1": True}[starttls],
            "timeout": timeout,
        }

    async def send(self, mail: Mail) -> None:
        """Send the mail and wait until the server has accepted responsibility for it. One that it has is not sent."""
        if self._journal is not None and mail.message_id in self._journal:
            return
        message = compose(mail, self._sender, utf8=self._utf8)
        try:
            async with asyncio.timeout(self._timeout * 1.5):
                await aiosmtplib.send(message, **self._server)
        # A server's reply may name the recipient, and reasons end up in logs: only its code is passed on.
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0]) from None
        except aiosmtplib.SMTPDataError as error:
            raise _refusal(error) from None
        except aiosmtplib.SMTPResponseException as error:
            raise Deferred(f"{type(error).__name__} {error.code}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Deferred(type(error).__name__) from None
        if self._journal is not None:
            self._journal.add(mail.message_id)


def _refusal(error: aiosmtplib.SMTPResponseException) -> Deferred | Refused:
    reason = f"{type(error).__name__} {error.code}"
    return Refused(reason) if error.code >= PERMANENT else Deferred(reason)
