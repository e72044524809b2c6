"""An official's drafts, and the answer that is about to leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from petitions.queries.cases import CaseView
from server.core import accounts, clock, database
from server.core.accounts import Official
from server.core.rows import Local, columns, select


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into the form of one action, by the fields' own names, and the files chosen with it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Mapping[str, object]] = ()
    kept_at: str = ""
    """When: an answer that was taken back is another press than the one before, though its words are the same."""


async def of_case(case_id: int, official: Official) -> dict[str, Draft]:
    """The official's own drafts on a case, by action."""
    rows = await database.fetch(
        "SELECT action, content, updated_at FROM desk_draft WHERE account_id = ? AND case_id = ?", official.id, case_id
    )
    return {row["action"]: Draft(**orjson.loads(row["content"]), kept_at=str(row["updated_at"])) for row in rows}


async def drafted(case_ids: Sequence[int], official: Official) -> frozenset[int]:
    """The cases of a list on which the official has a draft."""
    if not case_ids:
        return frozenset()
    sql = "SELECT DISTINCT case_id FROM desk_draft WHERE account_id = ? AND case_id IN (?)"
    return frozenset(await database.column(sql, official.id, case_ids))


@dataclass(frozen=True, slots=True)
class Leaving:
    """An answer that can still be taken back."""

    account_id: int
    name: str
    leaves_at: Local

    @property
    def seconds(self) -> int:
        """How long it can still be taken back; readers' clocks may be wrong."""
        return max(0, round((self.leaves_at - clock.now()).total_seconds()))


async def leaving(case: CaseView) -> Leaving | None:
    """The answer of a case that is about to leave."""
    found = await select(
        Leaving,
        f"SELECT {columns(Leaving, 'l', name='a.name')} FROM leaving_answer l "
        f"{accounts.with_official('l.account_id', 'a')}WHERE l.case_id = ?",
        case.id,
    )
    return found[0] if found else None
