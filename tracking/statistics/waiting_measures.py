"""The published figures about waiting at the offices (see ``measures``)."""

from collections.abc import Callable

from server.core.errors import _
from tracking.statistics.figures import TICKET, Area, Duration, Figures, Measure, Unit, number_of
from tracking.statistics.rules import SERVICE, WAIT, percent


def _average(total: str, count: str) -> Callable[[Figures], int | None]:
    """The mean of a sum, in whole units."""

    def of(figures: Figures) -> int | None:
        number = figures.sums.get(count, 0)
        return round(figures.sums.get(total, 0) / number) if number else None

    return of


_WAIT = Duration(WAIT, TICKET, "wait_minutes")
_SERVICE = Duration(SERVICE, TICKET, "service_minutes")

WAITING = Area(
    "statistics_tickets",
    "statistics_ticket_minutes",
    (
        Measure(
            "visitors",
            _(
                "Visitors who took a ticket or checked in. Who is sent on to another office counts at the first one; a "
                "ticket that was given back because it could not be printed does not count."
            ),
            label=_("Visitors"),
            head=_("Visitors"),
            counts={"visitors": number_of(TICKET, "visitors")},
        ),
        Measure(
            "shown",
            _(
                "Visitors whom the other figures are about. Of an office's visitors in a month only the number is "
                "published if there were fewer than five."
            ),
            counts={"shown": number_of(TICKET, "shown")},
        ),
        Measure(
            "median_wait_minutes",
            _(
                "Half of the visitors were called within this many minutes of their arrival, or of the booked time if "
                "that is later. The first call counts; being called again changes nothing."
            ),
            Unit.MINUTES,
            label=_("Half waited at most"),
            head=_("Half waited at most"),
            over=_WAIT,
        ),
        Measure(
            "p90_wait_minutes",
            _("Nine out of ten visitors were called within this many minutes."),
            Unit.MINUTES,
            label=_("Nine out of ten waited at most"),
            head=_("Nine out of ten waited at most"),
            over=_WAIT,
            point="late",
        ),
        Measure(
            "called",
            _("Visitors who were called, whose waits these are."),
            counts={"called": number_of(TICKET, "called")},
        ),
        Measure(
            "mean_wait_seconds",
            _("Their mean wait in seconds."),
            Unit.SECONDS,
            label=_("Mean wait"),
            head=_("Mean wait"),
            counts={"wait_seconds": number_of(TICKET, "wait_seconds")},
            value=_average("wait_seconds", "called"),
        ),
        Measure(
            "served",
            _("Visitors whose matters were settled."),
            counts={"served": number_of(TICKET, "served")},
        ),
        Measure(
            "median_service_minutes",
            _("Half of the visitors were at the counters for at most this many minutes, all their matters together."),
            Unit.MINUTES,
            label=_("Half were served within"),
            head=_("Half were served within"),
            over=_SERVICE,
        ),
        Measure(
            "mean_service_seconds",
            _("The mean time at the counters in seconds."),
            Unit.SECONDS,
            counts={name: number_of(TICKET, name) for name in ("timed", "service_seconds")},
            value=_average("service_seconds", "timed"),
        ),
        Measure(
            "missed",
            _("Visitors who did not come to the counter, however often they were called."),
            counts={"missed": number_of(TICKET, "missed")},
        ),
        Measure(
            "missed_percent",
            _("Their share of the visitors shown, rounded down."),
            Unit.PERCENT,
            label=_("Did not come when called"),
            head=_("Did not come when called"),
            value=lambda figures: percent(figures["missed"], figures["shown"]),
        ),
        Measure(
            "left_early",
            _("Visitors who gave their ticket back, or still waited when the queue was closed."),
            head=_("Left before their turn"),
            counts={"left_early": number_of(TICKET, "left_early")},
        ),
        Measure(
            "cases_settled",
            _("Cases that were settled at the counter."),
            counts={"cases_settled": number_of(TICKET, "cases_settled")},
        ),
        Measure(
            "one_visit_percent",
            _("Share of these cases for which nobody had to come before, rounded down. Empty: there are none."),
            Unit.PERCENT,
            label=_("Settled in one visit"),
            head=_("Settled in one visit"),
            counts={"settled_in_one": number_of(TICKET, "settled_in_one")},
            value=lambda figures: (
                percent(figures.sums.get("settled_in_one", 0), figures["cases_settled"])
                if figures["cases_settled"]
                else None
            ),
        ),
        Measure(
            "estimates",
            _("Estimates of waits that were told to visitors and can be compared with their first call."),
            counts={"estimates": number_of(TICKET, "estimates")},
        ),
        Measure(
            "estimate_held_percent",
            _("Share of these visitors who were called within the range that they were told, rounded down."),
            Unit.PERCENT,
            label=_("Called within the estimated range"),
            head=_("Called within the estimated range"),
            counts={"estimate_held": number_of(TICKET, "estimate_held")},
            value=lambda figures: (
                percent(figures.sums.get("estimate_held", 0), figures["estimates"]) if figures["estimates"] else None
            ),
        ),
        Measure(
            "estimate_error_seconds",
            _("By how many seconds the middle of the range was wrong on average."),
            Unit.SECONDS,
            label=_("Estimates were wrong by"),
            head=_("Estimates were wrong by"),
            counts={"estimate_off": number_of(TICKET, "estimate_off")},
            value=_average("estimate_off", "estimates"),
        ),
        Measure(
            "estimate_bias_seconds",
            _("By how many seconds the middle of the range was too long on average; below 0: too short."),
            Unit.SECONDS,
            counts={"estimate_bias": number_of(TICKET, "estimate_bias")},
            value=_average("estimate_bias", "estimates"),
        ),
    ),
    main="visitors",
    people="visitors",
    shown="shown",
    days_by_month=True,
)
BY_HOUR = frozenset({
    "visitors", "shown", "median_wait_minutes", "p90_wait_minutes", "called", "served", "missed", "missed_percent",
    "left_early",
})  # fmt: skip
"""The figures by hour: those that the lines of the export without a service tell."""
