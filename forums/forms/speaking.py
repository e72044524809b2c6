"""Raw input of whoever speaks into frozen commands, or errors beside the field: a submission, a comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from forums.labels import STANCES
from server.core.city import City
from server.core.fields import Input, safe_text

TITLE_LIMIT, TEXT_LIMIT, COMMENT_LIMIT = 120, 5_000, 1_000


@dataclass(frozen=True)
class Submit:
    """An opinion, an idea or a question for a forum."""

    title: str
    text: str
    stance: str
    district: str = ""
    language: str = "ko"

    @classmethod
    def read(cls, data: Input, city: City, language: str) -> Self:
        """Read it. Errors stay in ``data``: call ``data.done()`` when everything is read."""
        return cls(
            safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2),
            safe_text(data, "text", limit=TEXT_LIMIT, required=True, lines=True, least=2),
            data.choice("stance", STANCES, required=True),
            data.choice("district", dict(city.district_choices(language))),
            language,
        )


@dataclass(frozen=True)
class Say:
    """A comment, or an answer to one."""

    text: str
    stance: str = ""
    parent: int | None = None

    @classmethod
    def read(cls, data: Input) -> Self:
        """Read it. Errors stay in ``data``."""
        return cls(
            safe_text(data, "text", limit=COMMENT_LIMIT, required=True, lines=True),
            data.choice("stance", STANCES),
            data.integer("parent", low=1, high=2**53),
        )


def content_of(command: Submit | Say, **more: object) -> dict[str, Any]:
    """A command as JSON that can wait until its author is known; the class reads it back with ``**``."""
    return {**vars(command), **more}


def submission_of(content: Mapping[str, Any]) -> Submit:
    """A submission as it waited."""
    return Submit(**{name: content[name] for name in Submit.__dataclass_fields__})


def comment_of(content: Mapping[str, Any]) -> Say:
    """A comment as it waited."""
    return Say(**{name: content[name] for name in Say.__dataclass_fields__})
