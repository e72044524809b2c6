"""Tables of crowding: how many visitors came, and what the forecast has learned from it."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class VisitorCount(Model):
    """Visitors of an office for one service in one hour of a day."""

    id = fields.BigIntField(primary_key=True)
    office_id = fields.IntField()
    date = fields.DateField()
    hour = fields.IntField()
    service_id = fields.IntField()
    visitors = fields.IntField()

    class Meta:
        table = "visitor_count"
        unique_together = (("office_id", "date", "hour", "service_id"),)


class CrowdingModel(Model):
    """The parameters of an office's forecast, fitted each night, and how good last month's forecast was."""

    office_id = fields.IntField(primary_key=True)
    fitted_on = fields.DateField()
    parameters: dict[str, Any] = fields.JSONField()
    quality: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "crowding_model"
