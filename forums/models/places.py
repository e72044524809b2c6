"""Tables of forums: the forum itself, its sessions, and who took part."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from forums.states import ForumState
from server.core.accounts import Department
from server.core.booking.models import Slot
from server.core.participants.models import Participant


class Forum(Model):
    """A forum of any kind: a time and place at which the city asks and people speak."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=48, unique=True)
    number = fields.IntField()
    kind = fields.CharField(max_length=20)
    status = fields.CharEnumField(ForumState, max_length=12)
    title = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=500, default="")
    body = fields.TextField(default="")
    language = fields.CharField(max_length=2, default="ko")
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.RESTRICT, related_name="forums", db_index=False
    )
    department_id: int | None
    district = fields.CharField(max_length=40, default="")
    place = fields.CharField(max_length=200, default="")
    panel: list[str] = fields.JSONField(default=list)
    moderation = fields.CharField(max_length=6, default="after")
    visibility = fields.CharField(max_length=8, default="shown")
    """Visibility of a citizen's proposal: a moderator can hide it like any other text."""
    speaks_from = fields.DatetimeField(null=True)
    speaks_until = fields.DatetimeField(null=True)
    starts_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)
    link = fields.CharField(max_length=500, default="")
    chapters: list[dict[str, Any]] = fields.JSONField(default=list)
    minutes = fields.TextField(default="")
    proposer: fields.ForeignKeyNullableRelation[Participant] = fields.ForeignKeyField(
        "core.Participant", null=True, on_delete=fields.SET_NULL, related_name="proposed", db_index=False
    )
    proposer_id: int | None
    from_petition = fields.CharField(max_length=16, default="")
    supports = fields.IntField(default=0)
    submissions = fields.IntField(default=0)
    comments = fields.IntField(default=0)
    views = fields.IntField(default=0)
    participants = fields.IntField(default=0)
    """Participants, each counted once; people admitted without a name are added as counted."""
    created_at = fields.DatetimeField()
    published_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    import_key = fields.CharField(max_length=120, null=True, unique=True)

    class Meta:
        table = "forum"
        indexes = (
            Index(fields=("kind", "number"), name="forum_kind_number"),
            Index(fields=("status", "starts_at", "id"), name="forum_status_starts"),
            Index(fields=("kind", "status", "starts_at", "id"), name="forum_kind_status_starts"),
            Index(fields=("kind", "published_at", "id"), name="forum_kind_published"),
            Index(fields=("department_id", "starts_at", "id"), name="forum_department_starts"),
            Index(fields=("district", "starts_at", "id"), name="forum_district_starts"),
            Index(fields=("status", "id"), name="forum_status"),
            Index(fields=("department_id", "status", "starts_at", "id"), name="forum_department_status"),
            Index(fields=("district", "status", "starts_at", "id"), name="forum_district_status"),
            Index(fields=("from_petition",), name="forum_from_petition"),
            Index(fields=("proposer_id", "id"), name="forum_proposer"),
        )


class Numbering(Model):
    """The latest number in a series, such as the listening forums."""

    series = fields.CharField(max_length=20, primary_key=True)
    given = fields.IntField()

    class Meta:
        table = "forum_numbering"


class Session(Model):
    """A date of a forum with places to take: a sitting, a visit to a site, or a speaker's slot of ten minutes.

    A slot is booked beforehand; one of kind ``walk_in`` is kept for whoever comes by.
    """

    id = fields.BigIntField(primary_key=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.CASCADE, related_name="sessions", db_index=False
    )
    forum_id: int
    kind = fields.CharField(max_length=8, default="sitting")
    title = fields.CharField(max_length=200, default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    place = fields.CharField(max_length=200, default="")
    link = fields.CharField(max_length=500, default="")
    """Chapters of the video."""
    transcript = fields.TextField(default="")
    slot: fields.OneToOneRelation[Slot] = fields.OneToOneField(
        "core.Slot", on_delete=fields.RESTRICT, related_name="forum_session"
    )
    """The booking slot that holds its places."""
    slot_id: int

    class Meta:
        table = "forum_session"
        indexes = (
            Index(fields=("forum_id", "starts_at", "id"), name="forum_session_starts"),
            Index(fields=("starts_at", "id"), name="forum_session_all"),
        )


class Participation(Model):
    """Somebody took part in a forum: the first time that they were there, spoke, commented or stood behind a
    submission.
    """

    id = fields.BigIntField(primary_key=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.CASCADE, related_name="participations", db_index=False
    )
    forum_id: int
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "core.Participant", on_delete=fields.CASCADE, related_name="participations", db_index=False
    )
    participant_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "participation"
        unique_together = (("forum", "participant"),)
        indexes = (Index(fields=("participant_id", "id"), name="participation_participant"),)
