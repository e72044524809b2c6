"""Tables of slots and the bookings in them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.booking.states import Status


class Slot(Model):
    """The places available at one time and how many are taken. The domain's own row says what they are for."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=20)
    """The domain it belongs to, whose job ends expired offers."""
    closes_at = fields.DatetimeField()
    """Until when people can book for themselves."""
    self_service = fields.BooleanField(default=True)
    """Whether people can book for themselves; other slots are booked by officials only."""
    capacity = fields.IntField()
    booked = fields.IntField(default=0)
    waiting = fields.IntField(default=0)
    attended = fields.IntField(default=0)
    """Attendance, including people counted without a name."""
    cancelled = fields.BooleanField(default=False)

    class Meta:
        table = "booking_slot"
        constraints = (CheckConstraint(check="booked >= 0 AND booked <= capacity", name="booking_slot_capacity"),)


class Booking(Model):
    """A participant's booking in a slot, or their position in its waiting list. One per participant and slot."""

    id = fields.BigIntField(primary_key=True)
    slot: fields.ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "core.Slot", on_delete=fields.CASCADE, related_name="bookings", db_index=False
    )
    slot_id: int
    participant: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "core.Participant", null=True, on_delete=fields.SET_NULL, related_name="bookings", db_index=False
    )
    participant_id: int | None
    name = fields.CharField(max_length=80)
    code = fields.CharField(max_length=16, unique=True)
    status = fields.CharEnumField(Status, max_length=10)
    held_until = fields.DatetimeField(null=True)
    """Until when an offered place is held."""
    note = fields.CharField(max_length=200, default="")
    """The purpose, in the participant's words."""
    created_at = fields.DatetimeField()
    """Start of waiting: whoever returns a place and books again goes to the end of the queue."""
    checked_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking"
        unique_together = (("slot", "participant"),)
        indexes = (
            Index(fields=("slot_id", "status", "created_at", "id"), name="booking_slot_status"),
            Index(fields=("participant_id", "id"), name="booking_participant"),
            Index(fields=("status", "held_until"), name="booking_held"),
        )


class Calendar(Model):
    """One day of one place whose units are booked by time: the lock of its rows, and their version."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=20)
    version = fields.BigIntField(default=0)
    """Grows with every change; readers keep what they read under it."""

    class Meta:
        table = "booking_calendar"


class Claim(Model):
    """Time of one unit, taken for one booking or, where ``places`` is more than one, for a group."""

    id = fields.BigIntField(primary_key=True)
    calendar: fields.ForeignKeyRelation[Calendar] = fields.ForeignKeyField(
        "core.Calendar", on_delete=fields.CASCADE, related_name="claims", db_index=False
    )
    calendar_id: int
    kind = fields.IntField()
    """The domain's id of what is done in that time; it says which units are able to do it."""
    unit = fields.BigIntField(null=True)
    """The only unit that may serve it; None for any that is able."""
    channel = fields.CharField(max_length=10)
    starts = fields.IntField()
    """Minutes since the epoch, like all times of this engine."""
    ends = fields.IntField()
    places = fields.IntField(default=1)
    taken = fields.IntField()
    placed = fields.BooleanField(default=True)
    """False after the units that served it have gone and no other could take over."""

    class Meta:
        table = "booking_claim"
        constraints = (CheckConstraint(check="taken >= 0 AND taken <= places", name="booking_claim_places"),)
        indexes = (Index(fields=("calendar_id", "kind", "starts"), name="booking_claim_kind"),)


class Time(Model):
    """One step of one unit, and the claim that it serves: a step serves one claim because it is one row."""

    id = fields.BigIntField(primary_key=True)
    calendar: fields.ForeignKeyRelation[Calendar] = fields.ForeignKeyField(
        "core.Calendar", on_delete=fields.CASCADE, related_name="times", db_index=False
    )
    calendar_id: int
    unit = fields.BigIntField()
    minute = fields.IntField()
    claim: fields.ForeignKeyNullableRelation[Claim] = fields.ForeignKeyField(
        "core.Claim", null=True, on_delete=fields.SET_NULL, related_name="times", db_index=False
    )
    claim_id: int | None

    class Meta:
        table = "booking_time"
        unique_together = (("calendar", "minute", "unit"),)
        indexes = (Index(fields=("claim_id",), name="booking_time_claim"),)
