"""Messages when a case arrives and is assigned: receipt, department, handler, guide, transfers."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    Reader,
    alone,
    at_desk,
    message,
    to_citizen,
    to_officials,
    to_party,
    where_due,
)
from server.core.errors import Text, _
from server.core.messages import Detail, Urgency


def _proposed(event: CaseEvent) -> Text:
    if not event.data["department"]:
        return _("No department has the case yet")
    return _("Proposed department: %(department)s")


def _guide_card(event: CaseEvent) -> list[Detail]:
    about = _("A case guide explains every step, helps with documents and speaks for you if you need it.")
    phone = event.person.phone if event.person else ""
    return [Detail(about, href=f"tel:{phone.replace(' ', '')}" if phone else "", link=phone)]


INTAKE = (
    message(
        events.CaseReceived,
        at_desk("info", "bell", _("Received (%(channel)s)")),
        to_party(
            "info",
            "drum",
            lambda e: _("Your petition was received") if e.has_period else _("Your tip was received"),
            where_due(_("Answer due by %(due)s.")),
        ),
        alone(
            to_citizen(
                _("We received your petition"),
                _("We received your petition."),
                _("The answer is due by %(due)s. We will write to you whenever something happens."),
                urgency=Urgency.REQUIRED,
                when=lambda e: e.has_period,
                text=_("We received your petition %(reference)s. The answer is due by %(due)s."),
            )
        ),
        alone(
            to_citizen(
                _("We received your tip"),
                _("We received your tip and will pass it on to the department it concerns."),
                _("A tip has no legal deadline, but you can still follow it."),
                urgency=Urgency.REQUIRED,
                when=lambda e: not e.has_period,
                text=_("We received your tip %(reference)s and will pass it on to the department it concerns."),
            )
        ),
        due_because=_("Due date at filing"),
    ),
    message(events.CaseRouted, at_desk("plain", "arrow", _proposed), by_itself=True),
    message(
        events.GuideAppointed,
        at_desk("plain", "person", _("Case guide: %(guide)s")),
        to_party("info", "person", _("%(name)s is your case guide"), _guide_card),
        to_citizen(
            _("You have a new case guide"),
            _("%(name)s is now your case guide."),
            _("Your guide explains every step, helps with documents and speaks for you if you need it."),
            when=lambda e: not e.filing,
        ),
        by_itself=True,
    ),
    message(
        events.CaseAccepted,
        at_desk("info", "check", _("Accepted for %(department)s")),
        to_party("info", "document", _("Accepted: %(department)s is in charge")),
        to_citizen(
            _("A department is in charge of your petition"),
            _("%(department)s has accepted your petition."),
            _("The department will assign a handler."),
        ),
    ),
    message(
        events.CaseAssigned,
        at_desk("info", "person", _("Handler: %(handler)s")),
        to_party("info", "person", _("%(name)s is now handling the case")),
        to_citizen(
            _("Your petition has a handler"),
            _("%(name)s is now handling your petition."),
            _("You can write to the handler on your case page."),
        ),
        to_officials(
            Reader.NAMED, subject=_("A case was assigned to you"), happened=_("You are now handling this case.")
        ),
    ),
    message(
        events.WorkStarted,
        at_desk("info", "clock", _("%(handler)s started working on it")),
        to_party("busy", "clock", _("%(name)s has started working on it")),
    ),
    message(
        events.CaseTransferred,
        at_desk("warning", "arrow", _("Transferred from %(previous)s to %(department)s")),
        to_party("info", "arrow", _("Transferred to %(department)s")),
        to_citizen(
            _("Your petition was transferred to another department"),
            _("Your petition was transferred to %(department)s."),
            _("The due date stays the same. The department will assign a handler."),
        ),
    ),
    message(
        events.CaseTransferredOut,
        at_desk("warning", "arrow", _("Transferred to another agency")),
        to_party("warning", "arrow", _("Transferred to another agency, which is responsible")),
        to_citizen(
            _("Your petition was transferred to another agency"),
            _(
                "Another agency is responsible for your petition, so we transferred it there (Civil "
                "Petitions Treatment Act, art. 16)."
            ),
            _("That agency will answer you. The case with us ends here."),
            urgency=Urgency.REQUIRED,
            text=_("Your petition %(reference)s was transferred to another agency, which will answer you. Details:"),
        ),
    ),
)
