"""What can happen to the statistics themselves (subject ``statistics``)."""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class StatisticsCorrected:
    """A recount found totals that were not what the records say, and put them right."""

    kind: ClassVar[str] = "statistics.corrected"
    audience: ClassVar[Audience] = Audience.PUBLIC
    recount: int
    corrected: int
