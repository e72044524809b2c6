"""Sessions: opened, replaced by one with more rights, left idle, listed for their official, and ended.

Tokens are random and only their hash is stored. Whoever gains rights gets a new token, so that nobody who knew the old
one gains them as well. What officials do with their account (sign in and out, change the password) is in the trail.
"""

import asyncio
import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.core import clock, config, database, ledger
from server.core.accounts import Session
from server.core.ledger import SettingChanged
from server.core.personal import Held, Personal, Way
from server.core.rows import columns, select

SIGN_INS = "settings/sign-ins"
"""The ledger's subject of what officials do with their own accounts."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""
PATIENCE = 1.0
"""Seconds that a page waits for that to be written."""
_NAMED = 16
"""Characters of a token's hash that name a session on its official's page."""
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Whale/", "Whale"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
PERSONAL = Personal(
    ways=(
        Way(
            "session",
            ("email", "participant", "household"),
            "SELECT token_hash FROM session WHERE LOWER(email) IN (?) OR participant_id IN (?) OR household IN (?)",
        ),
    ),
    held=(Held("session", "session", "token_hash", secret=("token_hash", "household")),),
)


def token_hash(token: str) -> str:
    """The stored hash of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def device(user_agent: str) -> str:
    """Browser and system of a request, as its official recognises them; empty if neither is known."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)


async def begin(life: timedelta, *, replaced: str = "", **values: Any) -> tuple[str, Session]:
    """Open a session; the one with the hash ``replaced`` ends. Returns its token and its row."""
    token, now = secrets.token_urlsafe(32), clock.now()
    async with database.transaction():
        if replaced:
            await Session.filter(token_hash=replaced).delete()
        row = await Session.create(
            token_hash=token_hash(token), created_at=now, seen_at=now, expires_at=now + life, **values
        )
    return token, row


def idle_since() -> datetime:
    """An official's browser that was last used before this moment is signed out."""
    return clock.now() - timedelta(minutes=config.settings().idle_minutes)


async def seen(digest: str, before: datetime) -> None:
    """Note that a session is used, unless that would keep its page waiting. ``before``: when it was used last."""
    now = clock.now()
    if now - before <= SEEN_EVERY:
        return
    with contextlib.suppress(TimeoutError, database.OperationalError):
        async with asyncio.timeout(PATIENCE):
            sql = "UPDATE session SET seen_at = ? WHERE token_hash = ? AND seen_at < ?"
            await database.execute(sql, now, digest, now)


async def version_for(digest: str, subject: str) -> int | None:
    """The length of a subject's chain, while this session is open; else None."""
    sql = f"SELECT {ledger.version_of('?')} AS version FROM session WHERE token_hash = ? AND expires_at > ?"
    version: int | None = await database.value(sql, subject, digest, clock.now())
    return version


async def note(account_id: int, how: str) -> None:
    """Write into the trail what an official did with their own account."""
    async with database.transaction():
        chain = await ledger.open_or_begin(SIGN_INS)
        await chain.append(f"official:{account_id}", SettingChanged("account", account_id, how))


@dataclass(frozen=True)
class Own:
    """A session as its official sees it."""

    token_hash: str
    device: str
    api: bool
    created_at: datetime
    seen_at: datetime

    @property
    def name(self) -> str:
        """What the page calls it by: too little to make a token from, enough to tell sessions apart."""
        return self.token_hash[:_NAMED]


async def own(account_id: int) -> list[Own]:
    """An official's open sessions, the last used first."""
    return await select(
        Own,
        f"SELECT {columns(Own, 's')} FROM session s WHERE account_id = ? AND expires_at > ? AND (api OR seen_at > ?) "
        "ORDER BY seen_at DESC, created_at DESC LIMIT 100",
        account_id, clock.now(), idle_since(),
    )  # fmt: skip


async def end(account_id: int, name: str) -> int:
    """End one of an official's sessions. Returns how many ended."""
    found = [one.token_hash for one in await own(account_id) if one.name == name]
    return await Session.filter(account_id=account_id, token_hash__in=found).delete()


async def end_others(account_id: int, kept: str) -> int:
    """End all of an official's sessions but one, named by its hash. Returns how many ended."""
    return await Session.filter(account_id=account_id).exclude(token_hash=kept).delete()


async def sweep() -> None:
    """Delete sessions that have expired or were left idle."""
    await Session.filter(expires_at__lt=clock.now()).delete()
    await Session.filter(account_id__not_isnull=True, api=False, seen_at__lt=idle_since()).delete()
