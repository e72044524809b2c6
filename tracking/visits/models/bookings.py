"""Tables of visits: who comes when and for what, what they bring, who waits for a free time, and no-shows."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from tracking.visits.models.places import CounterService, Office
from tracking.visits.states import (
    Channel,
    DocumentState,
    RequestState,
    RestrictionState,
    VisitMode,
    VisitState,
    WaitingState,
)


class Visit(Model):
    """A visit to an office, from the hold of a time to its end."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=16, unique=True)
    key_hash = fields.CharField(max_length=64)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.RESTRICT, related_name="visits", db_index=False
    )
    office_id: int
    date = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    state = fields.CharEnumField(VisitState, max_length=10)
    channel = fields.CharEnumField(Channel, max_length=10)
    mode = fields.CharEnumField(VisitMode, max_length=10, default=VisitMode.IN_PERSON)
    language = fields.CharField(max_length=5)
    name = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    party = fields.IntField(default=1)
    note = fields.CharField(max_length=300, default="")
    situations: list[str] | None = fields.JSONField(null=True)
    """Which situations of its documents apply, by code. None until the visitor has said so."""
    case_reference = fields.CharField(max_length=16, default="")
    guide_id = fields.IntField(null=True)
    """The counter of the guide who accompanies it."""
    revision = fields.IntField(default=0)
    """Grows with every change of time; the QR code and the calendar entry carry it."""
    held_until = fields.DatetimeField(null=True)
    """End of a hold or an offer."""
    holder = fields.CharField(max_length=64, null=True, unique=True)
    """The browser, hashed, while it holds a time: one hold each."""
    browser = fields.CharField(max_length=64, default="")
    """The browser that made it, hashed: confirming twice shows it the booking."""
    household = fields.CharField(max_length=64, default="")
    """The hashed contact."""
    household_also = fields.CharField(max_length=64, default="")
    """The hashed number, where the contact has an address and a number; so in the other tables."""
    household_active = fields.CharField(max_length=64, null=True)
    """The same while the visit is active: one for each office and day."""
    remind_at = fields.DatetimeField(null=True)
    """When its visitor is reminded next."""
    unplaced_since = fields.DatetimeField(null=True)
    """Since when no counter can serve it at its time."""
    replaces = fields.BigIntField(null=True)
    """The booked visit for which the office offers this time instead of its own."""
    created_at = fields.DatetimeField()
    booked_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "visit"
        unique_together = (("household_active", "office", "date"),)
        indexes = (
            Index(fields=("office_id", "date", "starts_at", "id"), name="visit_office_day"),
            Index(fields=("date", "starts_at", "id"), name="visit_day"),
            Index(fields=("household", "starts_at"), name="visit_household"),
            Index(fields=("household_also", "starts_at"), name="visit_household_also"),
            Index(fields=("case_reference",), name="visit_case"),
            Index(fields=("guide_id", "starts_at"), name="visit_guide"),
            Index(fields=("state", "held_until"), name="visit_held"),
            Index(fields=("state", "starts_at"), name="visit_state"),
            Index(fields=("remind_at",), name="visit_remind"),
            Index(fields=("replaces",), name="visit_replaces"),
        )


class Matter(Model):
    """One service of a visit, with its own time and the claim on it in the booking engine."""

    id = fields.BigIntField(primary_key=True)
    visit: fields.ForeignKeyRelation[Visit] = fields.ForeignKeyField(
        "visits.Visit", on_delete=fields.CASCADE, related_name="matters", db_index=False
    )
    visit_id: int
    service: fields.ForeignKeyRelation[CounterService] = fields.ForeignKeyField(
        "visits.CounterService", on_delete=fields.RESTRICT, related_name="matters", db_index=False
    )
    service_id: int
    position = fields.IntField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    claim_id = fields.BigIntField(null=True)
    """None once its time was given back."""

    class Meta:
        table = "visit_matter"
        unique_together = (("visit", "position"),)
        indexes = (Index(fields=("claim_id",), name="visit_matter_claim"),)


class FreedTime(Model):
    """Counter time that was given back and is not offered again until later."""

    id = fields.BigIntField(primary_key=True)
    calendar_id = fields.BigIntField()
    claim_id = fields.BigIntField()
    places = fields.IntField()
    returns_at = fields.DatetimeField(null=True)
    """None: it is left to walk-ins."""

    class Meta:
        table = "freed_time"
        indexes = (Index(fields=("returns_at",), name="freed_time_returns"),)


class VisitDocument(Model):
    """A document to bring to a visit: handed in beforehand or not, and what the department says of it."""

    id = fields.BigIntField(primary_key=True)
    visit: fields.ForeignKeyRelation[Visit] = fields.ForeignKeyField(
        "visits.Visit", on_delete=fields.CASCADE, related_name="documents", db_index=False
    )
    visit_id: int
    code = fields.CharField(max_length=40)
    state = fields.CharEnumField(DocumentState, max_length=10)
    note = fields.CharField(max_length=300, default="")
    """What is missing or to be brought, in the official's words."""
    checked_by = fields.IntField(null=True)
    checked_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=0)
    """Grows with every change, so that nobody checks files other than those they saw."""

    class Meta:
        table = "visit_document"
        unique_together = (("visit", "code"),)


