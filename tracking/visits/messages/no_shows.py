"""Messages about visits to which nobody came, and what follows from several of them."""

from server.core.errors import Text, _
from tracking.visits import events
from tracking.visits.messages.event import VisitEvent, message, to_visitor


def _what_follows(event: VisitEvent) -> Text:
    """That it may restrict booking, told before it does."""
    if not event.about.no_shows:
        return _("Is this wrong, or was there a good reason? Please call the office: %(phone)s.")
    return _(
        "After %(no_shows)s absences within %(within)s days nobody can book at this office for %(restricted)s days. "
        "Is this wrong, or was there a good reason? Please call the office, %(phone)s: it then does not count."
    )


def _missed(event: VisitEvent) -> Text:
    """The same for a text message."""
    if not event.about.no_shows:
        return _(
            "You did not come to your visit %(number)s: %(when)s, %(office)s. Is this wrong? Please call %(phone)s."
        )
    return _(
        "You did not come to your visit %(number)s: %(when)s, %(office)s. After %(no_shows)s absences within "
        "%(within)s days nobody can book there for %(restricted)s days. Is this wrong? Please call %(phone)s."
    )


_GRANTED = _("Appeal granted: can book again, and the absence does not count")
_REFUSED = _("Appeal refused: still cannot book")

NO_SHOWS = (
    message(
        events.NoShowMarked,
        "warning",
        "person",
        _("Nobody came, although called %(calls)s times"),
        to_visitor(
            _("You did not come to your visit"),
            _("We called you for your visit, but nobody came: %(when)s, %(office)s."),
            _what_follows,
            text=_missed,
            when=lambda e: bool(e.data["counts"]),
        ),
    ),
    message(
        events.NoShowUndone,
        "plain",
        "check",
        _("The absence does not count"),
        to_visitor(
            _("Your absence does not count"),
            _("The office has decided that your absence does not count: %(when)s, %(office)s."),
            text=_("Your absence does not count: visit %(number)s, %(when)s, %(office)s."),
        ),
    ),
    message(
        events.RestrictionBegun,
        "warning",
        "stop",
        _("Cannot book at this office until %(until)s, after repeated absences"),
        to_visitor(
            _("For some time you cannot book at this office"),
            _("After repeated absences you cannot book at this office until %(until)s: %(office)s."),
            _("It ends by itself. You can come without a reservation at any time. If you think this is wrong, please "
              "say so with the link below or call the office, %(phone)s: it looks at it again."),
            text=_("After repeated absences you cannot book at %(office)s until %(until)s. You can come without a "
                   "reservation. Is this wrong? Please say so or call %(phone)s:"),
        ),
    ),
    message(events.RestrictionAppealed, "plain", "pen", _("Said why it is wrong that they cannot book")),
    message(
        events.AppealDecided,
        "plain",
        "check",
        lambda e: _GRANTED if e.data["granted"] else _REFUSED,
        to_visitor(
            _("We looked at it again"),
            lambda e: _("You can book at this office again: %(office)s.") if e.data["granted"] else
            _("It stays as it is: after repeated absences you cannot book at this office for some time: %(office)s."),
            lambda e: _("The absence does not count any more.") if e.data["granted"] else
            _("You can come without a reservation at any time. The office explains the decision: %(phone)s."),
            text=lambda e: _("You can book at %(office)s again. The absence does not count any more.")
            if e.data["granted"] else
            _("We looked at it again; you still cannot book at %(office)s. The office explains why: %(phone)s."),
            quoted=lambda e: e.about.decision,
        ),
    ),
    message(
        events.RestrictionLifted,
        "success",
        "check",
        _("Can book at this office again"),
        to_visitor(
            _("You can book again"),
            _("You can book at this office again: %(office)s."),
            text=_("You can book at %(office)s again."),
        ),
    ),
)  # fmt: skip
