"""What participants write in forums: submissions and comments."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field

from forums.labels import AGE_BANDS, STANCES
from server.core.city import City
from server.core.errors import _
from server.core.forms import About, Errors, Form, Html, Internal, Label, OneOf, line, paragraphs

TITLE_LIMIT, TEXT_LIMIT, COMMENT_LIMIT = 120, 5_000, 1_000


class Submit(Form):
    """A submission, an idea or a question for a forum."""

    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Title"), _("Your submission in one sentence"))]
    text: Annotated[str, paragraphs(TEXT_LIMIT, least=2), Label(_("Text"), _("Your submission, with your reasons"))]
    stance: Annotated[str, OneOf(STANCES), Label(_("Stance")), Html(radios=True)]
    district: Annotated[str, OneOf(), Label(_("District")), About("Its code.")] = ""
    language: Annotated[str, Internal()] = "ko"
    """The author's language."""

    @classmethod
    def said(
        cls, raw: Mapping[str, Any], reference_data: City, language: str, *, strict: bool = False
    ) -> tuple[Self, Errors]:
        """Read it and return the errors, for callers that read further forms with it."""
        districts = [code for code, _name in reference_data.district_choices(language)]
        return cls.read(raw, strict=strict, choices={"district": districts}, language=language)


class Say(Form):
    """A comment, or a reply to one."""

    text: Annotated[str, paragraphs(COMMENT_LIMIT), Label(_("Comment"))]
    stance: Annotated[str, OneOf(STANCES), Label(_("Stance"))] = ""
    parent: Annotated[int | None, Field(ge=1, le=2**53), Label(_("Comment being replied to")), Html(asked=False)] = None


class AboutMe(Form):
    """What participants may say about themselves for the statistics; optional."""

    age_band: Annotated[str, OneOf(AGE_BANDS), Label(_("Age"))] = ""
    district: Annotated[str, OneOf(), Label(_("District")), About("Its code.")] = ""


def content_of(command: Submit | Say, **more: object) -> dict[str, Any]:
    """A command as JSON, stored until its author is confirmed; the class reads it back with ``**``."""
    return {**vars(command), **more}


def submission_of(content: Mapping[str, Any]) -> Submit:
    """A stored submission."""
    return Submit(**{name: content[name] for name in Submit.__dataclass_fields__})


def comment_of(content: Mapping[str, Any]) -> Say:
    """A stored comment."""
    return Say(**{name: content[name] for name in Say.__dataclass_fields__})
