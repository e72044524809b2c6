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
