"""What is said of the legal period: extended, counted anew, paused for a site investigation, ending, over."""

from petitions import events
from petitions.messages.event import CaseMessage, Reader, at_desk, to_citizen, to_officials, to_party, words
from server.core.errors import _
from server.core.messages import Urgency

NEW_DATE = _("New date: %(due)s. Promised before: %(before)s.")
WATCHED = _("The department's manager and the city's inspector of petitions were told.")

PERIODS = (
    CaseMessage(
        events.PeriodExtended,
        at_desk("warning", "calendar", _("Period extended by %(amount)s %(unit)s; now due %(moment)s")),
        to_party(
            "warning",
            "calendar",
            lambda e: (
                _("The period was extended, with your consent") if e.data["consent"] else _("The period was extended")
            ),
            words,
            NEW_DATE,
        ),
        (
            to_citizen(
                _("The answer takes longer"),
                _("The period of your petition was extended (Civil Petitions Treatment Decree, art. 21)."),
                NEW_DATE,
                urgency=Urgency.REQUIRED,
            ),
        ),
        promised=_("Period extended"),
        reasoned=True,
    ),
    CaseMessage(
        events.SiteInvestigated,
        at_desk("warning", "calendar", _("Site investigation from %(first)s to %(until)s; now due %(moment)s")),
        to_party(
            "warning",
            "calendar",
            lambda e: (
                _("The site investigation was prolonged") if e.data["prolonged"] else _("A site investigation was set")
            ),
            words,
            _("It lasts until %(day)s; its days do not count into the period."),
            NEW_DATE,
        ),
        (
            to_citizen(
                _("Your grievance is looked into on the spot"),
                _(
                    "The days of a site investigation do not count into the period of a grievance "
                    "(Civil Petitions Treatment Decree, art. 17). It lasts until %(day)s."
                ),
                NEW_DATE,
                urgency=Urgency.REQUIRED,
            ),
        ),
        promised=_("Days of a site investigation do not count"),
        reasoned=True,
    ),
    CaseMessage(
        events.DueRecomputed,
        at_desk("warning", "calendar", _("The calendar changed (%(holiday)s): due %(moment)s instead of %(previous)s")),
        to_party(
            "warning",
            "calendar",
            _("The date was counted anew, because the calendar changed (%(holiday)s)"),
            NEW_DATE,
        ),
        (
            to_citizen(
                _("The date of your answer has moved"),
                _("The city's calendar changed, so the date was counted anew."),
                NEW_DATE,
            ),
        ),
        promised=_("Counted anew because a holiday was declared"),
    ),
    CaseMessage(
        events.InterimNoticeDue,
        at_desk("warning", "bell", _("An interim notice is due")),
        mails=(
            to_officials(
                Reader.IN_CHARGE,
                subject=_("An interim notice is due"),
                happened=_(
                    "30 days have passed, and this case has no answer yet (Civil Petitions Treatment Decree, art. 23)."
                ),
                following=_("Please tell the petitioner how far it is and when the answer is expected."),
            ),
        ),
    ),
    CaseMessage(
        events.InterimNoticeGiven,
        at_desk("info", "mail", _("Interim notice to the petitioner")),
        to_party("info", "info", _("How far it is")),
        (
            to_citizen(
                _("How far your petition is"),
                _(
                    "Your petition is not finished yet; this is how far it is "
                    "(Civil Petitions Treatment Decree, art. 23)."
                ),
                _("We write again at the latest in 30 days."),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
    CaseMessage(
        events.DueSoon,
        at_desk("warning", "bell", _("The period ends soon")),
        mails=(
            to_officials(
                Reader.IN_CHARGE,
                subject=_("The period ends soon"),
                happened=_("The period of this case ends within a day."),
                following=_("Please answer it, or extend it with the reason before it ends."),
            ),
        ),
    ),
    CaseMessage(
        events.Overdue,
        at_desk("danger", "alert", _("The period is over")),
        to_party("danger", "alert", _("The promised date has passed without an answer"), WATCHED),
        (
            to_citizen(
                _("Your answer is late"),
                _("The promised date has passed, and you have no answer yet. We are sorry."),
                WATCHED,
            ),
            to_officials(
                Reader.HANDLER,
                Reader.MANAGERS,
                Reader.INSPECTORS,
                subject=_("The period has passed"),
                happened=_("The period of this case has passed without an answer."),
                following=_(
                    "Please see that it is answered now; the petitioner, the manager and the inspector were told."
                ),
            ),
        ),
    ),
    CaseMessage(
        events.CalendarChanged,
        party=to_party("plain", "calendar", _("The city's calendar changed: %(what)s")),
    ),
)
