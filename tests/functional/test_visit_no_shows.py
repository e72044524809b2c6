"""No-shows at the desk: evidence, grace, undoing, the restriction that follows, and appeals against it."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from server.core import clock, ledger, ledger_check
from tests.functional.test_visit_letters import SATO, SMITH, happened, texts
from tests.support.markup import parse
from tests.support.page_forms import form as form_of
from tests.support.page_forms import send, submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits import links
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Contact
from tracking.visits.events import NoShowMarked
from tracking.visits.models import NoShow, Restriction, Visit
from tracking.visits.queries import offices
from tracking.visits.states import RestrictionState, VisitState

CALLS = "09:01, 09:04, 09:09"


async def visits_of_kim(count: int = 2) -> list[str]:
    """An office open on three days, and Kim's visits on the first of them."""
    days = [next_monday() + timedelta(days=n) for n in range(3)]
    await an_office({"1": ["passport"]}, days=days)
    return [(await booking.book_now(await wish(start="09:00", day=one), contact("kim"))).number for one in days[:count]]


async def mark(system: System, number: str, n: int, time: str = "09:12", called: str = CALLS) -> httpx.Response:
    """A clerk records a no-show on its page, so many days after the Monday."""
    with clock.at(at(time, next_monday() + timedelta(days=n))):
        clerk = await system.official("clerk")
        return await submit(clerk, f"/desk/visits/{number}", "/no-show", **{"no-show.called": called})


async def book_again(system: System, n: int = 2) -> httpx.Response:
    """Kim books another visit online."""
    start = at("10:00", next_monday() + timedelta(days=n)).isoformat()
    with clock.at(at("10:00", next_monday() + timedelta(days=1))):
        person = {"name": "kim", "email": "kim@example.org"}
        body = {"office": "east", "service": "passport", "start": start, "contact": person}
        return await system.client.post("/api/v1/visits", json=body)


async def test_a_no_show_is_marked_after_the_grace_with_evidence(system: System) -> None:
    (number,) = await visits_of_kim(1)
    early = await mark(system, number, 0, time="09:08", called="09:01, 09:04")
    assert early.status_code == 409
    assert "09:11" in early.text
    assert "09:01, 09:04" in early.text
    future = await mark(system, number, 0, time="09:12", called="09:01, 09:40")
    assert future.status_code == 422
    assert "아직 오지 않은 시각입니다" in future.text
    before = await mark(system, number, 0, called="08:55")
    assert before.status_code == 422
    wrong = await mark(system, number, 0, called="nine")
    assert wrong.status_code == 422
    done = await mark(system, number, 0)
    assert done.status_code == 303, done.text
    row = await NoShow.get()
    assert (len(row.calls), row.excused) == (3, False)
    assert (await Visit.get()).state == VisitState.MISSED
    assert await Restriction.all().count() == 0
    page = await (await system.official("clerk")).get(f"/desk/visits/{number}?lang=en")
    assert "Called at 9:01" in page.text or "Called at 09:01" in page.text


async def test_before_the_visit_nobody_can_be_marked(system: System) -> None:
    (number,) = await visits_of_kim(1)
    page = await (await system.official("clerk")).get(f"/desk/visits/{number}")
    assert "/no-show" not in page.text
    assert "/serve" not in page.text
    assert "/cancel" in page.text


async def test_a_delay_of_the_office_never_counts(system: System) -> None:
    first, second = await visits_of_kim()
    await mark(system, first, 0, time="09:40", called="09:25, 09:30")
    assert (await NoShow.get()).excused
    await mark(system, second, 1)
    assert await Restriction.all().count() == 0
    assert (await book_again(system)).status_code == 201


