"""A real SMTP server on the loopback address, which takes or refuses mails as a test tells it to."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import MappingProxyType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.loopback import free_port


def parsed(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, policy=default)


class Postman:
    """A server's rules: what it says to a recipient and to a content, and what it has taken."""

    def __init__(self, *, recipient: str = "250 OK", content: str = "250 OK") -> None:
        self.recipient = recipient
        self.content = content
        self.taken: list[Envelope] = []
        self.signed_in: bool | None = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.content.startswith("250"):
            self.taken.append(envelope)
            self.signed_in = session.authenticated
        return self.content


@contextmanager
def serving(postman: Postman, options: Mapping[str, Any] = MappingProxyType({})) -> Iterator[int]:
    """A real SMTP server in a thread of its own; its port."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    controller = Controller(postman, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
