"""Messages about supplements (보완, Act 22): requested, extended, undelivered, received, or never sent."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    Reader,
    at_desk,
    files,
    message,
    to_citizen,
    to_officials,
    to_party,
    where_due,
    words,
)
from server.core.errors import _
from server.core.messages import Detail, Urgency

_UNTIL = _("Please send it by %(day)s. The deadline for our answer is paused until then.")


def _why_late(event: CaseEvent) -> list[Detail]:
    late = event.more.get("late_reason")
    return [Detail(_("Why it is requested only now: %(reason)s", reason=late), small=True)] if late else []


SUPPLEMENTS = (
    message(
        events.SupplementRequested,
        at_desk("warning", "pause", _("Supplement requested by %(day)s (request no. %(times)s)")),
        to_party("warning", "pause", _("Something is missing: we need more from you"), words, _why_late, _UNTIL),
        to_citizen(
            _("Please send what is missing"),
            _(
                "We cannot continue with your petition because something is missing (Civil Petitions Treatment "
                "Act, art. 22)."
            ),
            _(
                "Please send it by %(day)s on your case page. The deadline for our answer is paused until "
                "then. If you need longer, extend the time on the same page, before that day."
            ),
            urgency=Urgency.REQUIRED,
            text=_("Something is missing from your petition %(reference)s. Please send it by %(day)s:"),
        ),
    ),
    message(
        events.SupplementDueSoon,
        at_desk("warning", "bell", _("Supplement due by %(day)s: the petitioner was reminded")),
        to_party("warning", "bell", _("Please send what is missing by %(day)s")),
        to_citizen(
            _("Please send what is missing soon"),
            _("We are still waiting for what is missing from your petition. Please send it by %(day)s."),
            _("If you need longer, extend the time on your case page before that day."),
            text=_("Please send what is missing from your petition %(reference)s by %(day)s:"),
        ),
    ),
    message(
        events.SupplementProlonged,
        at_desk("warning", "calendar", _("Time to send the supplement extended to %(day)s (extension no. %(times)s)")),
        to_party("warning", "calendar", _("You have more time to send what is missing"), words, _UNTIL),
        to_citizen(
            _("You have more time to send what is missing"),
            _("The time to send what is missing has been extended (Civil Petitions Treatment Decree, art. 24)."),
            _("Please send it by %(day)s on your case page. The deadline for our answer is paused until then."),
            urgency=Urgency.REQUIRED,
            quoted=False,
            text=_("You have until %(day)s to send what is missing from your petition %(reference)s:"),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("Time to send the supplement extended"),
            happened=_(
                "The petitioner extended the time to send what is missing (Civil Petitions Treatment Decree, art. 24)."
            ),
            following=_("The case shows the new deadline. The processing period is paused until then."),
            when=lambda e: not e.by_official,
        ),
    ),
    message(
        events.SupplementUndelivered,
        at_desk("warning", "back", _("Request no. %(times)s returned undelivered")),
        to_party("warning", "back", _("What we sent was returned undelivered")),
    ),
    message(
        events.SupplementReceived,
        at_desk("info", "document", _("Supplement received; now due %(moment)s")),
        to_party(
            "info",
            "document",
            _("The supplement has arrived"),
            words,
            files,
            where_due(_("The deadline has resumed. Answer due by %(due)s.")),
        ),
        due_because=_("Resumed after the supplement"),
    ),
    message(
        events.CaseReturned,
        at_desk("danger", "back", _("Returned because the supplement did not arrive")),
        to_party("danger", "back", _("The case was returned because the supplement did not arrive")),
        to_citizen(
            _("Your petition was returned"),
            _(
                "What we requested did not arrive in time, so your petition was returned (Civil Petitions "
                "Treatment Decree, art. 25)."
            ),
            _("You can file it again at any time, with what was missing."),
            urgency=Urgency.REQUIRED,
            text=_("Your petition %(reference)s was returned because what was missing did not arrive. Details:"),
        ),
    ),
    message(
        events.CaseDeemedWithdrawn,
        at_desk("plain", "stop", _("Deemed withdrawn: requests were returned undelivered twice")),
        to_party("plain", "stop", _("Deemed withdrawn because what we sent was returned undelivered twice")),
        to_citizen(
            _("Your petition is deemed withdrawn"),
            _(
                "What we sent you was returned undelivered twice, so your petition is deemed withdrawn and "
                "has been closed (Civil Petitions Treatment Decree, art. 25)."
            ),
            _("You can file it again at any time, with an address where we can reach you."),
            urgency=Urgency.REQUIRED,
            text=_("Your petition %(reference)s was closed because what we sent came back undelivered. Details:"),
        ),
    ),
)
