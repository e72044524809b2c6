"""Raw input of the forums' desk into frozen commands, or errors beside the field: what a forum is, why one is not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from forums.kinds import FIELDS
from server.core.city import City
from server.core.errors import _
from server.core.fields import Input, safe_text

TITLE_LIMIT, SUMMARY_LIMIT, BODY_LIMIT, PLACE_LIMIT, LINK_LIMIT = 200, 500, 20_000, 200, 500
MINUTES_LIMIT, REASON_LIMIT = 100_000, 2_000
MOST_PEOPLE, MOST_CHAPTERS = 60, 200
MODERATION = ("after", "before")

_CHAPTER = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[ \t]+(\S.*)")


@dataclass(frozen=True)
class PlanForum:
    """What a forum is to be. A field that its kind does not have stays empty."""

    kind: str
    title: str
    summary: str = ""
    body: str = ""
    language: str = "ko"
    department_id: int | None = None
    district: str = ""
    place: str = ""
    panel: Sequence[str] = ()
    moderation: str = "after"
    speaks_from: datetime | None = None
    speaks_until: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    link: str = ""
    chapters: Sequence[Mapping[str, Any]] = field(default=())

    @classmethod
    def parse(cls, kind: str, raw: Mapping[str, Any], city: City, language: str, *, kept: str = "") -> "PlanForum":
        """Read the fields of a kind. Raises ``Invalid`` with every error. ``kept`` is the district it has already."""
        has = FIELDS[kind]
        data = Input({name: value for name, value in raw.items() if name in has})
        departments = {str(row.id) for row in city.open_departments}
        department = data.choice("department", departments)
        found = cls(
            kind,
            safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2),
            safe_text(data, "summary", limit=SUMMARY_LIMIT),
            safe_text(data, "body", limit=BODY_LIMIT, lines=True),
            language,
            int(department) if department else None,
            data.choice("district", dict(city.district_choices(language, kept))),
            safe_text(data, "place", limit=PLACE_LIMIT),
            tuple(read_people(data, "panel")),
            data.choice("moderation", MODERATION, default="after"),
            data.moment("speaks_from"),
            data.moment("speaks_until"),
            data.moment("starts_at"),
            data.moment("ends_at"),
            read_link(data, "link"),
            tuple(_chapters(data, "chapters")),
        )
        _in_order(data, found.starts_at, found.ends_at, "ends_at")
        _in_order(data, found.speaks_from, found.speaks_until, "speaks_until")
        data.done()
        return found

    def values(self) -> dict[str, Any]:
        """The columns that say it."""
        names = (
            "title", "summary", "body", "department_id", "district", "place", "moderation", "speaks_from",
            "speaks_until", "starts_at", "ends_at", "link",
        )  # fmt: skip
        chosen: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**chosen, "panel": list(self.panel), "chapters": [dict(one) for one in self.chapters]}


def read_link(data: Input, name: str) -> str:
    """A web address."""
    value = data.text(name, limit=LINK_LIMIT)
    if value and not _is_address(value):
        data.fail(name, _("Please give the whole web address, beginning with https://."))
        return ""
    return value


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value


def _in_order(data: Input, first: datetime | None, last: datetime | None, name: str) -> None:
    if first and last and last <= first:
        data.fail(name, _("The end must be later than the beginning."))


def read_people(data: Input, name: str) -> list[str]:
    """Names with what they are, one a line."""
    text = safe_text(data, name, limit=MOST_PEOPLE * 120, lines=True)
    found = list(dict.fromkeys(" ".join(line.split()) for line in text.split("\n") if line.strip()))
    if len(found) > MOST_PEOPLE:
        data.fail(name, _("Please give at most %(most)s people.", most=MOST_PEOPLE))
    return found


def _chapters(data: Input, name: str) -> list[dict[str, Any]]:
    """Chapters of a film, one a line: the time from its beginning, then the words; in the order of time."""
    text = safe_text(data, name, limit=MOST_CHAPTERS * 120, lines=True)
    found: dict[int, str] = {}
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        match = _CHAPTER.fullmatch(line)
        if match is None or int(match[3]) > 59 or (match[1] and int(match[2]) > 59):  # noqa: PLR2004
            data.fail(name, _("Please write each chapter as 0:12:30 and its title; this one cannot be read: %(line)s",
                              line=line[:60]))  # fmt: skip
            return []
        found[int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])] = match[4]
    return [{"at": at, "title": found[at]} for at in sorted(found)]


def chapter_lines(chapters: Sequence[Mapping[str, Any]]) -> str:
    """Chapters as their field shows them."""
    return "\n".join(f"{clock_text(int(one['at']))} {one['title']}" for one in chapters)


def clock_text(seconds: int) -> str:
    """A time from a film's beginning, such as ``0:12:30``."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def reason(raw: Mapping[str, Any]) -> str:
    """Public words of an official. Raises ``Invalid``."""
    data = Input(raw)
    text = safe_text(data, "text", limit=REASON_LIMIT, required=True, lines=True, least=2)
    data.done()
    return text


def minutes(raw: Mapping[str, Any]) -> str:
    """The minutes of a forum. Raises ``Invalid``."""
    data = Input(raw)
    text = safe_text(data, "minutes", limit=MINUTES_LIMIT, required=True, lines=True, least=2)
    data.done()
    return text
