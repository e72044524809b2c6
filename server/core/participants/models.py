"""Tables of participants, apart from what they said, so that a person can be removed while their words stay."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Participant(Model):
    """A person with a confirmed mail address and a display name, which may be a pseudonym."""

    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=254, unique=True)
    name = fields.CharField(max_length=40)
    language = fields.CharField(max_length=2, default="ko")
    age_band = fields.CharField(max_length=8, default="")
    district = fields.CharField(max_length=40, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "participant"


class Unconfirmed(Model):
    """An action that waits until its author confirms their mail address by opening the link in the mail."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    email = fields.CharField(max_length=254)
    act = fields.CharField(max_length=20)
    content: dict[str, Any] = fields.JSONField(default=dict)
    created_at = fields.DatetimeField()

    class Meta:
        table = "unconfirmed"
        indexes = (
            Index(fields=("created_at",), name="unconfirmed_created"),
            Index(fields=("email", "created_at"), name="unconfirmed_email"),
        )
