"""Learning where cases belong from those that officials have handled, in versions that never get worse (ADR 62).

The label of a case is its department once an official has accepted it. A tenth of the cases, always the same ones, is
never learned from: on it each new version is compared with the one that routes.
"""

import asyncio
import hashlib
import logging
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from petitions import events
from petitions.models import RoutingModel
from petitions.reference import forget
from server.core import accounts, clock, config, database, jobs, ledger, outbox
from server.core.classifier import learning
from server.core.classifier.learning import Examples, Learned
from server.core.days import day_of, today
from server.core.jobs import Postponed, Task
from server.core.personal import BLANK

log = logging.getLogger("sinmungo.routing")

DUE, LEARN = "petitions.learn_due", "petitions.learn"
AT_HOUR = 3
"""Hour of the day in the city's time zone."""
FEWEST = 60
"""Cases from which something is learned at all."""
MOST = 20_000
"""The newest cases from which routing learns."""
BEGINNING = 6_000
"""Characters of a case that are read."""
HELD = 10
"""One case in so many is held back."""
CORRECTED = 3.0
"""How much more a case counts that officials gave to another department than was proposed."""
PILED_UP = 25
"""So many corrections since the last time, and routing learns without waiting for the night."""
LOOKED_AT = 1_000
"""Entries of the ledger among which they are counted."""
HANDLED = "status NOT IN ('received', 'withdrawn', 'transferred_out') AND service_code = ''"
"""An official has confirmed the department; that of a statutory procedure follows from the procedure."""
VERSIONS = 5
"""Versions that are kept."""
PATIENCE = 40.0
"""Seconds that a job waits for the process that learns before it looks again later."""


@dataclass(frozen=True)
class _Case:
    id: int
    text: str
    department: str
    corrected: bool

    @property
    def held(self) -> bool:
        """By a hash of its number, because numbers in a row belong together."""
        return zlib.crc32(str(self.id).encode()) % HELD == 0


_running: dict[str, asyncio.Task[RoutingModel | None]] = {}
"""What this process is learning: a job must end earlier, and comes back to it."""


async def learn() -> RoutingModel | None:
    """Learn from the handled cases and keep the version, which routes unless it is worse. None with too few cases."""
    began, cases = clock.now(), await _handled()
    learned, held = [one for one in cases if not one.held], [one for one in cases if one.held]
    if len(cases) < FEWEST or len({one.department for one in learned}) < 2:  # noqa: PLR2004
        return None
    before = await RoutingModel.filter(active=True).order_by("-id").first()
    found = await learning.learn(
        Examples(
            [one.text for one in learned],
            [one.department for one in learned],
            [CORRECTED if one.corrected else 1.0 for one in learned],
        ),
        Examples([one.text for one in held], [one.department for one in held]),
        before.arrays if before else b"",
    )
    row = await _keep(found, learned, len(held), began)
    await forget_erased()
    forget()
    log.info(
        "routing: learned from %d cases, %s", len(learned), "routes from now on" if row.active else "worse, kept aside"
    )
    return row


async def _handled() -> list[_Case]:
    """The newest cases whose department an official has confirmed, and that still say something."""
    departments = [row["id"] for row in await accounts.open_departments("d.id")]
    rows = await database.fetch(
        f"SELECT id, title, substr(body, 1, {BEGINNING}) AS body, department_id, routing FROM petition_case "
        f"WHERE {HANDLED} AND body <> {BLANK} AND department_id IN (?) ORDER BY id DESC LIMIT {MOST}",
        departments,
    )
    found = []
    for row in rows:
        chosen = database.document(row["routing"]).get("chosen")
        department = row["department_id"]
        found.append(
            _Case(row["id"], f"{row['title']}\n{row['body']}", str(department), chosen not in {None, department})
        )
    return found


async def _keep(found: Learned, learned: list[_Case], held: int, began: datetime) -> RoutingModel:
    """Store a version with the cases that it knows; older ones go."""
    async with database.transaction():
        if not found.worse:
            await RoutingModel.filter(active=True).update(active=False)
        row = await RoutingModel.create(
            learned_at=began, cases=len(learned),
            corrections=sum(one.corrected for one in learned), held=held, arrays=found.model,
            digest=hashlib.sha256(found.model).hexdigest(), evaluation={"own": found.own, "before": found.before},
            active=not found.worse,
        )  # fmt: skip
        await database.insert("routing_example", ("model_id", "case_id"), [(row.id, one.id) for one in learned])
        kept = await database.column(f"SELECT id FROM routing_model ORDER BY active DESC, id DESC LIMIT {VERSIONS}")
        await database.execute("DELETE FROM routing_model WHERE id NOT IN (?)", kept)
    return row


async def forget_erased() -> None:
    """Delete versions that learned from a case which was erased while they learned."""
    await database.execute(
        "DELETE FROM routing_model WHERE id IN (SELECT e.model_id FROM routing_example e "
        f"JOIN petition_case c ON c.id = e.case_id WHERE c.body = {BLANK})"
    )


async def look(_task: Task) -> None:
    """Have routing learn: at night, without a version, or when corrections have piled up."""
    last = await database.fetch_one("SELECT learned_at FROM routing_model ORDER BY id DESC LIMIT 1")
    if last is None:
        due = len(await database.column(f"SELECT id FROM petition_case WHERE {HANDLED} LIMIT {FEWEST}")) == FEWEST
    else:
        learned, now = database.moment(last["learned_at"]), clock.now()
        if now - learned < timedelta(hours=1):
            await forget_erased()
        yesterday = day_of(learned) < today()
        night = now.astimezone(config.settings().zone).hour == AT_HOUR
        due = (
            (yesterday and (night or now - learned > timedelta(days=1)))
            or not await RoutingModel.exists(active=True)
            or await _corrections(learned) >= PILED_UP
        )
    if due:
        await ask()


async def _corrections(since: datetime) -> int:
    """How often officials gave a case to another department, as far as the latest entries say."""
    accepted, transferred = events.CaseAccepted.kind, events.CaseTransferred.kind
    found = await ledger.latest([accepted, transferred], LOOKED_AT)
    return sum(one.occurred_at > since and (one.kind == transferred or not one.data["proposed"]) for one in found)


async def ask() -> None:
    """Have routing learn as soon as a worker is free, once however often this is asked; also after it has failed."""
    await outbox.retry_dead(LEARN)
    await jobs.enqueue((LEARN, LEARN, {"after": await _newest()}))


async def _newest() -> int:
    return int(await database.value("SELECT COALESCE(MAX(id), 0) FROM routing_model"))


async def run(task: Task) -> None:
    """The job: learn in a process of its own, however long it takes. Raises ``Postponed`` while it does."""
    going = _running.get(task.key)
    if going is None:
        if await _newest() > task.payload["after"]:  # another worker has learned meanwhile
            return
        going = _running[task.key] = asyncio.create_task(learn())
    done, _waiting = await asyncio.wait({going}, timeout=PATIENCE)
    if not done:
        raise Postponed(clock.now() + timedelta(seconds=5))
    del _running[task.key]
    going.result()


async def versions() -> list[dict[str, Any]]:
    """What is known of the versions, the newest first, without what they learned."""
    rows = await database.fetch(
        "SELECT id, learned_at, cases, corrections, held, digest, evaluation, active FROM routing_model "
        "ORDER BY id DESC"
    )
    return [
        {
            **dict(row),
            "learned_at": database.moment(row["learned_at"]),
            "evaluation": database.document(row["evaluation"]),
        }
        for row in rows
    ]
