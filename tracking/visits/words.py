"""What mails, text messages, calendars and lists say of a visit: its services, its time, what to bring."""

from collections.abc import Mapping

from server.core import config, i18n
from tracking.visits.queries.visits import VisitView


def services(view: VisitView, language: str) -> str:
    """The names of its services, in order."""
    return ", ".join(i18n.name_in(one, language) for one in view.matters)


def when(view: VisitView, language: str) -> str:
    """Its day and start."""
    return i18n.datetime_text(view.starts_at, language, config.settings().zone)


def documents(view: VisitView, language: str) -> list[str]:
    """What to bring for all its services, each once."""
    wanted = {str(one["code"]): one for matter in view.matters for one in matter.documents}
    return [document_name(one, language) for one in wanted.values()]


def document_name(document: Mapping[str, object], language: str) -> str:
    """The name of a document to bring; the Korean one if it is missing."""
    return str(document.get(f"name_{language}") or document["name"])
