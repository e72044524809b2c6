"""The desk that mails go out from: drawing one from its templates, in a language that the city speaks, and its sender.

Every mail of tracking is made here, so that all of them carry the same headers, in text and in HTML.
"""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import Counter

from petitions.queries.cases import CaseView
from server.core import i18n
from server.core.config import Settings
from server.core.errors import _
from server.core.mail import Mail, Transport, message_id
from tracking import pages

refused = Counter("sinmungo_mail_refused", "Mails that a server took for undeliverable")

Render = Callable[[str, str, Mapping[str, Any]], str]


class Post:
    """Draws mails and hands them over."""

    def __init__(self, settings: Settings, transport: Transport, render: Render) -> None:
        self.settings = settings
        self.transport = transport
        self.render = render

    def mail(self, key: str, to: str, language: str, template: str, context: Mapping[str, Any]) -> Mail:
        """One mail; ``context`` holds its ``subject``, and where ``wishes`` about mail are changed."""
        return Mail(
            to,
            str(context["subject"]),
            self.render(language, f"{template}.txt", context).strip() + "\n",
            message_id(key, self.settings.mail_from),
            html=self.render(language, f"{template}.html", context),
            language=language,
            list_unsubscribe=context["wishes"] or None,
        )

    def spoken(self, language: str) -> str:
        """The language itself, or the city's where it does not speak that one."""
        return language if language in self.settings.languages else self.settings.language

    def contact(self, view: CaseView, language: str) -> dict[str, Any]:
        """Who is in charge and how to reach them: the handler, the department or the call centre (Decree 31)."""
        handler = pages.person(view, view.handler, language)
        if handler is not None:
            return handler
        department = view.known.departments.get(view.department_id or 0)
        if department is None:
            office = i18n.translate(language, _("The petitions office"))
            return {"department": office, "name": "", "phone": self.settings.call_centre, "email": ""}
        return {
            "department": department.name(language),
            "name": "",
            "phone": department.phone,
            "email": department.email,
        }
