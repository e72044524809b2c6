"""Tables of places: offices with their hours, services, counters, rosters, and the calendar of each day.

Times of day are ``HH:MM`` in the city's zone.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from tracking.visits.states import OpeningKind


class Office(Model):
    """A place with counters: a ward office, a service centre, a field office for some days."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    district = fields.CharField(max_length=40, default="")
    address = fields.CharField(max_length=200)
    address_ja = fields.CharField(max_length=200, default="")
    address_en = fields.CharField(max_length=200, default="")
    lat = fields.FloatField(null=True)
    lng = fields.FloatField(null=True)
    directions = fields.CharField(max_length=500, default="")
    directions_ja = fields.CharField(max_length=500, default="")
    directions_en = fields.CharField(max_length=500, default="")
    phone = fields.CharField(max_length=30, default="")
    email = fields.CharField(max_length=254, default="")
    """Where the next day's list is sent each evening."""
    listed_on = fields.DateField(null=True)
    """The evening on which it was last sent."""
    languages: list[str] = fields.JSONField(default=list)
    step_free = fields.BooleanField(default=False)
    reception = fields.CharField(max_length=500, default="")
    """Reception and security steps, and what may not be brought."""
    reception_ja = fields.CharField(max_length=500, default="")
    reception_en = fields.CharField(max_length=500, default="")
    active = fields.BooleanField(default=True)
    step = fields.IntField(default=15)
    """Minutes of one step of its calendars; cannot be changed."""
    opens_on = fields.DateField(null=True)
    """The first day that can be booked, for a new office."""
    days_ahead = fields.IntField(default=30)
    same_day = fields.BooleanField(default=False)
    """Whether a visit can still be booked on its day; otherwise until the day before."""
    notice_hours = fields.IntField(default=0)
    hold_minutes = fields.IntField(default=15)
    few_percent = fields.IntField(default=25)
    """Up to this share of the places left, or one, a time counts as almost full."""
    walk_in_percent = fields.IntField(default=0)
    phone_percent = fields.IntField(default=0)
    class_percents: dict[str, int] = fields.JSONField(default=dict)
    """By service class: the share of its counters that its bookings leave to other classes."""
    most_matters = fields.IntField(default=3)
    most_active = fields.IntField(default=3)
    """Active visits of one household, on all days."""
    most_daily = fields.IntField(default=10)
    """Visits that one household books on a day, those that it cancels included."""
    return_minutes = fields.IntField(default=60)
    """Freed time is offered again after a random delay of at most so many minutes, against trading."""
    offer_minutes = fields.IntField(default=60)
    grace_minutes = fields.IntField(default=10)
    """Who comes later than this after their booked time queues as a walk-in."""
    delay_minutes = fields.IntField(default=30)
    """By how much booked visitors may make a walk-in wait longer than in the order of arrival."""
    urgent_daily = fields.IntField(default=5)
    """Tickets that can be put first in a day, each for a reason."""
    most_calls = fields.IntField(default=3)
    """Calls without an answer after which a ticket is missed."""
    recall_minutes = fields.IntField(default=3)
    """Nobody is called again before so many minutes have passed."""
    call_minutes = fields.IntField(default=5)
    """A call to which the counter does nothing further ends after so many minutes."""
    carry_over = fields.BooleanField(default=False)
    """Whether the tickets that wait at closing wait again the next day; otherwise they end."""
    notice_minutes = fields.IntField(default=10)
    """Whoever left a contact is told when so many minutes of waiting remain."""
    offline_numbers = fields.IntField(default=20)
    """Ticket numbers of each series that each kiosk keeps for the time without network."""
    idle_seconds = fields.IntField(default=60)
    """A kiosk goes back to its start page after so long without a touch."""
    has_passes = fields.BooleanField(default=False)
    """Whether visitors get a pass at a reception."""
    no_shows = fields.IntField(default=2)
    no_show_days = fields.IntField(default=90)
    restricted_days = fields.IntField(default=30)

    class Meta:
        table = "office"


class OfficeHours(Model):
    """The weekly hours of an office on one weekday. A weekday without a row is closed."""

    id = fields.IntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="hours", db_index=False
    )
    office_id: int
    weekday = fields.IntField()
    """0 is Monday."""
    opens = fields.CharField(max_length=5)
    closes = fields.CharField(max_length=5)
    lunch_starts = fields.CharField(max_length=5, default="")
    lunch_ends = fields.CharField(max_length=5, default="")

    class Meta:
        table = "office_hours"
        unique_together = (("office", "weekday"),)


