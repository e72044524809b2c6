"""What readers, authors and moderators say about a text."""

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
"""What a moderator decides."""

_turn = re.compile(r"[0-9]{1,9}")


class ReportText(Form):
    """Which rule a reader thinks is broken, and more if they like."""

    rule: Annotated[str, OneOf(RULES), Label(_("Rule")), Html(radios=True)]
    text: Annotated[str, paragraphs(REPORT_LIMIT), Label(_("Remark"))] = ""


class AppealHiding(Form):
    """Why an author thinks that a text breaks no rule."""

    text: Annotated[str, paragraphs(APPEAL_LIMIT, least=10), Label(_("Reason"))]


class Decide(Form):
    """What a moderator decides on one text or many."""

    action: Annotated[TextAction, OneOf(DECISIONS), AfterValidator(TextAction), Label(_("Decision"))]
    rule: Annotated[str, OneOf(RULES), Label(_("Rule"))] = ""
    reason: Annotated[str, paragraphs(REASON_LIMIT), Label(_("Reason"))] = ""
    """The moderator's own words; without them the prepared ones are said."""
    seen: Annotated[int | None, Field(ge=0, le=10**9), Label(_("Version")), Html(asked=False)] = None
    """The decisions and appeals that the page knew; None where it says none."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any], **options: Any) -> Self:
        """Read it. Raises ``Invalid``. Only who hides names a rule."""
        command = super().parse({**raw, "seen": read_turn(str(raw.get("seen") or ""))}, **options)
        return command if command.action == TextAction.HIDE else replace(command, rule="")

    def check(self, errors: Errors) -> None:
        if self.action == TextAction.HIDE:
            errors.require(self, "rule")


def read_turn(text: str) -> int | None:
    """A number of decisions, as a form carries it."""
    return int(text) if _turn.fullmatch(text) else None
