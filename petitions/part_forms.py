"""Raw input into the commands of cooperation between departments: asking, and putting the reply off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petitions.cooperation import LONGEST_DAYS, ReplyBy
from petitions.forms import REASON_LIMIT, TEXT_LIMIT, read_seen
from server.core.errors import _
from server.core.fields import Input, safe_text

NO_DAY = _("Please say by which day the reply is needed.")


def read_reply_by(data: Input) -> ReplyBy:
    """``due``, a day, or ``days``, working days; the day counts where both are said."""
    day, days = data.day("due"), data.integer("days", low=1, high=LONGEST_DAYS)
    if day is None and days is None and not any(error.field in {"due", "days"} for error in data.errors):
        data.fail("due", NO_DAY)
    return ReplyBy(None if day else days, day)


@dataclass(frozen=True)
class AskPart:
    """Which department is asked, for what, and until when."""

    department: str
    text: str
    reply_by: ReplyBy
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "AskPart":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        department = data.text("department", limit=80, required=True)
        text = safe_text(data, "text", limit=TEXT_LIMIT, required=True, lines=True)
        command = cls(department, text, read_reply_by(data), read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class ExtendPart:
    """Until when the reply is put off, and why."""

    reply_by: ReplyBy
    reason: str
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ExtendPart":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        reason = safe_text(data, "reason", limit=REASON_LIMIT, required=True, lines=True)
        command = cls(read_reply_by(data), reason, read_seen(data))
        data.done()
        return command
