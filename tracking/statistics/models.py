"""Tables of statistics: what was counted of each voice, forum and petition, and the totals that come of it.

``statistics_adoption`` and ``statistics_petitions`` hold a row for every combination of coordinates at which something
was counted, those with "all" in one or more places included, so that a page reads rows and adds nothing up.
"""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

_COUNTED = ("what", "value", "number")
"""Behind the coordinates in an index, so that medians are found in its order and without the table."""


class CountedVoice(Model):
    """One submission as it was counted last: what its part of the totals is made of, and a line of the export."""

    submission_id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=24)
    counted = fields.BooleanField(default=False)
    forum_id = fields.BigIntField(default=0)
    kind = fields.CharField(max_length=20, default="")
    department_id = fields.IntField(default=0)
    district = fields.CharField(max_length=40, default="")
    period = fields.CharField(max_length=8, default="")
    received_on = fields.DateField(null=True)
    outcome = fields.CharField(max_length=16, default="")
    outcome_on = fields.DateField(null=True)
    done_on = fields.DateField(null=True)
    answer_days = fields.IntField(null=True)
    done_days = fields.IntField(null=True)

    class Meta:
        table = "statistics_voice"
        indexes = (
            Index(fields=("received_on", "submission_id"), name="statistics_voice_day"),
            Index(fields=("forum_id", "received_on", "submission_id"), name="statistics_voice_forum"),
            Index(fields=("kind", "received_on", "submission_id"), name="statistics_voice_kind"),
            Index(fields=("department_id", "received_on", "submission_id"), name="statistics_voice_department"),
            Index(fields=("district", "received_on", "submission_id"), name="statistics_voice_district"),
            Index(fields=("period", "submission_id"), name="statistics_voice_period"),
        )


class CountedForum(Model):
    """One forum as it was counted last."""

    forum_id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=48)
    counted = fields.BooleanField(default=False)
    kind = fields.CharField(max_length=20, default="")
    department_id = fields.IntField(default=0)
    district = fields.CharField(max_length=40, default="")
    period = fields.CharField(max_length=8, default="")
    held_on = fields.DateField(null=True)
    participants = fields.IntField(default=0)

    class Meta:
        table = "statistics_forum"
        indexes = (Index(fields=("period", "forum_id"), name="statistics_forum_period"),)


class CountedCase(Model):
    """One petition as it was counted last."""

    case_id = fields.BigIntField(primary_key=True)
    reference = fields.CharField(max_length=16)
    counted = fields.BooleanField(default=False)
    kind = fields.CharField(max_length=20, default="")
    department_id = fields.IntField(default=0)
    district = fields.CharField(max_length=40, default="")
    period = fields.CharField(max_length=8, default="")
    answered = fields.IntField(default=0)
    timed = fields.IntField(default=0)
    on_time = fields.IntField(default=0)
    reopened = fields.IntField(default=0)
    rated = fields.IntField(default=0)
    rating = fields.IntField(default=0)
    answered_at = fields.DatetimeField(null=True)
    hours = fields.IntField(null=True)

    class Meta:
        table = "statistics_case"
        indexes = (Index(fields=("period", "case_id"), name="statistics_case_period"),)


class AdoptionTotal(Model):
    """How much was said and what became of it, at one combination of coordinates. Forum 0 stands for all forums."""

    id = fields.BigIntField(primary_key=True)
    forum_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    department_id = fields.IntField()
    district = fields.CharField(max_length=40)
    period = fields.CharField(max_length=8)
    forums = fields.IntField(default=0)
    participants = fields.IntField(default=0)
    received = fields.IntField(default=0)
    adopted = fields.IntField(default=0)
    partly_adopted = fields.IntField(default=0)
    already_done = fields.IntField(default=0)
    under_study = fields.IntField(default=0)
    not_adopted = fields.IntField(default=0)
    out_of_scope = fields.IntField(default=0)
    done = fields.IntField(default=0)

    class Meta:
        table = "statistics_adoption"
        unique_together = (("forum_id", "kind", "department_id", "district", "period"),)
        indexes = (
            Index(fields=("forum_id", "kind", "department_id", "period", "district"), name="adoption_districts"),
            Index(fields=("forum_id", "kind", "district", "period", "department_id"), name="adoption_departments"),
            Index(fields=("forum_id", "department_id", "district", "period", "kind"), name="adoption_kinds"),
            Index(fields=("department_id", "forum_id"), name="adoption_department_forums"),
            Index(fields=("district", "forum_id"), name="adoption_district_forums"),
            Index(fields=("kind", "forum_id"), name="adoption_kind_forums"),
            Index(fields=("period", "forum_id"), name="adoption_periods"),
        )


