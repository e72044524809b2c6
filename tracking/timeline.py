"""What happened to a case, told to one reader: the ledger's facts with their people, departments, dates and words.

One small template in ``templates/cases/events/`` draws each kind of fact, by its name; a new kind is one new file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from petitions.queries import cases
from petitions.queries.cases import AUDIENCES, CaseView, FileRow, Level, Person, Reply
from petitions.states import State
from server.core import config
from server.core.errors import Text, _
from server.core.ledger import Entry
from tracking.queries import people

YOU, PETITIONER = _("You"), _("Petitioner")


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact as its template draws it."""

    id: int
    kind: str
    at: datetime
    by_petitioner: bool
    who: Text | str
    """Who did it: a name with a department, or empty where nobody acted or nobody is named to this reader."""
    data: Mapping[str, object]
    text: str
    """The words that belong to it."""
    more: Mapping[str, str]
    """Further words by the fact's own names for them: ``remedies``, ``late_reason``."""
    person: Person | None
    """The handler or guide it names."""
    department: str
    due: datetime | None
    previous_due: datetime | None
    until: date | None
    answer: Reply | None
    file: FileRow | None
    files: tuple[FileRow, ...]
    """The files that came with its words or its answer, where this reader may know of them."""

    @property
    def template(self) -> str:
        """The file that draws it."""
        return f"cases/events/{self.kind}.html"


async def happenings(view: CaseView, entries: Sequence[Entry], level: Level, language: str) -> list[Happening]:
    """The facts that a reader of this level may know, in their order. Two queries: people, words."""
    audiences = AUDIENCES[level]
    heard = [entry for entry in entries if entry.audience in audiences]
    named = await people(i for entry in heard for i in _accounts(entry)) if level > Level.PUBLIC else {}
    said = await cases.words(view.id, heard, level) if level > Level.PUBLIC else {}
    return [_told(view, entry, named, said, level, language) for entry in heard]


def _accounts(entry: Entry) -> Iterable[int]:
    role, _colon, number = entry.actor.partition(":")
    if role == "official":
        yield int(number)
    for name in ("handler", "guide"):
        if name in entry.data:
            yield entry.data[name]


def _told(
    view: CaseView, entry: Entry, named: Mapping[int, Person], said: Mapping[int, str], level: Level, language: str
) -> Happening:
    data = entry.data
    department = view.known.departments.get(data.get("department") or 0)
    return Happening(
        entry.id,
        entry.kind,
        entry.occurred_at,
        entry.actor == "petitioner",
        _who(view, entry, named, level, language),
        data,
        said.get(data.get("text") or data.get("words") or 0, ""),
        {name: said[data[name]] for name in cases.STATEMENTS[1:] if data.get(name) in said},
        named.get(data.get("handler") or data.get("guide") or 0),
        department.name(language) if department else "",
        _moment(data.get("due_at")),
        _moment(data.get("previous_due_at")),
        date.fromisoformat(data["until"]) if "until" in data else None,
        next((answer for answer in view.answers if answer.id == data.get("answer")), None),
        next((file for file in view.attachments if file.id == data.get("attachment")), None),
        tuple(file for file in view.attachments if file.id in data.get("files", ())),
    )


def _who(view: CaseView, entry: Entry, named: Mapping[int, Person], level: Level, language: str) -> Text | str:
    if level is Level.PUBLIC:
        return ""
    if entry.actor == "petitioner":
        return YOU if level is Level.PARTY else PETITIONER
    person = named.get(int(entry.actor.partition(":")[2])) if entry.actor.startswith("official:") else None
    return signature(view, person, language) if person else ""


def signature(view: CaseView, person: Person, language: str) -> str:
    """An official's name and department."""
    department = view.known.departments.get(person.department_id or 0)
    return f"{person.name}, {department.name(language)}" if department else person.name


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(config.settings().zone) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Promise:
    """A date that was promised, when, and why it was set."""

    made_at: datetime
    due: datetime
    why: Text
    reason: str = ""


_WHY = {
    "case.received": _("Promised when it was filed"),
    "case.extended": _("Period extended"),
    "case.due_recomputed": _("Counted anew because a holiday was declared"),
    "case.supplement_received": _("Counted on after the supplement"),
    "case.site_investigation": _("Days of a site investigation do not count"),
    "case.reopened": _("New period, because the case was reopened"),
    "case.objection_upheld": _("New period, because the objection was upheld"),
}

_REASONED = ("case.extended", "case.site_investigation")


def promises(happened: Sequence[Happening]) -> list[Promise]:
    """Every date that was promised, in order: the last one holds, and none is ever taken off the page."""
    return [
        Promise(event.at, event.due, _WHY[event.kind], event.text if event.kind in _REASONED else "")
        for event in happened
        if event.kind in _WHY and event.due is not None
    ]


_WAY = {
    "case.accepted": State.ACCEPTED,
    "case.assigned": State.ASSIGNED,
    "case.started": State.IN_PROGRESS,
    "case.supplement_requested": State.SUPPLEMENT_REQUESTED,
    "case.supplement_received": State.IN_PROGRESS,
    "case.transferred": State.ACCEPTED,
    "case.reopened": State.REOPENED,
    "case.objection_upheld": State.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Way:
    """How far a case came: the last state on its way, and on which day it took each step."""

    reached: State
    days: Mapping[str, datetime]


def way(happened: Sequence[Happening]) -> Way:
    """The steps that a case has taken; of steps taken twice, the last time."""
    reached, days = State.RECEIVED, dict[str, datetime]()
    for event in happened:
        reached = _WAY.get(event.kind, reached)
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
    return Way(reached, days)
