"""Tables of tracking: what somebody wants to be told by mail, what waits for the daily digest, and news of forums."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Preference(Model):
    """How a mail address wants to hear: ``all`` at once, ``digest`` once a day, ``required`` only what the law wants told."""  # noqa: E501

    email = fields.CharField(max_length=254, primary_key=True)
    mode = fields.CharField(max_length=10)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "mail_preference"


class DigestItem(Model):
    """One fact that waits for the next digest of an address."""

    id = fields.BigIntField(primary_key=True)
    event_id = fields.BigIntField()
    email = fields.CharField(max_length=254, db_index=True)
    subject = fields.CharField(max_length=64)
    language = fields.CharField(max_length=2)
    created_at = fields.DatetimeField()

    class Meta:
        table = "digest_item"
        unique_together = (("event_id", "email"),)


class Follow(Model):
    """An address that hears once a day what is new with a forum, a kind, topic, district, department or voice."""

    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=254)
    what = fields.CharField(max_length=80)
    language = fields.CharField(max_length=2)
    created_at = fields.DatetimeField()

    class Meta:
        table = "follow"
        unique_together = (("email", "what"),)
        indexes = (Index(fields=("what", "id"), name="follow_what"),)


class News(Model):
    """A fact about a public forum, voice or promise, by everything that it can be followed by."""

    id = fields.BigIntField(primary_key=True)
    event_id = fields.BigIntField(unique=True)
    kind = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=64)
    forum_id = fields.BigIntField()
    forum_kind = fields.CharField(max_length=20)
    department_id = fields.IntField(null=True)
    district = fields.CharField(max_length=40, default="")
    voice_id = fields.BigIntField(null=True)
    occurred_at = fields.DatetimeField()

    class Meta:
        table = "forum_news"
        indexes = (
            Index(fields=("forum_id", "id"), name="forum_news_forum"),
            Index(fields=("forum_kind", "id"), name="forum_news_kind"),
            Index(fields=("department_id", "id"), name="forum_news_department"),
            Index(fields=("district", "id"), name="forum_news_district"),
            Index(fields=("voice_id", "id"), name="forum_news_voice"),
            Index(fields=("kind", "id"), name="forum_news_fact"),
        )
