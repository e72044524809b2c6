"""What readers, authors and moderators say about a text, read from their forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forums.labels import RULES
from forums.states import TextAction
from server.core.fields import Input, safe_text

REPORT_LIMIT, APPEAL_LIMIT, REASON_LIMIT = 500, 2_000, 1_000
DECISIONS = (TextAction.SHOW, TextAction.HIDE, TextAction.UPHOLD)
"""What a moderator decides."""

_turn = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class ReportText:
    """Which rule a reader thinks is broken, and more if they like."""

    rule: str
    text: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ReportText":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        rule = data.choice("rule", tuple(RULES), required=True)
        text = safe_text(data, "text", limit=REPORT_LIMIT, lines=True)
        data.done()
        return cls(rule, text)


@dataclass(frozen=True)
class AppealHiding:
    """Why an author thinks that a text breaks no rule."""

    text: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "AppealHiding":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        text = safe_text(data, "text", limit=APPEAL_LIMIT, required=True, lines=True, least=10)
        data.done()
        return cls(text)


@dataclass(frozen=True)
class Decide:
    """What a moderator decides on one text or many."""

    action: TextAction
    rule: str = ""
    reason: str = ""
    """The moderator's own words; without them the prepared ones are said."""
    seen: int | None = None
    """The decisions and appeals that the page knew; None where it says none."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Decide":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        action = data.choice("action", DECISIONS, required=True)
        rule = data.choice("rule", tuple(RULES), required=action == TextAction.HIDE)
        reason = safe_text(data, "reason", limit=REASON_LIMIT, lines=True)
        data.done()
        kept = rule if action == TextAction.HIDE else ""
        return cls(TextAction(action), kept, reason, read_turn(str(raw.get("seen") or "")))


def read_turn(text: str) -> int | None:
    """A number of decisions, as a form carries it."""
    return int(text) if _turn.fullmatch(text) else None
