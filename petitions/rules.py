"""The Civil Petitions Treatment Act as pure functions: a petition's kind, its period, what may be done and by when.

Values in, a value or a ``Refusal`` out, so that every article can be tested without a database. "Act" is the Civil
Petitions Treatment Act (민원 처리에 관한 법률), "Decree" its Enforcement Decree (시행령), "Rule" its Enforcement Rule
(시행규칙). How a period is counted is decided in ``server.core.clock``.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from server.core.clock import Due, Pause, Unit, WorkingCalendar, due, overdue
from server.core.errors import Text, _
from server.core.working_calendar import FIRST_YEAR


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the law does not allow an action: a stable code and a translatable explanation."""

    code: str
    text: Text


# --- Kinds and periods --------------------------------------------------------------------------------------


class Kind(StrEnum):
    """The kind of petition (Act 2)."""

    INQUIRY_LAW = "inquiry_law"
    """질의민원 about the meaning of a law."""
    INQUIRY = "inquiry"
    """질의민원 about a system or a procedure."""
    SUGGESTION = "suggestion"
    """건의민원: to improve a system or how it is run."""
    GRIEVANCE = "grievance"
    """고충민원: an unlawful, unjust or passive act, or an unreasonable system, infringes rights."""
    OTHER = "other"
    """기타민원: simple counselling, an everyday inconvenience."""
    STATUTORY = "statutory"
    """법정민원: an application under another law; written as ``statutory:`` and the code of its service."""
    REPORT = "report"
    """제보: a tip, which is not a petition because the petitioner is not identified (Decree 2①); it has no period."""


@dataclass(frozen=True, slots=True)
class Service:
    """A statutory petition with the period that the city publishes for it (Act 17)."""

    code: str
    name: str
    unit: Unit
    amount: int


@dataclass(frozen=True, slots=True)
class Period:
    """The processing period."""

    unit: Unit
    amount: int


HOURS_A_DAY = 8
LONGEST_IN_HOURS = 5
"""Periods of at most this many days are counted in hours, eight to a day (Act 19①)."""

_PERIODS = {
    Kind.INQUIRY_LAW: Period(Unit.DAYS, 14),  # Decree 14, item 1
    Kind.INQUIRY: Period(Unit.DAYS, 7),  # Decree 14, item 2
    Kind.SUGGESTION: Period(Unit.DAYS, 14),  # Decree 15
    Kind.OTHER: Period(Unit.HOURS, 3),  # Decree 16 and 19
    Kind.GRIEVANCE: Period(Unit.DAYS, 7),  # Decree 17
}


def parse_kind(text: str, services: Mapping[str, Service]) -> tuple[Kind, Service | None] | Refusal:
    """Read a kind as written in forms, JSON and tables; ``services`` are the statutory petitions by code."""
    name, colon, code = text.partition(":")
    if name == Kind.STATUTORY:
        if service := services.get(code):
            return Kind.STATUTORY, service
        return Refusal("unknown_service", _("There is no such statutory petition."))
    if colon or name not in list(Kind):
        return Refusal("unknown_kind", _("There is no such kind of petition."))
    return Kind(name), None


def kind_text(kind: Kind, service: Service | None = None) -> str:
    """The written form of a kind, as read by ``parse_kind``."""
    return f"{kind}:{service.code}" if service else str(kind)


def period(kind: Kind, service: Service | None = None) -> Period | None:
    """The period of a kind (Act 17, Decree 14-17, 19); None for a tip.

    A published period of five days or less is returned in hours (Act 19①). Raises ValueError for a statutory petition
    without its service.
    """
    if kind is Kind.REPORT:
        return None
    if kind is not Kind.STATUTORY:
        return _PERIODS[kind]
    if service is None:
        raise ValueError("a statutory petition has the period of its service: name the service")
    if service.unit is Unit.DAYS and service.amount <= LONGEST_IN_HOURS:
        return Period(Unit.HOURS, service.amount * HOURS_A_DAY)
    return Period(service.unit, service.amount)


