"""The stories that people of the demonstration city tell, a module per topic; all of them are invented."""

from server.demo.cases import (
    building,
    civic,
    english,
    environment,
    japanese,
    permits,
    refusals,
    reports,
    streets,
    traffic,
    water_green,
    welfare,
)
from server.demo.cases.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *streets.SCENARIOS,
    *traffic.SCENARIOS,
    *environment.SCENARIOS,
    *water_green.SCENARIOS,
    *building.SCENARIOS,
    *welfare.SCENARIOS,
    *civic.SCENARIOS,
    *permits.SCENARIOS,
    *refusals.SCENARIOS,
    *reports.SCENARIOS,
    *japanese.SCENARIOS,
    *english.SCENARIOS,
)
