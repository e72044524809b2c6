"""What the law makes of a story: its period, and whether there is time for extensions in it."""

from petitions import rules
from petitions.rules import Kind
from server.core.clock import Unit
from server.demo.cases.scenario import Scenario
from server.demo.services import SERVICES

_LEGAL = {s.code: rules.Service(s.code, s.names.ko, s.unit, s.amount) for s in SERVICES}
_SHORT_HOURS = 8


def period_of(scenario: Scenario) -> rules.Period | None:
    """The legal period of a story; None for a tip."""
    if scenario.report:
        return None
    parsed = rules.parse_kind(scenario.kind, _LEGAL)
    if isinstance(parsed, rules.Refusal):
        raise ValueError(f"there is no kind {scenario.kind}")  # noqa: TRY004 — its text is wrong, not its type
    return rules.period(*parsed)


def is_application(scenario: Scenario) -> bool:
    """Whether somebody applies for something under a law (법정민원)."""
    return scenario.kind.startswith(Kind.STATUTORY)


def is_slow(scenario: Scenario) -> bool:
    """Whether the period is longer than a day, so that there is time for extensions and for waiting."""
    period = period_of(scenario)
    return period is not None and (period.unit is not Unit.HOURS or period.amount > _SHORT_HOURS)
