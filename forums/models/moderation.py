"""Tables of moderation: who reports what, what waits for a moderator, what was decided, and how often.

A text is named as the ledger or :mod:`forums.rights` names it: ``submission/…``, ``comment/…``, and ``forum/…`` for
a proposal. What was decided stands here as it is now; how it came to that stands in the ledger.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from forums.models.places import Forum
from server.core.accounts import Account


class Report(Model):
    """A report that a public text breaks the rules. One per person (or browser) and text."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    reporter = fields.CharField(max_length=64)
    rule = fields.CharField(max_length=20)
    text = fields.CharField(max_length=500, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "report"
        unique_together = (("subject", "reporter"),)


class Review(Model):
    """A public text in the moderators' queue, and what they decided. The queue shows the open ones."""

    subject = fields.CharField(max_length=64, primary_key=True)
    forum: fields.ForeignKeyRelation[Forum] = fields.ForeignKeyField(
        "forums.Forum", on_delete=fields.CASCADE, related_name="reviews", db_index=False
    )
    forum_id: int
    participant_id = fields.BigIntField(null=True)
    """The author."""
    why = fields.CharField(max_length=10)
    open = fields.BooleanField(default=True)
    urgency = fields.IntField()
    """The queue's order, smallest first: appeals, held texts, then texts by their number of reports."""
    reports = fields.IntField(default=0)
    """Since the last decision."""
    rule = fields.CharField(max_length=20, default="")
    """Why it is hidden; empty while it is not."""
    reason = fields.TextField(default="")
    """The moderator's own explanation; empty where the rule's standard text is used."""
    appeal = fields.TextField(default="")
    version = fields.IntField(default=0)
    """How many decisions and appeals there have been: the version that a form shows."""
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.RESTRICT, related_name="reviews", db_index=False
    )
    decided_by_id: int | None
    asked_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    appealed_at = fields.DatetimeField(null=True)
    """One appeal is possible each time the text is hidden."""

    class Meta:
        table = "review"
        indexes = (
            Index(fields=("open", "urgency", "asked_at", "subject"), name="review_queue"),
            Index(fields=("forum_id", "open", "urgency", "asked_at", "subject"), name="review_forum_queue"),
            Index(fields=("participant_id", "rule"), name="review_participant"),
        )


class TextEvent(Model):
    """Which ledger events concern which text, so that the history of one text can be found."""

    id = fields.BigIntField(primary_key=True)
    event_id = fields.BigIntField(unique=True)
    subject = fields.CharField(max_length=64)
    forum_id = fields.BigIntField()

    class Meta:
        table = "text_event"
        indexes = (
            Index(fields=("subject", "event_id"), name="text_event_subject"),
            Index(fields=("forum_id", "event_id"), name="text_event_forum"),
        )


class ModerationDay(Model):
    """Daily counts of texts reported, hidden, appealed and restored, for the public page of the rules."""

    day = fields.DateField(primary_key=True)
    reported = fields.IntField(default=0)
    hidden = fields.IntField(default=0)
    appealed = fields.IntField(default=0)
    shown = fields.IntField(default=0)

    class Meta:
        table = "moderation_day"
