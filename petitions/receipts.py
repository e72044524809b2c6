"""What a receipt certifies (Act 9②, Decree 6④): the same lines on its page and in the mail.

They say what was received: what is added, extended or reopened later changes none of them.
"""

from datetime import datetime

from petitions import kinds
from petitions.clock_words import due_by
from petitions.labels import CHANNELS
from petitions.queries.cases import CaseView
from petitions.rules import Period
from server.core import config, i18n
from server.core.clock import Unit
from server.core.errors import Text, _
from server.core.ledger import Entry


def certified(view: CaseView, received: Entry, language: str) -> list[tuple[str, str]]:
    """Labels and values in a language. ``received``: the first event of the case."""
    zone = config.settings().zone
    at = i18n.datetime_text(view.received_at, language, zone)
    period = kinds.period_text(Period(Unit(view.unit), view.amount) if view.unit else None)
    if due_at := received.data["due_at"]:
        due = due_by(datetime.fromisoformat(due_at).astimezone(zone), language, by_day=view.by_day)
        period = _("%(period)s, %(due)s", period=period, due=due)
    rows: list[tuple[Text, Text | str]] = [
        (_("Number"), view.reference),
        (_("Received on"), _("%(moment)s (%(channel)s)", moment=at, channel=CHANNELS[view.channel])),
        (_("Title"), view.title),
        (_("Kind"), view.reference_data.kind_name(view.kind, view.service_code, language)),
        (_("Petitioner"), view.petitioner_name),
        (_("Location"), view.reference_data.place_words(view, language, view.district)),
        (_("Files"), ", ".join(file.name for file in view.filed_files)),
        (_("Processing period"), period),
    ]
    return [
        (i18n.translate(language, label), value if isinstance(value, str) else i18n.translate(language, value))
        for label, value in rows
        if value
    ]
