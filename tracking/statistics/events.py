"""Events about the statistics themselves (subject ``statistics``)."""

from server.core.ledger import Audience, DomainEvent


class StatisticsCorrected(DomainEvent, kind="statistics.corrected", audience=Audience.PUBLIC):
    """A recount found totals that did not agree with the records, and corrected them."""

    recount: int
    corrected: int
