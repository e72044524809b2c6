"""What mails, text messages, calendars and lists say of a visit: its services, its time, what to bring."""

from server.core import config, i18n
from tracking.visits.queries import papers
from tracking.visits.queries.visits import VisitView


def services(view: VisitView, language: str) -> str:
    """The names of its services, in order."""
    return ", ".join(i18n.name_in(one, language) for one in view.matters)


def when(view: VisitView, language: str) -> str:
    """Its day and start."""
    return i18n.datetime_text(view.starts_at, language, config.settings().zone)


def documents(view: VisitView, language: str) -> list[str]:
    """What to bring for all its services, each once; with the situations in which alone it is needed."""
    found: dict[str, str] = {}
    for document in (one for matter in view.matters for one in matter.documents):
        name = papers.named(document)
        situations = ", ".join(papers.named(one).in_language(language) for one in document.get("situations") or ())
        found.setdefault(name.code, name.in_language(language) + (f" ({situations})" if situations else ""))
    return list(found.values())
