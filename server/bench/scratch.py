"""A scratch database of a run: made, filled with the demonstration's people and many cases, and removed again."""

import asyncio
import contextlib
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import asyncpg

from forums.actions import importing as forums_importing
from forums.forms.importing import PastForum, PastSubmission
from petitions.actions import importing
from petitions.actions.importing import ImportedPetition
from petitions.forms import FilePetition, PetitionerDetails
from server import wiring
from server.bench.servers import sinmungo
from server.core import clock, config, database, search
from server.core.config import Settings
from server.core.days import today
from server.demo import seeding
from server.demo.generator import generate
from tracking.statistics.actions import recounting
from tracking.visits.actions import supply
from tracking.visits.models import Counter, CounterAbility, CounterService, Office, OfficeHours, Shift
from tracking.visits.queries import offices

BATCH = 500
SUBMISSIONS = 1_000
OFFICE, SERVICE, FORUM = "bench", "bench-service", 1
RARE, RARE_EVERY = "가온누리길", 997
"""A word that one case in so many contains."""
DAYS = 10
"""Days with counters."""
COUNTERS_OF, MOST_COUNTERS = 500, 20
"""One counter for so many cases, and at most so many."""
STAFF = "clerk"

Progress = Callable[[int], object]


@contextlib.contextmanager
def scratch(settings: Settings) -> Iterator[Settings]:
    """Settings with a database and a data folder of their own, which are removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="sinmungo-bench-", ignore_cleanup_errors=True) as folder:
        own = replace(
            settings, data_dir=Path(folder), secret_key=secrets.token_hex(32), base_url="", rate_limits=False,
            run_jobs=False, smtp_url="", text_url="", clamd_url="", tile_url="", host="127.0.0.1",
        )  # fmt: skip
        if settings.sqlite:
            yield replace(own, database_url=f"sqlite:///{folder}/bench.db")
            return
        name = f"sinmungo_bench_{secrets.token_hex(4)}"
        address = urlsplit(settings.database_url)
        asyncio.run(_do(address.geturl(), f"CREATE DATABASE {name}"))
        try:
            yield replace(own, database_url=address._replace(path=f"/{name}").geturl())
        finally:
            asyncio.run(_do(address.geturl(), f"DROP DATABASE {name} WITH (FORCE)"))


async def _do(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def environment(settings: Settings, port: int = 8000, workers: int = 1) -> dict[str, str]:
    """The environment of a process with these settings."""
    return {
        "SINMUNGO_DATABASE_URL": settings.database_url,
        "SINMUNGO_DATA_DIR": str(settings.data_dir),
        "SINMUNGO_SECRET_KEY": settings.secret_key,
        "SINMUNGO_BASE_URL": "",
        "SINMUNGO_SMTP_URL": "",
        "SINMUNGO_TEXT_URL": "",
        "SINMUNGO_CLAMD_URL": "",
        "SINMUNGO_HOST": settings.host,
        "SINMUNGO_PORT": str(port),
        "SINMUNGO_WORKERS": str(workers),
        "SINMUNGO_RATE_LIMITS": "off",
        "SINMUNGO_RUN_JOBS": "on" if settings.sqlite else "off",
    }


def migrate(settings: Settings, log: Path) -> None:
    """Make the tables, and compile the templates."""
    with log.open("ab") as output:
        subprocess.run(  # noqa: S603 — our own command
            sinmungo("migrate"), env={**os.environ, **environment(settings)}, stdout=output, stderr=output,
            check=True,
        )  # fmt: skip


async def fill(settings: Settings, cases: int, progress: Progress) -> float:
    """Fill the migrated database; the seconds that importing the cases took.

    ``progress`` gets the number of cases of each step, three times all of them.
    """
    async with _opened(settings):
        with clock.at(clock.now() - timedelta(days=400)):
            await seeding.settle(clock.now().astimezone(settings.zone).date())
        took = await _import(cases, progress)
        await _answer()
        await _forum(min(cases, SUBMISSIONS))
        await _office(min(MOST_COUNTERS, 1 + cases // COUNTERS_OF))
        await search.rebuild(wiring.SEARCHED, progress)
        await recounting.everything("import")
        if not settings.sqlite:
            await database.execute("ANALYZE")
    return took


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    await database.connect(wiring.prepare(settings), wiring.APPS)
    try:
        yield
    finally:
        await database.close()


async def _import(cases: int, progress: Progress) -> float:
    """Import cases of the past year; the seconds that took."""
    rng, now = Random(1), clock.now()
    scripts = generate(1, now.astimezone(config.settings().zone))
    sentences = [part for script in scripts for part in script.body.split("\n") if part]
    took = 0.0
    for start in range(0, cases, BATCH):
        lines = []
        for n in range(start, min(start + BATCH, cases)):
            script = rng.choice(scripts)
            body = "\n".join([*rng.sample(sentences, 4), *([RARE] if n % RARE_EVERY == 0 else [])])
            who = PetitionerDetails(f"이름{n % 900}", f"bench{n}@example.org", language="ko")
            command = FilePetition(
                title=script.title, body=body, kind=script.kind, petitioner=who, public=n % 2 == 0, channel="web"
            )
            received = now - timedelta(days=330) * (1 - n / cases)
            lines.append(ImportedPetition(f"bench:{n}", command, received))
        began = time.perf_counter()
        await importing.take(lines)
        took += time.perf_counter() - began
        progress(2 * len(lines))
    return took


async def _answer() -> None:
    """Answer four of five cases; half of them are public."""
    async with database.transaction():
        await database.execute(
            "UPDATE petition_case SET status = 'answered', open = ?, answered_at = received_at WHERE id % 5 <> 0", False
        )
        await database.execute(
            "INSERT INTO answer (case_id, decision, text, reasons, remedies, author_id, created_at) "
            "SELECT id, 'accepted', body, '', '', (SELECT MIN(id) FROM account), received_at FROM petition_case "
            "WHERE status = 'answered'"
        )
        await database.execute(
            "UPDATE petition_case SET handler_id = (SELECT MIN(a.id) FROM account a "
            "WHERE a.department_id = petition_case.department_id AND a.role = 'handler')"
        )


async def _forum(submissions: int) -> None:
    rng, day = Random(2), today() - timedelta(days=100)
    forum = PastForum(number=FORUM, kind="listening", title="우리 동네 이야기", held_on=day, participants=submissions)
    await forums_importing.take_forums([forum])
    ids = await forums_importing.forum_ids([forum.slug])
    scripts = generate(2, clock.now().astimezone(config.settings().zone))
    lines = [
        (f"bench:{n}", PastSubmission("", forum.slug, day, title=script.title, text=script.body))
        for n, script in enumerate(rng.choices(scripts, k=submissions))
    ]
    for start in range(0, len(lines), BATCH):
        await forums_importing.take_submissions(lines[start : start + BATCH], ids)


async def _office(counters: int) -> None:
    """An office that is always open, with its counters on the roster from tomorrow."""
    days = [today() + timedelta(days=n) for n in range(1, DAYS + 1)]
    office = await Office.create(
        code=OFFICE, name="민원센터", address="중앙로 1", phone="02-700-3000", most_active=10_000
    )
    hours = [
        {"office_id": office.id, "weekday": weekday, "opens": "09:00", "closes": "18:00", "lunch_starts": "",
         "lunch_ends": ""}
        for weekday in range(7)
    ]  # fmt: skip
    await database.insert_models(OfficeHours, hours)
    service = await CounterService.create(code=SERVICE, name="증명서", minutes=15)
    numbers = [{"office_id": office.id, "number": str(n)} for n in range(1, counters + 1)]
    made = [row["id"] for row in await database.insert_models(Counter, numbers, returning="id")]
    await database.insert_models(CounterAbility, [{"counter_id": one, "service_id": service.id} for one in made])
    await database.insert_models(Shift, await _shifts(made, days))
    offices.forget()
    await supply.rebuild(office.id, days)


async def _shifts(counters: Sequence[int], days: Sequence[date]) -> list[dict[str, object]]:
    clerk = await database.value("SELECT MIN(id) FROM account WHERE role = ?", STAFF)
    return [
        {"counter_id": counter, "account_id": clerk, "date": day, "starts": "09:00", "ends": "18:00"}
        for counter in counters
        for day in days
    ]
