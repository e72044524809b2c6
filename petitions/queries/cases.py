"""One case as its reader may see it: officials see all of it, petitioners their side, the public a masked answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from petitions import rules
from petitions.errors import NoSuchCase
from petitions.labels import REFUSING
from petitions.publication import Own, published
from petitions.queries import consultations
from petitions.queries.consultations import ConsultationView
from petitions.queries.scope import ASKED
from petitions.reference import Reference, reference
from petitions.rights import CASE_SUBJECT, sees
from petitions.routing import NOTHING, reason
from petitions.standing import Standing
from petitions.states import State
from server.core import accounts, clock, config, database, ledger, pictures, privacy, references
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import Text
from server.core.ledger import Audience, Entry
from server.core.roles import Card
from server.core.rows import Local, columns, read, read_all


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

STATEMENTS = ("text", "late_reason", "remedies")
"""The fields by which events refer to texts."""
STAFF_STATEMENTS = ("words",)
"""The same for texts that only officials read, although others see the event."""


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
    """An attachment, and what it belongs to: an answer, a statement, or the case itself."""

    id: int
    name: str
    size: int
    media_type: str
    hash: str
    by_official: bool
    created_at: datetime
    answer_id: int | None
    statement_id: int | None
    internal: bool
    """Visible to officials only."""

    @property
    def pictured(self) -> bool:
        """Whether it has a thumbnail."""
        return self.media_type in pictures.SHOWN


@dataclass(frozen=True)
class CaseView(Standing):
    """A case, its people and its texts, at the level of its reader."""

    id: int
    level: Level
    version: int
    service_code: str
    body: str
    language: str
    public: bool
    department_id: int | None
    handler: Card | None
    guide: Card | None
    guide_because: Text
    """Why the guide is nobody of the department, or why there is none; empty for the public."""
    lat: float | None
    lng: float | None
    address: str
    district: str
    routing: Mapping[str, Any]
    extensions: tuple[int, ...]
    announced_due_at: Local | None
    clock_started_at: Local
    """The start of the period: the receipt, or the last reopening."""
    supplement_times: int
    supplement_days: int
    """The days that the last request gave, which is also the most that one extension can add."""
    supplement_prolonged: int
    supplement_undelivered: tuple[int, ...]
    """Which of the requests were returned undelivered."""
    reopened: int
    objection_until: date | None
    """The last day to object to the answer; None if that is not possible, or no longer."""
    objection_extension: int
    rating: int | None
    petitioner_name: str
    petitioner_email: str
    petitioner_phone: str
    petitioner_address: str
    petitioner_language: str
    answers: tuple[Reply, ...]
    attachments: tuple[FileRow, ...]
    parts: tuple[ConsultationView, ...]
    reference_data: Reference

    @property
    def own_files(self) -> list[FileRow]:
        """The files of the petition itself or added to the case, not those of a later text."""
        return [file for file in self.attachments if file.answer_id is None and file.statement_id is None]

    @property
    def filed_files(self) -> list[FileRow]:
        """The files that the petition was filed with, which stand on its receipt."""
        return [file for file in self.own_files if file.created_at == self.received_at]

    def files_of(self, reply: Reply) -> list[FileRow]:
        """The files of an answer; empty for the public."""
        return [file for file in self.attachments if file.answer_id == reply.id]

    @property
    def supplement_late(self) -> bool:
        """Whether a supplement request now needs a reason for being late (Rule 9①)."""
        limit = rules.supplement_request_limit(self.reference_data.calendar, self.clock_started_at)
        return bool(self.unit) and not self.supplement_times and clock.overdue(limit, clock.now())

    @property
    def prolongable(self) -> bool:
        """Whether the petitioner may still have more time to supplement (Decree 24②)."""
        granted = rules.check_supplement_prolongation(self.supplement_prolonged) is None
        return granted and self.supplement_until is not None and today() <= self.supplement_until


_SQL = (
    "SELECT c.*, h.length AS version, p.name AS petitioner_name, p.email AS petitioner_email, "
    "p.phone AS petitioner_phone, p.address AS petitioner_address, p.language AS petitioner_language, "
    f"{columns(Card, 'ha', 'ha_')}, {columns(Card, 'gu', 'gu_')}, "
    f"{ASKED} AS asked, EXISTS (SELECT 1 FROM consultation o WHERE o.case_id = c.id) AS has_parts, "
    "EXISTS (SELECT 1 FROM answer w WHERE w.case_id = c.id) AS has_answers, "
    "EXISTS (SELECT 1 FROM attachment f WHERE f.case_id = c.id) AS has_files"
    f" FROM petition_case c {ledger.with_version(CASE_SUBJECT)}JOIN petitioner p ON p.case_id = c.id "
    f"{accounts.with_official('c.handler_id', 'ha')}{accounts.with_official('c.guide_id', 'gu')}WHERE c.reference = ?"
)


@dataclass(frozen=True)
class Credentials:
    """What entitles a reader to see a case: official, opened cases, email address, key."""

    official: Official | None = None
    cases: frozenset[str] = frozenset()
    email: str = ""
    key: str = ""


def level_of(row: Any, shown: Credentials) -> Level:
    """How much of a case somebody may see; the row's ``asked`` is about their own department's consultation."""
    official = shown.official
    where = {name: row[name] for name in ("department_id", "guide_id")}
    if official and sees(official, **where, asked=bool(row["asked"])):
        return Level.STAFF
    if row["reference"] in shown.cases or (shown.email and shown.email.lower() == row["petitioner_email"].lower()):
        return Level.PARTY
    if shown.key and references.key_hash(shown.key) == row["key_hash"]:
        return Level.PARTY
    # A case closed as repeated has no answer of its own to show.
    if row["public"] and row["status"] in {State.ANSWERED, State.CLOSED} and row["answered_at"] is not None:
        return Level.PUBLIC
    return Level.NONE


async def view(reference_text: str, shown: Credentials) -> CaseView:
    """A case as the reader may see it. Raises ``NoSuchCase`` if they may see nothing.

    One query, and one more each for answers, files and consultations if there are any.
    """
    number = references.read_reference(reference_text)
    department = shown.official.department_id if shown.official else None
    row = await database.fetch_one(_SQL, department, number) if number else None
    level = level_of(row, shown) if row is not None else Level.NONE
    if row is None or level is Level.NONE:
        raise NoSuchCase
    reference_data = await reference()
    answers, files = list[Any](), list[Any]()
    if row["has_answers"]:
        answers += await database.fetch(
            f"SELECT a.*, o.name AS author FROM answer a {accounts.with_official('a.author_id', 'o')}"
            "WHERE a.case_id = ? ORDER BY a.id",
            row["id"],
        )
    if row["has_files"]:
        files += await database.fetch("SELECT * FROM attachment WHERE case_id = ? ORDER BY id", row["id"])
    asked = await consultations.of_case(row["id"], words=level is Level.STAFF) if row["has_parts"] else ()
    return _view(row, level, reference_data, answers, files, asked)


async def unit_of(number: str) -> str:
    """The unit of a case's processing period; empty if it has none, or if there is no such case."""
    row = await database.fetch_one("SELECT unit FROM petition_case WHERE reference = ?", number)
    return row["unit"] if row else ""


