"""Tables of a case: the case, who filed it, what was said and answered, and the desk's rules and templates.

The petitioner's contact lives in a table of its own, so that it can be purged while the case stays.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from petitions.consultation import ConsultationStatus
from petitions.states import State
from server.core.accounts import Account, Department


class Service(Model):
    """A statutory procedure (법정민원) with its published processing period (Act 17)."""

    code = fields.CharField(max_length=60, primary_key=True)
    name = fields.CharField(max_length=120)
    name_ja = fields.CharField(max_length=120, default="")
    name_en = fields.CharField(max_length=120, default="")
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.RESTRICT
    )
    department_id: int | None
    unit = fields.CharField(max_length=10)
    amount = fields.IntField()
    documents: list[str] = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "service"


class Case(Model):
    """A petition (or tip) from receipt to closing."""

    id = fields.BigIntField(primary_key=True)
    reference = fields.CharField(max_length=16, unique=True)
    key_hash = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=20)
    service_code = fields.CharField(max_length=60, default="")
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    language = fields.CharField(max_length=2, default="ko")
    channel = fields.CharField(max_length=10)
    public = fields.BooleanField(default=False)
    status = fields.CharEnumField(State, max_length=24)
    open = fields.BooleanField(default=True)
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.RESTRICT, related_name="cases", db_index=False
    )
    department_id: int | None
    handler: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.RESTRICT, related_name="handled", db_index=False
    )
    handler_id: int | None
    guide: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.RESTRICT, related_name="guided", db_index=False
    )
    guide_id: int | None
    filed_by_id = fields.IntField(null=True)
    lat = fields.FloatField(null=True)
    lng = fields.FloatField(null=True)
    address = fields.CharField(max_length=200, default="")
    district = fields.CharField(max_length=40, default="")
    routing: dict[str, Any] = fields.JSONField(default=dict)
    received_at = fields.DatetimeField()
    clock_started_at = fields.DatetimeField()
    unit = fields.CharField(max_length=10, default="")
    amount = fields.IntField(default=0)
    extensions: list[int] = fields.JSONField(default=list)
    pauses: list[list[str | None]] = fields.JSONField(default=list)
    due_at = fields.DatetimeField(null=True)
    announced_due_at = fields.DatetimeField(null=True)
    supplement_until = fields.DateField(null=True)
    supplement_times = fields.IntField(default=0)
    supplement_days = fields.IntField(default=0)
    supplement_prolonged = fields.IntField(default=0)
    supplement_undelivered: list[int] = fields.JSONField(default=list)
    investigation: dict[str, Any] | None = fields.JSONField(null=True)
    reminded = fields.IntField(default=0)
    interim_on = fields.DateField(null=True)
    interim_ask_on = fields.DateField(null=True)
    answered_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    reopened = fields.IntField(default=0)
    objected_at = fields.DatetimeField(null=True)
    objection_due_at = fields.DatetimeField(null=True)
    objection_extension = fields.IntField(default=0)
    objection_decided_at = fields.DatetimeField(null=True)
    rating = fields.IntField(null=True)
    import_key = fields.CharField(max_length=120, null=True, unique=True)

    class Meta:
        table = "petition_case"
        indexes = (
            Index(fields=("open", "due_at", "id"), name="case_open_due"),
            Index(fields=("department_id", "open", "due_at", "id"), name="case_department_due"),
            Index(fields=("department_id", "status", "id"), name="case_department_status"),
            Index(fields=("handler_id", "open", "due_at", "id"), name="case_handler_due"),
            Index(fields=("guide_id", "open", "due_at", "id"), name="case_guide_due"),
            Index(fields=("status", "due_at", "id"), name="case_status_due"),
            Index(fields=("public", "answered_at", "id"), name="case_public_answered"),
            Index(fields=("open", "reminded", "due_at"), name="case_reminder"),
            Index(fields=("open", "interim_ask_on"), name="case_interim"),
            Index(fields=("status", "answered_at"), name="case_status_answered"),
            Index(fields=("objection_due_at", "id"), name="case_objection_due"),
            Index(fields=("lat", "lng"), name="case_place"),
        )


class Petitioner(Model):
    """The petitioner and their contact details. Never a resident number."""

    case: fields.OneToOneRelation[Case] = fields.OneToOneField(
        "petitions.Case", primary_key=True, on_delete=fields.CASCADE, related_name="petitioner"
    )
    case_id: int
    name = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="", db_index=True)
    phone = fields.CharField(max_length=40, default="", db_index=True)
    address = fields.CharField(max_length=200, default="")
    language = fields.CharField(max_length=2, default="ko")

    class Meta:
        table = "petitioner"


class Statement(Model):
    """A text that belongs to an event: a message, note, reason or supplement."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "petitions.Case", on_delete=fields.CASCADE, related_name="statements"
    )
    case_id: int
    text = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "statement"
        indexes = (Index(fields=("case_id", "id"), name="statement_case"),)


class Consultation(Model):
    """A consultation (협조, Act 20): what a department is asked to contribute to another department's case."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "petitions.Case", on_delete=fields.CASCADE, related_name="parts", db_index=False
    )
    case_id: int
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "core.Department", on_delete=fields.RESTRICT, related_name="parts", db_index=False
    )
    department_id: int
    status = fields.CharEnumField(ConsultationStatus, max_length=10, default=ConsultationStatus.ASKED)
    asked_text = fields.BigIntField()
    """The id of the statement, as events name it."""
    asked_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    extended = fields.BooleanField(default=False)
    reminded = fields.IntField(default=0)
    reply_text = fields.BigIntField(null=True)
    replied_at = fields.DatetimeField(null=True)
    replied_by_id = fields.IntField(null=True)

    class Meta:
        table = "consultation"
        indexes = (
            Index(fields=("case_id", "department_id"), name="part_case"),
            Index(fields=("department_id", "status", "due_at", "case_id"), name="part_department_due"),
            Index(fields=("status", "due_at", "case_id"), name="part_due"),
        )


class Answer(Model):
    """The answer to a case. A reopened case can have several. The latest one counts."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "petitions.Case", on_delete=fields.CASCADE, related_name="answers"
    )
    case_id: int
    decision = fields.CharField(max_length=10)
    text = fields.TextField()
    reasons = fields.TextField(default="")
    remedies = fields.TextField(default="")
    author: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("core.Account", on_delete=fields.RESTRICT)
    author_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "answer"
        indexes = (Index(fields=("case_id", "id"), name="answer_case"),)


