"""The timeline of a case for one reader: the ledger's events with their people, departments, dates and texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from petitions.events import (
    CaseAnswered,
    CaseReopened,
    CaseTransferred,
    ObjectionDismissed,
    ObjectionUpheld,
    SupplementRequested,
)
from petitions.messages import MESSAGES
from petitions.messages.event import CaseEvent
from petitions.queries import cases
from petitions.queries.cases import AUDIENCES, CaseView, Level
from petitions.states import State, reached
from server.core import config, messages, roles, romanised
from server.core.accounts import official_id
from server.core.errors import Text, _
from server.core.ledger import Audience, Entry
from server.core.messages import Item, Line
from server.core.roles import Card

YOU, PETITIONER = _("You"), _("Petitioner")


async def case_events(
    view: CaseView, entries: Sequence[Entry], level: Level, language: str, *, signed: bool = True
) -> list[CaseEvent]:
    """The events that a reader of this level may see, in order. Two queries: people, texts.

    ``signed``: officials are named with their department.
    """
    audiences = AUDIENCES[level]
    seen = [entry for entry in entries if entry.audience in audiences]
    named = await roles.cards({i for entry in seen for i in _accounts(entry)}) if level > Level.PUBLIC else {}
    said = await cases.words(view.id, seen, level) if level > Level.PUBLIC else {}
    departments = {row.id: row.name(language) for row in view.reference_data.departments.values()}
    with_department = departments if signed else {}
    return [
        case_event(
            view, entry, language,
            named=named, said=said, departments=departments, who=_who(entry, named, with_department, level, language),
        )
        for entry in seen
    ]  # fmt: skip


def _accounts(entry: Entry) -> Iterable[int]:
    yield from filter(None, (official_id(entry.actor), entry.data.get("handler"), entry.data.get("guide")))


def case_event(
    view: CaseView,
    entry: Entry,
    language: str,
    *,
    named: Mapping[int, Card],
    said: Mapping[int, str],
    departments: Mapping[int, str],
    who: Text | str = "",
) -> CaseEvent:
    """One event with the data read for it."""
    data = entry.data
    return CaseEvent(
        entry,
        language,
        config.settings().zone,
        by_day=view.by_day,
        has_period=bool(view.unit),
        has_department=view.department_id is not None,
        who=who,
        text=said.get(data.get("text") or data.get("words") or 0, ""),
        more={name: said[data[name]] for name in cases.STATEMENTS[1:] if data.get(name) in said},
        person=named.get(data.get("handler") or data.get("guide") or 0),
        departments=departments,
        answer=next((answer for answer in view.answers if answer.id == data.get("answer")), None),
        file=next((file for file in view.attachments if file.id == data.get("attachment")), None),
        files=tuple(file for file in view.attachments if file.id in data.get("files", ())),
    )


def _who(
    entry: Entry, named: Mapping[int, Card], departments: Mapping[int, str], level: Level, language: str
) -> Text | str:
    if level is Level.PUBLIC:
        return ""
    if entry.actor == "petitioner":
        return YOU if level is Level.PARTY else PETITIONER
    person = named.get(official_id(entry.actor) or 0)
    if person is None:
        return ""
    name, department = romanised.name_in(person.name, language), departments.get(person.department_id or 0)
    return f"{name}, {department}" if department else name


def items(events: Sequence[CaseEvent], *, desk: bool) -> list[Item]:
    """The timeline of the case's page or of the desk: one line for each event."""
    lines = [(MESSAGES[event.kind].desk if desk else MESSAGES[event.kind].party, event) for event in events]
    return [_item(line, event) for line, event in lines if line is not None]


def _item(line: Line[CaseEvent], event: CaseEvent) -> Item:
    who = "" if MESSAGES[event.kind].by_itself and event.by_petitioner else event.who
    return messages.item(line, event, event.id, event.at, who, internal=event.entry.audience is Audience.STAFF)


_PEOPLE = frozenset({"handler", "guide", "previous", "filed_by"})
_INNER = frozenset({"text", "words", "answer", "rule", "part"})


def shown_data(event: CaseEvent, view: CaseView) -> dict[str, Any]:
    """The fields of an event without internal ids of people and texts; departments by code."""
    entry = event.entry
    found = {name: value for name, value in entry.data.items() if name not in _PEOPLE | _INNER}
    named = [name for name in ("department", *["previous"][: entry.kind == CaseTransferred.kind]) if name in entry.data]
    for name in named:
        row = view.reference_data.departments.get(entry.data[name] or 0)
        found[name] = row.code if row else None
    if "files" in found:
        found["files"] = [file.id for file in view.attachments if file.id in found["files"]]
    return {**found, **event.more}


_RULINGS = frozenset({ObjectionUpheld.kind, ObjectionDismissed.kind})
_OVERTAKEN = frozenset({CaseAnswered.kind, CaseReopened.kind})


def ruling(view: CaseView, events: Sequence[CaseEvent]) -> CaseEvent | None:
    """The decision on an objection to the last answer, unless a later answer or reopening has superseded it."""
    last = next((e for e in reversed(events) if e.kind in _RULINGS | _OVERTAKEN), None)
    if last is None or last.kind in _OVERTAKEN or (last.kind == ObjectionUpheld.kind and not view.open):
        return None
    return last


def wanted(events: Sequence[CaseEvent]) -> str:
    """What the last request to supplement asks for."""
    return next((event.text for event in reversed(events) if event.kind == SupplementRequested.kind), "")


@dataclass(frozen=True, slots=True)
class DueDate:
    """An announced due date, when it was announced, and why it was set."""

    made_at: datetime
    due: datetime
    why: Text
    reason: str = ""


def due_dates(events: Sequence[CaseEvent]) -> list[DueDate]:
    """All announced due dates in order: the last one is valid, and earlier ones stay on the page."""
    return [
        DueDate(event.at, event.due_at, record.due_because, event.text if record.reasoned else "")
        for event in events
        if (record := MESSAGES[event.kind]).due_because is not None and event.due_at is not None
    ]


@dataclass(frozen=True, slots=True)
class Progress:
    """A case's progress: the last state reached, and the day of each step."""

    reached: State
    days: Mapping[str, datetime]


def way(events: Sequence[CaseEvent]) -> Progress:
    """The progress of a case; a repeated step counts with its last day."""
    days = dict[str, datetime]()
    for event in events:
        match event.kind:
            case "case.received":
                days["reception"] = event.at
            case "case.accepted" | "case.transferred":
                days["department"] = event.at
            case "case.started" | "case.reopened" | "case.objection_upheld":
                days["work"] = event.at
                days.pop("answer", None)
            case "case.answered":
                days["answer"] = event.at
            case "case.returned" | "case.withdrawn" | "case.deemed_withdrawn" | "case.transferred_out":
                days["end"] = event.at
    return Progress(reached(event.kind for event in events), days)
