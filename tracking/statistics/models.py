"""Tables of statistics: what was counted of each submission, forum and petition, and the totals that come of it.

``statistics_adoption`` and ``statistics_petitions`` hold a row for every combination of coordinates at which something
was counted, those with "all" in one or more places included, so that a page reads rows and adds nothing up. Their
columns, and the numbers that are kept of a petition, are those that the figures are made of (``measures``).
"""

from collections.abc import Mapping
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from tracking.statistics.figures import CASE, FORUM, TICKET, VISIT, Tally
from tracking.statistics.measures import ADOPTION, PETITIONS, VISITS
from tracking.statistics.rules import At
from tracking.statistics.waiting_measures import WAITING

_PLACE = At._fields
_COUNTED = ("what", "value", "number")
"""Behind the coordinates in an index, so that medians are found in its order and without the table."""


def _numbers(tallies: Mapping[str, Tally], thing: str = "", *, large: bool = False) -> dict[str, Any]:
    """The columns of figures: all of them, or those that a thing keeps itself. ``large``: sums of seconds."""
    return {
        name: fields.BigIntField(default=0) if large else fields.IntField(default=0)
        for name, tally in tallies.items()
        if not thing or (tally.own and tally.thing == thing)
    }


class _Counted(Model):
    """A thing as it was counted last, and where."""

    counted = fields.BooleanField(default=False)
    kind = fields.CharField(max_length=20, default="")
    department_id = fields.IntField(default=0)
    district = fields.CharField(max_length=48, default="")
    period = fields.CharField(max_length=8, default="")

    class Meta:
        abstract = True


class CountedSubmission(_Counted):
    """One submission as it was counted last: what its part of the totals is made of, and a line of the export."""

    submission_id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=24)
    forum_id = fields.BigIntField(default=0)
    received_on = fields.DateField(null=True)
    outcome = fields.CharField(max_length=16, default="")
    outcome_on = fields.DateField(null=True)
    done_on = fields.DateField(null=True)
    answer_days = fields.IntField(null=True)
    done_days = fields.IntField(null=True)

    class Meta:
        table = "statistics_submission"
        indexes = (
            Index(fields=("received_on", "submission_id"), name="statistics_submission_day"),
            Index(fields=("forum_id", "received_on", "submission_id"), name="statistics_submission_forum"),
            Index(fields=("kind", "received_on", "submission_id"), name="statistics_submission_kind"),
            Index(fields=("department_id", "received_on", "submission_id"), name="statistics_submission_department"),
            Index(fields=("district", "received_on", "submission_id"), name="statistics_submission_district"),
            Index(fields=("period", "submission_id"), name="statistics_submission_period"),
        )


class CountedForum(_Counted):
    """One forum as it was counted last."""

    forum_id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=48)
    held_on = fields.DateField(null=True)
    locals().update(_numbers(ADOPTION.tallies, FORUM))

    class Meta:
        table = "statistics_forum"
        indexes = (Index(fields=("period", "forum_id"), name="statistics_forum_period"),)


class CountedCase(_Counted):
    """One petition as it was counted last."""

    case_id = fields.BigIntField(primary_key=True)
    reference = fields.CharField(max_length=16)
    locals().update(_numbers(PETITIONS.tallies, CASE))
    answered_at = fields.DatetimeField(null=True)
    hours = fields.IntField(null=True)

    class Meta:
        table = "statistics_case"
        indexes = (Index(fields=("period", "case_id"), name="statistics_case_period"),)


class CountedVisit(_Counted):
    """One visit as it was counted last. Its kind is the channel, its department the office."""

    visit_id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=16)
    locals().update(_numbers(VISITS.tallies, VISIT))
    lead_days = fields.IntField(null=True)

    class Meta:
        table = "statistics_visit"
        indexes = (Index(fields=("period", "visit_id"), name="statistics_visit_period"),)


class CountedTicket(_Counted):
    """One ticket of a closed day as it was counted last.

    Its kind is how the visitor came, its department the office, its district the service and the hour (``moving/@09``),
    as far as they may be published. ``own`` is what is known of the ticket, as JSON.
    """

    ticket_id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=60)
    date = fields.DateField(null=True)
    locals().update(_numbers(WAITING.tallies, TICKET))
    wait_minutes = fields.IntField(null=True)
    service_minutes = fields.IntField(null=True)
    told = fields.BooleanField(default=False)
    """Whether more is published of it than that a visitor came."""
    day_shown = fields.BooleanField(default=False)
    """Whether the mean of its day may be published."""
    own = fields.TextField()

    class Meta:
        table = "statistics_ticket"
        indexes = (
            Index(fields=("period", "department_id", "ticket_id"), name="statistics_ticket_period"),
            Index(fields=("date", "department_id"), name="statistics_ticket_day"),
        )


