"""The values that the forms of a case's actions need: the case itself, choices, limits and defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from petitions.acts.section import Section
from petitions.queries.cases import CaseView
from petitions.states import Action
from server.core import i18n
from server.core.acts import Act
from server.core.errors import Text

CaseAct = Act[Action, Any]
Options = Sequence[tuple[str, ...]]
"""Value and label of each choice, and an optional note."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A case's page in one language, as the petitioner sees it."""

    case: CaseView
    language: str

    def day(self, day: date | None) -> str:
        """A day in the reader's language."""
        return i18n.date_text(day, self.language) if day else ""


@dataclass(frozen=True, kw_only=True)
class DeskPage(Page):
    """A case's page at the desk. Values are left empty if no form on the page needs them."""

    parts: Section
    departments: Options = ()
    proposed: str = ""
    """The code of the department that routing proposes."""
    handlers: Options = ()
    guides: Options = ()
    passing_on: Mapping[str, Text] = field(default_factory=dict)
    """By action, until when the case must be transferred."""
    answered_before: Options = ()
    """Earlier petitions of the same person that were answered before this one arrived."""
    remedies: str = ""
    """The remedies against a refusal."""
    remedies_of_objection: str = ""
