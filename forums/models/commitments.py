"""Tables of the commitments the city made because of submissions."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from forums.models.places import Forum
from forums.models.submissions import Submission
from forums.states import CommitmentState
from server.core.accounts import Account, Department


class Commitment(Model):
    """A commitment the city made because of a submission: who does what by when, and the evidence that it was done."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=24, unique=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.RESTRICT, related_name="commitments", db_index=False
    )
    forum_id: int
    submission: fields.ForeignKeyNullableRelation[Submission] = fields.ForeignKeyField(
        "forums.Submission", null=True, on_delete=fields.RESTRICT, related_name="commitments", db_index=False
    )
    submission_id: int | None
    """Empty for a commitment made at the forum itself. A new commitment may follow one that was dropped."""
    title = fields.CharField(max_length=200)
    text = fields.TextField(default="")
    status = fields.CharEnumField(CommitmentState, max_length=10)
    open = fields.BooleanField(default=True)
    """Neither done nor dropped."""
    district = fields.CharField(max_length=40, default="")
    """The district of the submission, or else of the forum."""
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "core.Department", on_delete=fields.RESTRICT, related_name="commitments", db_index=False
    )
    department_id: int
    owner: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.RESTRICT, related_name="commitments", db_index=False
    )
    owner_id: int | None
    due_on = fields.DateField()
    budget = fields.CharField(max_length=200, default="")
    evidence = fields.TextField(default="")
    link = fields.CharField(max_length=500, default="")
    """A link to the evidence."""
    contested = fields.TextField(default="")
    reminded = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    done_on = fields.DateField(null=True)

    class Meta:
        table = "commitment"
        indexes = (
            Index(fields=("open", "due_on", "id"), name="commitment_open_due"),
            Index(fields=("department_id", "open", "due_on", "id"), name="commitment_department_due"),
            Index(fields=("district", "open", "due_on", "id"), name="commitment_district_due"),
            Index(fields=("status", "due_on", "id"), name="commitment_status_due"),
            Index(fields=("status", "done_on", "id"), name="commitment_status_done"),
            Index(fields=("department_id", "status", "done_on", "id"), name="commitment_department_done"),
            Index(fields=("district", "status", "done_on", "id"), name="commitment_district_done"),
            Index(fields=("forum_id", "id"), name="commitment_forum"),
            Index(fields=("submission_id", "id"), name="commitment_submission"),
        )


class Step(Model):
    """One step of a commitment, with its due date."""

    id = fields.BigIntField(primary_key=True)
    commitment: fields.ForeignKeyRelation[Commitment] = fields.ForeignKeyField(
        "forums.Commitment", on_delete=fields.CASCADE, related_name="steps", db_index=False
    )
    commitment_id: int
    position = fields.IntField()
    text = fields.CharField(max_length=300)
    due_on = fields.DateField(null=True)
    done_on = fields.DateField(null=True)

    class Meta:
        table = "commitment_step"
        indexes = (Index(fields=("commitment_id", "position", "id"), name="commitment_step_position"),)
