"""Documents before a visit: the visitor hands them in and takes them back, an official checks each."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson

from server.core import clock, database, ledger
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, FieldError, Invalid, NotPossibleNow
from server.core.files import MAX_FILES, StoredFile
from server.core.forms import not_a_choice
from server.core.uploads import FIELD, TOO_MANY
from tracking.visits.errors import DocumentAccepted, NoSuchVisit
from tracking.visits.events import DocumentChecked, DocumentHandedIn, DocumentTakenBack, SituationsStated
from tracking.visits.forms import CheckDocument
from tracking.visits.queries import papers
from tracking.visits.queries.papers import Paper, Papers
from tracking.visits.states import VISIT, DocumentState, VisitAction, VisitState

KEPT_DAYS = 30
"""Days after a visit for which its files are kept."""


@asynccontextmanager
async def _changing(number: str, action: VisitAction) -> AsyncIterator[tuple[int, Papers]]:
    """Lock a visit in a transaction: its id and its checklist. Raises ``NoSuchVisit``, ``NotPossibleNow``."""
    async with database.transaction():
        row = await database.fetch_one("UPDATE visit SET state = state WHERE number = ? RETURNING id, state", number)
        if row is None:
            raise NoSuchVisit
        if action not in VISIT[VisitState(row["state"])]:
            raise NotPossibleNow(action, row["state"])
        yield row["id"], await papers.summary(row["id"])


async def state_situations(number: str, stated: Collection[str], actor: str) -> None:
    """Say which situations apply to the visitor.

    Raises ``NoSuchVisit``, ``NotPossibleNow``, and ``Invalid`` for situations that none of the documents knows.
    """
    async with _changing(number, VisitAction.HAND_IN) as (visit, found):
        if unknown := {*stated} - {one.code for one in found.situations}:
            raise Invalid([not_a_choice("situations", ", ".join(sorted(unknown)))])
        known = sorted(one.code for one in found.situations if one.code in stated)
        if found.stated == frozenset(known):
            return
        await database.execute("UPDATE visit SET situations = ? WHERE id = ?", orjson.dumps(known).decode(), visit)
        await _record(number, actor, SituationsStated(tuple(known)))


async def hand_in(number: str, code: str, files: Sequence[StoredFile], actor: str, *, replace: bool = False) -> None:
    """Hand in files of a document, in addition to those there are or instead of them (``replace``).

    A content that is there already is not added again. Raises ``NoSuchVisit``, ``NotFound``, ``NotPossibleNow``,
    ``DocumentAccepted`` after the check, and ``Invalid`` for too many files.
    """
    async with _changing(number, VisitAction.HAND_IN) as (visit, found):
        paper = _open(found, code)
        document = await _row(visit, code)
        kept = {file.hash for file in paper.files}
        if replace:
            new = {file.hash for file in files}
            await _delete([file.id for file in paper.files if file.hash not in new])
            kept &= new
        added = [file for file in files if file.hash not in kept]
        if len(kept) + len(added) > MAX_FILES:
            raise Invalid([FieldError(FIELD, TOO_MANY)])
        if not added and len(kept) == len(paper.files):
            return
        now = clock.now()
        rows = await database.insert(
            "visit_file",
            ("document_id", "hash", "name", "size", "media_type", "created_at"),
            [(document, file.hash, file.name, file.size, file.media_type, now) for file in added],
            returning="id",
        )
        await _change(document, paper.version, DocumentState.HANDED_IN)
        await _record(number, actor, DocumentHandedIn(code, tuple(row["id"] for row in rows)))


async def take_back(number: str, code: str, file: int, actor: str) -> None:
    """Take back a file that was not accepted yet. Repeating it does nothing.

    Raises ``NoSuchVisit``, ``NotFound``, ``NotPossibleNow``, ``DocumentAccepted``.
    """
    async with _changing(number, VisitAction.HAND_IN) as (visit, found):
        paper = _open(found, code)
        if all(each.id != file for each in paper.files):
            return
        await _delete([file])
        left = (paper.state, paper.note) if len(paper.files) > 1 else (DocumentState.MISSING, "")
        await _change(await _row(visit, code), paper.version, *left)
        await _record(number, actor, DocumentTakenBack(code, file))


async def check(official: Official, number: str, code: str, command: CheckDocument) -> None:
    """Record what the department says of a document: fine, incomplete, or the original is to be brought.

    ``command.version`` is that of the files the official saw. Raises ``NoSuchVisit``, ``NotFound``, ``NotPossibleNow``,
    ``ChangedMeanwhile``.
    """
    async with _changing(number, VisitAction.CHECK_DOCUMENT) as (visit, found):
        paper = papers.paper_of(found, code)
        if command.version is not None and paper.version != command.version:
            raise ChangedMeanwhile
        document = await _row(visit, code)
        await _change(document, paper.version, DocumentState(command.state), command.note, official.id)
        await _record(number, official.actor, DocumentChecked(code, command.state))


async def forget() -> int:
    """Delete the files of visits that are over since :data:`KEPT_DAYS`; the sweep then deletes their contents.

    What the check found stays. Returns how many files. Periodic.
    """
    rows = await database.fetch(
        "DELETE FROM visit_file WHERE id IN (SELECT f.id FROM visit_file f JOIN visit_document d "
        "ON d.id = f.document_id JOIN visit v ON v.id = d.visit_id WHERE v.ends_at < ?) RETURNING id",
        clock.now() - timedelta(days=KEPT_DAYS),
    )
    return len(rows)


def _open(found: Papers, code: str) -> Paper:
    paper = papers.paper_of(found, code)
    if paper.locked:
        raise DocumentAccepted
    return paper


async def _row(visit: int, code: str) -> int:
    """The id of a document's row, made if there is none."""
    columns, values = ("visit_id", "code", "state", "note", "version"), (visit, code, DocumentState.MISSING, "", 0)
    await database.insert("visit_document", columns, [values], conflict="(visit_id, code) DO NOTHING")
    found = await database.value("SELECT id FROM visit_document WHERE visit_id = ? AND code = ?", visit, code)
    return int(found)


async def _change(
    document: int, version: int, state: DocumentState, note: str = "", checked_by: int | None = None
) -> None:
    hit = await database.execute(
        "UPDATE visit_document SET state = ?, note = ?, checked_by = ?, checked_at = ?, version = version + 1 "
        "WHERE id = ? AND version = ?",
        state, note, checked_by, clock.now() if checked_by else None, document, version,
    )  # fmt: skip
    if not hit:
        raise ChangedMeanwhile


async def _delete(files: Collection[int]) -> None:
    if files:
        await database.execute("DELETE FROM visit_file WHERE id IN (?)", files)


async def _record(number: str, actor: str, event: ledger.DomainEvent) -> None:
    chain = await ledger.lock(f"visit/{number}")
    await chain.append(actor, event)
