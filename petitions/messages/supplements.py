"""What is said of supplements (보완, Act 22): asked for, prolonged, undelivered, arrived, or never sent."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    files,
    to_citizen,
    to_officials,
    to_party,
    where_due,
    words,
)
from server.core.errors import _
from server.core.messages import Detail, Urgency

_UNTIL = _("Please send it by %(day)s. Until then the clock stands still.")


def _why_late(event: CaseEvent) -> list[Detail]:
    late = event.more.get("late_reason")
    return [Detail(_("Why it is asked for only now: %(reason)s", reason=late), small=True)] if late else []


SUPPLEMENTS = (
    CaseMessage(
        events.SupplementRequested,
        at_desk("warning", "pause", _("Supplement requested by %(day)s (request no. %(times)s)")),
        to_party("warning", "pause", _("Something is missing: we need more from you"), words, _why_late, _UNTIL),
        (
            to_citizen(
                _("Please send what is missing"),
                _("We cannot go on with your petition: something is missing (Civil Petitions Treatment Act, art. 22)."),
                _(
                    "Please send it by %(day)s on the page of your case. Until then the clock stands still. "
                    "If you need longer, take more time on the same page, before that day."
                ),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
    CaseMessage(
        events.SupplementProlonged,
        at_desk("warning", "calendar", _("More time to supplement: by %(day)s (time no. %(times)s)")),
        to_party("warning", "calendar", _("There is more time to send what is missing"), words, _UNTIL),
        (
            to_citizen(
                _("You have more time to send what is missing"),
                _("The time to send what is missing is longer now (Civil Petitions Treatment Decree, art. 24)."),
                _("Please send it by %(day)s on the page of your case. Until then the clock stands still."),
                urgency=Urgency.REQUIRED,
                quoted=False,
            ),
            to_officials(
                Reader.IN_CHARGE,
                subject=_("More time to supplement"),
                happened=_(
                    "The petitioner took more time to send what is missing (Civil Petitions Treatment Decree, art. 24)."
                ),
                following=_("The case shows the new last day; the clock stands until then."),
                when=lambda e: not e.by_official,
            ),
        ),
    ),
    CaseMessage(
        events.SupplementUndelivered,
        at_desk("warning", "back", _("Request no. %(times)s came back undelivered")),
        to_party("warning", "back", _("What we sent came back undelivered")),
    ),
    CaseMessage(
        events.SupplementReceived,
        at_desk("info", "document", _("Supplement received; now due %(moment)s")),
        to_party(
            "info",
            "document",
            _("The supplement has arrived"),
            words,
            files,
            where_due(_("The clock runs again. Answer promised by %(due)s.")),
        ),
        promised=_("Counted on after the supplement"),
    ),
    CaseMessage(
        events.CaseReturned,
        at_desk("danger", "back", _("Returned for want of the supplement")),
        to_party("danger", "back", _("The case was returned, because it was not supplemented")),
        (
            to_citizen(
                _("Your petition was returned"),
                _(
                    "What was asked for did not arrive in time, so your petition was returned "
                    "(Civil Petitions Treatment Decree, art. 25)."
                ),
                _("You can file it again at any time, with what was missing."),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
    CaseMessage(
        events.CaseDeemedWithdrawn,
        at_desk("plain", "stop", _("Counts as withdrawn: requests came back undelivered twice")),
        to_party("plain", "stop", _("It counts as withdrawn, because what we sent came back twice")),
        (
            to_citizen(
                _("Your petition counts as withdrawn"),
                _(
                    "What we sent you came back twice, so your petition counts as withdrawn and is closed "
                    "(Civil Petitions Treatment Decree, art. 25)."
                ),
                _("You can file it again at any time, with an address at which we reach you."),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
)
