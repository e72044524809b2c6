"""Crowding in words: stars, reasons and the quality of the forecast, to be translated when they are shown."""

from server.core.errors import Text, _
from tracking.visits.crowding.forecast import Quality
from tracking.visits.crowding.rules import Reason

STARS = (_("Quiet"), _("A little busy"), _("Busy"), _("Very busy"))
"""By number of stars."""

REASONS = {
    "monday": _("Monday"),
    "weekday": _("This day of the week"),
    "week-of-month": _("This week of the month"),
    "time-of-year": _("This time of the year"),
    "month-start": _("Beginning of the month"),
    "month-end": _("End of the month"),
    "new-year": _("First weeks of the year"),
    "school-year": _("Start of the school year, when many people move"),
    "autumn-moves": _("Late summer, when many people move"),
    "fiscal-year": _("Turn of the fiscal year, when many people move"),
    "year-end": _("End of the year"),
    "after-holiday": _("First open day after a holiday"),
    "after-long-closure": _("First open day after several closed days"),
    "second-day": _("Second open day after several closed days"),
    "before-holiday": _("Last open day before a holiday"),
    "before-long-weekend": _("Last open day before a long weekend"),
    "bridge-day": _("Single open day between closed days"),
    "taian": _("Lucky day (Taian)"),
    "tomobiki": _("Lucky day (Tomobiki)"),
    "butsumetsu": _("Unlucky day (Butsumetsu)"),
    "wedding-date": _("A date on which many couples register their marriage"),
    "busy-hour": _("Busy time of the day"),
    "quiet-hour": _("Quiet time of the day"),
}
"""By code of the reason."""


def reason_text(reason: Reason) -> Text:
    """A reason, with what it changes as far as that is known."""
    what = REASONS[reason.code]
    if not reason.percent:
        return what
    if reason.percent > 0:
        return _("%(reason)s: about %(percent)s%% more visitors", reason=what, percent=reason.percent)
    return _("%(reason)s: about %(percent)s%% fewer visitors", reason=what, percent=-reason.percent)


GOOD_FROM, FAIR_FROM = 70, 50
"""Percent of the hours within the range: 80 is right, and four weeks are a small sample."""


def verdict(quality: Quality) -> Text:
    """How good the forecast was, in a word."""
    if not quality.hours:
        return _("Too new to say")
    if quality.inside >= GOOD_FROM and quality.better > 0:
        return _("Good")
    return _("Fair") if quality.inside >= FAIR_FROM else _("Poor")
