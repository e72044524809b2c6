"""What the desk owes on a case besides its answer, and until when: receiving it, passing it on, an interim notice, the
decision on an objection.

Read from the case alone, in words and colour like the clock. Pure; the limits belong to ``petitions.rules``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from petitions import rules
from petitions.clock_words import ClockWords, Tone, period_words
from petitions.rules import Transfer
from petitions.states import OPEN, State
from server.core import i18n
from server.core.clock import Due, WorkingCalendar
from server.core.errors import Text, _

ELECTRONIC = frozenset({"web", "mail"})
"""Channels by which a petition comes as an electronic document, to be received within eight hours (Decree 6⑦).

Policy: an e-mail is one as much as the city's own form; the hour to pass on is for paper and talk (Decree 13).
"""


class Owing(Protocol):
    """What of a case the duties are read from."""

    @property
    def kind(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def status(self) -> State: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def interim_on(self) -> date | None: ...
    @property
    def objection_due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Duty:
    """One of them: in few words for a list, and with its date and its article for the page of the case."""

    words: Text
    tone: Tone
    due_text: Text
    why: Text


def duties(
    case: Owing, passed_at: datetime | None, calendar: WorkingCalendar, now: datetime, language: str
) -> list[Duty]:
    """What is owed at ``now``, what is due first on top as a rule.

    ``passed_at`` is when a case that nobody handles yet came to its department. A tip is no petition in the law's
    sense (Decree 2①): its receipt and its way have no limits.
    """
    found: list[Duty] = []
    if case.kind != rules.Kind.REPORT:
        found = [*_receipt(case, calendar, now, language), *_transfer(case, passed_at, calendar, now, language)]
    if case.objection_due_at is not None:
        at = calendar.local(case.objection_due_at)
        words = period_words(Due(at, at.date(), by_day=True), rules.DECISION_DAYS, calendar, now, language)
        found.append(
            _duty(
                _("Objection: %(left)s", left=words.remaining),
                words,
                _("The objection must be decided within ten days (Act 35②)."),
            )
        )
    return [*found, *_interim(case, calendar, now, language)]


def _duty(words: Text, period: ClockWords, why: Text) -> Duty:
    return Duty(words, period.tone, period.due_text or Text(""), why)


def _receipt(case: Owing, calendar: WorkingCalendar, now: datetime, language: str) -> list[Duty]:
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
    case: Owing, passed_at: datetime | None, calendar: WorkingCalendar, now: datetime, language: str
) -> list[Duty]:
    """For the department that a case does not belong to; once that time is over, the case is taken for its own."""
    if case.status is not State.ACCEPTED or passed_at is None:
        return []
    words = _passing(Transfer.BETWEEN_DEPARTMENTS, passed_at, calendar, now, language)
    if words.tone == "late":
        return []
    why = _("A case of another department must be transferred within 3 working hours (Decree 13).")
    return [_duty(_("Transfer if not yours: %(left)s", left=words.remaining), words, why)]


def _interim(case: Owing, calendar: WorkingCalendar, now: datetime, language: str) -> list[Duty]:
    today = calendar.local(now).date()
    if case.interim_on is None or case.status not in OPEN or today < case.interim_on:
        return []
    day = _("by the end of %(day)s", day=i18n.date_text(case.interim_on, language))
    why = _(
        "After 30 days without an answer the petitioner receives an interim notice, and again every 30 days "
        "(Decree 23)."
    )
    return [Duty(_("Interim notice needed"), "late" if today > case.interim_on else "soon", day, why)]


def passing_on(transfer: Transfer, since: datetime, calendar: WorkingCalendar, now: datetime, language: str) -> Text:
    """Until when a case must be passed on, as the form for it says; also when that is over."""
    words = _passing(transfer, since, calendar, now, language)
    if words.tone == "late":
        return _("Should have been transferred by %(moment)s (Decree 13): please do it now.", moment=words.due_text)
    return _("To be transferred by %(moment)s (Decree 13).", moment=words.due_text)


def _passing(
    transfer: Transfer, since: datetime, calendar: WorkingCalendar, now: datetime, language: str
) -> ClockWords:
    limit = rules.transfer_limit(calendar, transfer, since)
    return period_words(limit, rules.TRANSFER_HOURS[transfer], calendar, now, language)
