"""The forms of the forums' desk: a forum's fields, and minutes."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from forums.forms.assigning import Version
from forums.kinds import FIELDS
from forums.labels import MODERATION
from server.core.city import City
from server.core.errors import FieldError, Invalid, _
from server.core.forms import Errors, Form, Hint, Html, Internal, Key, Label, Mistake, Moment, OneOf, line, paragraphs

TITLE_LIMIT, SUMMARY_LIMIT, BODY_LIMIT, PLACE_LIMIT, LINK_LIMIT = 200, 500, 20_000, 200, 500
MINUTES_LIMIT = 100_000
MOST_PEOPLE, MOST_CHAPTERS = 60, 200

_CHAPTER = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[ \t]+(\S.*)")


def web_address(value: str) -> str:
    """Check a web address. Raises ``Mistake``."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if value and not (parts.scheme in {"http", "https"} and parts.hostname and " " not in value):
        raise Mistake(_("Please enter the whole web address, beginning with https://."))
    return value


def read_people(value: Any) -> tuple[str, ...]:
    """People on the panel with their roles, one a line. Raises ``Mistake``."""
    text = paragraphs(MOST_PEOPLE * 120).whole(value)
    found = tuple(dict.fromkeys(" ".join(one.split()) for one in text.split("\n") if one.strip()))
    if len(found) > MOST_PEOPLE:
        raise Mistake(_("Please enter at most %(most)s people.", most=MOST_PEOPLE))
    return found


def read_chapters(value: Any) -> tuple[dict[str, Any], ...]:
    """Chapters of a video, one a line: the time from its start, then the title; sorted by time.

    Raises ``Mistake``.
    """
    text = paragraphs(MOST_CHAPTERS * 120).whole(value)
    found: dict[int, str] = {}
    for one in filter(None, (one.strip() for one in text.split("\n"))):
        match = _CHAPTER.fullmatch(one)
        if match is None or int(match[3]) > 59 or (match[1] and int(match[2]) > 59):  # noqa: PLR2004
            raise Mistake(
                _(
                    "Please write each chapter as 0:12:30 and its title. This line cannot be read: %(line)s",
                    line=one[:60],
                )
            )
        found[int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])] = match[4]
    return tuple({"at": at, "title": found[at]} for at in sorted(found))


Link = Annotated[
    str, line(LINK_LIMIT, safe=False), AfterValidator(web_address), Label(_("Link")), Html(type="url", inputmode="url")
]
People = Annotated[tuple[str, ...], BeforeValidator(read_people)]
Time = Moment | None


class PlanForum(Form):
    """The fields of a forum. Those that its kind does not have stay empty."""

    kind: Annotated[str, Internal()]
    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Title"))]
    summary: Annotated[
        str,
        line(SUMMARY_LIMIT),
        Label(_("Summary in one sentence")),
        Hint(_("Shown in lists and emails.")),
    ] = ""
    body: Annotated[str, paragraphs(BODY_LIMIT), Label(_("About")), Html(rows=10)] = ""
    language: Annotated[str, Internal()] = "ko"
    department_id: Annotated[int | None, OneOf(), Key("department"), Label(_("Department"))] = None
    district: Annotated[str, OneOf(), Label(_("District"))] = ""
    place: Annotated[
        str,
        line(PLACE_LIMIT),
        Label(_("Venue")),
        Hint(_("With directions: building, floor, room.")),
    ] = ""
    panel: Annotated[
        Sequence[str],
        BeforeValidator(read_people),
        Label(_("Panel and speakers")),
        Hint(_("One person per line, with their position.")),
        Html(rows=4),
    ] = ()
    moderation: Annotated[str, OneOf(MODERATION), Label(_("When submissions are shown")), Html(radios=True)] = "after"
    speaks_from: Annotated[
        Time,
        Label(_("Submissions open")),
        Hint(_("If empty, from the announcement on.")),
    ] = None
    speaks_until: Annotated[Time, Label(_("Submissions close"))] = None
    starts_at: Annotated[Time, Label(_("Start time"))] = None
    ends_at: Annotated[Time, Label(_("End time"))] = None
    link: Annotated[Link, Label(_("Address of the video")), Hint(_("Of the live broadcast or the recording."))] = ""
    chapters: Annotated[
        Sequence[Mapping[str, Any]],
        BeforeValidator(read_chapters),
        Label(_("Chapters of the video")),
        Hint(_("One per line: the time from the beginning, then the title, such as 0:12:30 Questions.")),
        Html(rows=5),
    ] = ()

    @classmethod
    def parse(  # type: ignore[override]  # the fields depend on the kind, the choices on the city
        cls,
        kind: str,
        raw: Mapping[str, Any],
        city: City,
        language: str,
        *,
        kept: str = "",
        wrong: Sequence[FieldError] = (),
    ) -> "PlanForum":
        """Read the fields of a kind. ``kept`` is the present district, ``wrong`` the errors of the files.

        Raises ``Invalid`` with every error.
        """
        choices = {
            "department": {str(row.id): row.id for row in city.open_departments},
            "district": [code for code, _name in city.district_choices(language, kept)],
        }
        fields = {name: value for name, value in raw.items() if name in FIELDS[kind]}
        command, errors = PLANS[kind].read(fields, choices=choices, kind=kind, language=language)
        if errors.found or wrong:
            raise Invalid([*errors.listed, *wrong])
        return command

    def check(self, errors: Errors) -> None:
        check_order(errors, self.starts_at, self.ends_at, "ends_at")
        check_order(errors, self.speaks_from, self.speaks_until, "speaks_until")

    def values(self) -> dict[str, Any]:
        """The columns of the forum."""
        chosen: dict[str, Any] = {each.attribute: getattr(self, each.attribute) for each in self.fields()}
        return {**chosen, "panel": list(self.panel), "chapters": [dict(one) for one in self.chapters]}


PLANS: Mapping[str, type[PlanForum]] = {
    **dict.fromkeys(FIELDS, PlanForum),
    "listening": PlanForum.labelled(title=_("Topic")),
    "discussion": PlanForum.labelled(title=_("Question")),
    "field_office": PlanForum.labelled(
        body=_("The problem"), starts_at=_("First day on site"), ends_at=_("Last day on site")
    ),
    "notice": PlanForum.labelled(body=_("Text")),
}
"""The form of each kind, with its labels."""


def check_order(errors: Errors, first: datetime | None, last: datetime | None, name: str) -> None:
    """Note an end that is not after the beginning."""
    if first and last and last <= first:
        errors.fail(name, _("The end must be later than the start."))


def chapter_lines(chapters: Sequence[Mapping[str, Any]]) -> str:
    """Chapters as the field's text."""
    return "\n".join(f"{clock_text(int(one['at']))} {one['title']}" for one in chapters)


def clock_text(seconds: int) -> str:
    """A time from the start of a video, such as ``0:12:30``."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


class WriteMinutes(Form):
    """The minutes of a forum."""

    minutes: Annotated[
        str,
        paragraphs(MINUTES_LIMIT, least=2),
        Label(_("Minutes")),
        Hint(_("Everyone can read them. Please leave out private information about people.")),
        Html(rows=24),
    ]
    seen: Version = None