class VisitFile(Model):
    """A file handed in before a visit, for one of its documents. The content is in the store of files."""

    id = fields.BigIntField(primary_key=True)
    document: fields.ForeignKeyRelation[VisitDocument] = fields.ForeignKeyField(
        "visits.VisitDocument", on_delete=fields.CASCADE, related_name="files", db_index=False
    )
    document_id: int
    hash = fields.CharField(max_length=64)
    name = fields.CharField(max_length=255)
    size = fields.IntField()
    media_type = fields.CharField(max_length=100)
    created_at = fields.DatetimeField()

    class Meta:
        table = "visit_file"
        unique_together = (("document", "hash"),)
        indexes = (Index(fields=("hash",), name="visit_file_hash"),)


class VisitRequest(Model):
    """An official asks the petitioner of a case for a visit, and proposes times. None of them is held."""

    id = fields.BigIntField(primary_key=True)
    case_reference = fields.CharField(max_length=16)
    office_id = fields.IntField()
    services: list[int] = fields.JSONField()
    times: list[str] = fields.JSONField()
    """The proposed starts, ISO 8601 with their zone."""
    reason = fields.CharField(max_length=1000)
    state = fields.CharEnumField(RequestState, max_length=10)
    asked_by = fields.IntField()
    created_at = fields.DatetimeField()
    visit_id = fields.BigIntField(null=True)
    """The visit that was booked for it."""

    class Meta:
        table = "visit_request"
        indexes = (Index(fields=("case_reference", "id"), name="visit_request_case"),)


class Waiting(Model):
    """An entry of a day's waiting list, until a time was offered and accepted."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=16, unique=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="waiting", db_index=False
    )
    office_id: int
    date = fields.DateField()
    services: list[int] = fields.JSONField()
    from_time = fields.CharField(max_length=5, default="")
    until_time = fields.CharField(max_length=5, default="")
    party = fields.IntField(default=1)
    language = fields.CharField(max_length=5)
    name = fields.CharField(max_length=80)
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    household = fields.CharField(max_length=64)
    household_also = fields.CharField(max_length=64, default="")
    state = fields.CharEnumField(WaitingState, max_length=10)
    visit_id = fields.BigIntField(null=True)
    """The visit that holds the offered time."""
    refused: list[str] = fields.JSONField(default=list)
    """Times that were offered and refused or not answered."""
    mode = fields.CharEnumField(VisitMode, max_length=10, default=VisitMode.IN_PERSON)
    """How the visitor wants to meet the counter."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "visit_waiting"
        unique_together = (("household", "office", "date"),)
        indexes = (
            Index(fields=("office_id", "date", "state", "created_at"), name="visit_waiting_day"),
            Index(fields=("household_also", "office_id", "date"), name="visit_waiting_household_also"),
        )


class NoShow(Model):
    """A visit to which nobody came, with the evidence: when and how often the visitor was called."""

    id = fields.BigIntField(primary_key=True)
    visit: fields.OneToOneRelation[Visit] = fields.OneToOneField(
        "visits.Visit", on_delete=fields.CASCADE, related_name="no_show"
    )
    visit_id: int
    household = fields.CharField(max_length=64)
    household_also = fields.CharField(max_length=64, default="")
    office_id = fields.IntField()
    at = fields.DatetimeField()
    calls: list[Any] = fields.JSONField(default=list)
    excused = fields.BooleanField(default=False)
    """It does not count: an appeal was granted, or the office was late."""

    class Meta:
        table = "no_show"
        indexes = (
            Index(fields=("household", "office_id", "at"), name="no_show_household"),
            Index(fields=("household_also", "office_id", "at"), name="no_show_household_also"),
        )


class Restriction(Model):
    """A household cannot book at an office for some days after repeated no-shows."""

    id = fields.BigIntField(primary_key=True)
    household = fields.CharField(max_length=64)
    household_also = fields.CharField(max_length=64, default="")
    office_id = fields.IntField()
    visit_id = fields.BigIntField()
    """The no-show that began it. Its history has the events, and its contact is told."""
    state = fields.CharEnumField(RestrictionState, max_length=10, default=RestrictionState.RUNNING)
    begins_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    lifted_at = fields.DatetimeField(null=True)
    lifted_by = fields.IntField(null=True)
    appeal = fields.CharField(max_length=1000, default="")
    appealed_at = fields.DatetimeField(null=True)
    decision = fields.CharField(max_length=1000, default="")

    class Meta:
        table = "visit_restriction"
        indexes = (
            Index(fields=("household", "office_id", "ends_at"), name="visit_restriction_household"),
            Index(fields=("household_also", "office_id", "ends_at"), name="visit_restriction_household_also"),
            Index(fields=("state", "ends_at", "id"), name="visit_restriction_state"),
        )


class VisitWords(Model):
    """What an official writes to a visitor about a visit. Events hold its id."""

    id = fields.BigIntField(primary_key=True)
    visit: fields.ForeignKeyRelation[Visit] = fields.ForeignKeyField(
        "visits.Visit", on_delete=fields.CASCADE, related_name="words", db_index=False
    )
    visit_id: int
    text = fields.CharField(max_length=1000)
    created_at = fields.DatetimeField()

    class Meta:
        table = "visit_words"
        indexes = (Index(fields=("visit_id",), name="visit_words_visit"),)
