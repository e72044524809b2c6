"""Every published figure, one :class:`Measure` record each: its words, how it is counted, and where it is shown.

Counting, the recount, the tables, the pages, JSON with its schema, the CSV, the dictionary and ``verify`` read these
records. A new figure based on columns and durations that are already counted needs only one record.
"""

from typing import Any

from server.core.errors import Text, _
from tracking.statistics.figures import (
    CASE,
    FORUM,
    SUBMISSION,
    VISIT,
    Area,
    Duration,
    Figures,
    Measure,
    Unit,
    each,
    given,
    number_of,
    where,
)
from tracking.statistics.rules import (
    ADOPTED,
    ANSWER,
    DONE,
    HOURS,
    LEAD,
    OUTCOMES,
    days_between,
    percent,
)


def _mean(figures: Figures) -> float | None:
    """The mean rating, rounded down to one decimal place."""
    rated = figures.sums.get("rated", 0)
    return figures.sums.get("rating", 0) * 10 // rated / 10 if rated else None


def _on_time(figures: Figures) -> int | None:
    timed = figures.sums.get("timed", 0)
    return percent(figures.sums.get("on_time", 0), timed) if timed else None


def _documents(figures: Figures) -> int | None:
    wanted = figures.sums.get("with_documents", 0)
    return percent(figures.sums.get("documents_complete", 0), wanted) if wanted else None


def submission_row(received_on: Any, outcome: str, answered_on: Any, done_on: Any) -> dict[str, Any]:
    """The values that a submission's figures are computed from; an outcome counts only if its day is known."""
    answered = answered_on if outcome else None
    return {
        "received_on": received_on,
        "outcome": outcome,
        "outcome_on": answered,
        "done_on": done_on,
        "answer_days": days_between(received_on, answered) if answered else None,
        "done_days": days_between(received_on, done_on) if done_on else None,
    }


_OUTCOME = {name: where(SUBMISSION, "outcome", name) for name in OUTCOMES}
_TO_ANSWER = Duration(ANSWER, SUBMISSION, "answer_days")
_TO_DONE = Duration(DONE, SUBMISSION, "done_days")
_WORKED = Duration(HOURS, CASE, "hours")
_LEAD = Duration(LEAD, VISIT, "lead_days")

ADOPTION = Area(
    "statistics_adoption",
    "statistics_adoption_days",
    (
        Measure(
            "forums",
            _("Forums that have started, by their first day; notices are not counted."),
            label=_("Forums"),
            head=_("Forums"),
            counts={"forums": each(FORUM)},
        ),
        Measure(
            "participants",
            _("The sum of the participants of these forums; someone who took part in two forums counts twice."),
            label=_("Participants"),
            head=_("Participants"),
            counts={"participants": number_of(FORUM, "participants")},
        ),
        Measure(
            "received",
            _("Submissions that everyone can read and nobody has withdrawn, by the day of receipt."),
            head=_("Came in"),
            counts={"received": each(SUBMISSION)},
        ),
        Measure(
            "considered",
            _("Those that have been answered, whatever the outcome."),
            head=_("Answered so far"),
            counts=_OUTCOME,
        ),
        Measure(
            "adopted",
            _("Those adopted in full or in part."),
            head=_("Adopted"),
            counts={name: _OUTCOME[name] for name in ADOPTED},
        ),
        Measure(
            "adopted_percent",
            _("Share of received submissions that were adopted, rounded down."),
            Unit.PERCENT,
            head=Text("%"),
            value=lambda figures: percent(figures["adopted"], figures["received"]),
        ),
        Measure(
            "done",
            _("Those with a day on which they were carried out."),
            head=_("Carried out"),
            counts={"done": given(SUBMISSION, "done_on")},
        ),
        Measure(
            "outcomes",
            _("How many of them have each answer."),
            Unit.EACH,
            value=lambda figures: {name: figures.sums.get(name, 0) for name in OUTCOMES},
            values=OUTCOMES,
        ),
        Measure(
            "median_days_to_answer",
            _("Half of the answers arrived within this many calendar days."),
            Unit.DAYS,
            label=_("Half of the answers arrived within"),
            head=_("Until the answer"),
            over=_TO_ANSWER,
        ),
        Measure(
            "median_days_to_done",
            _("Half of what was carried out was done within this many days after receipt."),
            Unit.DAYS,
            label=_("Half of what was carried out was done within"),
            head=_("Until it was carried out"),
            over=_TO_DONE,
        ),
    ),
)