async def test_a_story_of_two_no_shows_a_restriction_and_an_appeal(system: System) -> None:
    first, second = await visits_of_kim()
    await mark(system, first, 0)
    await mark(system, second, 1)
    (restriction,) = await Restriction.all()
    assert restriction.ends_at - restriction.begins_at == timedelta(days=30)
    refused = await book_again(system)
    assert (refused.status_code, refused.json()["code"]) == (409, "restricted")

    page = links.restriction_path(system.settings, restriction.id, restriction.ends_at)
    sent = await submit(system.client, page, page, text="병원에 실려 갔습니다.")
    assert sent.status_code == 303, sent.text
    again = await system.client.get(page)
    assert "병원에 실려 갔습니다." in again.text
    assert '<form method="post" data-once>' not in again.text

    manager = await system.official("manager")
    listed = await manager.get("/desk/visits/restrictions")
    assert "병원에 실려 갔습니다." in listed.text
    done = await submit(
        manager, f"/desk/visits/restrictions/{restriction.id}", "/grant", **{"grant.text": "진료 기록을 확인했습니다."}
    )
    assert done.status_code == 303, done.text
    row = await Restriction.get()
    assert (row.state, row.decision) == (RestrictionState.LIFTED, "진료 기록을 확인했습니다.")
    assert [one.excused for one in await NoShow.all().order_by("id")] == [False, True]
    assert "진료 기록을 확인했습니다." in (await system.client.get(page)).text
    assert (await book_again(system)).status_code == 201
    kinds = [one.kind for one in await ledger.read(f"visit/{second}")]
    assert kinds == [
        "visit.booked", "visit.no_show", "visit.restricted", "visit.restriction_appealed", "visit.appeal_decided",
    ]  # fmt: skip
    assert [problem async for problem in ledger_check.verify()] == []


async def test_an_appeal_entered_at_the_desk_is_refused_with_reasons(system: System) -> None:
    for n, number in enumerate(await visits_of_kim()):
        await mark(system, number, n)
    (row,) = await Restriction.all()
    page = f"/desk/visits/restrictions/{row.id}"
    clerk, manager = await system.official("clerk"), await system.official("manager")
    await submit(clerk, page, "/appeal", **{"appeal.text": "잊었습니다."})
    assert "/grant" not in (await clerk.get(page)).text
    empty = await submit(manager, page, "/refuse", **{"refuse.text": ""})
    assert empty.status_code == 422
    reasons = "두 번 모두 세 차례 불렀습니다."
    await submit(manager, page, "/refuse", **{"refuse.text": reasons})
    await system.work()
    bodies = [str(mail.get_body(("plain",)).get_content()) for mail in system.mails()]  # type: ignore[union-attr]
    (told,) = (body for body in bodies if reasons in body)
    linked = re.search(r"/visits/restrictions/\S+", told)
    assert linked is not None
    assert reasons in (await system.client.get(linked[0])).text
    own = await system.client.get(links.visit_path(system.settings, number, at("09:00")), follow_redirects=True)
    assert reasons in own.text
    assert (await Restriction.get()).state == RestrictionState.UPHELD
    assert (await book_again(system)).status_code == 409
    refused = await submit(manager, page, "/lift")
    assert refused.status_code == 422, "a reason is needed"
    await submit(manager, page, "/lift", **{"lift.text": "전화로 확인했습니다."})
    assert (await book_again(system)).status_code == 201
    assert "전화로 확인했습니다." in (await manager.get(f"/desk/visits/{number}")).text, "colleagues read why"


@pytest.mark.parametrize("action", ["lift", "grant", "refuse"])
async def test_an_outdated_page_of_a_restriction_changes_nothing(system: System, action: str) -> None:
    for n, number in enumerate(await visits_of_kim()):
        await mark(system, number, n)
    (row,) = await Restriction.all()
    page = f"/desk/visits/restrictions/{row.id}"
    clerk, manager = await system.official("clerk"), await system.official("manager")
    if action == "lift":
        old = form_of(await manager.get(page), "/lift")
        await submit(clerk, page, "/appeal", **{"appeal.text": "병원에 있었습니다."})
    else:
        await submit(clerk, page, "/appeal", **{"appeal.text": "병원에 있었습니다."})
        old = form_of(await manager.get(page), f"/{action}")
        admin = await system.official("admin")
        await submit(admin, page, "/refuse", **{"refuse.text": "두 번 모두 불렀습니다."})
    text = {f"{action}.text": "확인했습니다."}
    refused = await send(manager, old, **text)
    assert refused.status_code == 409
    assert "다른 사람이" in refused.text
    assert (await Restriction.get()).lifted_at is None
    if action == "lift":
        assert (await submit(manager, page, "/lift", **text)).status_code == 303


