"""A live stream ends soon after its reader's rights do, and asking for that costs little however many listen."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from petitions.actions import handling
from petitions.forms import Accept
from petitions.models import Case
from petitions.queries.cases import AUDIENCES, Level
from server import wiring
from server.core.accounts import Account, Department, Session
from server.core.stream import hub as hubs
from server.core.stream.hub import HEARTBEAT
from server.core.stream.listener import StreamAccess
from server.people import ACCOUNTS
from tests.support.page_forms import submit
from tests.support.stories import Stream, filed, listening, opened_with_key, signed_in, somebody
from tests.support.system import System
from tracking import stream_access


async def test_who_may_not_look_any_more_stops_hearing_and_nobody_else_does(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    case, hub = await filed(), system.app.state.hub
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    path = f"/cases/{case.reference}/stream"
    browsers = {
        name: await signed_in(system, name) for name in ("handler", "handler2", "manager", "inspector", "intake")
    }
    by_session, leaving = await opened_with_key(system, case), await opened_with_key(system, case)
    by_key = system.visitor(**{"x-access-key": case.access_key})
    async with contextlib.AsyncExitStack() as stack:

        async def opened(client: object, where: str) -> Stream:
            stream = await stack.enter_async_context(listening(system, client, where))  # type: ignore[arg-type]
            assert stream.status == 200
            return stream

        streams = {name: await opened(client, "/desk/stream") for name, client in browsers.items()}
        streams |= {
            "handler on the case": await opened(browsers["handler"], path),
            "handler2 on the case": await opened(browsers["handler2"], path),
            "by session": await opened(by_session, path),
            "leaving": await opened(leaving, path),
            "by key": await opened(by_key, path),
        }
        more = [await opened(client, path) for client in (by_session, by_session, browsers["intake"])]

        async def ended() -> set[str]:
            await hub.check_access()
            for _turn in range(20):
                await asyncio.sleep(0)
            return {name for name, stream in streams.items() if stream.over}

        queries = count_queries()
        assert await ended() == set()
        assert len(queries) == 2, "one for the readers, one for the cases"

        await ACCOUNTS.switch(await somebody("admin"), (await Account.get(username="handler")).id, on=False)
        assert await ended() == {"handler", "handler on the case"}
        parks = await Department.get(code="parks")
        await Account.filter(username="handler2").update(department_id=parks.id)
        assert await ended() == {"handler", "handler on the case", "handler2", "handler2 on the case"}
        await submit(browsers["manager"], "/desk/account", "/sign-out")
        await Session.filter(account_id=(await Account.get(username="inspector")).id).update(
            expires_at=datetime(2001, 1, 1, tzinfo=UTC)
        )
        await submit(leaving, "/cases", "/forget")
        await Case.filter(reference=case.reference).update(key_hash="0" * 64)
        await ended()
        assert {name for name, stream in streams.items() if not stream.over} == {"intake", "by session"}
        assert not any(stream.over for stream in more)


async def test_the_heartbeat_looks_and_goes_on_when_the_database_does_not_answer(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HEARTBEAT <= 30, "who loses a right stops hearing within a minute"
    case, hub, looks = await filed(), wiring.hub(system.settings, []), 0
    revoked = stream_access.revoked

    async def failing_once(asked: Sequence[StreamAccess]) -> list[StreamAccess]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise OSError("no database")
        return await revoked(asked)

    monkeypatch.setattr(hub, "revoked", failing_once)
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.03)
    monkeypatch.setattr(system.app.state, "hub", hub)
    task = asyncio.create_task(hub.run())
    hong = await opened_with_key(system, case)
    async with listening(system, hong, f"/cases/{case.reference}/stream") as stream:
        await submit(hong, "/cases", "/forget")
        await stream.until("over")
    hub.stop()
    await task
    assert looks >= 2


async def test_thousands_of_streams_are_asked_for_in_a_few_small_statements(
    system: System, count_queries: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_access, "BREATH", 0)
    case = await filed()
    many = [
        stream_access.CaseDoor(f"{n:064}", key="", number=case.reference, audiences=AUDIENCES[Level.NONE])
        for n in range(1_000)
        for _tab in range(5)
    ]
    queries = count_queries()
    assert await stream_access.revoked(many) == [], "what was closed to them stays as it was"
    assert len(queries) == 1_000 // stream_access.AT_ONCE + 1
