"""A week as its page shows it: rows by time, cells with marks and words, and why a day has none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date

from server.core import i18n
from server.core.errors import Text, _
from tracking.visits import rules
from tracking.visits.crowding.words import reason_text
from tracking.visits.queries import offices
from tracking.visits.queries.grid import GridDay, Slot
from tracking.visits.queries.weeks import Week
from tracking.visits.recommending import Why
from tracking.visits.rules import DayState

DAY = {"ko": "M/d", "ja": "M/d", "en": "d MMM"}
SATURDAY = 5
WHYS: Mapping[Why, Text] = {
    Why.QUIET: _("few visitors are expected"),
    Why.EARLY: _("soon after the opening"),
    Why.LATE: _("late in the afternoon"),
    Why.ROOMY: _("several places are free"),
    Why.PREPARE: _("enough time to prepare the documents"),
}
CLOSED: Mapping[str, Text] = {
    DayState.CLOSED: _("Closed all day"),
    DayState.HOLIDAY: _("Public holiday"),
    DayState.CLOSURE: _("Closed all day"),
    DayState.MAINTENANCE: _("Closed for maintenance"),
}
Key = tuple[str, int]
"""A row: the time of day, and which one of an hour that comes twice."""


def start_value(start: datetime) -> str:
    """A start as addresses and forms carry it."""
    return start.isoformat(timespec="minutes")


def shown_days(week: Week) -> list[GridDay]:
    """The days with a column: Saturday and Sunday only if the office has something to say about them."""
    return [
        day for day in week.days
        if day.hours.spans or day.date.weekday() < SATURDAY or day.hours.state is not DayState.CLOSED
    ]  # fmt: skip


def day_columns(week: Week, language: str, hrefs: Mapping[date, str]) -> list[dict[str, Any]]:
    """The columns of the table, with the crowding expected or why a day is closed."""
    found = []
    for day in shown_days(week):
        forecast = week.crowding.get(day.date)
        reasons = [i18n.translate(language, reason_text(one)) for one in forecast.because] if forecast else []
        found.append(
            {
                "label": format_date(day.date, DAY[language], locale=language),
                "weekday": format_date(day.date, "EEE", locale=language),
                "href": hrefs.get(day.date, ""),
                "stars": forecast.stars if forecast else None,
                "reasons": reasons,
                "closed": "" if day.slots else i18n.translate(language, why_closed(week, day, language)),
                "date": day.date,
            }
        )
    return found


def why_closed(week: Week, day: GridDay, language: str) -> Text:
    """Why nothing can be booked on a day."""
    if not day.hours.spans:
        reason = i18n.text_in(day.hours, "reason", language)
        text = CLOSED[day.hours.state]
        return _("%(state)s: %(reason)s", state=text, reason=reason) if reason else text
    if day.date > week.last:
        opens = day.date - timedelta(days=week.errand.office.days_ahead)
        return _("Can be booked from %(day)s", day=format_date(opens, DAY[language], locale=language))
    if not day.bookable:
        return _("Can no longer be booked")
    return _("No counter for this")


def time_rows(week: Week, language: str) -> list[dict[str, Any]]:
    """The rows of the table; a lunch break that is the same on all days is one row."""
    days = shown_days(week)
    slots = [{_key(slot.start): slot for slot in day.slots} for day in days]
    own = i18n.translate(language, _("Your present time"))
    breaks = [_lunch(week, day) for day in days]
    keys = sorted({key for day in days if day.slots for key in _starts(week, day)}.union(*slots, *breaks))
    found: list[dict[str, Any]] = []
    lunch = i18n.translate(language, _("Lunch break"))
    pending: list[Key] = []
    for key in keys:
        if any(key in row for row in slots) or not any(key in row for row in breaks):
            if pending:
                found.append(_lunch_row(week, pending, breaks, lunch))
                pending = []
            cells = [
                _cell(row.get(key), own) or ({"words": lunch} if key in lunches else None)
                for row, lunches in zip(slots, breaks, strict=True)
            ]
            found.append({"label": key[0], "cells": cells})
        else:
            pending.append(key)
    if pending:
        found.append(_lunch_row(week, pending, breaks, lunch))
    return found or [{"label": "–", "cells": [None] * len(days)}]  # a week without times still says why


def _lunch_row(week: Week, keys: Sequence[Key], breaks: Sequence[set[Key]], lunch: str) -> dict[str, Any]:
    hours, minutes = map(int, keys[-1][0].split(":"))
    end = hours * 60 + minutes + week.errand.every
    cells = [{"words": lunch} if set(keys) & row else None for row in breaks]
    return {"label": f"{keys[0][0]}–{end // 60:02}:{end % 60:02}", "cells": cells}


def _cell(slot: Slot | None, own: str) -> dict[str, Any] | None:
    if slot is None:
        return None
    if slot.own:
        return {"words": own}
    return {"mark": slot.mark.value, "left": slot.left, "value": start_value(slot.start), "href": None}


def _key(start: datetime) -> Key:
    return start.strftime("%H:%M"), start.fold


def _starts(week: Week, day: GridDay) -> Iterator[Key]:
    for at in rules.starts(day.hours, week.errand.length, week.errand.every):
        yield _key(offices.local(at))


def _lunch(week: Week, day: GridDay) -> set[Key]:
    if day.hours.lunch is None or not day.slots:
        return set()
    return {_key(offices.local(at)) for at in range(*day.hours.lunch, week.errand.every)}


def free_list(week: Week) -> list[tuple[date, list[Slot]]]:
    """The free times day by day, for who prefers a list."""
    return [(day.date, [slot for slot in day.slots if slot.offered]) for day in shown_days(week)]


def recommended(week: Week, language: str) -> list[dict[str, Any]]:
    """The recommended times with their reasons in words."""
    return [
        {
            "start": one.start,
            "value": start_value(one.start),
            "reasons": ", ".join(i18n.translate(language, WHYS[why]) for why in one.reasons),
        }
        for one in week.recommended
    ]