class AdoptionDays(Model):
    """How many submissions took so many days to an answer, or until it was done: what medians are read from."""

    id = fields.BigIntField(primary_key=True)
    forum_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    department_id = fields.IntField()
    district = fields.CharField(max_length=40)
    period = fields.CharField(max_length=8)
    what = fields.CharField(max_length=8)
    value = fields.IntField()
    number = fields.IntField(default=0)

    class Meta:
        table = "statistics_adoption_days"
        unique_together = (("forum_id", "kind", "department_id", "district", "period", "what", "value"),)
        indexes = (
            Index(
                fields=("forum_id", "kind", "department_id", "period", "district", *_COUNTED),
                name="adoption_days_districts",
            ),
            Index(
                fields=("forum_id", "kind", "district", "period", "department_id", *_COUNTED),
                name="adoption_days_departm",
            ),
            Index(
                fields=("forum_id", "department_id", "district", "period", "kind", *_COUNTED),
                name="adoption_days_kinds",
            ),
            Index(fields=("period", "forum_id"), name="adoption_days_periods"),
        )


class PetitionTotal(Model):
    """How many petitions there were and how they were handled, at one combination of coordinates."""

    id = fields.BigIntField(primary_key=True)
    forum_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    department_id = fields.IntField()
    district = fields.CharField(max_length=40)
    period = fields.CharField(max_length=8)
    received = fields.IntField(default=0)
    answered = fields.IntField(default=0)
    timed = fields.IntField(default=0)
    on_time = fields.IntField(default=0)
    reopened = fields.IntField(default=0)
    rated = fields.IntField(default=0)
    rating = fields.IntField(default=0)

    class Meta:
        table = "statistics_petitions"
        unique_together = (("forum_id", "kind", "department_id", "district", "period"),)
        indexes = (
            Index(fields=("forum_id", "kind", "department_id", "period", "district"), name="petitions_districts"),
            Index(fields=("forum_id", "kind", "district", "period", "department_id"), name="petitions_departments"),
            Index(fields=("forum_id", "department_id", "district", "period", "kind"), name="petitions_kinds"),
            Index(fields=("period", "forum_id"), name="petitions_periods"),
        )


class PetitionHours(Model):
    """How many petitions were answered within so many working hours."""

    id = fields.BigIntField(primary_key=True)
    forum_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    department_id = fields.IntField()
    district = fields.CharField(max_length=40)
    period = fields.CharField(max_length=8)
    what = fields.CharField(max_length=8)
    value = fields.IntField()
    number = fields.IntField(default=0)

    class Meta:
        table = "statistics_petition_hours"
        unique_together = (("forum_id", "kind", "department_id", "district", "period", "what", "value"),)
        indexes = (
            Index(
                fields=("forum_id", "kind", "department_id", "period", "district", *_COUNTED),
                name="petition_hours_district",
            ),
            Index(
                fields=("forum_id", "kind", "district", "period", "department_id", *_COUNTED),
                name="petition_hours_departm",
            ),
            Index(
                fields=("forum_id", "department_id", "district", "period", "kind", *_COUNTED),
                name="petition_hours_kinds",
            ),
            Index(fields=("period", "forum_id"), name="petition_hours_periods"),
        )


class People(Model):
    """How many different people took part, by what they said of themselves, counted once a night and never published bare."""  # noqa: E501

    id = fields.BigIntField(primary_key=True)
    dimension = fields.CharField(max_length=10)
    value = fields.CharField(max_length=40)
    people = fields.IntField()

    class Meta:
        table = "statistics_people"
        unique_together = (("dimension", "value"),)


class Recount(Model):
    """One recount of everything: when, why, how much it looked at, and what it had to correct."""

    id = fields.BigIntField(primary_key=True)
    why = fields.CharField(max_length=10)
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    looked_at = fields.IntField(default=0)
    late = fields.IntField(default=0)
    """Not counted yet, without anything being wrong: imported, or a fact of the last minutes."""
    corrected = fields.IntField(default=0)
    samples: list[dict[str, Any]] = fields.JSONField(default=list)

    class Meta:
        table = "statistics_recount"
