"""Tables of slots and the bookings in them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from server.core.booking.states import Status


class Slot(Model):
    """So many places at one time, with what is taken of them. What it is for stands in its domain's row."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=20)
    """The domain that it belongs to, whose job ends its offers."""
    closes_at = fields.DatetimeField()
    """Until when people book for themselves."""
    self_service = fields.BooleanField(default=True)
    """Whether people book for themselves at all; the others are booked by officials only."""
    capacity = fields.IntField()
    booked = fields.IntField(default=0)
    waiting = fields.IntField(default=0)
    attended = fields.IntField(default=0)
    """Everybody who was there, those counted without a name included."""
    cancelled = fields.BooleanField(default=False)

    class Meta:
        table = "booking_slot"
        constraints = (CheckConstraint(check="booked >= 0 AND booked <= capacity", name="booking_slot_capacity"),)


class Booking(Model):
    """Somebody's place in a slot, or their turn in its waiting list. One a participant and slot."""

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
    """Until when an offered place is kept."""
    note = fields.CharField(max_length=200, default="")
    """What it is for, in the participant's words."""
    created_at = fields.DatetimeField()
    """Since when they have stood in line: whoever gave a place back and comes again stands at the end."""
    checked_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking"
        unique_together = (("slot", "participant"),)
        indexes = (
            Index(fields=("slot_id", "status", "created_at", "id"), name="booking_slot_status"),
            Index(fields=("participant_id", "id"), name="booking_participant"),
            Index(fields=("status", "held_until"), name="booking_held"),
        )
