"""Whether visitors who wait will be called before their office closes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracking.visits.waits.queue import Wait


class BeforeClosing(StrEnum):
    """What a visitor can expect of the rest of the day."""

    IN_TIME = "in_time"
    UNCERTAIN = "uncertain"
    """The range ends after closing, its middle does not."""
    TOO_LATE = "too_late"
    """Probably not before closing."""


@dataclass(frozen=True, slots=True)
class Closed:
    """No counter that can do a service is open now, so that no estimate is worth telling."""

    opens_at: datetime | None
    """When one opens today by the roster; None if that is not known."""


def before_closing(wait: Wait | None, minutes: float | None) -> BeforeClosing | None:
    """What an estimate means if the office closes in so many minutes.

    None without an estimate, on a day without hours, and once the office has closed: whoever is there then is still
    served. It is decided by the whole minutes that are shown, so that no range in time ends after closing.
    """
    if wait is None or minutes is None or minutes <= 0:
        return None
    _low, middle, high = wait.in_minutes
    if high <= minutes:
        return BeforeClosing.IN_TIME
    return BeforeClosing.UNCERTAIN if middle <= minutes else BeforeClosing.TOO_LATE
