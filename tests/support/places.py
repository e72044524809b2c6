"""Sessions of forums and people with a confirmed address, for tests."""

import secrets
from datetime import datetime, timedelta

import httpx

from forums.actions import sessions
from forums.actions.places import slot_of
from forums.forms.places import NewSession
from server.core import clock, database
from server.core.accounts import Session as Door
from server.core.participants.people import Person, take_name
from server.core.security import COOKIE
from server.core.sessions import token_hash
from tests.support.answers import official
from tests.support.system import System


async def a_session(slug: str, capacity: int, *, starts_in: timedelta = timedelta(days=7)) -> int:
    """A session of a forum, two hours long; its id."""
    begins: datetime = clock.now().replace(minute=0, second=0, microsecond=0) + starts_in
    new = NewSession("", begins, begins + timedelta(hours=2), "", capacity)
    return (await sessions.add(await official("intake"), slug, [new]))[0]


async def a_slot(session_id: int) -> int:
    """A session's slot."""
    return (await slot_of(session_id))[0]


async def somebody(name: str) -> tuple[Person, str]:
    """Somebody with a confirmed address, and the token of their browser."""
    person = await take_name(f"{secrets.token_hex(6)}@example.org", name, "ko")
    token = secrets.token_urlsafe(32)
    now = clock.now()
    await Door.create(
        token_hash=token_hash(token),
        email=person.email,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=30),
    )
    return person, token


async def guest(system: System, name: str) -> tuple[Person, httpx.AsyncClient]:
    """Somebody, and a browser in which they speak."""
    person, token = await somebody(name)
    browser = system.visitor()
    browser.cookies.set(COOKIE, token)
    return person, browser


async def places(session_id: int) -> dict[str, int]:
    """A session's counters, beside the counts of its registrations."""
    row = await database.fetch_one(
        "SELECT b.booked, b.waiting AS in_line, b.attended AS there FROM booking_slot b "
        "JOIN forum_session s ON s.slot_id = b.id WHERE s.id = ?",
        session_id,
    )
    counted = await database.fetch(
        "SELECT r.status, COUNT(*) AS n FROM booking r JOIN forum_session s ON s.slot_id = r.slot_id "
        "WHERE s.id = ? GROUP BY r.status",
        session_id,
    )
    return {**dict(row or {}), **{each["status"]: each["n"] for each in counted}}
