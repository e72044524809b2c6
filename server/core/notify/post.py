"""The desk that mails go out from: drawing one from its templates, in a language that the city speaks, and its sender.

Every notice is made here, so that all of them carry the same headers, in text and in HTML.
"""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import Counter

from server.core.config import Settings
from server.core.mail import Mail, Transport, message_id
from server.core.notify.correspondence import Letter

refused = Counter("sinmungo_mail_refused", "Mails that a server took for undeliverable")

Render = Callable[[str, str, Mapping[str, Any]], str]
"""``web.Site.render``: language, template and context."""


class Post:
    """Draws mails and hands them over."""

    def __init__(self, settings: Settings, transport: Transport, render: Render) -> None:
        self.settings = settings
        self.transport = transport
        self.render = render

    def mail(self, key: str, letter: Letter) -> Mail:
        """One mail; its key gives it the Message-ID."""
        context = letter.context
        return Mail(
            letter.to,
            str(context["subject"]),
            self.render(letter.language, f"{letter.template}.txt", context).strip() + "\n",
            message_id(key, self.settings.mail_from),
            html=self.render(letter.language, f"{letter.template}.html", context),
            language=letter.language,
            list_unsubscribe=context["wishes"] or None,
        )
