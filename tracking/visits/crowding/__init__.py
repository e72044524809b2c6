"""Crowding: how many visitors are expected, in stars, in numbers and with reasons.

Pure decisions about an office's history, which the caller reads from the table of counts and whose fitted parameters
it keeps as JSON.
"""

from tracking.visits.crowding.days import DayLevels, levels_of
from tracking.visits.crowding.forecast import (
    Forecast,
    Quality,
    Visitors,
    forecast_day,
    forecast_hour,
    review_in_steps,
)
from tracking.visits.crowding.model import ALL, Count, Model, at_once, fit_in_steps, politely
from tracking.visits.crowding.rules import Reason

__all__ = [
    "ALL",
    "Count",
    "DayLevels",
    "Forecast",
    "Model",
    "Quality",
    "Reason",
    "Visitors",
    "at_once",
    "fit_in_steps",
    "forecast_day",
    "forecast_hour",
    "levels_of",
    "politely",
    "review_in_steps",
]
