"""Live streams: who hears what, that nothing is missed, and that nobody can use up the server."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from petitions.actions import answering, handling
from petitions.actions.intake import Filed
from petitions.forms import Accept, GiveAnswer, TextOnly, Transfer
from server import wiring
from server.core import database, ledger
from server.core.bell import bell
from server.core.config import Settings
from server.core.ledger import Entry
from server.core.stream import hub as hubs
from server.core.stream import listener as listeners
from server.core.stream.listener import Listener
from tests.support.stories import Stream, filed, listening, opened_with_key, signed_in, somebody
from tests.support.system import System, opened
from tracking import stream as addresses


def kinds(stream: Stream) -> list[str]:
    return [event["kind"] for event in stream.events]


async def settled(seconds: float = 0.4) -> None:
    """Give the tail time to bring what should not come."""
    await asyncio.sleep(seconds)


async def test_the_petitioner_hears_what_concerns_them_and_no_more(system: System) -> None:
    case, other = await filed(), await filed()
    hong = await opened_with_key(system, case)
    handler = await somebody("handler")
    await settled()
    async with listening(system, hong, f"/cases/{case.reference}/stream") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        await handling.accept(await somebody("intake"), other.reference, Accept("roads"))
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await handling.note(handler, case.reference, TextOnly("비밀"))
        await handling.message(handler, case.reference, TextOnly("안녕하세요, 홍길동님"))
        first, second = await stream.event(), await stream.event()
        assert (first["kind"], second["kind"]) == ("case.accepted", "case.message")
        assert set(first) == {"id", "kind", "subject", "at", "stream_id"}
        assert first["subject"] == f"case/{case.reference}"
        assert "홍길동" not in stream.text
        await settled()
        assert kinds(stream) == ["case.accepted", "case.message"]


async def test_the_public_hears_of_the_answer_only(system: System) -> None:
    case = await filed(public=True)
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler = await somebody("handler")
    await handling.start(handler, case.reference)
    async with listening(system, system.visitor(), f"/cases/{case.reference}/stream") as early:
        assert early.status == 404
    await answering.answer(handler, case.reference, GiveAnswer("고쳤습니다.", "accepted"))
    await settled()
    async with listening(system, system.visitor(), f"/cases/{case.reference}/stream") as stream:
        await handling.message(handler, case.reference, TextOnly("안녕하세요."))
        await answering.close(handler, case.reference, TextOnly("끝"))
        assert (await stream.event())["kind"] == "case.closed"
        await settled()
        assert kinds(stream) == ["case.closed"]


async def test_an_official_hears_of_the_cases_they_may_see(system: System) -> None:
    mine, theirs = await filed(), await filed(title="공원 벤치", body="공원 벤치가 부서졌습니다.")
    await settled()
    async with contextlib.AsyncExitStack() as stack:
        streams = {
            name: await stack.enter_async_context(listening(system, await signed_in(system, name), "/desk/stream"))
            for name in ("handler", "gardener", "intake", "guide", "guide_ja")
        }
        intake = await somebody("intake")
        await handling.accept(intake, theirs.reference, Accept("parks"))
        await handling.accept(intake, mine.reference, Accept("roads"))
        await handling.note(intake, mine.reference, TextOnly("메모"))
        await handling.transfer(await somebody("handler"), mine.reference, Transfer("parks", "공원 안입니다."))
        await settled(0.8)
        heard = {name: {(e["subject"][5:], e["kind"]) for e in stream.events} for name, stream in streams.items()}
        everything = heard["intake"]
        assert (mine.reference, "case.note") in everything
        assert (theirs.reference, "case.accepted") in everything
        assert {subject for subject, _kind in heard["handler"]} == {mine.reference}
        assert (mine.reference, "case.transferred") in heard["handler"], "so that it leaves their list"
        assert (mine.reference, "case.transferred") in heard["gardener"]
        assert (theirs.reference, "case.accepted") in heard["gardener"]
        assert heard["guide_ja"] == set()
    async with listening(system, system.visitor(), "/desk/stream") as stream:
        assert stream.status in {303, 401}


async def test_a_reader_who_was_away_gets_what_was_missed_once(system: System) -> None:
    case = await filed()
    hong, handler = await opened_with_key(system, case), await somebody("handler")
    path = f"/cases/{case.reference}/stream"
    await settled()
    async with listening(system, hong, path) as stream:
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        last = (await stream.event())["stream_id"]
    await handling.start(handler, case.reference)
    await handling.note(handler, case.reference, TextOnly("비밀"))
    await handling.message(handler, case.reference, TextOnly("하나"))
    async with listening(system, hong, path, last=last) as stream:
        assert kinds(stream) == ["case.started", "case.message"]
        await handling.message(handler, case.reference, TextOnly("둘"))
        await settled()
        assert kinds(stream) == ["case.started", "case.message", "case.message"]
    async with listening(system, hong, f"{path}?after={last}") as stream:
        assert len(stream.events) == 3, "the page says where it was drawn"
    for nonsense in ("x", "1", f"{2**63}-1", "1-" + "9" * 19, "-1-1"):
        async with listening(system, hong, path, last=nonsense) as stream:
            assert stream.status == 200
            assert kinds(stream) == []


async def test_the_desk_replays_too(system: System) -> None:
    case, other = await filed(), await filed(title="공원 벤치", body="공원 벤치가 부서졌습니다.")
    client = await signed_in(system, "handler")
    transaction, number = await ledger.position()
    await handling.accept(await somebody("intake"), other.reference, Accept("parks"))
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    async with listening(system, client, f"/desk/stream?after={transaction}-{number}") as stream:
        await settled()
        assert {event["subject"] for event in stream.events} == {f"case/{case.reference}"}
        ids = [event["id"] for event in stream.events]
        assert len(ids) == len(set(ids))


async def test_who_was_away_for_long_is_told_of_the_newest_only(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of last month, or an address made up, does not make the server read the whole ledger."""
    for _number in range(4):
        await filed()
    tail = ledger.tail

    async def short(after: ledger.Position) -> list[Entry]:
        return await tail(after, 2)

    official = await somebody("intake")
    monkeypatch.setattr(ledger, "tail", short)
    monkeypatch.setattr(addresses, "FURTHEST", 3)
    past = [entry.id async for entry in addresses._desk_past(official, (0, 0))]
    every = [entry.id for entry in await tail((0, 0))]
    assert past == [*every[:2], *every[-3:]]


