"""What to bring, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from server.core.i18n import name_in
from tracking.visits.queries import papers as checklist


class Paper(NamedTuple):
    """A document to bring, and in which situations if it is not always needed."""

    name: str
    situations: tuple[str, ...]


def papers(services: Iterable[Any], language: str) -> list[Paper]:
    """The documents of services or matters, each once."""
    found = {checklist.named(one).code: one for service in services for one in service.documents}
    return [
        Paper(
            checklist.named(one).in_language(language),
            tuple(checklist.named(each).in_language(language) for each in _situations(one)),
        )
        for one in found.values()
    ]


def _situations(document: Any) -> Iterable[Any]:
    return document.get("situations") or () if isinstance(document, Mapping) else ()


def named(rows: Iterable[Any], language: str) -> list[tuple[Any, str]]:
    """Rows with their names."""
    return [(one, name_in(one, language)) for one in rows]