PETITIONS = Area(
    "statistics_petitions",
    "statistics_petition_hours",
    (
        Measure(
            "received",
            _("Petitions that nobody has withdrawn, by the day of receipt."),
            label=_("Petitions received"),
            head=_("Came in"),
            on_map=("received", _("Number of petitions")),
            counts={"received": each(CASE)},
        ),
        Measure(
            "answered",
            _("Those with a valid answer."),
            label=_("Petitions answered"),
            head=_("Answered so far"),
            counts={"answered": number_of(CASE, "answered")},
        ),
        Measure(
            "on_time_percent",
            _("Share of answers with a deadline that arrived in time, rounded down. Empty: none had a deadline."),
            Unit.PERCENT,
            label=_("Answered in time"),
            head=_("Answered in time"),
            on_map=("on_time_percent", _("Answered in time")),
            counts={name: number_of(CASE, name) for name in ("timed", "on_time")},
            value=_on_time,
        ),
        Measure(
            "reopened",
            _("Petitions that were reopened after an answer."),
            label=_("Cases reopened"),
            head=_("Cases reopened"),
            counts={"reopened": number_of(CASE, "reopened")},
        ),
        Measure(
            "median_working_hours",
            _("Half of the answers arrived within this many working hours, eight to a day."),
            Unit.HOURS,
            label=_("Half of the answers arrived within"),
            head=_("Half answered within (working time)"),
            on_map=("median_hours", _("Median time")),
            over=_WORKED,
        ),
        Measure(
            "p90_working_hours",
            _("Nine out of ten answers arrived within this many working hours."),
            Unit.HOURS,
            label=_("Nine out of ten answers arrived within"),
            head=_("Nine out of ten answered within (working time)"),
            over=_WORKED,
            point="late",
        ),
        Measure(
            "rated",
            _("Petitions whose answer was rated. Empty if there are few, by month, and with filters."),
            counts={"rated": number_of(CASE, "rated")},
            restricted=True,
        ),
        Measure(
            "satisfaction",
            _("The mean of these ratings from 1 to 5, rounded down to one decimal place."),
            Unit.POINTS,
            label=_("Satisfaction (1 to 5)"),
            head=_("Satisfaction (1 to 5)"),
            counts={"rating": number_of(CASE, "rating")},
            value=_mean,
            restricted=True,
        ),
    ),
)

VISITS = Area(
    "statistics_visits",
    "statistics_visit_days",
    (
        Measure(
            "booked",
            _("Visits that were booked, by their own day, whatever became of them."),
            label=_("Visits booked"),
            head=_("Booked"),
            counts={"booked": each(VISIT)},
        ),
        Measure(
            "median_lead_days",
            _("Half of the visits were booked at most this many days before."),
            Unit.DAYS,
            label=_("Half were booked at most so long before"),
            head=_("Booked before"),
            over=_LEAD,
        ),
        Measure(
            "cancelled",
            _("Visits that their visitors or the office cancelled."),
            head=_("Visits cancelled"),
            counts={"cancelled": number_of(VISIT, "cancelled")},
        ),
        Measure(
            "cancelled_percent",
            _("Share of booked visits that were cancelled, rounded down."),
            Unit.PERCENT,
            label=_("Cancelled"),
            head=_("Cancelled"),
            value=lambda figures: percent(figures["cancelled"], figures["booked"]),
        ),
        Measure(
            "served",
            _("Visits whose visitors came and were served."),
            label=_("Visitors served"),
            head=_("Served"),
            counts={"served": number_of(VISIT, "served")},
        ),
        Measure(
            "no_shows",
            _("Visits to which nobody came, without excused ones. Empty if there are few, by month, and with filters."),
            label=_("No-shows"),
            head=_("No-shows"),
            counts={"missed": number_of(VISIT, "missed")},
            restricted=True,
        ),
        Measure(
            "with_documents",
            _("Visits, served or missed, for which documents were to be handed in."),
            counts={"with_documents": number_of(VISIT, "with_documents")},
        ),
        Measure(
            "documents_complete_percent",
            _("Share of these whose documents were all accepted before the visit, rounded down. Empty: none had any."),
            Unit.PERCENT,
            label=_("Documents complete before the visit"),
            head=_("Documents complete"),
            counts={"documents_complete": number_of(VISIT, "documents_complete")},
            value=_documents,
        ),
    ),
    main="booked",
)