async def test_nothing_falls_between_the_past_and_the_present(system: System) -> None:
    case = await filed()
    hong, handler = await opened_with_key(system, case), await somebody("handler")
    entries = await ledger.read(f"case/{case.reference}")
    after = f"{entries[-1].transaction_id}-{entries[-1].id}"

    async def talk() -> None:
        for number in range(12):
            await handling.message(handler, case.reference, TextOnly(str(number)))

    task = asyncio.create_task(talk())
    await asyncio.sleep(0.02)
    async with listening(system, hong, f"/cases/{case.reference}/stream?after={after}") as stream:
        await task
        for _number in range(12):
            await stream.event()
        await settled()
        ids = [event["id"] for event in stream.events]
        assert len(ids) == 12
        assert ids == sorted(ids)


async def test_a_client_may_hold_so_many_streams_and_no_more(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        system.app.state.hub.per_client = 2
        case = await filed()
        hong = await opened_with_key(system, case)
        path = f"/cases/{case.reference}/stream"
        async with listening(system, hong, path), listening(system, hong, path):
            async with listening(system, hong, path) as third:
                assert third.status == 429
                assert int(third.headers["retry-after"]) > 0
            async with listening(system, await opened_with_key(system, case), path) as somebody_else:
                assert somebody_else.status == 200
            system.app.state.hub.in_all = 2
            async with listening(system, await opened_with_key(system, case), path) as one_too_many:
                assert one_too_many.status == 503
                assert int(one_too_many.headers["retry-after"]) > 0
        async with listening(system, hong, path) as again:
            assert again.status == 200, "who leaves makes room"
        assert hubs.streams._value.get() == 0


async def test_a_stream_ends_after_a_while_and_says_when_to_come_back(system: System) -> None:
    case = await filed()
    system.app.state.hub.life = 0.2
    async with listening(system, await opened_with_key(system, case), f"/cases/{case.reference}/stream") as stream:
        await stream.until("over", 2)
        assert "retry: " in stream.text
    assert system.app.state.hub.listeners() == []


async def test_silence_is_broken_by_heartbeats(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await filed()
    hub = wiring.hub(system.settings, [])
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.05)
    monkeypatch.setattr(system.app.state, "hub", hub)
    task = asyncio.create_task(hub.run())
    hong, path = await opened_with_key(system, case), f"/cases/{case.reference}/stream"
    # Told again is what stood behind an older transaction as the hub began: of any database that the server has.
    known = (await ledger.read(f"case/{case.reference}"))[-1]
    async with listening(system, hong, path, last=f"{known.transaction_id}-{known.id}") as stream:
        await settled(0.3)
        assert stream.text.count("\n:\n\n") >= 2
        assert stream.events == []
    hub.stop()
    await task


async def test_who_reads_too_slowly_is_let_go(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await filed()
    hong, handler = await opened_with_key(system, case), await somebody("handler")
    await settled()
    monkeypatch.setattr(listeners, "BUFFER", 600)
    path = f"/cases/{case.reference}/stream"
    before = listeners.dropped._value.get()
    async with listening(system, hong, path) as slow, listening(system, hong, path) as quick:
        slow.paused = asyncio.Event()
        for number in range(8):
            await handling.message(handler, case.reference, TextOnly(str(number)))
            await quick.event()
        await settled()
        assert listeners.dropped._value.get() == before + 1
        await settled(1.2)
        assert len(system.app.state.hub.listeners()) == 1
        assert not quick.over


async def test_streams_end_at_once_when_the_server_stops(settings: Settings) -> None:
    async with opened(settings) as system:
        case = await filed()
        hong = await opened_with_key(system, case)
        async with listening(system, hong, f"/cases/{case.reference}/stream") as stream:
            system.app.state.hub.stop()
            await stream.until("over", 1)
        async with listening(system, hong, f"/cases/{case.reference}/stream") as late:
            assert late.status == 503


async def test_a_stream_stopped_while_it_reads_the_past_ends_too(settings: Settings) -> None:
    hub, written = wiring.hub(settings, []), []

    async def past() -> AsyncIterator[tuple[int, bytes]]:
        hub.stop()
        for told in list[tuple[int, bytes]]():
            yield told

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(10)
        return {}

    async def send(message: Any) -> None:
        written.append(message)

    async with asyncio.timeout(1):
        await hub.serve(Listener(send, "somebody", subject="case/x"), past(), receive)
    assert written[-1]["more_body"] is False


async def test_the_signal_that_stops_the_server_ends_streams_first(settings: Settings) -> None:
    heard = []
    before = {name: signal.signal(name, lambda *_: heard.append("server")) for name in (signal.SIGINT, signal.SIGTERM)}
    hub = wiring.hub(replace(settings, database_url="sqlite:///nowhere.db"), [])
    try:
        task = asyncio.create_task(hub.run())
        await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(1):
            await task
        assert heard == ["server"]
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
        assert heard == ["server", "server"], "the server's own handler is back"
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


async def test_the_tail_outlives_a_broken_read(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await filed()
    hong, handler = await opened_with_key(system, case), await somebody("handler")
    tail, broken = ledger.tail, [True, True]
    await settled()

    async def sometimes(after: ledger.Position, limit: int = 500) -> list[Entry]:
        if broken:
            broken.pop()
            raise OSError
        return await tail(after, limit)

    async with listening(system, hong, f"/cases/{case.reference}/stream") as stream:
        monkeypatch.setattr(ledger, "tail", sometimes)
        await handling.message(handler, case.reference, TextOnly("하나"))
        assert (await stream.event())["kind"] == "case.message"
        assert not broken


async def test_a_lost_connection_for_notifications_is_made_again(system: System) -> None:
    if system.settings.sqlite:
        pytest.skip("one process owns a SQLite database: nothing is notified")

    async def listeners() -> list[Any]:
        rows = await database.fetch(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        return [row["pid"] for row in rows]

    async def some(unlike: list[Any]) -> list[Any]:
        async with asyncio.timeout(5):
            while not (found := await listeners()) or found == unlike:
                await asyncio.sleep(0.05)
        return found

    first = await some([])
    await database.fetch("SELECT pg_terminate_backend(?)", first[0])
    assert await some(first)


async def filed_elsewhere(case: Filed) -> None:
    """A commit that no bell of this process tells of."""
    ring = bell.ring
    try:
        bell.ring = lambda: None  # type: ignore[method-assign]
        await handling.message("petitioner", case.reference, TextOnly("안녕하세요."))
    finally:
        bell.ring = ring  # type: ignore[method-assign]


async def test_what_no_bell_told_of_is_found_within_about_a_second(system: System) -> None:
    case = await filed()
    await settled(1.5)
    async with listening(system, await opened_with_key(system, case), f"/cases/{case.reference}/stream") as stream:
        await filed_elsewhere(case)
        async with asyncio.timeout(3):  # a stream may begin with an event up to a second older than itself
            while (await stream.event(2))["kind"] != "case.message":
                pass