async def test_who_has_only_a_phone_is_told_beforehand_what_absences_lead_to(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    people = (SATO, SMITH, Contact("최", phone="010-7777-8888"))
    for who, start in zip(people, ("09:00", "09:30", "10:00"), strict=True):
        made = await booking.book_now(await wish(start=start), who)
        await system.work()
        await happened(system, made.number, NoShowMarked(3, counts=True))
    told = [one.body for one in (await texts(system))[1::2]]
    assert "90日以内に2回来られないと30日間予約できません" in told[0]
    assert "After 2 absences within 90 days nobody can book there for 30 days." in told[1]
    assert "90일 안에 2번 오지 않으면 30일 동안 예약할 수 없습니다" in told[2]
    office.no_shows = 0
    await office.save()
    offices.forget()
    await happened(system, made.number, NoShowMarked(3, counts=True))
    assert "30일" not in (await texts(system))[-1].body


async def test_a_restriction_lapses_by_itself(system: System) -> None:
    for n, number in enumerate(await visits_of_kim()):
        await mark(system, number, n)
    wished = await wish(day=next_monday() + timedelta(days=2))
    with clock.at(at("10:00", next_monday() + timedelta(days=32))):
        (row,) = await Restriction.all()
        page = await system.client.get(links.restriction_path(system.settings, row.id, row.ends_at))
        assert "data-once" not in page.text
        await booking.may_book(wished.office, [row.household], 0, wished.date)


async def test_undoing_a_no_show_lifts_what_it_began(system: System) -> None:
    first, second = await visits_of_kim()
    await mark(system, first, 0)
    await mark(system, second, 1)
    clerk = await system.official("clerk")
    with clock.at(at("10:00", next_monday() + timedelta(days=20))):
        clerk = await system.official("clerk")
        page = f"/desk/visits/{first}"
        late = await submit(clerk, page, "/undo-no-show", **{"undo-no-show.why": "mistake"})
        assert late.status_code == 409
        shown = form_of(late, "/undo-no-show")
        done = await send(clerk, shown, **{"undo-no-show.why": "office"})
        assert done.status_code == 303, done.text
        assert (await Restriction.get()).state == RestrictionState.LIFTED
        assert (await Visit.get(number=first)).state == VisitState.BOOKED
        served = await submit(clerk, page, "/serve")
        assert served.status_code == 303
    assert (await Visit.get(number=first)).state == VisitState.SERVED
    kinds = [one.kind for one in await ledger.read(f"visit/{second}")]
    assert kinds[-1] == "visit.restriction_lifted"


async def test_marked_again_after_a_mistake(system: System) -> None:
    first, second = await visits_of_kim()
    await mark(system, first, 0)
    with clock.at(at("09:20", next_monday())):
        clerk = await system.official("clerk")
        await submit(clerk, f"/desk/visits/{first}", "/undo-no-show", **{"undo-no-show.why": "mistake"})
    await mark(system, first, 0, time="09:30", called="09:01, 09:25")
    await mark(system, second, 1)
    assert await NoShow.filter(excused=False).count() == 2
    assert await Restriction.all().count() == 1


async def test_the_list_shows_those_that_run_have_ended_or_were_lifted(system: System) -> None:
    (number,) = await visits_of_kim(1)
    visit, now = await Visit.get(number=number), clock.now()
    ends = {"runs": 30, "upheld": 20, "ended": -1, "ended before": -2, "lifted": 10, "lifted before": -20}
    for name, days in ends.items():
        state = name.partition(" ")[0]
        await Restriction.create(
            household=name, office_id=visit.office_id, visit_id=visit.id, begins_at=now - timedelta(days=40),
            ends_at=now + timedelta(days=days), state=state if state in {"upheld", "lifted"} else "running",
            lifted_at=now if state == "lifted" else None,
        )  # fmt: skip
    names = {one.id: one.household for one in await Restriction.all()}
    program, clerk = await system.program("clerk"), await system.official("clerk")
    expected = {"": ["upheld", "runs"], "ended": ["ended", "ended before"], "lifted": ["lifted", "lifted before"]}
    for state, those in expected.items():
        asked = {"state": state, "office": "east"} if state else {"office": "east"}
        listed = (await program.get("/api/v1/desk/restrictions", params=asked)).json()
        assert [names[one["id"]] for one in listed["items"]] == those
        page = parse((await clerk.get("/desk/visits/restrictions", params={**asked, "lang": "en"})).text)
        table = page.one("section", aria_labelledby="list-title").one("tbody")
        assert [names[int(a.attrs["href"].rpartition("/")[2])] for a in table.all("a")] == those
        (current,) = page.one("nav", aria_label="Restrictions").all("a", aria_current="page")
        assert current.text == {"": "Restrictions that run", "ended": "Ended by themselves", "lifted": "Lifted"}[state]
    assert (await program.get("/api/v1/desk/restrictions?state=none")).status_code == 422
    assert (await clerk.get("/desk/visits/restrictions?office=nowhere")).status_code == 404


async def test_forged_links_and_unknown_restrictions(system: System) -> None:
    assert (await system.client.get("/visits/restrictions/1.99999.aaaaaaaaaaaaaaaa")).status_code == 404
    clerk = await system.official("clerk")
    assert (await clerk.get("/desk/visits/restrictions/77")).status_code == 404
    assert (await clerk.get("/desk/visits/K7Q-M9X-RW4")).status_code == 404


async def test_json_of_the_desk(system: System) -> None:
    first, second = await visits_of_kim()
    clerk, manager = await system.program("clerk"), await system.program("manager")
    listed = (await clerk.get(f"/api/v1/desk/visits?office=east&date={next_monday()}")).json()
    assert [(one["number"], one["counters"]) for one in listed["items"]] == [(first, ["1"])]
    for n, number in enumerate((first, second)):
        with clock.at(at("09:12", next_monday() + timedelta(days=n))):
            token = await system.program("clerk")
            answer = await token.post(f"/api/v1/desk/visits/{number}/no-show", json={"called": CALLS})
            assert (answer.status_code, answer.json()["state"]) == (200, "missed"), answer.text
    (one,) = (await clerk.get("/api/v1/desk/restrictions")).json()["items"]
    assert [len(each["called"]) for each in one["no_shows"]] == [3, 3]
    path = f"/api/v1/desk/restrictions/{one['id']}"
    assert (await clerk.post(f"{path}/lift", json={})).status_code == 403
    nothing = await manager.post(f"{path}/lift", json={})
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "text")
    lifted = await manager.post(f"{path}/lift", json={"text": "확인했습니다."})
    assert (lifted.status_code, lifted.json()["state"]) == (200, "lifted"), lifted.text
    again = await manager.post(f"{path}/lift", json={"text": "또 확인했습니다."})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    undone = await clerk.post(f"/api/v1/desk/visits/{first}/undo-no-show", json={"why": "office"})
    assert undone.json()["state"] == "booked"


@pytest.mark.parametrize("page", ["/desk/visits/{number}", "/desk/visits/restrictions"])
async def test_pages_cost_the_same_with_many(system: System, count_queries: Callable[[], list[str]], page: str) -> None:
    (number,) = await visits_of_kim(1)
    clerk = await system.official("clerk")
    path = page.format(number=number)
    await clerk.get(path)
    seen = count_queries()
    assert (await clerk.get(path)).status_code == 200
    few = len(seen)
    visit = await Visit.get()
    for n in range(20):
        await Restriction.create(
            household=f"h{n}", office_id=visit.office_id, visit_id=visit.id, begins_at=clock.now(),
            ends_at=clock.now() + timedelta(days=30), state="appealed" if n % 2 else "running",
        )  # fmt: skip
    seen.clear()
    assert (await clerk.get(path)).status_code == 200
    assert len(seen) <= few + 2, seen
    assert len(seen) <= 22, seen
