"""Tables of visits: offices, services, counters and rosters; visits, their matters and documents; crowding."""

from tracking.visits.models.bookings import (
    FreedTime,
    Matter,
    NoShow,
    Restriction,
    Visit,
    VisitDocument,
    VisitFile,
    VisitRequest,
    VisitWords,
    Waiting,
)
from tracking.visits.models.crowding import CrowdingModel, VisitorCount
from tracking.visits.models.places import (
    Counter,
    CounterAbility,
    CounterService,
    Office,
    OfficeDay,
    OfficeHours,
    Opening,
    Shift,
)

__all__ = [
    "Counter",
    "CounterAbility",
    "CounterService",
    "CrowdingModel",
    "FreedTime",
    "Matter",
    "NoShow",
    "Office",
    "OfficeDay",
    "OfficeHours",
    "Opening",
    "Restriction",
    "Shift",
    "Visit",
    "VisitDocument",
    "VisitFile",
    "VisitRequest",
    "VisitWords",
    "VisitorCount",
    "Waiting",
]
