"""One case as its reader may see it: officials all of it, the petitioner their side, the public a masked answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from petitions.errors import NoSuchCase
from petitions.publication import published
from petitions.reference import Reference, reference
from petitions.rights import sees
from petitions.states import OPEN, Action, State, allowed
from server.core import clock, config, database, privacy, references
from server.core.accounts import Official
from server.core.ledger import Audience


class Level(IntEnum):
    """How much of a case a reader may see."""

    NONE = 0
    PUBLIC = 1
    PARTY = 2
    STAFF = 3


AUDIENCES: dict[Level, frozenset[Audience]] = {
    Level.NONE: frozenset(),
    Level.PUBLIC: frozenset({Audience.PUBLIC}),
    Level.PARTY: frozenset({Audience.PUBLIC, Audience.PARTY}),
    Level.STAFF: frozenset(Audience),
}

CITIZEN_ACTIONS = (Action.SUPPLEMENT, Action.MESSAGE, Action.WITHDRAW, Action.RATE, Action.REOPEN)
"""What a petitioner may do themselves, where the state allows it."""


@dataclass(frozen=True)
class Person:
    """An official as a case names them."""

    id: int
    username: str
    name: str
    phone: str
    email: str
    hours: str
    languages: tuple[str, ...]
    department_id: int | None


@dataclass(frozen=True)
class Reply:
    """An answer."""

    id: int
    decision: str
    text: str
    reasons: str
    remedies: str
    author: str
    created_at: datetime


@dataclass(frozen=True)
class FileRow:
    """An attachment."""

    id: int
    name: str
    size: int
    media_type: str
    hash: str
    by_official: bool
    created_at: datetime


@dataclass(frozen=True)
class CaseView:
    """A case, its people and its words, at the level of its reader."""

    id: int
    level: Level
    reference: str
    version: int
    kind: str
    service_code: str
    title: str
    body: str
    language: str
    channel: str
    public: bool
    status: State
    department_id: int | None
    handler: Person | None
    guide: Person | None
    lat: float | None
    lng: float | None
    address: str
    district: str
    routing: Mapping[str, Any]
    received_at: datetime
    unit: str
    amount: int
    extensions: tuple[int, ...]
    due_at: datetime | None
    announced_due_at: datetime | None
    supplement_until: date | None
    interim_on: date | None
    answered_at: datetime | None
    closed_at: datetime | None
    reopened: int
    rating: int | None
    petitioner_name: str
    petitioner_email: str
    petitioner_phone: str
    petitioner_address: str
    petitioner_language: str
    answers: tuple[Reply, ...]
    attachments: tuple[FileRow, ...]
    words: Mapping[int, str]
    known: Reference

    @property
    def open(self) -> bool:
        """Whether the city still owes something."""
        return self.status in OPEN

    @property
    def paused(self) -> bool:
        """Whether the clock stands because something is missing."""
        return self.status is State.SUPPLEMENT_REQUESTED

    @property
    def by_day(self) -> bool:
        """Whether the due date is a day (in time until midnight) and no hour."""
        return self.unit != clock.Unit.HOURS

    @property
    def overdue(self) -> bool:
        """Whether the period has passed without an answer."""
        return self.open and not self.paused and self.due_at is not None and clock.now() > self.due_at

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the state allows, to whom it may concern."""
        return allowed(self.status)

    @property
    def citizen_actions(self) -> tuple[Action, ...]:
        """What the petitioner may do now."""
        return tuple(a for a in CITIZEN_ACTIONS if a in self.actions) if self.level >= Level.PARTY else ()


_PERSON = ("id", "username", "name", "phone", "email", "hours", "languages", "department_id")
_SQL = (
    "SELECT c.*, h.length AS version, p.name AS p_name, p.email AS p_email, p.phone AS p_phone, "
    "p.address AS p_address, p.language AS p_language, "
    + ", ".join(f"{t}.{c} AS {t}_{c}" for t in ("ha", "gu") for c in _PERSON)
    + " FROM petition_case c JOIN ledger_head h ON h.subject = 'case/' || c.reference "
    "JOIN petitioner p ON p.case_id = c.id "
    "LEFT JOIN account ha ON ha.id = c.handler_id LEFT JOIN account gu ON gu.id = c.guide_id WHERE c.reference = ?"
)


@dataclass(frozen=True)
class Credentials:
    """What a reader shows to see a case."""

    official: Official | None = None
    cases: frozenset[str] = frozenset()
    email: str = ""
    key: str = ""


