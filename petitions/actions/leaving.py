"""Answers that leave a moment after the press, so that they can be taken back (decision 64).

Until then there is a row and a job, and no event. Whoever deletes the row under the case's lock decides what becomes of
it: the job makes it the answer, dated at the press; its author takes it back. Both leave a draft where there is no
answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import orjson

from petitions.actions import answering, drafts
from petitions.actions.change import SYSTEM, locked
from petitions.errors import NoSuchCase, Refused
from petitions.events import AnswerHeld
from petitions.forms import GiveAnswer
from petitions.rights import subject
from petitions.states import Action
from server.core import clock, config, database, jobs, ledger, roles, uploads
from server.core.accounts import Official
from server.core.errors import NotFound, Refusal, _
from server.core.files import StoredFile
from server.core.jobs import Task

LEAVE = "petitions.leave"
GONE = _("The answer has left already, or has been taken back.")


async def answer(actor: Official, reference: str, command: GiveAnswer, *, files: Sequence[StoredFile] = ()) -> None:
    """Answer a case, at once or after the command's delay. Raises what :func:`answering.answer` raises."""
    if not command.delay:
        await answering.answer(actor, reference, command, files=files)
        return
    async with locked(reference, Action.ANSWER, actor, seen=command.version) as change:
        await answering.check(change, command)
        now, case_id = clock.now(), change.case.id
        fields = {**asdict(command), "delay": 0, "version": change.chain.length}
        content = orjson.dumps({"command": fields, "files": [asdict(file) for file in files]}).decode()
        wait = timedelta(seconds=command.delay)
        taken = await database.fetch(
            "INSERT INTO leaving_answer (case_id, account_id, content, pressed_at, leaves_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (case_id) DO NOTHING RETURNING case_id",
            case_id, actor.id, content, now, now + wait,
        )  # fmt: skip
        if not taken:
            raise Refused(_("An answer to this case is about to leave already."), code="answer_leaving")
        await drafts.drop(actor.id, case_id, Action.ANSWER)
        job = {"case": reference, "pressed_at": now.isoformat()}
        await jobs.enqueue((f"{LEAVE}:{case_id}:{now.isoformat()}", LEAVE, job), delay=wait)


async def take_back(actor: Official, reference: str) -> None:
    """The author takes an answer back before it leaves: it is their draft again. Raises ``Refused`` if it is gone."""
    async with database.transaction():
        await _lock(reference)
        row = await _taken(reference, "account_id = ?", actor.id)
        if row is None:
            raise Refused(GONE, code="answer_left")
        await _into_draft(row)


async def leave(task: Task) -> None:
    """The job: the answer becomes the event. If the case no longer allows it, its author is told and has the draft."""
    reference, pressed_at = str(task.payload["case"]), datetime.fromisoformat(task.payload["pressed_at"])
    try:
        async with database.transaction():
            await _lock(reference)
            row = await _taken(reference, "pressed_at = ?", pressed_at)
            if row is None:
                return
            given = orjson.loads(row["content"])
            await answering.answer(
                await _author(row["account_id"]),
                reference,
                GiveAnswer(**given["command"]),
                files=[StoredFile(**file) for file in given["files"]],
                at=database.moment(row["pressed_at"]),
            )
    except NoSuchCase:
        await _hold(reference, pressed_at, NoSuchCase.code)
    except Refusal as refusal:
        await _hold(reference, pressed_at, refusal.code)


async def _hold(reference: str, pressed_at: datetime, because: str) -> None:
    async with database.transaction():
        chain = await _lock(reference)
        row = await _taken(reference, "pressed_at = ?", pressed_at)
        if row is not None:
            await _into_draft(row)
            await chain.append(SYSTEM, AnswerHeld(row["account_id"], because))


async def _lock(reference: str) -> ledger.Chain:
    try:
        return await ledger.lock(subject(reference))
    except NotFound as error:
        raise NoSuchCase from error


async def _taken(reference: str, where: str, value: int | datetime) -> Mapping[str, Any] | None:
    """Delete the waiting answer, and return it; None if there is none, or not this one."""
    return await database.fetch_one(
        "DELETE FROM leaving_answer WHERE case_id = (SELECT id FROM petition_case WHERE reference = ?) "
        f"AND {where} RETURNING case_id, account_id, content, pressed_at",
        reference,
        value,
    )


async def _author(account_id: int) -> Official:
    found = await roles.official(account_id)
    if found is None:
        raise NoSuchCase
    return found


async def _into_draft(row: Mapping[str, Any]) -> None:
    given = orjson.loads(row["content"])
    values = {name: given["command"][name] for name in ("text", "decision", "reasons", "remedies")}
    files = uploads.shown(config.settings(), [StoredFile(**file) for file in given["files"]])
    await drafts.keep(row["account_id"], row["case_id"], Action.ANSWER, values, files=files)
