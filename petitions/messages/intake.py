"""What is said when a case comes in and is given to people: receipt, department, handler, guide, transfers."""

from petitions import events
from petitions.labels import CHANNELS
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


def _promised(event: CaseEvent) -> list[Detail]:
    return [Detail(_("Answer promised by %(due)s.", due=event.due))] if event.due_at else []


def _receipt(event: CaseEvent) -> Notice:
    if not event.has_period:
        return Notice(
            _("We received your tip"),
            _("We received your tip and pass it to the department it concerns."),
            _("A tip has no legal period; you can still follow what happens with it."),
        )
    return Notice(
        _("We received your petition"),
        _("We received your petition."),
        _("The answer is promised by %(due)s. We write to you whenever something happens.", due=event.due),
    )


RECEIVED = CaseMessage(
    events.CaseReceived,
    desk=at_desk(
        "info",
        "bell",
        lambda e: _("Received (%(channel)s)", channel=CHANNELS.get(e.data["channel"], e.data["channel"])),
    ),
    party=to_party(
        "info",
        "drum",
        lambda e: _("Your petition was received") if e.has_period else _("Your tip was received"),
        _promised,
    ),
    mails=(to_citizen(_receipt, Urgency.REQUIRED),),
    promised=_("Promised when it was filed"),
)


def _proposed(event: CaseEvent) -> Text:
    if not event.data["department"]:
        return _("No department could be proposed")
    return _("Proposed department: %(department)s", department=event.department)


ROUTED = CaseMessage(events.CaseRouted, desk=at_desk("plain", "arrow", _proposed), by_itself=True)


def _guide_card(event: CaseEvent) -> list[Detail]:
    phone = event.person.phone if event.person else ""
    return [
        Detail(
            _("A case guide explains every step, helps with papers and speaks for you where you need it."),
            href=f"tel:{phone.replace(' ', '')}" if phone else "",
            link=phone,
        )
    ]


GUIDE = CaseMessage(
    events.GuideAppointed,
    desk=at_desk("plain", "person", lambda e: _("Case guide: %(guide)s", guide=e.name)),
    party=to_party("info", "person", lambda e: _("%(name)s is your case guide", name=e.name), _guide_card),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("You have a new case guide"),
                _("%(name)s is your case guide now.", name=e.name),
                _("Your guide explains every step, helps with papers and speaks for you where you need it."),
            ),
            when=lambda e: not e.filing,
        ),
    ),
    by_itself=True,
)

ACCEPTED = CaseMessage(
    events.CaseAccepted,
    desk=at_desk("info", "check", lambda e: _("Accepted for %(department)s", department=e.department)),
    party=to_party("info", "document", lambda e: _("Accepted: %(department)s is in charge", department=e.department)),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("A department is in charge of your petition"),
                _("%(department)s has taken your petition in.", department=e.department),
                _("A person of this department is named who handles it."),
            )
        ),
    ),
)

ASSIGNED = CaseMessage(
    events.CaseAssigned,
    desk=at_desk("info", "person", lambda e: _("Handler: %(handler)s", handler=e.name)),
    party=to_party("info", "person", lambda e: _("%(name)s is handling the case now", name=e.name)),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition has a handler"),
                _("%(name)s handles your petition now.", name=e.name),
                _("You can write to the handler on the page of your case."),
            )
        ),
        to_officials(Reader.NAMED, notice=Notice(_("A case was given to you"), _("You handle this case now."))),
    ),
)

STARTED = CaseMessage(
    events.WorkStarted,
    desk=at_desk("info", "clock", lambda e: _("%(handler)s began to work on it", handler=e.name)),
    party=to_party("busy", "clock", lambda e: _("%(name)s began to work on it", name=e.name)),
)

TRANSFERRED = CaseMessage(
    events.CaseTransferred,
    desk=at_desk(
        "warning",
        "arrow",
        lambda e: _(
            "Passed from %(previous)s to %(department)s", previous=e.previous_department, department=e.department
        ),
    ),
    party=to_party("info", "arrow", lambda e: _("Passed on to %(department)s", department=e.department)),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition was passed on to another department"),
                _("Your petition was passed on to %(department)s.", department=e.department),
                _("The promised date stays. A handler is named there."),
                e.text,
            )
        ),
    ),
)

TRANSFERRED_OUT = CaseMessage(
    events.CaseTransferredOut,
    desk=at_desk("warning", "arrow", _("Passed to another agency")),
    party=to_party("warning", "arrow", _("Passed to another agency, which is responsible"), words),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition was passed to another agency"),
                _(
                    "Another agency is responsible for your petition, so we passed it there "
                    "(Civil Petitions Treatment Act, art. 16)."
                ),
                _("That agency answers you. With us the case ends here."),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)

INTAKE = (RECEIVED, ROUTED, GUIDE, ACCEPTED, ASSIGNED, STARTED, TRANSFERRED, TRANSFERRED_OUT)
