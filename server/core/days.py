"""The city's date: the date in its time zone, now or at a given time, as legal periods and statistics count it."""

from datetime import date, datetime

from server.core import clock, config


def day_of(moment: datetime) -> date:
    """The city's date at a given time."""
    return moment.astimezone(config.settings().zone).date()


def today() -> date:
    """The city's date."""
    return day_of(clock.now())
