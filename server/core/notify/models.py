"""Tables of the mail engine: how an address wants to hear, what waits for the daily digest, what somebody follows."""

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
    """One event that waits for the next digest of an address."""

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
    """An address that hears once a day what is new with something, by the name that its domain gives it."""

    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=254)
    what = fields.CharField(max_length=80)
    language = fields.CharField(max_length=2)
    created_at = fields.DatetimeField()

    class Meta:
        table = "follow"
        unique_together = (("email", "what"),)
        indexes = (Index(fields=("what", "id"), name="follow_what"),)
