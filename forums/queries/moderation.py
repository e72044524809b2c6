"""What became of texts that were reported, held, hidden or appealed for, as readers and moderators see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forums.guidelines import GUIDELINES
from server.core import database
from server.core.errors import Text


@dataclass(frozen=True, slots=True)
class Hidden:
    """What stands in place of a hidden text."""

    rule: str
    """A key of ``forums.labels.RULES``."""
    reason: Text | str
    """The moderator's own words, or the rule's prepared ones (``|text`` translates them)."""
    appealed: bool
    """Whether the author has appealed; that can be done once."""
    upheld: bool = False
    """Whether another moderator has looked at it after the appeal and left it hidden."""


async def reasons(subjects: Sequence[str]) -> dict[str, Hidden]:
    """Of those subjects that are hidden, what stands in their place. One query, none without subjects."""
    if not subjects:
        return {}
    rows = await database.fetch(
        "SELECT subject, rule, reason, open, appealed_at FROM review "
        f"WHERE subject IN ({', '.join('?' * len(subjects))}) AND rule <> ''",
        *subjects,
    )
    return {row["subject"]: hidden(row) for row in rows}


def hidden(row: Mapping[str, Any]) -> Hidden:
    """The same of a review's row."""
    appealed = row["appealed_at"] is not None
    reason = row["reason"] or GUIDELINES[row["rule"]].reason
    return Hidden(row["rule"], reason, appealed, appealed and not row["open"])