def due_date(
    calendar: WorkingCalendar,
    period: Period,
    received: datetime,
    extensions: Sequence[int] = (),
    pauses: Sequence[Pause] = (),
) -> Due:
    """When the answer is due. Extensions are amounts in the period's own unit (Decree 21①).

    Pauses are the days that do not count (Decree 20, 17⑤). Raises ValueError as ``clock.due`` does.
    """
    return due(calendar, period.unit, period.amount + sum(extensions), received, pauses)


def check_extension(period: Period, extensions: Sequence[int], amount: int, *, consent: bool) -> Refusal | None:
    """Whether one more extension by ``amount`` is lawful after ``extensions`` (Decree 21①).

    Once for unavoidable reasons, a second time with the petitioner's consent, each at most as long as the original
    period.
    """
    if amount < 1:
        return Refusal("extension_empty", _("An extension must be at least one unit of the processing period."))
    if amount > period.amount:
        return Refusal("extension_too_long", _("An extension may not be longer than the original period."))
    if len(extensions) > 1:
        return Refusal("extension_used_up", _("The deadline can be extended only twice."))
    if extensions and not consent:
        return Refusal("extension_needs_consent", _("A second extension needs the petitioner's consent."))
    return None


# --- Receipt and transfer -----------------------------------------------------------------------------------


NOBODY = frozenset(
    (
        *("무명", "무명씨", "없음", "미상", "비공개", "시민", "민원인"),
        *("名無し", "名無しさん", "無名", "なし", "不明", "不詳", "非公開", "市民"),
        *("none", "unknown", "nobody", "noname", "na"),
    )
)
"""What people enter as a name or an address when they do not want to be identified."""
ANONYMOUS = ("익명", "匿名", "anonym")
"""Prefixes of such words that occur with many endings."""


def is_petition(name: str, *contacts: str) -> bool:
    """Whether the petitioner is identified, so that the submission is a petition and not a tip (Decree 2①).

    The law asks for a clear name and address. Policy of this program: a name is clear if it has two letters (single
    Hangul consonants and vowels do not count), no masking sign, and is not a word for "anonymous"; the address is clear
    if at least one of ``contacts`` (email, phone or postal address) reaches the person, because that is where the
    answer goes. Whether a contact is well formed is checked by the form.
    """
    return _is_clear_name(name) and any(_is_said(contact) for contact in contacts)


def _is_clear_name(name: str) -> bool:
    letters = [sign for sign in unicodedata.normalize("NFC", name) if sign.isalpha() and not _is_jamo(sign)]
    return len(letters) > 1 and not set(name) & set("*＊○●◯〇?？") and _is_said(name)


def _is_said(text: str) -> bool:
    folded = "".join(sign for sign in unicodedata.normalize("NFC", text).casefold() if sign.isalnum())
    return bool(folded) and folded not in NOBODY and not folded.startswith(ANONYMOUS)


def _is_jamo(sign: str) -> bool:
    return "\u1100" <= sign <= "\u11ff" or "\u3131" <= sign <= "\u318e"


RECEIPT_HOURS = 8


def receipt_limit(calendar: WorkingCalendar, arrived: datetime) -> Due:
    """Until when an electronic petition must be accepted: eight working hours from arrival (Decree 6⑦)."""
    return due(calendar, Unit.HOURS, RECEIPT_HOURS, _countable(calendar, arrived))


class Transfer(StrEnum):
    """The kinds of transfer (Act 16, Decree 13)."""

    TO_DEPARTMENT = "to_department"
    """From the intake office to the handling department. All offices share one system, so distance plays no role."""
    BETWEEN_DEPARTMENTS = "between_departments"
    """From the wrong department to the right one, by way of the intake office."""
    TO_AGENCY = "to_agency"
    """To another agency; the petitioner is notified."""


TRANSFER_HOURS = {
    Transfer.TO_DEPARTMENT: 1,
    Transfer.BETWEEN_DEPARTMENTS: 3,
    Transfer.TO_AGENCY: 8,
}


