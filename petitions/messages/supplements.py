"""What is said of supplements (보완, Act 22): asked for, prolonged, undelivered, arrived, or never sent."""

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
    words_and_files,
)
from server.core.errors import _
from server.core.messages import Detail, Notice, Urgency


def _until(event: CaseEvent) -> Detail:
    return Detail(
        _("Please send it by %(day)s. Until then the clock stands still.", day=event.day("until")),
    )


def _missing(event: CaseEvent) -> list[Detail]:
    late = event.more.get("late_reason")
    why = [Detail(_("Why it is asked for only now: %(reason)s", reason=late), small=True)] if late else []
    return [*words(event), *why, _until(event)]


REQUESTED = CaseMessage(
    events.SupplementRequested,
    desk=at_desk(
        "warning",
        "pause",
        lambda e: _(
            "Supplement requested by %(day)s (request no. %(times)s)", day=e.day("until"), times=e.data["times"]
        ),
    ),
    party=to_party("warning", "pause", _("Something is missing: we need more from you"), _missing),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Please send what is missing"),
                _("We cannot go on with your petition: something is missing (Civil Petitions Treatment Act, art. 22)."),
                _(
                    "Please send it by %(day)s on the page of your case. Until then the clock stands still. "
                    "If you need longer, take more time on the same page, before that day.",
                    day=e.day("until"),
                ),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)

PROLONGED = CaseMessage(
    events.SupplementProlonged,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _(
            "More time to supplement: by %(day)s (time no. %(times)s)", day=e.day("until"), times=e.data["times"]
        ),
    ),
    party=to_party(
        "warning", "calendar", _("There is more time to send what is missing"), lambda e: [*words(e), _until(e)]
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("You have more time to send what is missing"),
                _("The time to send what is missing is longer now (Civil Petitions Treatment Decree, art. 24)."),
                _(
                    "Please send it by %(day)s on the page of your case. Until then the clock stands still.",
                    day=e.day("until"),
                ),
            ),
            Urgency.REQUIRED,
        ),
        to_officials(
            Reader.IN_CHARGE,
            notice=Notice(
                _("More time to supplement"),
                _("The petitioner took more time to send what is missing (Civil Petitions Treatment Decree, art. 24)."),
                _("The case shows the new last day; the clock stands until then."),
            ),
            when=lambda e: not e.by_official,
        ),
    ),
)

UNDELIVERED = CaseMessage(
    events.SupplementUndelivered,
    desk=at_desk("warning", "back", lambda e: _("Request no. %(times)s came back undelivered", times=e.data["times"])),
    party=to_party("warning", "back", _("What we sent came back undelivered")),
)


def _arrived(event: CaseEvent) -> list[Detail]:
    again = _("The clock runs again. Answer promised by %(due)s.", due=event.due)
    return [*words_and_files(event), *([Detail(again)] if event.due_at else [])]


RECEIVED = CaseMessage(
    events.SupplementReceived,
    desk=at_desk("info", "document", lambda e: _("Supplement received; now due %(moment)s", moment=e.due)),
    party=to_party("info", "document", _("The supplement has arrived"), _arrived),
    promised=_("Counted on after the supplement"),
)

RETURNED = CaseMessage(
    events.CaseReturned,
    desk=at_desk("danger", "back", _("Returned for want of the supplement")),
    party=to_party("danger", "back", _("The case was returned, because it was not supplemented")),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition was returned"),
                _(
                    "What was asked for did not arrive in time, so your petition was returned "
                    "(Civil Petitions Treatment Decree, art. 25)."
                ),
                _("You can file it again at any time, with what was missing."),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)

DEEMED_WITHDRAWN = CaseMessage(
    events.CaseDeemedWithdrawn,
    desk=at_desk("plain", "stop", _("Counts as withdrawn: requests came back undelivered twice")),
    party=to_party("plain", "stop", _("It counts as withdrawn, because what we sent came back twice")),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition counts as withdrawn"),
                _(
                    "What we sent you came back twice, so your petition counts as withdrawn and is closed "
                    "(Civil Petitions Treatment Decree, art. 25)."
                ),
                _("You can file it again at any time, with an address at which we reach you."),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)

SUPPLEMENTS = (REQUESTED, PROLONGED, UNDELIVERED, RECEIVED, RETURNED, DEEMED_WITHDRAWN)
