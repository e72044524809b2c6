"""What the desk owes on a case besides its answer: acceptance, transfer, interim notice, the decision on an objection.

Derived from the case alone, as text and colour like its deadline. Pure functions; the limits are in
``petitions.rules``.
"""

from dataclasses import dataclass
from datetime import datetime

from petitions import rules
from petitions.clock_words import ClockWords, Tone, objection_words, period_words
from petitions.rules import Transfer
from petitions.standing import Standing
from petitions.states import State
from server.core import i18n
from server.core.clock import WorkingCalendar
from server.core.errors import Text, _

ELECTRONIC = frozenset({"web", "mail"})
"""Channels by which a petition comes as an electronic document, to be accepted within eight hours (Decree 6⑦).

Policy: an email counts like the city's own form; the hour to transfer applies to paper and spoken petitions (Decree
13).
"""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: short for a list, and with its date and article for the case's page."""

    words: Text
    tone: Tone
    due_text: Text
    why: Text
    hourly: bool = False
    """Whether the words change within a day."""


def duties(
    case: Standing, passed_at: datetime | None, calendar: WorkingCalendar, now: datetime, language: str
) -> list[Duty]:
    """The duties open at ``now``, in general the earliest due first.

    ``passed_at`` is when a case without a handler reached its department. A tip is not a petition (Decree 2①), so its
    receipt and transfer have no limits.
    """
    found: list[Duty] = []
    if case.kind != rules.Kind.REPORT:
        found = [*_receipt(case, calendar, now, language), *_transfer(case, passed_at, calendar, now, language)]
    if case.objection_due_at is not None:
        words = objection_words(case.objection_due_at, calendar, now, language)
        found.append(_duty(words.remaining, words, _("The objection must be decided within ten days (Act 35②).")))
    return [*found, *_interim(case, calendar, now, language)]


def _duty(words: Text, period: ClockWords, why: Text) -> Duty:
    return Duty(words, period.tone, period.due_text or Text(""), why, period.hourly)


def _receipt(case: Standing, calendar: WorkingCalendar, now: datetime, language: str) -> list[Duty]:
    if case.status is not State.RECEIVED:
        return []
    if case.channel in ELECTRONIC:
        limit = rules.receipt_limit(calendar, case.received_at)
        words = period_words(limit, rules.RECEIPT_HOURS, calendar, now, language)
        why = _("An electronic petition must be accepted within 8 working hours of its arrival (Decree 6⑦).")
        return [_duty(_("Accept: %(left)s", left=words.remaining), words, why)]
    words = _passing(Transfer.TO_DEPARTMENT, case.received_at, calendar, now, language)
    why = _("A petition received at the petitions office must go to the department within 1 working hour (Decree 13).")
    return [_duty(_("Send to a department: %(left)s", left=words.remaining), words, why)]


def _transfer(
    case: Standing, passed_at: datetime | None, calendar: WorkingCalendar, now: datetime, language: str
) -> list[Duty]:
    """The deadline to transfer a case that belongs elsewhere; after it, the department is taken to keep the case."""
    if case.status is not State.ACCEPTED or passed_at is None:
        return []
    words = _passing(Transfer.BETWEEN_DEPARTMENTS, passed_at, calendar, now, language)
    if words.tone == "late":
        return []
    why = _("A case of another department must be transferred within 3 working hours (Decree 13).")
    return [_duty(_("Transfer if not yours: %(left)s", left=words.remaining), words, why)]


def _interim(case: Standing, calendar: WorkingCalendar, now: datetime, language: str) -> list[Duty]:
    today = calendar.local(now).date()
    if case.interim_on is None or not case.open or today < case.interim_on:
        return []
    day = _("by the end of %(day)s", day=i18n.date_text(case.interim_on, language))
    why = _(
        "After 30 days without an answer the petitioner receives an interim notice, and again every 30 days "
        "(Decree 23)."
    )
    return [Duty(_("Interim notice needed"), "late" if today > case.interim_on else "soon", day, why)]


def passing_on(transfer: Transfer, since: datetime, calendar: WorkingCalendar, now: datetime, language: str) -> Text:
    """Until when a case must be transferred, as shown on the form; also after that time."""
    words = _passing(transfer, since, calendar, now, language)
    if words.tone == "late":
        return _("Should have been transferred %(moment)s (Decree 13): please do it now.", moment=words.due_text)
    return _("To be transferred %(moment)s (Decree 13).", moment=words.due_text)


def _passing(
    transfer: Transfer, since: datetime, calendar: WorkingCalendar, now: datetime, language: str
) -> ClockWords:
    limit = rules.transfer_limit(calendar, transfer, since)
    return period_words(limit, rules.TRANSFER_HOURS[transfer], calendar, now, language)
