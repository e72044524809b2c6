"""What readers, authors and moderators submit about a text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from forums.labels import RULES
from forums.states import TextAction
from server.core.errors import _
from server.core.forms import Errors, Form, Html, Label, OneOf, paragraphs

REPORT_LIMIT, APPEAL_LIMIT, REASON_LIMIT = 500, 2_000, 1_000
DECISIONS = (TextAction.SHOW, TextAction.HIDE, TextAction.UPHOLD)
"""The decisions of moderators."""

_turn = re.compile(r"[0-9]{1,9}")


class ReportText(Form):
    """The rule that a reader thinks is broken, and an optional explanation."""

    rule: Annotated[str, OneOf(RULES), Label(_("Which rule does it break?")), Html(radios=True)]
    text: Annotated[
        str, paragraphs(REPORT_LIMIT), Label(_("Anything the moderator should know")), Html(rows=3, private=True)
    ] = ""


class AppealHiding(Form):
    """Why the author thinks that the text breaks no rule."""

    text: Annotated[
        str, paragraphs(APPEAL_LIMIT, least=10), Label(_("Why does the text not break the rule?")), Html(rows=6)
    ]


class Decide(Form):
    """A moderator's decision on one or many texts."""

    action: Annotated[TextAction, OneOf(DECISIONS), AfterValidator(TextAction), Label(_("Decision"))]
    rule: Annotated[str, OneOf(RULES), Label(_("Rule that it breaks"))] = ""
    reason: Annotated[str, paragraphs(REASON_LIMIT), Label(_("Reason, in your own words")), Html(rows=3)] = ""
    """The moderator's own text; the prepared one is used where it is empty."""
    seen: Annotated[int | None, Field(ge=0, le=10**9), Label(_("Version")), Html(asked=False)] = None
    """The number of decisions and appeals that the page showed; None where it sends none."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any], **options: Any) -> Self:
        """Read it. Raises ``Invalid``. Only hiding takes a rule."""
        command = super().parse({**raw, "seen": read_version(str(raw.get("seen") or ""))}, **options)
        return command if command.action == TextAction.HIDE else replace(command, rule="")

    def check(self, errors: Errors) -> None:
        if self.action == TextAction.HIDE:
            errors.require(self, "rule")


def read_version(text: str) -> int | None:
    """The number of decisions and appeals that a form sends; None where it is not a number."""
    return int(text) if _turn.fullmatch(text) else None
