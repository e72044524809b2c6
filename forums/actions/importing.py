"""Bulk import of past forums and their submissions: each line once, with its number, however often it is read.

An interrupted run can be repeated. Imported rows get the same chains and index entries as new ones, with events at
their original dates; no emails are sent about them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from forums.events import (
    CommitmentDone,
    CommitmentMade,
    ForumClosed,
    ForumPlanned,
    ForumPublished,
    SubmissionAnswered,
    SubmissionAssigned,
    SubmissionDone,
    SubmissionReceived,
)
from forums.forms.importing import PastForum, PastSubmission
from forums.models import Commitment, Forum, Submission
from forums.numbering import keep_number, new_commitment_number, new_submission_number
from forums.rights import commitment_subject, forum_subject, submission_subject
from forums.search import COMMITMENT, SUBMISSION, refresh_forums
from forums.spam import fingerprint
from forums.states import CommitmentState, ForumState, SubmissionState
from server.core import config, database, ledger, search
from server.core.ledger import DomainEvent

ACTOR = "import"
OPENS, ENDS = time(10), time(18)
"""The hours assumed where a past forum has none."""

Line = tuple[str, PastSubmission]
"""The key that identifies the line, and its content."""


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, config.settings().zone)


async def _known(table: str, column: str, values: Sequence[str]) -> dict[str, int]:
    if not values:
        return {}
    rows = await database.fetch(f"SELECT id, {column} AS name FROM {table} WHERE {column} IN (?)", values)
    return {row["name"]: row["id"] for row in rows}


async def forum_ids(slugs: Sequence[str]) -> dict[str, int]:
    """The ids of existing forums, by slug."""
    return await _known("forum", "slug", slugs)


async def taken_numbers(numbers: Sequence[str]) -> set[str]:
    """Which of these numbers are taken."""
    return set(await _known("submission", "number", numbers))


async def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these lines were imported before."""
    return set(await _known("submission", "import_key", keys))


async def take_forums(lines: Sequence[PastForum]) -> list[int]:
    """Import forums in one transaction, skipping existing ones. Returns the ids of the new ones."""
    async with database.transaction():
        for kind in sorted({line.kind for line in lines}):
            await keep_number(kind, max(line.number for line in lines if line.kind == kind))
        there = await forum_ids([line.slug for line in lines])
        new = [line for line in lines if line.slug not in there]
        if not new:
            return []
        rows = await database.insert_models(Forum, [_forum(line) for line in new], returning="id, slug")
        ids = {row["slug"]: row["id"] for row in rows}
        await ledger.begin_many(ACTOR, [(forum_subject(line.slug), _forum_events(line)) for line in new])
        await refresh_forums(*ids.values())
    return sorted(ids.values())


def _forum(line: PastForum) -> dict[str, object]:
    begins, ends = _at(line.held_on, OPENS), _at(line.ended_on, ENDS)
    return {
        "slug": line.slug, "number": line.number, "kind": line.kind, "status": ForumState.CLOSED, "title": line.title,
        "summary": line.summary, "body": line.body, "language": line.language, "department_id": line.department_id,
        "district": line.district, "place": line.place, "panel": list(line.panel), "minutes": line.minutes,
        "starts_at": begins, "ends_at": ends, "created_at": begins, "published_at": begins, "closed_at": ends,
        "participants": line.participants, "import_key": f"import:{line.slug}",
    }  # fmt: skip


def _forum_events(line: PastForum) -> list[tuple[DomainEvent, datetime]]:
    begins = _at(line.held_on, OPENS)
    return [
        (ForumPlanned(line.kind, imported=True), begins),
        (ForumPublished(), begins),
        (ForumClosed(), _at(line.ended_on, ENDS)),
    ]


