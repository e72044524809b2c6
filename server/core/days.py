"""The days of the city: which one it is there, now or at a moment. The law counts them, and so do statistics."""

from datetime import date, datetime

from server.core import clock, config


def day_of(moment: datetime) -> date:
    """The day in the city at a moment."""
    return moment.astimezone(config.settings().zone).date()


def today() -> date:
    """The day in the city."""
    return day_of(clock.now())
