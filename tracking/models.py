"""Tables of tracking: what somebody wants to be told by mail, and what waits for the daily digest."""

from tortoise import fields
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
