"""What the forms of a case's actions ask of the page that shows them: the case itself, choices, limits and defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from petitions.queries.cases import CaseView
from petitions.states import Action
from server.core import i18n
from server.core.acts import Act
from server.core.errors import Text

CaseAct = Act[Action, Any]
Options = Sequence[tuple[str, ...]]
"""Value and words of each choice, and a note where there is one."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A case's page in a language: the petitioner's."""

    case: CaseView
    language: str

    def day(self, day: date | None) -> str:
        """A day as the reader writes it."""
        return i18n.date_text(day, self.language) if day else ""


@dataclass(frozen=True, kw_only=True)
class DeskPage(Page):
    """The page of a case at the desk. What only a form that is not there would ask for is left empty."""

    departments: Options = ()
    proposed: str = ""
    """The code of the department that routing proposes."""
    handlers: Options = ()
    guides: Options = ()
    passing_on: Mapping[str, Text] = field(default_factory=dict)
    """By action, until when the case must be passed on."""
    askable: Options = ()
    """Departments that can be asked for a part of the case."""
    awaited: Options = ()
    """Departments whose replies are awaited."""
    reply_until: str = ""
    """Until when the reader's own department is to reply, while it can still put that off."""
    today: date | None = None
    last_day: date | None = None
    """The last day within the case's own period; None for a tip."""
    answered_before: Options = ()
    """Earlier petitions of the same person that were answered before this one came."""
    remedies: str = ""
    """What a petitioner can do against a refusal."""
    remedies_of_objection: str = ""

    @property
    def reply_days(self) -> dict[str, object]:
        """The bounds of a reply's day."""
        return {"min": self.today and self.today.isoformat(), "max": self.last_day and self.last_day.isoformat()}
