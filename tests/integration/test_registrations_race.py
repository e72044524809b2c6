"""Several processes on one PostgreSQL race for the last places of a date: never one too many, nobody forgotten."""

import asyncio
import random
from collections import Counter

import httpx
import pytest

from forums.actions import registering, sessions
from forums.forms.places import ChangeSession
from server.core import database, ledger_check
from server.core.config import Settings
from server.core.security import COOKIE
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.live import LiveProcess, Starter
from tests.support.page_forms import post_without_page
from tests.support.places import a_session, places, somebody
from tests.support.system import System, opened

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

PROCESSES, PEOPLE, PLACES = 3, 30, 4


async def press(url: str, token: str, path: str) -> str:
    """Press a button in somebody's browser; where it leads."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        answer = await post_without_page(client, path, headers={"cookie": f"{COOKIE}={token}"})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return answer.headers["location"]


async def ready(system: System) -> tuple[str, int, list[str]]:
    slug = await a_forum(system)
    session = await a_session(slug, PLACES)
    return slug, session, [(await somebody(f"시민 {number}"))[1] for number in range(PEOPLE)]


async def agree(session: int) -> dict[str, int]:
    """What the session counts is what its registrations are."""
    found = Counter(await places(session))
    assert found["booked"] == found["confirmed"] + found["offered"] <= PLACES, found
    assert found["in_line"] == found["waiting"], found
    assert found["booked"] == PLACES or not found["in_line"], "nobody waits while a place is free"
    return found


async def test_people_at_several_processes_never_get_one_place_too_many(settings: Settings, starter: Starter) -> None:
    async with opened(settings) as system:
        slug, session, tokens = await ready(system)
        live: list[LiveProcess] = await asyncio.gather(
            *(asyncio.to_thread(starter.serve, settings, SINMUNGO_RUN_JOBS="off") for _process in range(PROCESSES))
        )
        page = f"/forums/{slug}/sessions/{session}"
        # Everybody presses twice, at two processes.
        presses = [(live[(n + twice) % PROCESSES].url, token) for n, token in enumerate(tokens) for twice in (0, 1)]
        random.Random(1).shuffle(presses)
        tickets = await asyncio.gather(*(press(url, token, page) for url, token in presses))
        of = {token: ticket for (_url, token), ticket in zip(presses, tickets, strict=True)}
        assert len(set(tickets)) == PEOPLE, "who presses twice has one registration"
        found = await agree(session)
        assert (found["confirmed"], found["waiting"]) == (PLACES, PEOPLE - PLACES)

        # Half of them give back what they have, at the same moment as the others press once more.
        leaving = tokens[: PEOPLE // 2]
        await asyncio.gather(
            *(press(live[n % PROCESSES].url, token, f"{of[token]}/give-back") for n, token in enumerate(leaving)),
            *(press(live[n % PROCESSES].url, token, page) for n, token in enumerate(tokens[PEOPLE // 2 :])),
        )
        found = await agree(session)
        assert found["cancelled"] == len(leaving)
        assert found["booked"] == PLACES

        # The offers are over everywhere at once, while those who left come back.
        await database.execute("UPDATE booking SET held_until = created_at WHERE status = 'offered'")
        await asyncio.gather(
            *(registering.lapse() for _worker in range(4)),
            *(press(live[n % PROCESSES].url, token, page) for n, token in enumerate(leaving)),
        )
        await agree(session)
        assert [sentence async for sentence in ledger_check.verify()] == []


async def test_places_are_cut_while_people_register(settings: Settings) -> None:
    async with opened(settings) as system:
        slug, session, _tokens = await ready(system)
        row = await database.fetch_one("SELECT starts_at, ends_at FROM forum_session WHERE id = ?", session)
        assert row
        people = [(await somebody(f"손님 {number}"))[0] for number in range(PLACES)]
        planner = await official("intake")
        cut = ChangeSession("", database.moment(row["starts_at"]), database.moment(row["ends_at"]), "", PLACES - 2)
        done = await asyncio.gather(
            *(registering.register(person, session) for person in people),
            sessions.edit(planner, slug, session, cut),
            return_exceptions=True,
        )
        found = Counter(await places(session))
        capacity = await database.fetch_one(
            "SELECT b.capacity FROM booking_slot b JOIN forum_session s ON s.slot_id = b.id WHERE s.id = ?", session
        )
        assert capacity
        assert found["confirmed"] + found["waiting"] == PLACES
        assert found["booked"] == found["confirmed"] <= capacity["capacity"]
        assert not [each for each in done[:-1] if isinstance(each, BaseException)]