def transfer_limit(calendar: WorkingCalendar, transfer: Transfer, since: datetime) -> Due:
    """The latest moment to transfer a petition (Decree 13).

    Electronic documents must be transferred "without delay"; the hours for paper documents are used as the outer limit.
    """
    return due(calendar, Unit.HOURS, TRANSFER_HOURS[transfer], _countable(calendar, since))


def _countable(calendar: WorkingCalendar, moment: datetime) -> datetime:
    """The moment, or the beginning of the working calendar for a petition that was imported from before it."""
    return max(moment, datetime(FIRST_YEAR, 1, 1, tzinfo=calendar.timezone))


# --- Supplement, return, withdrawal -------------------------------------------------------------------------


def supplement_request_limit(calendar: WorkingCalendar, received: datetime) -> Due:
    """Until when a supplement must be requested: eight working hours from the receipt (Rule 9①).

    Policy: ``received`` is the moment at which the period of the petition starts. That is its arrival, when the receipt
    is issued (Act 9②), or the reopening of a reopened case. A transfer inside the agency does not restart it, because
    the agency has already received the petition; a department that gets it late gives that as the reason.
    """
    return due(calendar, Unit.HOURS, 8, _countable(calendar, received))


def supplement_due(calendar: WorkingCalendar, asked: date, days: int) -> Due:
    """The last day to supplement, ``days`` after the day of the request, counted by the Civil Act (Decree 24④)."""
    return due(calendar, Unit.CIVIL_DAYS, days, asked)


def check_supplement_prolongation(granted: int) -> Refusal | None:
    """Whether the petitioner may have more time to supplement: twice (Decree 24②), counted over all requests."""
    if granted < 2:  # noqa: PLR2004
        return None
    return Refusal("prolongation_used_up", _("The time to send the supplement has already been extended twice."))


def check_second_request(days: int, *, running: bool = False) -> Refusal | None:
    """Whether a second request to supplement may set that many days: ten at most (Decree 24③).

    ``running`` means that the previous request has not expired yet, so it cannot be repeated.
    """
    if running:
        return Refusal("supplement_running", _("The time to send the supplement has not run out yet."))
    if 1 <= days <= 10:  # noqa: PLR2004
        return None
    return Refusal("second_request_length", _("The second request may give one to ten days."))


def may_return(requests: Sequence[Due], moment: datetime) -> Refusal | None:
    """Whether a petition that was not supplemented may be returned (반려, Decree 25①).

    ``requests`` are the last days of the periods set for what is still missing. Policy: a return requires that a second
    request, which Decree 24③ leaves to the office, has expired as well, because a return is the more severe outcome.
    """
    if len(requests) < 2:  # noqa: PLR2004
        return Refusal("second_request_missing", _("Please ask for the supplement a second time first."))
    if not overdue(requests[-1], moment):
        return Refusal("supplement_running", _("The time to send the supplement has not run out yet."))
    return None


def may_deem_withdrawn(undelivered: int) -> Refusal | None:
    """Whether a petition is deemed withdrawn because requests were returned undelivered twice (Decree 25②)."""
    if undelivered >= 2:  # noqa: PLR2004
        return None
    return Refusal("delivery_not_tried_twice", _("A request must be returned undelivered twice first."))


# --- While it is handled ------------------------------------------------------------------------------------


def check_site_investigation(kind: Kind, days: int, prolongation: int = 0) -> Refusal | None:
    """Whether a site investigation may take so many working days (Decree 17④⑤).

    For grievances only: at most 14 days, extended once by at most 7 (``prolongation``, 0 without an extension). Policy:
    they are working days, like the period itself.
    """
    if kind is not Kind.GRIEVANCE:
        return Refusal("not_a_grievance", _("A site investigation pauses the deadline of a grievance only."))
    if not (1 <= days <= 14 and 0 <= prolongation <= 7):  # noqa: PLR2004
        return Refusal(
            "investigation_length",
            _("A site investigation takes at most 14 working days, extended once by at most 7."),
        )
    return None


