"""What is new in public, for feeds and followers."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class News(Model):
    """A public event of a forum, submission or commitment, with everything by which it can be followed."""

    id = fields.BigIntField(primary_key=True)
    event_id = fields.BigIntField(unique=True)
    kind = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=64)
    forum_id = fields.BigIntField()
    forum_kind = fields.CharField(max_length=20)
    department_id = fields.IntField(null=True)
    district = fields.CharField(max_length=40, default="")
    submission_id = fields.BigIntField(null=True)
    occurred_at = fields.DatetimeField()

    class Meta:
        table = "forum_news"
        indexes = (
            Index(fields=("forum_id", "id"), name="forum_news_forum"),
            Index(fields=("forum_kind", "id"), name="forum_news_kind"),
            Index(fields=("department_id", "id"), name="forum_news_department"),
            Index(fields=("district", "id"), name="forum_news_district"),
            Index(fields=("submission_id", "id"), name="forum_news_submission"),
            Index(fields=("kind", "id"), name="forum_news_event"),
        )
