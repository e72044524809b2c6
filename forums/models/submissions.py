"""Tables of what is said in forums: submissions and comments, who supports them, and moderation."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from forums.models.places import Forum
from forums.states import SubmissionState
from server.core.accounts import Account, Department
from server.core.participants.models import Participant


class Submission(Model):
    """A submission to a forum (a view, an idea or a question) and its outcome."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=24, unique=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.RESTRICT, related_name="all_submissions", db_index=False
    )
    forum_id: int
    session_id = fields.BigIntField(null=True)
    participant: fields.ForeignKeyNullableRelation[Participant] = fields.ForeignKeyField(
        "core.Participant", null=True, on_delete=fields.SET_NULL, related_name="submissions", db_index=False
    )
    participant_id: int | None
    author = fields.CharField(max_length=80, default="")
    speaker = fields.IntField(null=True)
    """The speaker's position in the order of a session; used instead of a name in transcribed submissions."""
    channel = fields.CharField(max_length=10)
    stance = fields.CharField(max_length=8, default="idea")
    title = fields.CharField(max_length=200)
    text = fields.TextField()
    language = fields.CharField(max_length=2, default="ko")
    district = fields.CharField(max_length=40, default="")
    status = fields.CharEnumField(SubmissionState, max_length=10)
    visibility = fields.CharField(max_length=8, default="shown")
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.RESTRICT, related_name="all_submissions", db_index=False
    )
    department_id: int | None
    outcome = fields.CharField(max_length=16, default="")
    outcome_at = fields.DatetimeField(null=True)
    outcome_text = fields.TextField(default="")
    link = fields.CharField(max_length=500, default="")
    """A link that shows it has already been done."""
    study_until = fields.DateField(null=True)
    study_told = fields.BooleanField(default=False)
    """Whether the department has been notified that the study is overdue."""
    moved_to = fields.CharField(max_length=200, default="")
    done_on = fields.DateField(null=True)
    merged_into_id = fields.BigIntField(null=True)
    petition = fields.CharField(max_length=16, default="")
    supports = fields.IntField(default=0)
    comments = fields.IntField(default=0)
    fingerprint = fields.BigIntField(default=0)
    received_at = fields.DatetimeField()
    received_on = fields.DateField()
    import_key = fields.CharField(max_length=120, null=True, unique=True)

    class Meta:
        table = "submission"
        indexes = (
            Index(fields=("forum_id", "visibility", "id"), name="submission_forum"),
            Index(fields=("forum_id", "supports", "id"), name="submission_forum_supports"),
            Index(fields=("forum_id", "visibility", "stance", "status"), name="submission_forum_stance"),
            Index(fields=("forum_id", "status", "id"), name="submission_forum_status"),
            Index(fields=("forum_id", "received_on", "visibility", "id"), name="submission_forum_day"),
            Index(fields=("department_id", "status", "id"), name="submission_department_status"),
            Index(fields=("department_id", "id"), name="submission_department"),
            Index(fields=("status", "id"), name="submission_status"),
            Index(fields=("study_until", "id"), name="submission_study"),
            Index(fields=("study_told", "status", "study_until", "id"), name="submission_study_told"),
            Index(fields=("petition", "id"), name="submission_petition"),
            Index(fields=("outcome", "id"), name="submission_outcome"),
            Index(fields=("participant_id", "id"), name="submission_participant"),
            Index(fields=("merged_into_id", "id"), name="submission_merged"),
            Index(fields=("forum_id", "fingerprint"), name="submission_fingerprint"),
        )


class Comment(Model):
    """A comment on a submission or a running forum, or a reply to a comment (replies cannot be replied to)."""

    id = fields.BigIntField(primary_key=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.CASCADE, related_name="remarks", db_index=False
    )
    forum_id: int
    submission_id = fields.BigIntField(null=True)
    parent_id = fields.BigIntField(null=True)
    participant: fields.ForeignKeyNullableRelation[Participant] = fields.ForeignKeyField(
        "core.Participant", null=True, on_delete=fields.SET_NULL, related_name="comments", db_index=False
    )
    participant_id: int | None
    official: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.RESTRICT, related_name="comments", db_index=False
    )
    official_id: int | None
    author = fields.CharField(max_length=80)
    stance = fields.CharField(max_length=8, default="")
    text = fields.TextField()
    visibility = fields.CharField(max_length=9, default="shown")
    """``withdrawn`` once its author has withdrawn it; only moderators can read it then."""
    supports = fields.IntField(default=0)
    fingerprint = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()

    class Meta:
        table = "comment"
        indexes = (
            Index(fields=("submission_id", "parent_id", "id"), name="comment_submission"),
            Index(fields=("forum_id", "submission_id", "id"), name="comment_forum"),
            Index(fields=("participant_id", "id"), name="comment_participant"),
            Index(fields=("forum_id", "fingerprint"), name="comment_fingerprint"),
        )


class Support(Model):
    """A person's support for something. ``subject`` is its name in the ledger. One per person."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "core.Participant", on_delete=fields.CASCADE, related_name="supports_given", db_index=False
    )
    participant_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "support"
        unique_together = (("subject", "participant"),)
        indexes = (Index(fields=("participant_id", "id"), name="support_participant"),)


class ForumWords(Model):
    """An official's public statement that belongs to an event, such as why a forum was declined."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    text = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "forum_words"
        indexes = (Index(fields=("subject", "id"), name="forum_words_subject"),)


class ForumFile(Model):
    """A file of a notice, minutes or a submission, or evidence of a commitment. Its content is in the file store."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)
    name = fields.CharField(max_length=160)
    size = fields.IntField()
    media_type = fields.CharField(max_length=100)
    created_at = fields.DatetimeField()

    class Meta:
        table = "forum_file"
        indexes = (
            Index(fields=("subject", "id"), name="forum_file_subject"),
            Index(fields=("hash",), name="forum_file_hash"),
        )
