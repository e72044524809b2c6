"""Tables of the mail engine: how an address wants to hear, what waits for the digest, what somebody follows, counts."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Preference(Model):
    """How an address is notified: ``all`` immediately, ``digest`` daily, ``required`` only what the law requires."""

    email = fields.CharField(max_length=254, primary_key=True)
    mode = fields.CharField(max_length=10)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "mail_preference"


class DigestItem(Model):
    """An event waiting for the next digest of an address."""

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
    """A subscription of an address to the daily news about a subject, named by its domain."""

    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=254)
    what = fields.CharField(max_length=80)
    language = fields.CharField(max_length=2)
    created_at = fields.DatetimeField()

    class Meta:
        table = "follow"
        unique_together = (("email", "what"),)
        indexes = (Index(fields=("what", "id"), name="follow_what"),)


class TextCount(Model):
    """The text messages to one number within one hour, under a keyed hash of both."""

    key_hash = fields.CharField(max_length=64, primary_key=True)
    sent = fields.IntField()
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "text_count"