def site_investigation(calendar: WorkingCalendar, first: date, days: int) -> Pause:
    """The days that a site investigation of ``days`` working days adds to the days that do not count (Decree 17⑤)."""
    return first, due(calendar, Unit.DAYS, days, first).on


def interim_notice_date(received: date, number: int = 1) -> date:
    """The day of the first, second, … interim notice (Decree 23): after 30 days, then every 30 days.

    The day of the receipt is not counted (Civil Act 157). Holidays do not move the date: early notices harm nobody.
    """
    return received + timedelta(days=30 * number + 1)


def next_interim_notice(received: date, given_on: date) -> date:
    """The day of the notice after one given on ``given_on``. Extra or late notices do not shift the schedule."""
    return interim_notice_date(received, max(0, (given_on - received).days - 1) // 30 + 1)


def may_close_as_repeated(
    submitted: int,
    notified: int,
    *,
    kind: Kind = Kind.OTHER,
    multi_party: bool = False,
    deliberated: bool = False,
) -> Refusal | None:
    """Whether a repeated petition may be closed without another answer (종결처리, Act 23, Decree 26).

    ``submitted`` counts the same petition including this one, ``notified`` the results notified so far. An official
    decides whether it is the same without a valid reason (Act 23③), and whether it is one by many people
    (다수인관련민원: five households and five signatures, Act 2 vi), which the mediation committee (민원조정위원회) must
    have considered: ``deliberated``.
    """
    if kind is Kind.STATUTORY:
        return Refusal("statutory_not_closed", _("A statutory petition must be decided however often it is filed."))
    if submitted < 3 or notified < 2:  # noqa: PLR2004
        return Refusal(
            "not_repeated_enough",
            _("A repeated petition may be closed from the third time on, after its result has been notified twice."),
        )
    if multi_party and not deliberated:
        return Refusal("committee_first", _("The mediation committee must first review a petition by many people."))
    return None


# --- Objection ----------------------------------------------------------------------------------------------


OBJECTION_DAYS = 60
DECISION_DAYS = 10


def objection_window(calendar: WorkingCalendar, notified: date) -> Due:
    """The last day to object: 60 days from the day on which the refusal was received (Act 35①)."""
    return due(calendar, Unit.CIVIL_DAYS, OBJECTION_DAYS, notified)


def may_object(calendar: WorkingCalendar, kind: Kind, notified: date, moment: datetime) -> Refusal | None:
    """Whether an objection to the refusal, received on ``notified``, is still possible (Act 35①)."""
    if kind is not Kind.STATUTORY:
        return Refusal("not_statutory", _("Only the refusal of a statutory petition can be objected to."))
    if overdue(objection_window(calendar, notified), moment):
        return Refusal("objection_too_late", _("The 60 days to object have passed."))
    return None


def objection_due(calendar: WorkingCalendar, received: datetime, *, extension: int = 0) -> Due:
    """When an objection must be decided (Act 35②): ten days, extended once from the day on which they end.

    ``extension`` is the number of days, 0 without one; see ``check_objection_extension``. Policy: the law leaves open
    how they are counted; calendar days, the first not counted (Civil Act 157), end earlier than working days.
    """
    first = due(calendar, Unit.CIVIL_DAYS, DECISION_DAYS, received)
    return due(calendar, Unit.CIVIL_DAYS, extension, first.on) if extension else first


def check_objection_extension(days: int, granted: int = 0) -> Refusal | None:
    """Whether the decision on an objection may be extended by so many days: at most ten, once (Act 35②).

    ``granted`` is the number of days of an earlier extension.
    """
    if granted:
        return Refusal("objection_extension_used_up", _("The time to decide can be extended only once."))
    if 1 <= days <= DECISION_DAYS:
        return None
    return Refusal("objection_extension_length", _("An objection may be extended once, by one to ten days."))
