"""The list of a day's visits at an office, for when the site is down: readable on paper, or as CSV.

It needs the database only. Counters are as planned at the moment: on the day, whichever is free calls.
"""

from collections.abc import Sequence
from datetime import date

from server.core import clock, exports, i18n
from server.core.city import city
from server.core.config import Settings
from server.core.errors import Text, _
from tracking.visits.labels import CHANNELS, VISIT_STATES
from tracking.visits.queries import desk, papers
from tracking.visits.queries.desk import DOCUMENTS, Filter, Planned, Row
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.papers import Paper, Papers
from tracking.visits.queries.visits import MatterView
from tracking.visits.states import Channel, VisitState

HEAD = (
    "number", "date", "start", "end", "state", "channel", "services", "counter_planned", "plan", "unserved", "name",
    "phone", "email", "people", "language", "documents", "case", "note",
)  # fmt: skip
"""The columns of the CSV file, which are the same in every language."""
INDENT = " " * 13


def cells(row: Row) -> tuple[object, ...]:
    """A visit as a line of the CSV file."""
    return (
        row.number, row.date, f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}", row.state.value, row.channel.value,
        " ".join(one.code for one in row.matters), " ".join(row.counters), _plan(row),
        "yes" if row.unserved else "", row.name, row.phone, row.email, row.party, row.language, row.documents,
        row.case_reference, row.note,
    )  # fmt: skip


def _plan(row: Row) -> str:
    """Each service with its time and counter: ``10:00 passport 1; 10:15 moving 2``; a dash for no counter.

    ``10:00 pension 3, 10:15 1`` for one that goes on to another counter.
    """

    def counters(planned: Sequence[Planned]) -> str:
        following = [f"{one.starts_at:%H:%M} {one.number}" for one in planned[1:]]
        return ", ".join([planned[0].number, *following]) if planned else "-"

    return "; ".join(
        f"{one.starts_at:%H:%M} {one.code} {counters(planned)}"
        for one, planned in zip(row.matters, row.planned, strict=True)
    )


async def rows(place: OfficeRow, day: date) -> list[Row]:
    """The visits of a day that were not cancelled, by time."""
    found = [row async for block in desk.blocks(place, day, Filter(), await city()) for row in block]
    return [row for row in found if row.state is not VisitState.CANCELLED]


async def as_csv(place: OfficeRow, day: date) -> str:
    """The list as CSV."""
    return exports.lines([HEAD, *(cells(row) for row in await rows(place, day))])


async def as_text(settings: Settings, place: OfficeRow, day: date) -> str:
    """The list to read and to print, counter by counter, in the city's language."""
    language = settings.language
    found = await rows(place, day)
    checklists = await papers.of([row.id for row in found])

    def said(text: Text) -> str:
        return i18n.translate(language, text)

    now = i18n.datetime_text(clock.now(), language, settings.zone)
    lines = [
        f"{i18n.name_in(place, language)} ({place.code}), {i18n.date_text(day, language)}",
        said(_("As of %(moment)s. Counters are as planned now; on the day whichever is free calls.", moment=now)),
        said(_("Visits: %(count)s", count=len(found)) if found else _("Nobody has booked for this day")),
    ]
    for counter, entries in desk.by_counter(found).items():
        planned = _("Counter %(number)s (planned)", number=counter) if counter else _("Without a counter")
        lines += ["", f"== {said(planned)} =="]
        for row, matter in entries:
            lines += ["", *_lines(row, matter, checklists.get(row.id, papers.NONE), language)]
    return "\n".join(lines) + "\n"


def _documents(row: Row, checklist: Papers, language: str) -> list[Text]:
    """How far the documents are, and what the counter has to ask for."""

    def names(chosen: Sequence[Paper]) -> str:
        return ", ".join(one.document.in_language(language) for one in chosen)

    found = [_("Documents: %(state)s", state=DOCUMENTS[row.documents])] if row.documents else []
    if checklist.missing:
        found.append(_("Still missing: %(documents)s.", documents=names(checklist.missing)))
    if checklist.originals:
        found.append(_("To be seen in the original: %(documents)s", documents=names(checklist.originals)))
    return found


def _lines(row: Row, matter: MatterView, checklist: Papers, language: str) -> Sequence[str]:
    def said(text: Text) -> str:
        return i18n.translate(language, text)

    contact = " / ".join(filter(None, (row.phone, row.email)))
    about = [
        i18n.name_in(matter, language),
        said(_("Number of people: %(count)s", count=row.party)) if row.party > 1 else "",
        said(_("Counters: %(numbers)s", numbers=", ".join(row.counters))) if len(row.counters) > 1 else "",
        *(
            said(_("from %(time)s counter %(number)s", time=f"{one.starts_at:%H:%M}", number=one.number))
            for one in row.changes
        ),
        said(_("Language: %(language)s", language=i18n.NAMES.get(row.language, row.language))),
        said(CHANNELS[row.channel]) if row.channel is not Channel.ONLINE else "",
        said(VISIT_STATES[row.state]) if row.state is not VisitState.BOOKED else "",
        said(_("Case %(number)s", number=row.case_reference)) if row.case_reference else "",
    ]
    found = [
        f"{matter.starts_at:%H:%M}-{matter.ends_at:%H:%M}  {row.name}  {contact}  {row.number}",
        INDENT + "; ".join(filter(None, about)),
    ]
    if row.unserved:
        found.append(INDENT + said(_("No counter can serve it")))
    found += [INDENT + said(one) for one in _documents(row, checklist, language)]
    if row.note:
        found.append(INDENT + said(_("Note: %(note)s", note=row.note)))
    return found
