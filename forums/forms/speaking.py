"""What participants write in forums: submissions and comments."""

from typing import Annotated

from pydantic import Field

from forums.labels import AGE_BANDS, STANCES
from server.core.errors import _
from server.core.forms import About, Form, Html, Internal, Label, OneOf, line, paragraphs

TITLE_LIMIT, TEXT_LIMIT, COMMENT_LIMIT = 120, 5_000, 1_000


class Submit(Form):
    """A submission, an idea or a question for a forum."""

    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Your submission in one sentence"))]
    text: Annotated[str, paragraphs(TEXT_LIMIT, least=2), Label(_("Your submission, with your reasons"))]
    stance: Annotated[str, OneOf(STANCES), Label(_("What is your submission?")), Html(radios=True)]
    district: Annotated[str, OneOf(), Label(_("District it concerns")), About("Its code.")] = ""
    language: Annotated[str, Internal()] = "ko"
    """The author's language."""


class Say(Form):
    """A comment, or a reply to one."""

    text: Annotated[str, paragraphs(COMMENT_LIMIT), Label(_("Your comment")), Html(rows=4)]
    stance: Annotated[str, OneOf(STANCES), Label(_("Are you for or against it?"))] = ""
    parent: Annotated[int | None, Field(ge=1, le=2**53), Label(_("Comment being replied to")), Html(asked=False)] = None


class AboutMe(Form):
    """What participants may say about themselves for the statistics; optional."""

    age_band: Annotated[str, OneOf(AGE_BANDS), Label(_("Age"))] = ""
    district: Annotated[str, OneOf(), Label(_("District where you live")), About("Its code.")] = ""