class Attachment(Model):
    """A file attached to a case, or to an answer or statement in it. Its content is in the file store."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "petitions.Case", on_delete=fields.CASCADE, related_name="attachments"
    )
    case_id: int
    hash = fields.CharField(max_length=64)
    name = fields.CharField(max_length=160)
    size = fields.IntField()
    media_type = fields.CharField(max_length=100)
    by_official = fields.BooleanField(default=False)
    answer_id = fields.BigIntField(null=True)
    statement_id = fields.BigIntField(null=True)
    internal = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "attachment"
        indexes = (
            Index(fields=("case_id", "id"), name="attachment_case"),
            Index(fields=("hash",), name="attachment_hash"),
        )


class RoutingRule(Model):
    """A routing rule: kind × district × words → department. The first matching rule, in order of position, decides."""

    id = fields.IntField(primary_key=True)
    position = fields.IntField(db_index=True)
    kinds: list[str] = fields.JSONField(default=list)
    districts: list[str] = fields.JSONField(default=list)
    words: list[str] = fields.JSONField(default=list)
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "core.Department", on_delete=fields.RESTRICT, related_name="rules"
    )
    department_id: int
    note = fields.CharField(max_length=200, default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "routing_rule"


class RoutingModel(Model):
    """A version of what routing learned from handled cases: hashed arrays, when, from how many, and how good it is."""

    id = fields.IntField(primary_key=True)
    learned_at = fields.DatetimeField()
    """When its cases were read: corrections after it are not learned yet."""
    cases = fields.IntField()
    corrections = fields.IntField()
    """Cases that officials gave to another department than was proposed."""
    held = fields.IntField()
    """Cases that no version ever learns from, and on which versions are compared."""
    digest = fields.CharField(max_length=64)
    arrays = fields.BinaryField()
    evaluation: dict[str, Any] = fields.JSONField(default=dict)
    """On the held cases: of this version (``own``), and of the one before it (``before``)."""
    active = fields.BooleanField(default=False)
    """Whether it routes. A version that is worse than the one before it never does."""

    class Meta:
        table = "routing_model"


class RoutingExample(Model):
    """A case that a version learned from, so that the version is deleted with the case's words."""

    id = fields.BigIntField(primary_key=True)
    model: fields.ForeignKeyRelation[RoutingModel] = fields.ForeignKeyField(
        "petitions.RoutingModel", on_delete=fields.CASCADE, related_name="examples", db_index=False
    )
    model_id: int
    case_id = fields.BigIntField()

    class Meta:
        table = "routing_example"
        indexes = (
            Index(fields=("case_id",), name="routing_example_case"),
            Index(fields=("model_id",), name="routing_example_model"),
        )


class RoutingThreshold(Model):
    """From which probability a department gets a case at once, and from which it is proposed. Others have the usual."""

    id = fields.IntField(primary_key=True)
    department: fields.OneToOneRelation[Department] = fields.OneToOneField(
        "core.Department", on_delete=fields.CASCADE, related_name="threshold"
    )
    department_id: int
    assign_at = fields.FloatField()
    propose_at = fields.FloatField()

    class Meta:
        table = "routing_threshold"


class ReplyTemplate(Model):
    """A reply template with placeholders, for one department or all, one kind or all."""

    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=120)
    purpose = fields.CharField(max_length=20, default="answer")
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.CASCADE
    )
    department_id: int | None
    kind = fields.CharField(max_length=20, default="")
    language = fields.CharField(max_length=2, default="ko")
    text = fields.TextField()
    reasons = fields.TextField(default="")
    remedies = fields.TextField(default="")

    class Meta:
        table = "reply_template"


class SavedView(Model):
    """A named inbox filter saved by an official."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("core.Account", on_delete=fields.CASCADE)
    account_id: int
    name = fields.CharField(max_length=60)
    query = fields.CharField(max_length=500)

    class Meta:
        table = "saved_view"
        unique_together = (("account", "name"),)


class DeskDraft(Model):
    """What an official has typed into the form of an action and not sent, which nobody else reads."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "core.Account", on_delete=fields.CASCADE, db_index=False
    )
    account_id: int
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "petitions.Case", on_delete=fields.CASCADE, db_index=False
    )
    case_id: int
    action = fields.CharField(max_length=30)
    content = fields.TextField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "desk_draft"
        unique_together = (("account", "case", "action"),)
        indexes = (
            Index(fields=("case_id", "id"), name="draft_case"),
            Index(fields=("updated_at",), name="draft_updated"),
        )


class LeavingAnswer(Model):
    """An answer between the press and its event, for as long as it can be taken back."""

    case: fields.OneToOneRelation[Case] = fields.OneToOneField(
        "petitions.Case", primary_key=True, on_delete=fields.CASCADE, related_name="leaving"
    )
    case_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "core.Account", on_delete=fields.CASCADE, db_index=False
    )
    account_id: int
    content = fields.TextField()
    pressed_at = fields.DatetimeField()
    leaves_at = fields.DatetimeField()

    class Meta:
        table = "leaving_answer"
