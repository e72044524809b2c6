"""Rendering mails from their templates in one of the city's languages, and sending mails and text messages.

All mails are built here, so that they have the same headers, in text and in HTML.
"""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import Counter

from server.core import texts
from server.core.config import Settings
from server.core.delivery import Refused
from server.core.mail import Mail, Transport, message_id
from server.core.notify import texting
from server.core.notify.correspondence import Letter, ShortNotice

refused = Counter("sinmungo_mail_refused", "Mails that a server took for undeliverable")
refused_texts = Counter("sinmungo_text_refused", "Text messages that a gateway took for undeliverable")

Render = Callable[[str, str, Mapping[str, Any]], str]
"""``web.Site.render``: language, template and context."""


class Post:
    """Renders and sends mails, and sends text messages."""

    def __init__(self, settings: Settings, transport: Transport, texts: texts.Transport, render: Render) -> None:
        self.settings = settings
        self.transport = transport
        self.texts = texts
        self.render = render

    async def send(self, key: str, letter: Letter | ShortNotice) -> None:
        """Send it; ``key`` determines its id. Raises ``Deferred``, ``Refused``, or ``Postponed`` for text messages."""
        if isinstance(letter, ShortNotice):
            sending, counter = texting.send(self.settings, self.texts, key, letter), refused_texts
        else:
            sending, counter = self.transport.send(self.mail(key, letter)), refused
        try:
            await sending
        except Refused:
            counter.inc()
            raise

    def mail(self, key: str, letter: Letter) -> Mail:
        """Render a mail; ``key`` determines its Message-ID."""
        context = letter.context
        return Mail(
            letter.to,
            str(context["subject"]),
            self.render(letter.language, f"{letter.template}.txt", context).strip() + "\n",
            message_id(key, self.settings.mail_from),
            html=self.render(letter.language, f"{letter.template}.html", context),
            language=letter.language,
            list_unsubscribe=context["wishes"] or None,
            sender_name=self.render(letter.language, "mail/sender.txt", {}).strip(),
            thread=message_id(letter.thread, self.settings.mail_from) if letter.thread else None,
            attachments=letter.attachments,
        )