class Opening(Model):
    """A day on which an office differs from its weekly hours: opened, closed, or closed for a part of it."""

    id = fields.IntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="openings", db_index=False
    )
    office_id: int
    date = fields.DateField()
    kind = fields.CharEnumField(OpeningKind, max_length=11)
    opens = fields.CharField(max_length=5, default="")
    """For a closure: its start and end, empty for the whole day."""
    closes = fields.CharField(max_length=5, default="")
    reason = fields.CharField(max_length=200, default="")
    reason_ja = fields.CharField(max_length=200, default="")
    reason_en = fields.CharField(max_length=200, default="")

    class Meta:
        table = "office_opening"
        indexes = (Index(fields=("office_id", "date"), name="office_opening_date"),)


class CounterService(Model):
    """What can be done at a counter: a service of the office, a tour, a consultation with a named guide."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    class_code = fields.CharField(max_length=20, default="")
    """Its class: quotas, ticket numbers and statistics are kept by it."""
    minutes = fields.IntField()
    every = fields.IntField(default=0)
    """Minutes from one start on the grid to the next; 0 for the office's step."""
    places = fields.IntField(default=1)
    """People who can share one appointment: 1 except for tours and the like."""
    statutory = fields.CharField(max_length=60, default="")
    """The statutory service that it belongs to, by code."""
    documents: list[dict[str, Any]] = fields.JSONField(default=list)
    """What to bring: code, names and, if it is not always needed, the situations."""
    languages: list[str] = fields.JSONField(default=list)
    bookable = fields.BooleanField(default=True)
    walk_in = fields.BooleanField(default=True)
    by_video = fields.BooleanField(default=False)
    by_phone = fields.BooleanField(default=False)
    elsewhere = fields.CharField(max_length=300, default="")
    """What cannot be done here, and where else."""
    elsewhere_ja = fields.CharField(max_length=300, default="")
    elsewhere_en = fields.CharField(max_length=300, default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "counter_service"


class Counter(Model):
    """A counter, a consultation room or a guide of an office: whatever serves one visitor at a time."""

    id = fields.IntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="counters", db_index=False
    )
    office_id: int
    number = fields.CharField(max_length=10)
    name = fields.CharField(max_length=80, default="")
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    floor = fields.IntField(default=1)
    video_url = fields.CharField(max_length=300, default="")
    """Where its visitors by video meet it."""
    department_id = fields.IntField(null=True)
    account_id = fields.IntField(null=True)
    """The case guide, if it stands for a person and not for a place."""
    abilities: fields.ReverseRelation["CounterAbility"]
    active = fields.BooleanField(default=True)

    class Meta:
        table = "counter"
        unique_together = (("office", "number"),)


class CounterAbility(Model):
    """A counter is able to do a service."""

    id = fields.IntField(primary_key=True)
    counter: fields.ForeignKeyRelation[Counter] = fields.ForeignKeyField(
        "visits.Counter", on_delete=fields.CASCADE, related_name="abilities", db_index=False
    )
    counter_id: int
    service: fields.ForeignKeyRelation[CounterService] = fields.ForeignKeyField(
        "visits.CounterService", on_delete=fields.CASCADE, related_name="abilities", db_index=False
    )
    service_id: int

    class Meta:
        table = "counter_ability"
        unique_together = (("counter", "service"),)
        indexes = (Index(fields=("service_id",), name="counter_ability_service"),)


class Shift(Model):
    """An entry of the roster: somebody sits at a counter on a day from one time to another."""

    id = fields.BigIntField(primary_key=True)
    counter: fields.ForeignKeyRelation[Counter] = fields.ForeignKeyField(
        "visits.Counter", on_delete=fields.CASCADE, related_name="shifts", db_index=False
    )
    counter_id: int
    account_id = fields.IntField()
    date = fields.DateField()
    starts = fields.CharField(max_length=5)
    ends = fields.CharField(max_length=5)

    class Meta:
        table = "shift"
        indexes = (
            Index(fields=("counter_id", "date"), name="shift_counter_date"),
            Index(fields=("account_id", "date"), name="shift_account_date"),
        )


class OfficeDay(Model):
    """The calendar in the booking engine that holds the counter time of an office on a day."""

    id = fields.BigIntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="days", db_index=False
    )
    office_id: int
    date = fields.DateField()
    calendar_id = fields.BigIntField()

    class Meta:
        table = "office_day"
        unique_together = (("office", "date"),)
        indexes = (Index(fields=("calendar_id",), name="office_day_calendar"),)
