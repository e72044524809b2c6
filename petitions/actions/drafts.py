"""Drafts: what an official has typed into a form at the desk and not sent. No event, and nobody else's to read."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson

from petitions.rights import subject
from petitions.states import Action
from server.core import clock, database, ledger
from server.core.accounts import Official

KEPT = timedelta(days=30)
LONGEST = 200_000
"""The most characters of one draft: more than any form takes."""


async def keep(
    account_id: int,
    case_id: int,
    action: Action,
    values: Mapping[str, Any],
    *,
    files: Sequence[Mapping[str, object]] = (),
) -> None:
    """Keep what is typed into a form; nothing but blanks deletes the draft."""
    content = orjson.dumps({"values": dict(values), "files": list(files)}).decode()
    if len(content) > LONGEST or not (files or any(isinstance(v, str) and v.strip() for v in values.values())):
        await drop(account_id, case_id, action)
        return
    await database.execute(
        "INSERT INTO desk_draft (account_id, case_id, action, content, updated_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (account_id, case_id, action) DO UPDATE SET content = excluded.content, "
        "updated_at = excluded.updated_at",
        account_id, case_id, action.value, content, clock.now(),
    )  # fmt: skip


async def sent_since(actor: Official, reference: str, version: int) -> bool:
    """Whether the official has acted since their page showed a version: what it still saves is sent already."""
    newer = await ledger.newest([subject(reference)], after_sequence=version, limit=50)
    return any(entry.actor == actor.actor for entry in newer)


async def drop(account_id: int, case_id: int, action: Action) -> None:
    """Delete a draft: it was sent, or given up."""
    sql = "DELETE FROM desk_draft WHERE account_id = ? AND case_id = ? AND action = ?"
    await database.execute(sql, account_id, case_id, action.value)


async def sweep() -> None:
    """Delete what nobody has touched for :data:`KEPT`."""
    await database.execute("DELETE FROM desk_draft WHERE updated_at <= ?", clock.now() - KEPT)