def level_of(row: Any, shown: Credentials) -> Level:
    """How much of a case somebody may see by what they show."""
    if shown.official and sees(shown.official, department_id=row["department_id"], guide_id=row["guide_id"]):
        return Level.STAFF
    if row["reference"] in shown.cases or (shown.email and shown.email.lower() == row["p_email"].lower()):
        return Level.PARTY
    if shown.key and references.key_hash(shown.key) == row["key_hash"]:
        return Level.PARTY
    if row["public"] and row["status"] in {State.ANSWERED, State.CLOSED}:
        return Level.PUBLIC
    return Level.NONE


async def view(reference_text: str, shown: Credentials) -> CaseView:
    """A case as the reader may see it. Raises ``NoSuchCase`` where they may see nothing. Five queries."""
    number = references.read_reference(reference_text)
    row = await database.fetch_one(_SQL, number) if number else None
    level = level_of(row, shown) if row is not None else Level.NONE
    if row is None or level is Level.NONE:
        raise NoSuchCase
    known = await reference()
    answers = await database.fetch(
        "SELECT a.*, o.name AS author FROM answer a JOIN account o ON o.id = a.author_id WHERE a.case_id = ? "
        "ORDER BY a.id",
        row["id"],
    )
    files = await database.fetch("SELECT * FROM attachment WHERE case_id = ? ORDER BY id", row["id"])
    words = await database.fetch("SELECT id, text FROM statement WHERE case_id = ?", row["id"])
    return _view(row, level, known, answers, files, {w["id"]: w["text"] for w in words})


def _view(
    row: Any, level: Level, known: Reference, answers: Sequence[Any], files: Sequence[Any], words: dict[int, str]
) -> CaseView:
    public = level is Level.PUBLIC
    names = (row["p_name"],) if row["p_name"] else ()

    def shown(text: str) -> str:
        return published(text, names) if public else text

    return CaseView(
        id=row["id"],
        level=level,
        reference=row["reference"],
        version=row["version"],
        kind=row["kind"],
        service_code=row["service_code"],
        title=shown(row["title"]),
        body=shown(row["body"]),
        language=row["language"],
        channel=row["channel"],
        public=bool(row["public"]),
        status=State(row["status"]),
        department_id=row["department_id"],
        handler=None if public else _person(row, "ha"),
        guide=None if public else _person(row, "gu"),
        lat=None if public else row["lat"],
        lng=None if public else row["lng"],
        address=privacy.mask_address(row["address"]) if public else row["address"],
        district=row["district"],
        routing=database.document(row["routing"]) if level is Level.STAFF else {},
        received_at=_here(row["received_at"]),
        unit=row["unit"],
        amount=row["amount"],
        extensions=tuple(database.document(row["extensions"])),
        due_at=_here(row["due_at"]),
        announced_due_at=_here(row["announced_due_at"]),
        supplement_until=database.day_or_none(row["supplement_until"]),
        interim_on=database.day_or_none(row["interim_on"]),
        answered_at=_here(row["answered_at"]),
        closed_at=_here(row["closed_at"]),
        reopened=row["reopened"],
        rating=None if public else row["rating"],
        petitioner_name=privacy.mask_name(row["p_name"]) if public else row["p_name"],
        petitioner_email="" if public else row["p_email"],
        petitioner_phone="" if public else row["p_phone"],
        petitioner_address="" if public else row["p_address"],
        petitioner_language=row["p_language"],
        answers=tuple(
            Reply(a["id"], a["decision"], shown(a["text"]), shown(a["reasons"]), a["remedies"],
                  privacy.mask_name(a["author"]) if public else a["author"], database.moment(a["created_at"]))
            for a in answers
        ),
        attachments=()
        if public
        else tuple(
            FileRow(f["id"], f["name"], f["size"], f["media_type"], f["hash"], bool(f["by_official"]),
                    database.moment(f["created_at"]))
            for f in files
        ),
        words={} if public else words,
        known=known,
    )  # fmt: skip


def _person(row: Any, prefix: str) -> Person | None:
    if row[f"{prefix}_id"] is None:
        return None
    values = {c: row[f"{prefix}_{c}"] for c in _PERSON}
    return Person(**{**values, "languages": tuple(database.document(values["languages"]))})


def _here(value: Any) -> Any:
    moment = database.moment_or_none(value)
    return moment.astimezone(config.settings().zone) if moment else None
