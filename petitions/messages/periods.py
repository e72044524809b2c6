"""What is said of the legal period: extended, counted anew, paused for a site investigation, ending, over."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    to_citizen,
    to_officials,
    to_party,
    words,
)
from server.core.errors import Text, _
from server.core.messages import Detail, Notice, Urgency

_UNITS: dict[str, Text] = {
    "hours": _("working hours"),
    "days": _("working days"),
    "weeks": _("weeks"),
    "months": _("months"),
    "civil-days": _("days"),
}


def _new_date(event: CaseEvent) -> Text:
    return _("New date: %(due)s. Promised before: %(before)s.", due=event.due, before=event.before)


def _moved(event: CaseEvent) -> list[Detail]:
    return [*words(event), Detail(_new_date(event))]


EXTENDED = CaseMessage(
    events.PeriodExtended,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _(
            "Period extended by %(amount)s %(unit)s; now due %(moment)s",
            amount=e.data["amount"],
            unit=_UNITS.get(e.data["unit"], e.data["unit"]),
            moment=e.due,
        ),
    ),
    party=to_party(
        "warning",
        "calendar",
        lambda e: (
            _("The period was extended, with your consent") if e.data["consent"] else _("The period was extended")
        ),
        _moved,
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("The answer takes longer"),
                _("The period of your petition was extended (Civil Petitions Treatment Decree, art. 21)."),
                _new_date(e),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
    promised=_("Period extended"),
    reasoned=True,
)


def _investigated(event: CaseEvent) -> list[Detail]:
    lasts = _("It lasts until %(day)s; its days do not count into the period.", day=event.day("until"))
    return [*words(event), Detail(lasts), Detail(_new_date(event))]


INVESTIGATED = CaseMessage(
    events.SiteInvestigated,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _(
            "Site investigation from %(first)s to %(until)s; now due %(moment)s",
            first=e.day("first"),
            until=e.day("until"),
            moment=e.due,
        ),
    ),
    party=to_party(
        "warning",
        "calendar",
        lambda e: (
            _("The site investigation was prolonged") if e.data["prolonged"] else _("A site investigation was set")
        ),
        _investigated,
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your grievance is looked into on the spot"),
                _(
                    "The days of a site investigation do not count into the period of a grievance "
                    "(Civil Petitions Treatment Decree, art. 17). It lasts until %(day)s.",
                    day=e.day("until"),
                ),
                _new_date(e),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
    promised=_("Days of a site investigation do not count"),
    reasoned=True,
)

RECOMPUTED = CaseMessage(
    events.DueRecomputed,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _(
            "The calendar changed (%(holiday)s): due %(moment)s instead of %(previous)s",
            holiday=e.data["holiday"],
            moment=e.due,
            previous=e.before,
        ),
    ),
    party=to_party(
        "warning",
        "calendar",
        lambda e: _("The date was counted anew, because the calendar changed (%(holiday)s)", holiday=e.data["holiday"]),
        _moved,
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("The date of your answer has moved"),
                _("The city's calendar changed, so the date was counted anew."),
                _new_date(e),
            )
        ),
    ),
    promised=_("Counted anew because a holiday was declared"),
)

INTERIM_DUE = CaseMessage(
    events.InterimNoticeDue,
    desk=at_desk("warning", "bell", _("An interim notice is due")),
    mails=(
        to_officials(
            Reader.IN_CHARGE,
            notice=Notice(
                _("An interim notice is due"),
                _("30 days have passed, and this case has no answer yet (Civil Petitions Treatment Decree, art. 23)."),
                _("Please tell the petitioner how far it is and when the answer is expected."),
            ),
        ),
    ),
)

INTERIM = CaseMessage(
    events.InterimNoticeGiven,
    desk=at_desk("info", "mail", _("Interim notice to the petitioner")),
    party=to_party("info", "info", _("How far it is")),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("How far your petition is"),
                _(
                    "Your petition is not finished yet; this is how far it is "
                    "(Civil Petitions Treatment Decree, art. 23)."
                ),
                _("We write again at the latest in 30 days."),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)

DUE_SOON = CaseMessage(
    events.DueSoon,
    desk=at_desk("warning", "bell", _("The period ends soon")),
    mails=(
        to_officials(
            Reader.IN_CHARGE,
            notice=Notice(
                _("The period ends soon"),
                _("The period of this case ends within a day."),
                _("Please answer it, or extend it with the reason before it ends."),
            ),
        ),
    ),
)

WATCHED = _("The department's manager and the city's inspector of petitions were told.")

OVERDUE = CaseMessage(
    events.Overdue,
    desk=at_desk("danger", "alert", _("The period is over")),
    party=to_party(
        "danger", "alert", _("The promised date has passed without an answer"), lambda _e: [Detail(WATCHED)]
    ),
    mails=(
        to_citizen(
            Notice(
                _("Your answer is late"),
                _("The promised date has passed, and you have no answer yet. We are sorry."),
                WATCHED,
            )
        ),
        to_officials(
            *(Reader.HANDLER, Reader.MANAGERS, Reader.INSPECTORS),
            notice=Notice(
                _("The period has passed"),
                _("The period of this case has passed without an answer."),
                _("Please see that it is answered now; the petitioner, the manager and the inspector were told."),
            ),
        ),
    ),
)

CALENDAR = CaseMessage(
    events.CalendarChanged,
    party=to_party("plain", "calendar", lambda e: _("The city's calendar changed: %(what)s", what=e.data["what"])),
)

PERIODS = (EXTENDED, INVESTIGATED, RECOMPUTED, INTERIM_DUE, INTERIM, DUE_SOON, OVERDUE, CALENDAR)