class _Place(Model):
    """One combination of coordinates. Forum 0 stands for all forums."""

    id = fields.BigIntField(primary_key=True)
    forum_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    department_id = fields.IntField()
    district = fields.CharField(max_length=40)
    period = fields.CharField(max_length=8)

    class Meta:
        abstract = True


class _Days(_Place):
    """How many things at a place took so many days or hours: what medians are read from."""

    what = fields.CharField(max_length=8)
    value = fields.IntField()
    number = fields.IntField(default=0)

    class Meta:
        abstract = True


def _indexes(districts: str, departments: str, kinds: str, periods: str, *behind: str) -> tuple[Index, ...]:
    """What finds the values of each dimension under filters, by the names of the indexes."""
    return (
        Index(fields=("forum_id", "kind", "department_id", "period", "district", *behind), name=districts),
        Index(fields=("forum_id", "kind", "district", "period", "department_id", *behind), name=departments),
        Index(fields=("forum_id", "department_id", "district", "period", "kind", *behind), name=kinds),
        Index(fields=("period", "forum_id"), name=periods),
    )


class AdoptionTotal(_Place):
    """How much was said and what became of it."""

    locals().update(_numbers(ADOPTION.tallies))

    class Meta:
        table = ADOPTION.totals
        unique_together = (_PLACE,)
        indexes = (
            *_indexes("adoption_districts", "adoption_departments", "adoption_kinds", "adoption_periods"),
            Index(fields=("department_id", "forum_id"), name="adoption_department_forums"),
            Index(fields=("district", "forum_id"), name="adoption_district_forums"),
            Index(fields=("kind", "forum_id"), name="adoption_kind_forums"),
        )


class AdoptionDays(_Days):
    """How many submissions took so many days to an answer, or until it was done."""

    class Meta:
        table = ADOPTION.days
        unique_together = ((*_PLACE, "what", "value"),)
        indexes = _indexes(
            "adoption_days_districts",
            "adoption_days_departm",
            "adoption_days_kinds",
            "adoption_days_periods",
            *_COUNTED,
        )


class PetitionTotal(_Place):
    """How many petitions there were and how they were handled."""

    locals().update(_numbers(PETITIONS.tallies))

    class Meta:
        table = PETITIONS.totals
        unique_together = (_PLACE,)
        indexes = _indexes("petitions_districts", "petitions_departments", "petitions_kinds", "petitions_periods")


class PetitionHours(_Days):
    """How many petitions were answered within so many working hours."""

    class Meta:
        table = PETITIONS.days
        unique_together = ((*_PLACE, "what", "value"),)
        indexes = _indexes(
            "petition_hours_district", "petition_hours_departm", "petition_hours_kinds", "petition_hours_periods",
            *_COUNTED,
        )  # fmt: skip


class VisitTotal(_Place):
    """How many visits were booked and what became of them."""

    locals().update(_numbers(VISITS.tallies))

    class Meta:
        table = VISITS.totals
        unique_together = (_PLACE,)
        indexes = _indexes("visits_districts", "visits_offices", "visits_channels", "visits_periods")


class VisitLead(_Days):
    """How many visits were booked so many days before."""

    class Meta:
        table = VISITS.days
        unique_together = ((*_PLACE, "what", "value"),)
        indexes = _indexes(
            "visit_days_districts", "visit_days_offices", "visit_days_channels", "visit_days_periods", *_COUNTED,
        )  # fmt: skip


class TicketTotal(_Place):
    """How many visitors came, how long they waited and were served, and how good the estimates were."""

    locals().update(_numbers(WAITING.tallies, large=True))

    class Meta:
        table = WAITING.totals
        unique_together = (_PLACE,)
        indexes = _indexes("tickets_services", "tickets_offices", "tickets_ways", "tickets_periods")


class TicketMinutes(_Days):
    """How many visitors waited, or were served, for so many minutes."""

    class Meta:
        table = WAITING.days
        unique_together = ((*_PLACE, "what", "value"),)
        indexes = _indexes(
            "ticket_mins_services", "ticket_mins_offices", "ticket_mins_ways", "ticket_mins_periods", *_COUNTED,
        )  # fmt: skip


class People(Model):
    """How many different people took part, by what they said of themselves. Counted once a night and never published
    bare.
    """

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
    """Not counted yet, without anything being wrong: imported, or an event of the last minutes."""
    corrected = fields.IntField(default=0)
    samples: list[dict[str, Any]] = fields.JSONField(default=list)

    class Meta:
        table = "statistics_recount"
