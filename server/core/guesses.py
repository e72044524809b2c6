"""Guesses of passwords and keys: counted in the database for all processes, answered more and more slowly.

What strangers try at one name is counted apart from what a browser tries that has opened it before, so that nobody
keeps an official or a citizen out by guessing. Each attempt counts when it begins, and no longer once it was right.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from tortoise import fields
from tortoise.models import Model

from server.core import clock, config, database
from server.core.errors import TooMany
from server.core.security import network
from server.core.signing import sign, unsign

log = logging.getLogger("sinmungo.security")

COOKIE = "known"
COOKIE_DAYS = 180
MOST_KNOWN = 30
"""Names that a browser's cookie holds; the oldest are dropped."""
FREE, FREE_FROM_ADDRESS = 8, 40
"""Attempts without a delay: at one name, and from one address at all names, which a city hall may share."""
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)
"""The first delay and the longest; each is twice the one before."""
FORGOTTEN = timedelta(days=1)
"""After so long without an attempt the count begins again."""
TOLD = 12
"""At so many wrong attempts of strangers the name's owner is told."""


class Attempt(Model):
    """Wrong attempts at one name or from one address. The key is a hash."""

    key = fields.CharField(max_length=64, primary_key=True)
    failures = fields.IntField()
    last_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "attempt"


def delay(failures: int, free: int) -> timedelta:
    """How long after so many wrong attempts the next one has to wait."""
    over = failures - free
    return timedelta() if over < 0 else min(SHORTEST * 2 ** min(over, 20), LONGEST)


@dataclass(frozen=True)
class Guess:
    """An attempt that has begun: what it is counted by."""

    name: str
    keys: tuple[tuple[str, int], ...] = ()
    """Hash and attempts without a delay, the name's first."""
    failures: int = 0
    """At this name, with this one, if it is wrong."""
    known: bool = False

    @property
    def to_be_told(self) -> bool:
        """Whether the owner of the name should hear of it, if this attempt is wrong."""
        return not self.known and self.failures == TOLD

    async def right(self, request: Request, response: Response | None = None) -> None:
        """Count the attempt no longer, and know the browser from now on."""
        for place, (key, _free) in enumerate(self.keys):
            if place == 0:
                await database.execute("DELETE FROM attempt WHERE key = ?", key)
            else:
                await database.execute("UPDATE attempt SET failures = failures - 1 WHERE key = ? AND failures > 0", key)
        if response is not None:
            browser, known = _known(request)
            names = [self.name, *(one for one in known if one != self.name)][:MOST_KNOWN]
            settings = config.settings()
            kept = [browser or secrets.token_hex(12), names]
            response.set_cookie(
                COOKIE, sign(settings, COOKIE, kept), max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="lax",
                secure=settings.public_url.startswith("https://"),
            )  # fmt: skip


async def begin(request: Request, kind: str, name: str) -> Guess:
    """Count an attempt at a name. Raises ``TooMany`` while it has to wait."""
    short = _hash(kind, name)[:16]
    if not config.settings().rate_limits:
        return Guess(short)
    browser, names = _known(request)
    known = short in names
    if known:
        keys = [(_hash(kind, name, browser), FREE)]
    else:
        keys = [(_hash(kind, name, "stranger"), FREE), (_hash("address", network(request.scope)), FREE_FROM_ADDRESS)]
    now = clock.now()
    rows = await database.fetch("SELECT key, failures, last_at FROM attempt WHERE key IN (?)", [key for key, _ in keys])
    before = {row["key"]: int(row["failures"]) for row in rows if now - database.moment(row["last_at"]) < FORGOTTEN}
    seen = {row["key"]: int(row["failures"]) for row in rows}
    last = {row["key"]: database.moment(row["last_at"]) for row in rows}
    for key, free in keys:
        if key in before and now < (until := last[key] + delay(before[key], free)) and until - now <= LONGEST:
            raise TooMany(max(1, round((until - now).total_seconds())))
    for key, _free in keys:
        taken = await database.fetch(
            "INSERT INTO attempt (key, failures, last_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "failures = excluded.failures, last_at = excluded.last_at WHERE attempt.failures = ? RETURNING key",
            key, before.get(key, 0) + 1, now, seen.get(key, 0),
        )  # fmt: skip
        if not taken:  # several at once: only one of them counts as the next
            raise TooMany(1)
    return Guess(short, tuple(keys), before.get(keys[0][0], 0) + 1, known)


def _known(request: Request) -> tuple[str, list[str]]:
    """The id of this browser, which stays when its cookie is renewed, and the names that it has opened before."""
    token = request.cookies.get(COOKIE, "")
    found = unsign(config.settings(), COOKIE, token, COOKIE_DAYS * 86_400) if token else None
    match found:
        case [str(browser), list(names)]:
            return browser, [str(one) for one in names]
    return "", []


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join((config.settings().secret_key, *parts)).encode()).hexdigest()


async def sweep() -> None:
    """Delete what is forgotten."""
    await database.execute("DELETE FROM attempt WHERE last_at < ?", clock.now() - FORGOTTEN)
