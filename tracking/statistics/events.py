"""Events about the statistics themselves (subject ``statistics``)."""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class StatisticsCorrected:
    """A recount found totals that did not agree with the records, and corrected them."""

    kind: ClassVar[str] = "statistics.corrected"
    audience: ClassVar[Audience] = Audience.PUBLIC
    recount: int
    corrected: int