async def take_submissions(lines: Sequence[Line], forums: Mapping[str, int]) -> list[int]:
    """Import submissions in one transaction, skipping lines imported before. Returns the ids of the new ones."""
    async with database.transaction():
        old = await known_keys([key for key, _line in lines])
        new = [(key, line, line.number or new_submission_number()) for key, line in lines if key not in old]
        if not new:
            return []
        values = [_submission(key, line, number, forums[line.forum]) for key, line, number in new]
        rows = await database.insert_models(Submission, values, returning="id, number")
        ids = {row["number"]: row["id"] for row in rows}
        chains = [(submission_subject(number), _submission_events(line)) for _key, line, number in new]
        promised = [(line, number, new_commitment_number()) for _key, line, number in new if line.promised]
        commitments = [_commitment(line, name, forums[line.forum], ids[number]) for line, number, name in promised]
        made = await database.insert_models(Commitment, commitments, returning="id")
        chains += [(commitment_subject(name), _commitment_events(line, number)) for line, number, name in promised]
        await ledger.begin_many(ACTOR, chains)
        await search.refresh(SUBMISSION, *ids.values())
        await search.refresh(COMMITMENT, *(row["id"] for row in made))
        for slug in sorted({line.forum for _key, line, _number in new}):
            count = sum(line.forum == slug for _key, line, _number in new)
            await database.execute("UPDATE forum SET submissions = submissions + ? WHERE id = ?", count, forums[slug])
    return sorted(ids.values())


def _submission(key: str, line: PastSubmission, number: str, forum_id: int) -> dict[str, object]:
    if line.outcome:
        status = SubmissionState.ANSWERED
    else:
        status = SubmissionState.ASSIGNED if line.department_id else SubmissionState.RECEIVED
    return {
        "number": number, "forum_id": forum_id, "author": line.author, "channel": "import", "stance": line.stance,
        "title": line.title, "text": line.text, "language": line.language, "district": line.district,
        "status": status, "department_id": line.department_id, "outcome": line.outcome,
        "outcome_at": _at(line.outcome_on, ENDS) if line.outcome_on else None, "outcome_text": line.outcome_text,
        "study_until": line.study_until, "study_told": True, "moved_to": line.moved_to, "done_on": line.done_on,
        "fingerprint": fingerprint(line.text), "received_at": _at(line.received_on, OPENS),
        "received_on": line.received_on, "import_key": key,
    }  # fmt: skip


def _submission_events(line: PastSubmission) -> list[tuple[DomainEvent, datetime]]:
    new_events: list[tuple[DomainEvent, datetime]] = [
        (SubmissionReceived(line.forum, "import"), _at(line.received_on, OPENS))
    ]
    if line.department_id:
        new_events.append((SubmissionAssigned(line.department_id, None), _at(line.received_on, ENDS)))
    if line.outcome_on:
        new_events.append((SubmissionAnswered(line.outcome, ""), _at(line.outcome_on, ENDS)))
    if line.done_on:
        new_events.append((SubmissionDone(str(line.done_on)), _at(line.done_on, ENDS)))
    return new_events


def _commitment(line: PastSubmission, number: str, forum_id: int, submission_id: int) -> dict[str, object]:
    return {
        "number": number, "forum_id": forum_id, "submission_id": submission_id, "title": line.promised,
        "status": CommitmentState.DONE if line.done_on else CommitmentState.PLANNED, "open": line.done_on is None,
        "district": line.district, "department_id": line.department_id, "due_on": line.due_on,
        "evidence": line.evidence, "done_on": line.done_on, "reminded": 1,  # old news: nobody is written to
        "created_at": _at(line.outcome_on or line.received_on, ENDS),
    }  # fmt: skip


def _commitment_events(line: PastSubmission, number: str) -> list[tuple[DomainEvent, datetime]]:
    made = CommitmentMade(line.forum, number, line.department_id or 0, str(line.due_on))
    new_events: list[tuple[DomainEvent, datetime]] = [(made, _at(line.outcome_on or line.received_on, ENDS))]
    if line.done_on:
        new_events.append((CommitmentDone(str(line.done_on)), _at(line.done_on, ENDS)))
    return new_events
