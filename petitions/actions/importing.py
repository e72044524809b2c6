"""Bulk import: many petitions of another system in few statements, each line once however often it is read.

A line's import key (its source and id) is unique in the table, so a run that was killed can be repeated without
duplicates. Imported cases get the same decisions, chains and index entries as filed ones; no mail is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from petitions.actions.intake import Decided, case_values, decide, first_events, to_open_department
from petitions.forms import FilePetition
from petitions.guiding import GuideProfile
from petitions.models import Case
from petitions.reference import all_guides, reference
from petitions.rights import subject
from petitions.search import of_case
from server.core import clock, database, ledger, references, search
from server.core.days import today

ACTOR = "import"


@dataclass(frozen=True)
class ImportedPetition:
    """A valid petition of another system: its key in the source, and when it was received there."""

    key: str
    command: FilePetition
    received_at: datetime | None = None


@dataclass(frozen=True)
class _New:
    """A line that becomes a case."""

    line: ImportedPetition
    decided: Decided
    reference: str
    values: Mapping[str, Any]


async def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these keys were imported before."""
    if not keys:
        return set()
    rows = await database.fetch("SELECT import_key FROM petition_case WHERE import_key IN (?)", keys)
    return {row["import_key"] for row in rows}


async def take(lines: Sequence[ImportedPetition]) -> int:
    """Import a batch in one transaction, skipping lines imported before. Returns the number of new cases."""
    reference_data = await reference()
    guides = await all_guides()
    async with database.transaction():
        old = await known_keys([line.key for line in lines])
        new, kept_open = [], set[int | None]()
        for line in lines:
            if line.key in old:
                continue
            with clock.at(line.received_at or clock.now()):
                decided = decide(line.command, reference_data, guides, clock.now())
                if decided.choice.department_id not in kept_open:
                    decided = await to_open_department(decided)
                    kept_open.add(decided.choice.department_id)
                number = references.new_reference()
                key_hash = references.key_hash(references.new_key())
                values = case_values(line.command, decided, number, key_hash, import_key=line.key)
            if values["interim_on"] and values["interim_on"] <= today():
                values["interim_ask_on"] = None  # Old news too: it is shown at the desk, but not sent by mail.
            guides = _loaded(guides, decided.guide)
            new.append(_New(line, decided, number, values))
        if new:
            await _write(new)
    return len(new)


def _loaded(guides: list[GuideProfile], chosen: GuideProfile | None) -> list[GuideProfile]:
    """The guides, with one more case for the chosen one."""
    if chosen is None:
        return guides
    return [replace(guide, load=guide.load + 1) if guide.id == chosen.id else guide for guide in guides]


async def _write(new: Sequence[_New]) -> None:
    cases = [{**n.values, "reminded": _reminder_stage(n.decided)} for n in new]
    rows = await database.insert_models(Case, cases, returning="id, reference")
    ids = {row["reference"]: row["id"] for row in rows}
    people = [{"case_id": ids[n.reference], **vars(n.line.command.petitioner)} for n in new]
    await database.insert("petitioner", tuple(people[0]), [tuple(each.values()) for each in people])
    await ledger.begin_many(
        ACTOR,
        [
            (
                subject(n.reference),
                [(f, n.values["received_at"]) for f in first_events(n.line.command, n.decided, imported=True)],
            )
            for n in new
        ],
    )
    documents = [of_case(SimpleNamespace(id=ids[n.reference], **n.values), n.line.command.petitioner.name) for n in new]
    await search.put(*documents, new=True)


def _reminder_stage(decided: Decided) -> int:
    """The reminder state of an imported case: nobody is reminded of a period that ended before the import."""
    return 2 if decided.due is not None and clock.overdue(decided.due, clock.now()) else 0
