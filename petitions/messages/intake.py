"""What is said when a case comes in and is given to people: receipt, department, handler, guide, transfers."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    to_citizen,
    to_officials,
    to_party,
    where_due,
)
from server.core.errors import Text, _
from server.core.messages import Detail, Urgency


def _proposed(event: CaseEvent) -> Text:
    if not event.data["department"]:
        return _("No department could be proposed")
    return _("Proposed department: %(department)s")


def _guide_card(event: CaseEvent) -> list[Detail]:
    about = _("A case guide explains every step, helps with papers and speaks for you where you need it.")
    phone = event.person.phone if event.person else ""
    return [Detail(about, href=f"tel:{phone.replace(' ', '')}" if phone else "", link=phone)]


INTAKE = (
    CaseMessage(
        events.CaseReceived,
        at_desk("info", "bell", _("Received (%(channel)s)")),
        to_party(
            "info",
            "drum",
            lambda e: _("Your petition was received") if e.has_period else _("Your tip was received"),
            where_due(_("Answer promised by %(due)s.")),
        ),
        (
            to_citizen(
                _("We received your petition"),
                _("We received your petition."),
                _("The answer is promised by %(due)s. We write to you whenever something happens."),
                urgency=Urgency.REQUIRED,
                when=lambda e: e.has_period,
            ),
            to_citizen(
                _("We received your tip"),
                _("We received your tip and pass it to the department it concerns."),
                _("A tip has no legal period; you can still follow what happens with it."),
                urgency=Urgency.REQUIRED,
                when=lambda e: not e.has_period,
            ),
        ),
        promised=_("Promised when it was filed"),
    ),
    CaseMessage(events.CaseRouted, at_desk("plain", "arrow", _proposed), by_itself=True),
    CaseMessage(
        events.GuideAppointed,
        at_desk("plain", "person", _("Case guide: %(guide)s")),
        to_party("info", "person", _("%(name)s is your case guide"), _guide_card),
        (
            to_citizen(
                _("You have a new case guide"),
                _("%(name)s is your case guide now."),
                _("Your guide explains every step, helps with papers and speaks for you where you need it."),
                when=lambda e: not e.filing,
            ),
        ),
        by_itself=True,
    ),
    CaseMessage(
        events.CaseAccepted,
        at_desk("info", "check", _("Accepted for %(department)s")),
        to_party("info", "document", _("Accepted: %(department)s is in charge")),
        (
            to_citizen(
                _("A department is in charge of your petition"),
                _("%(department)s has taken your petition in."),
                _("A person of this department is named who handles it."),
            ),
        ),
    ),
    CaseMessage(
        events.CaseAssigned,
        at_desk("info", "person", _("Handler: %(handler)s")),
        to_party("info", "person", _("%(name)s is handling the case now")),
        (
            to_citizen(
                _("Your petition has a handler"),
                _("%(name)s handles your petition now."),
                _("You can write to the handler on the page of your case."),
            ),
            to_officials(Reader.NAMED, subject=_("A case was given to you"), happened=_("You handle this case now.")),
        ),
    ),
    CaseMessage(
        events.WorkStarted,
        at_desk("info", "clock", _("%(handler)s began to work on it")),
        to_party("busy", "clock", _("%(name)s began to work on it")),
    ),
    CaseMessage(
        events.CaseTransferred,
        at_desk("warning", "arrow", _("Passed from %(previous)s to %(department)s")),
        to_party("info", "arrow", _("Passed on to %(department)s")),
        (
            to_citizen(
                _("Your petition was passed on to another department"),
                _("Your petition was passed on to %(department)s."),
                _("The promised date stays. A handler is named there."),
            ),
        ),
    ),
    CaseMessage(
        events.CaseTransferredOut,
        at_desk("warning", "arrow", _("Passed to another agency")),
        to_party("warning", "arrow", _("Passed to another agency, which is responsible")),
        (
            to_citizen(
                _("Your petition was passed to another agency"),
                _(
                    "Another agency is responsible for your petition, so we passed it there "
                    "(Civil Petitions Treatment Act, art. 16)."
                ),
                _("That agency answers you. With us the case ends here."),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
)
