"""Messages about the processing period: extended, recomputed, paused for a site investigation, ending, over."""

from petitions import events
from petitions.messages.event import Reader, at_desk, by_text, message, to_citizen, to_officials, to_party, words
from server.core.errors import _
from server.core.messages import Urgency

NEW_DATE = _("New due date: %(due)s. Previous due date: %(before)s.")
WATCHED = _("The department's manager and the city's petition inspector have been notified.")

PERIODS = (
    message(
        events.PeriodExtended,
        at_desk("warning", "calendar", _("Deadline extended by %(amount)s %(unit)s; now due %(moment)s")),
        to_party(
            "warning",
            "calendar",
            lambda e: (
                _("The deadline was extended, with your consent")
                if e.data["consent"]
                else _("The deadline was extended")
            ),
            words,
            NEW_DATE,
        ),
        to_citizen(
            _("The answer will take longer"),
            _("The deadline of your petition was extended (Civil Petitions Treatment Decree, art. 21)."),
            NEW_DATE,
            urgency=Urgency.REQUIRED,
            text=_("The answer to your petition %(reference)s will take longer, until %(due)s. The reason:"),
        ),
        due_because=_("Deadline extended"),
        reasoned=True,
    ),
    message(
        events.SiteInvestigated,
        at_desk("warning", "calendar", _("Site investigation from %(first)s to %(until)s; now due %(moment)s")),
        to_party(
            "warning",
            "calendar",
            lambda e: (
                _("The site investigation was extended")
                if e.data["prolonged"]
                else _("A site investigation was scheduled")
            ),
            words,
            _("It lasts until %(day)s. Its days do not count towards the processing period."),
            NEW_DATE,
        ),
        to_citizen(
            _("A site investigation for your grievance"),
            _(
                "The days of a site investigation do not count towards the processing period of a "
                "grievance (Civil Petitions Treatment Decree, art. 17). It lasts until %(day)s."
            ),
            NEW_DATE,
            urgency=Urgency.REQUIRED,
            text=_("A site investigation for your petition %(reference)s; the answer is now due by %(due)s. Details:"),
        ),
        due_because=_("Days of a site investigation do not count"),
        reasoned=True,
    ),
    message(
        events.DueRecomputed,
        at_desk(
            "warning", "calendar", _("The calendar changed (%(holiday)s): now due %(moment)s instead of %(previous)s")
        ),
        to_party(
            "warning",
            "calendar",
            _("The due date was recalculated because the calendar changed (%(holiday)s)"),
            NEW_DATE,
        ),
        to_citizen(
            _("The due date of your answer has changed"),
            _("The city's calendar changed, so the due date was recalculated."),
            NEW_DATE,
            text=_("The city's calendar changed: the answer to your petition %(reference)s is now due by %(due)s."),
        ),
        due_because=_("Recalculated because of a new holiday"),
    ),
    message(
        events.InterimNoticeDue,
        at_desk("warning", "bell", _("An interim notice is due")),
        None,
        to_officials(
            Reader.IN_CHARGE,
            subject=_("An interim notice is due"),
            happened=_(
                "30 days have passed, and this case has no answer yet (Civil Petitions Treatment Decree, art. 23)."
            ),
            following=_("Please tell the petitioner what progress has been made and when to expect the answer."),
        ),
    ),
    message(
        events.InterimNoticeGiven,
        at_desk("info", "mail", _("Interim notice to the petitioner")),
        to_party("info", "info", _("Progress so far")),
        to_citizen(
            _("Progress of your petition"),
            _(
                "Your petition is still being handled. This is the progress so far (Civil Petitions "
                "Treatment Decree, art. 23)."
            ),
            _("We will write again within 30 days."),
            urgency=Urgency.REQUIRED,
            text=_("Your petition %(reference)s is still being handled. The progress so far:"),
        ),
    ),
    message(
        events.DueSoon,
        at_desk("warning", "bell", _("The deadline is near")),
        to_party("warning", "bell", _("The due date is near. Whoever is in charge has been reminded.")),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("The deadline is near"),
            happened=_("This case has not been answered yet, and its deadline is near."),
            following=_("Please answer it, or extend the deadline with a reason before it passes."),
        ),
        by_text(_("Your petition %(reference)s has no answer yet. It is due by %(due)s, and we are working on it:")),
    ),
    message(
        events.Overdue,
        at_desk("danger", "alert", _("The deadline has passed")),
        to_party("danger", "alert", _("The due date has passed without an answer"), WATCHED),
        to_citizen(
            _("Your answer is late"),
            _("The due date has passed, and you do not have an answer yet. We apologise."),
            WATCHED,
            text=_("The answer to your petition %(reference)s is late. We apologise; the manager has been notified."),
        ),
        to_officials(
            Reader.HANDLER,
            Reader.MANAGERS,
            Reader.INSPECTORS,
            subject=_("The deadline has passed without an answer"),
            happened=_("The deadline of this case has passed without an answer."),
            following=_(
                "Please make sure it is answered now. The petitioner, the manager and the inspector have been notified."
            ),
        ),
    ),
    message(
        events.CalendarChanged,
        party=to_party("plain", "calendar", _("The city's calendar changed: %(what)s")),
    ),
)