async def words(case_id: int, entries: Iterable[Entry], level: Level = Level.STAFF) -> dict[int, str]:
    """The texts that some events refer to, by id, as far as the reader may read them. At most one query."""
    names = (*STATEMENTS, *STAFF_STATEMENTS) if level is Level.STAFF else STATEMENTS
    named = [entry.data[name] for entry in entries for name in names if entry.data.get(name)]
    if not named:
        return {}
    rows = await database.fetch("SELECT id, text FROM statement WHERE case_id = ? AND id IN (?)", case_id, named)
    return {row["id"]: row["text"] for row in rows}


async def referred(hashes: Sequence[str]) -> set[str]:
    """The stored contents, out of those given, that files of cases refer to."""
    return {*await database.column("SELECT hash FROM attachment WHERE hash IN (?)", hashes)}


def _view(
    row: Any,
    level: Level,
    reference_data: Reference,
    answers: Sequence[Any],
    files: Sequence[Any],
    asked: tuple[ConsultationView, ...],
) -> CaseView:
    whole = {
        **row,
        "level": level,
        "handler": _person(row, "ha_"),
        "guide": _person(row, "gu_"),
        "routing": row["routing"] if level is Level.STAFF else {},
        "guide_because": NOTHING if level is Level.PUBLIC else _guide_because(database.document(row["routing"])),
        "objection_until": _objection_until(row, answers, reference_data),
        "answers": read_all(Reply, answers),
        "attachments": read_all(FileRow, (f for f in files if level is Level.STAFF or not f["internal"])),
        "parts": asked,
        "reference_data": reference_data,
    }
    return read(CaseView, {**whole, **_masked(whole)} if level is Level.PUBLIC else whole)


def _guide_because(routing: Mapping[str, Any]) -> Text:
    """As it is now, after a transfer perhaps, or as it was filed."""
    return reason(routing.get("guide_now", routing.get("guide")))


_PRIVATE = (
    "handler", "guide", "lat", "lng", "investigation", "objection_until", "objection_due_at", "rating",
)  # fmt: skip
_NAMELESS = ("petitioner_email", "petitioner_phone", "petitioner_address")


def _masked(whole: Mapping[str, Any]) -> dict[str, Any]:
    """What the public sees instead of a case's own values."""
    name, email, phone, address = (whole[f"petitioner_{what}"] for what in ("name", "email", "phone", "address"))
    own = Own(name, email, phone, address, (whole["title"], whole["body"]))
    return {
        **dict.fromkeys(_PRIVATE),
        **dict.fromkeys(_NAMELESS, ""),
        "petitioner_name": privacy.mask_name(name),
        "title": published(whole["title"], own),
        "body": published(whole["body"], own),
        "address": privacy.mask_address(whole["address"]),
        "answers": [
            replace(
                reply,
                text=published(reply.text, own, official=True),
                reasons=published(reply.reasons, own, official=True),
                author=privacy.mask_name(reply.author),
            )
            for reply in whole["answers"]
        ],
        "attachments": (),
        "parts": (),
    }


def _objection_until(row: Any, answers: Sequence[Any], reference_data: Reference) -> date | None:
    if row["objected_at"] is not None or not answers or answers[-1]["decision"] not in REFUSING:
        return None
    answered_on = database.moment(answers[-1]["created_at"]).astimezone(config.settings().zone).date()
    if rules.may_object(reference_data.calendar, rules.Kind(row["kind"]), answered_on, clock.now()):
        return None
    return rules.objection_window(reference_data.calendar, answered_on).on


def _person(row: Any, prefix: str) -> Card | None:
    return read(Card, row, prefix) if row[f"{prefix}id"] is not None else None
