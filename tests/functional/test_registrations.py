"""Places of a forum's dates: taken and given back, waited for and offered, checked in at the door."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from forums.actions import registering
from forums.actions.places import SCOPE
from forums.errors import NoSuchSession
from forums.events import (
    CheckedIn,
    CheckInUndone,
    OfferLapsed,
    PeopleCounted,
    PlaceOffered,
    Registered,
    RegistrationCancelled,
    SessionCancelled,
    SessionChanged,
    SessionsAdded,
    TookPart,
)
from forums.models import Forum, Participation, Session
from server.core import clock, ledger
from server.core.booking.errors import BookingClosed
from server.core.booking.models import Booking
from server.core.booking.slots import NewSlot, open_slots
from tests.support.forums import a_forum
from tests.support.markup import parse
from tests.support.page_forms import Form, form, post_without_page, send, submit
from tests.support.places import a_session, a_slot, guest, places, somebody
from tests.support.system import System

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 5, 4, 10, tzinfo=ZoneInfo("Asia/Seoul"))


def of(page: httpx.Response, what: str, registration: int) -> Form:
    """The button of a registration at the check-in."""
    return form(page, f"/{what}", field="registration", value=str(registration))


async def kinds(slug: str) -> list[str]:
    """What happened in a forum, in order."""
    return [entry.kind for entry in await ledger.read(f"forum/{slug}")]


async def test_a_shopkeeper_gets_the_place_that_another_gives_back(system: System) -> None:
    slug = await a_forum(system)
    session = await a_session(slug, 1)
    page = f"/forums/{slug}/sessions/{session}"
    _kim, her = await guest(system, "김상인")
    _lee, him = await guest(system, "이과일")
    park, third = await guest(system, "박생선")

    shown = form(await her.get(page))
    first, again = await send(her, shown), await send(her, shown)
    assert first.status_code == 303, first.text
    assert again.headers["location"] == first.headers["location"], "whoever is registered gets the same code"
    second, last = await submit(him, page), await submit(third, page)
    assert await places(session) == {"booked": 1, "in_line": 2, "there": 0, "confirmed": 1, "waiting": 2}
    ticket = (await her.get(first.headers["location"])).text
    assert "<svg" in ticket
    assert "신청되었습니다" in ticket
    assert "2번째" in (await third.get(last.headers["location"])).text
    assert (await him.get(first.headers["location"])).status_code == 404, "a code opens to its holder only"
    assert (await system.client.get(first.headers["location"])).status_code == 404

    asked = await her.get(f"{first.headers['location']}/give-back")
    assert "취소" in asked.text
    for _press in range(2):
        await send(her, form(asked))
    assert await places(session) == {
        "booked": 1, "in_line": 1, "there": 0, "cancelled": 1, "offered": 1, "waiting": 1
    }, "the freed place waits for the next in line"  # fmt: skip
    _choi, fourth = await guest(system, "최반찬")
    passing = await submit(fourth, page)
    assert (await places(session))["waiting"] == 2, "whoever comes by stands at the end"

    offered = form(await him.get(second.headers["location"]), "/take")
    with clock.at(clock.now() + timedelta(hours=30)):
        assert await registering.lapse() == 1
        assert await registering.lapse() == 0
        late = await send(him, offered)
        assert late.status_code == 409
        taken = form(await third.get(last.headers["location"]), "/take")
        assert (await send(third, taken)).status_code == 303
        assert (await send(third, taken)).status_code == 303, "pressed twice"
    assert await places(session) == {
        "booked": 1, "in_line": 1, "there": 0, "cancelled": 1, "lapsed": 1, "confirmed": 1, "waiting": 1
    }  # fmt: skip
    back = await submit(him, page)
    assert back.headers["location"] == second.headers["location"], "the old code works again"
    assert "2번째" in (await him.get(back.headers["location"])).text, "who comes again stands at the end"
    assert "1번째" in (await fourth.get(passing.headers["location"])).text

    told = [
        kind
        for kind in await kinds(slug)
        if kind.startswith(("forum.place", "forum.registered", "forum.registration")) or kind == OfferLapsed.kind
    ]
    assert told == [
        *[Registered.kind] * 3, RegistrationCancelled.kind, PlaceOffered.kind, Registered.kind, OfferLapsed.kind,
        PlaceOffered.kind, Registered.kind, Registered.kind,
    ]  # fmt: skip
    assert await Booking.filter(participant_id=park.id, status="confirmed").exists()


async def test_nobody_registers_too_late_or_where_nobody_needs_to(system: System) -> None:
    with clock.at(MONDAY):
        slug = await a_forum(system)
        session, free = await a_session(slug, 1), await a_session(slug, 0, starts_in=timedelta(days=8))
        person, _token = await somebody("김상인")
        code = await registering.register(person, session)
        waiting, _token = await somebody("이과일")
        await registering.register(waiting, session)
    with clock.at(MONDAY + timedelta(days=7, minutes=-20)):
        await registering.cancel_registration(person, code)
        assert await places(session) == {
            "booked": 0, "in_line": 1, "there": 0, "cancelled": 1, "waiting": 1
        }, "minutes before, nobody is asked any more"  # fmt: skip
    for moment, which in ((MONDAY + timedelta(days=7), session), (MONDAY, free)):
        with clock.at(moment), pytest.raises(BookingClosed):
            await registering.register(person, which)
    with clock.at(MONDAY), pytest.raises(NoSuchSession):
        await registering.register(person, 999)
    for number in (999, 10**30):
        assert (await system.client.get(f"/forums/{slug}/sessions/{number}")).status_code == 404
    assert (await system.client.get("/forums/registrations/ABC")).status_code == 404
    assert (await system.client.get(f"/forums/{slug}/sessions?before=x/y")).status_code == 400
    for never in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        assert (await system.client.get(f"/forums/{slug}/sessions?before={never}/5")).status_code == 400


async def test_somebody_without_an_account_registers_by_mail(system: System) -> None:
    slug = await a_forum(system)
    session = await a_session(slug, 5)
    page = f"/forums/{slug}/sessions/{session}"
    wrong = await submit(system.client, page, name="동네주민", email="no address")
    assert wrong.status_code == 422
    assert 'value="동네주민"' in wrong.text
    sent = await send(system.client, form(wrong), email="jumin@example.org")
    assert sent.headers["location"] == "/confirm"
    assert (await places(session))["booked"] == 0
    await system.work()
    body = system.mails()[-1].get_body(("plain",))
    link = re.search(r"/confirm/\w+", body.get_content() if body else "")
    assert link
    done = await submit(system.client, link[0])
    assert done.headers["location"].startswith("/forums/registrations/")
    shown = await system.client.get(done.headers["location"])
    assert shown.status_code == 200
    assert "동네주민" in shown.text
    assert (await places(session))["booked"] == 1
    forum = await system.client.get(f"/forums/{slug}")
    assert page in forum.text


async def test_a_clerk_runs_the_door(system: System) -> None:
    with clock.at(MONDAY):
        slug = await a_forum(system)
        session = await a_session(slug, 2, starts_in=timedelta(days=3))
        kim, _browser = await guest(system, "김상인")
        lee, _other = await guest(system, "이과일")
        park, _third = await guest(system, "박생선")
        codes = [await registering.register(person, session) for person in (kim, lee, park)]
        rows = {row.code: row.id for row in await Booking.filter(slot_id=await a_slot(session))}
        numbers = [rows[code] for code in codes]
        clerk = await system.official("clerk")
        checking_in = f"/desk/forums/{slug}/sessions/{session}"
        early = await post_without_page(clerk, f"{checking_in}/check-in", data={"registration": numbers[0]})
        assert early.status_code == 409, "three days before"
        by_phone = await submit(clerk, checking_in, "/book", name="전화하신 분")
        assert by_phone.status_code == 409, "a place that comes free belongs to who waits"
    with clock.at(MONDAY + timedelta(days=3) - HOUR):
        clerk = await system.official("clerk")
        scanned = await clerk.get(f"/forums/registrations/{codes[0].lower()}")
        assert scanned.headers["location"] == f"{checking_in}?q={codes[0]}"
        found = await clerk.get(scanned.headers["location"])
        assert "김상인" in found.text
        assert "이과일" not in found.text
        assert "이과일" in (await clerk.get(checking_in, params={"q": "과일"})).text
        assert "김상인" not in (await clerk.get(checking_in, params={"q": "%"})).text, "a sign is a sign"
        for _twice in range(2):
            assert (await send(clerk, of(found, "check-in", numbers[0]))).status_code == 303
        page = await clerk.get(checking_in)
        full = await send(clerk, of(page, "check-in", numbers[2]))
        assert full.status_code == 409, "she waits, and every place is taken"
        await send(clerk, of(page, "give-back", numbers[1]))
        state = await places(session)
        assert (state["booked"], state["in_line"], state["offered"], state["cancelled"]) == (2, 0, 1, 1)
        await send(clerk, of(page, "check-in", numbers[2]))
        refused = await send(clerk, form(page, "/book"), name="지나가던 이", here="on")
        assert refused.status_code == 409
        assert 'value="지나가던 이"' in refused.text
        await send(clerk, of(refused, "undo", numbers[2]))
        await send(clerk, of(await clerk.get(checking_in), "give-back", numbers[2]))
        assert (await Forum.get(slug=slug)).participants == 1
        told = [entry.data["people"] for entry in await ledger.read(f"talk/{slug}") if entry.kind == TookPart.kind]
        assert told == [1, 1, -1]
        assert [row.participant_id for row in await Participation.all()] == [kim.id], (
            "who was checked in by mistake did not take part"
        )
        assert (await places(session))["booked"] == 1
        handler = await system.official("handler")
        assert (await handler.get(checking_in)).status_code == 403


async def test_people_come_to_the_door_without_having_registered(system: System) -> None:
    with clock.at(MONDAY):
        slug = await a_forum(system)
        session = await a_session(slug, 2, starts_in=timedelta(days=3))
        checking_in = f"/desk/forums/{slug}/sessions/{session}"
        clerk = await system.official("clerk")
        by_phone = await submit(clerk, checking_in, "/book", name="전화하신 분")
        assert by_phone.status_code == 303
    with clock.at(MONDAY + timedelta(days=3) - HOUR):
        clerk = await system.official("clerk")
        page = await clerk.get(checking_in)
        book, count = form(page, "/book"), form(page, "/count", field="people", value="")
        for _twice in range(2):
            await send(clerk, book, name="지나가던 이", here="on")
            await send(clerk, count, people="37")
        count = form(await clerk.get(checking_in), "/count", field="people", value="")
        await send(clerk, count, people="-2")
        page = await clerk.get(checking_in)
        wrong = await send(clerk, form(page, "/count", field="people", value=""), people="-36")
        assert wrong.status_code == 409
        state = await places(session)
        assert (state["booked"], state["there"]) == (2, 36)
        assert (await Forum.get(slug=slug)).participants == 36
        refused = await send(clerk, form(page, "/book"), name="또 온 이", here="on")
        assert refused.status_code == 409, "the one who telephoned holds the last place"
        walk_in = await Booking.get(name="지나가던 이")
        for _twice in range(2):
            await send(clerk, of(page, "undo", walk_in.id))
        assert (await Booking.get(id=walk_in.id)).status == "cancelled"
        assert (await places(session))["booked"] == 1
        assert (await Forum.get(slug=slug)).participants == 35
        told = [entry.data["people"] for entry in await ledger.read(f"talk/{slug}") if entry.kind == TookPart.kind]
        assert sum(told) == 35
        assert {CheckedIn.kind, CheckInUndone.kind, PeopleCounted.kind} <= set(await kinds(slug))


async def test_somebody_turns_over_all_their_dates(system: System) -> None:
    slug = await a_forum(system)
    kim, browser = await guest(system, "김상인")
    days = [*range(1, 24), *range(-1, -24, -1)]
    forum = await Forum.get(slug=slug)
    for day in days:
        now, begins = clock.now(), clock.now() + timedelta(days=day)
        title = f"{day}일 뒤" if day > 0 else f"{-day}일 전"
        (slot,) = await open_slots(SCOPE, [NewSlot(begins, 1)])
        await Session.create(forum_id=forum.id, starts_at=begins, ends_at=begins + HOUR, title=title, slot_id=slot)
        await Booking.create(
            slot_id=slot, participant_id=kim.id, name="김상인", code=title, status="confirmed", created_at=now
        )
    path, read = "/forums/mine", list[str]()
    while path:
        page = (await browser.get(path)).text
        read += re.findall(r" · (\d+일 [전뒤])</a>", page)
        further = re.search(r'rel="next" href="(/forums/mine\?dates=[^"#]+)#registrations-title"', page)
        path = further[1] if further else ""
    assert read == [f"{day}일 뒤" if day > 0 else f"{-day}일 전" for day in days], "soonest first, then what was"
    for wrong in ("x", "coming._1", "past.2026-99-01T00:00:00+00:00_1", "1"):
        assert (await browser.get("/forums/mine", params={"dates": wrong})).status_code == 400


async def test_a_planner_sets_the_dates(system: System) -> None:
    slug = await a_forum(system, "speakers_corner")
    desk = await system.official("intake")
    page = f"/desk/forums/{slug}/sessions"
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    slots = form(await desk.get(page), page, field="slots")
    stage = {"day": day, "first": "14:00", "last": "15:00", "stage": "이동무대 중앙시장", "kept": "3"}
    assert (await send(desk, slots, **stage | {"last": "14:05"})).status_code == 422
    assert (await send(desk, slots, **stage)).status_code == 303
    assert (await send(desk, slots, **stage)).status_code == 422, "there are such slots already"
    listed = (await desk.get(page)).text
    ids = sorted({int(number) for number in re.findall(rf"{page}/(\d+)/edit", listed)})
    assert len(ids) == 6
    assert listed.count("이동무대 중앙시장") >= 6
    shown = (await system.client.get(f"/forums/{slug}")).text
    assert len(re.findall(rf"/forums/{slug}/sessions/\d+", shown)) == 4, "two of six are kept for walk-ins"
    _person, browser = await guest(system, "말하는 이")
    told = await submit(browser, f"/forums/{slug}/sessions/{ids[0]}", topic="골목길 가로등")
    assert told.status_code == 303
    other, _browser = await guest(system, "또 한 사람")
    await registering.register(other, ids[0])
    kept = await post_without_page(browser, f"/forums/{slug}/sessions/{ids[2]}", data={})
    assert kept.status_code == 409, "it is kept for walk-ins"

    shown_session = form(await desk.get(f"{page}/{ids[0]}/edit"), "/edit")
    when = {"starts_at": f"{day}T14:00", "ends_at": f"{day}T14:20", "place": "", "title": ""}
    few = await send(desk, shown_session, **when, capacity="0")
    assert few.status_code == 422
    assert 'value="0"' in few.text
    more = await send(desk, shown_session, **when, capacity="2")
    assert more.status_code == 303, more.text
    assert (await places(ids[0]))["offered"] == 1, "the new place goes to who waits"
    clerk = await system.official("clerk")
    assert (await clerk.get(f"{page}/{ids[0]}/cancel")).status_code == 403
    asked = form(await desk.get(f"{page}/{ids[0]}/cancel"), "/cancel")
    assert (await send(desk, asked, text="")).status_code == 422
    reason = "비가 많이 온다고 합니다."
    for _twice in range(2):
        assert (await send(desk, asked, text=reason)).status_code == 303
    assert await places(ids[0]) == {"booked": 0, "in_line": 0, "there": 0, "cancelled": 2}
    assert reason in (await browser.get(told.headers["location"])).text
    assert reason in (await system.client.get(f"/forums/{slug}/sessions/{ids[0]}")).text
    (event,) = [entry for entry in await ledger.read(f"forum/{slug}") if entry.kind == SessionCancelled.kind]
    assert len(event.data["registrations"]) == 2


async def test_video_and_transcript_remain_of_a_date(system: System) -> None:
    slug = await a_forum(system, "speakers_corner")
    session = await a_session(slug, 1, starts_in=timedelta(hours=3))
    desk = await system.official("intake")
    page = f"/desk/forums/{slug}/sessions"
    video = {"link": "https://youtu.be/aqz-KE-bpKQ", "transcript": "가로등을 고쳐 주세요. 010-1234-5678"}
    early = await post_without_page(desk, f"{page}/{session}/record", data=video)
    assert early.status_code == 409, "not before the forum runs"
    await submit(desk, f"/desk/forums/{slug}", "/start")
    assert (await submit(desk, f"{page}/{session}/edit", "/record", **video)).status_code == 303
    with clock.at(clock.now() + timedelta(days=1)):
        said = (await system.client.get(f"/forums/{slug}/sessions/{session}")).text
        assert video["link"] in said
        assert "가로등을 고쳐" in said
        assert "1234-5678" not in said, "personal numbers are masked"
        over = (await system.client.get(f"/forums/{slug}/sessions")).text
        assert f"/forums/{slug}/sessions/{session}" in over
        assert f"/forums/{slug}/sessions" in (await system.client.get(f"/forums/{slug}")).text
    assert [kind for kind in await kinds(slug) if kind.startswith("forum.session")] == [
        SessionsAdded.kind, SessionChanged.kind
    ]  # fmt: skip


async def test_a_registration_has_one_status_wherever_it_is_read(system: System) -> None:
    slug = await a_forum(system)
    session = await a_session(slug, 1)
    page = f"/forums/{slug}/sessions/{session}"
    _kim, her = await guest(system, "김상인")
    answer = await send(her, form(await her.get(page)))
    links = [link.attrs["href"] for link in parse((await her.get(page)).text).one("main").all("a")]
    (code,) = (link for link in links if link.startswith("/forums/registrations/"))
    for path in (page, code, answer.headers["location"]):
        main = parse((await her.get(path, follow_redirects=True)).text).one("main").text
        assert "신청되었습니다" in main, path
        assert "접수" not in main, path
        assert "신청 완료" not in main, path
