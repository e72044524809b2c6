"""Submissions that become petitions, and petitions that become topics."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from forums.forms.assigning import Version
from server.core.errors import _
from server.core.forms import Errors, Form, Html, Label, OneOf, line, paragraphs

NAME_LIMIT, TITLE_LIMIT, TEXT_LIMIT = 80, 200, 20_000
KINDS = ("discussion", "listening", "field_office")
"""The kinds of forum that can have a petition as their topic."""


class BecomePetition(Form):
    """An author's consent to make their submission a petition: a name, and permission to use the email address."""

    name: Annotated[str, line(NAME_LIMIT), Label(_("Your name")), Html(autocomplete="name")]
    seen: Version = None
    consent: Annotated[bool, Label(_("I agree that my name and my email address are passed on to the department."))] = (
        False
    )

    def check(self, errors: Errors) -> None:
        if not self.consent:
            errors.fail("consent", _("Without your consent we cannot pass on your name and email address."))


class MakeTopic(Form):
    """A topic in an official's own words: a new forum, or a submission to an existing one (``forum``)."""

    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Title"))]
    text: Annotated[str, paragraphs(TEXT_LIMIT, least=2), Label(_("About"))]
    kind: Annotated[str, OneOf((*KINDS, "submission")), Label(_("What it becomes")), Html(radios=True)] = ""
    forum: Annotated[str, line(48, safe=False), Label(_("Forum, for a submission (the end of its address)"))] = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any], **options: Any) -> Self:
        """Read it. Raises ``Invalid``. ``kind`` is empty for a submission, ``forum`` for anything else."""
        command = super().parse(raw, **options)
        return replace(command, kind="") if command.kind == "submission" else replace(command, forum="")

    def check(self, errors: Errors) -> None:
        errors.require(self, "kind")
        if self.kind == "submission":
            errors.require(self, "forum")
