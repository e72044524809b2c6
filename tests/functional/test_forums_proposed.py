"""미나 asks for forums: without an account, with what she wants in her own words, and each proposal gets its answer."""

import re
from datetime import timedelta

from forums.actions.places import SCOPE
from forums.models import Forum, Session
from forums.queries.forums import forum
from forums.states import ForumState
from server.core import clock, database
from server.core.accounts import Department
from server.core.booking.slots import NewSlot, open_slots
from server.core.participants.models import Unconfirmed
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.places import guest
from tests.support.system import System

WISH = {
    "kind": "listening",
    "title": "시장 골목에 손님이 오게 하려면?",
    "text": "가게가 하나둘 닫습니다. 제 번호는 010-1234-5678입니다.",
    "people": "상인들\n대학생",
    "district": "central",
    "place": "중앙시장 상인회관",
    "name": "미나",
    "email": "mina@example.org",
}
WITHOUT_WHO = {name: value for name, value in WISH.items() if name not in {"name", "email"}}


def day() -> str:
    """A day that would suit."""
    return f"{clock.now() + timedelta(days=30):%Y-%m-%d}T19:00"


async def appointments(system: System, slug: str) -> int:
    calendars = [await system.client.get(f"/forums/{part}calendar.ics") for part in ("", f"{slug}/")]
    found = {answer.text.count("BEGIN:VEVENT") for answer in calendars}
    assert len(found) == 1
    return found.pop()


async def test_a_proposal_is_confirmed_taken_up_and_held(system: System) -> None:  # noqa: PLR0915 — one story
    empty = form(await system.client.get("/forums/propose"))
    past = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    wrong = await send(system.client, empty, **(WISH | {"title": "", "starts_at": past, "email": "x"}))
    assert wrong.status_code == 422
    assert {*re.findall(r'id="field-(\w+)-error"', wrong.text)} == {"title", "starts_at", "email"}
    assert "중앙시장 상인회관" in wrong.text
    number = await send(system.client, empty, **(WISH | {"text": "제 주민번호는 900101-1234568입니다. 도와주세요."}))
    assert 'id="field-text-error"' in number.text
    assert not await Unconfirmed.all().count()

    corrected = await send(system.client, form(number), text=WISH["text"], starts_at=day())
    assert corrected.headers["location"] == "/confirm"
    await system.work()
    link = re.search(r"/confirm/[\w.-]+", system.mails()[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    opened = await system.client.get(link[0])
    assert WISH["title"] in opened.text
    assert not await Forum.all().count(), "nobody but her pressed"
    done = await send(system.client, form(opened))
    assert done.headers["location"] == "/forums/proposal-1"
    page = (await system.visitor().get("/forums/proposal-1")).text
    assert "미나" in page
    assert "010-1234-5678" not in page
    for path in ("/forums?tab=proposed", "/forums/proposal-1"):
        shown = (await system.client.get(path)).text
        assert WISH["title"] in shown
        assert re.search(r"희망 일시(</dt><dd>| )<time", shown), "a wish, not a date"
    assert await appointments(system, "proposal-1") == 0
    again = await submit(system.client, "/forums/propose", **WITHOUT_WHO)
    assert again.headers["location"] == "/forums/proposal-1", "sent again it is the same"

    intake = await system.official("intake")
    assert WISH["title"] in (await intake.get("/desk/forums?tab=proposed")).text
    assert (await intake.get("/desk/forums/proposal-1/edit")).status_code == 403
    asked = form(await intake.get("/desk/forums/proposal-1/accept"), "/accept")
    assert (await send(intake, asked, text="")).status_code == 422
    for _twice in range(2):
        assert (await send(intake, asked, text="좋은 생각입니다. 12월에 열겠습니다.")).status_code == 303
    found = await forum("proposal-1")
    assert (found.status, found.number) == (ForumState.DRAFT, 1)
    await Session.create(
        forum_id=found.id, starts_at=clock.now(), ends_at=clock.now(), place="아직 모르는 강당",
        slot_id=(await open_slots(SCOPE, [NewSlot(clock.now(), 9)]))[0],
    )  # fmt: skip
    draft = (await system.client.get("/forums/proposal-1")).text
    assert "12월에 열겠습니다." in draft, "she sees that it is planned"
    assert "아직 모르는 강당" not in draft, "no date before it is announced"
    assert "희망 일시" in draft
    assert await appointments(system, "proposal-1") == 0
    roads = await Department.get(code="roads")
    fields = {"department": str(roads.id), "district": "central", "starts_at": day(), "panel": "상인들"}
    planned = await send(intake, form(await intake.get("/desk/forums/proposal-1/edit"), "/edit"), **fields)
    assert planned.status_code == 303
    announced = await send(intake, form(await intake.get("/desk/forums/proposal-1/publish"), "/publish"))
    assert announced.status_code == 303
    assert (await forum("proposal-1")).status is ForumState.PUBLISHED
    assert "희망 일시" not in (await system.client.get("/forums/proposal-1")).text
    assert await appointments(system, "proposal-1") == 1


async def test_a_question_needs_people_or_gets_a_reason(system: System) -> None:
    await submit(system.client, "/forums/propose", **(WISH | {"kind": "discussion", "place": "x" * 900}))
    await system.work()
    link = re.search(r"/confirm/[\w.-]+", system.mails()[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    await submit(system.client, link[0])
    found = await forum("proposal-1")
    assert (found.kind, found.place) == ("discussion", ""), "a discussion has no place"
    assert '<progress max="100" value="0"' in (await system.client.get("/forums/proposal-1")).text
    for number in range(2, 6):
        more = WITHOUT_WHO | {"title": f"{number}번째 제안입니다", "starts_at": day()}
        sent = await submit(system.client, "/forums/propose", **more)
        assert sent.headers["location"] == f"/forums/proposal-{number}"
    late = await submit(system.client, "/forums/propose", **(WITHOUT_WHO | {"title": "여섯 번째 제안입니다"}))
    assert late.status_code == 409
    assert await Forum.all().count() == 5
    intake = await system.official("intake")
    declined = await submit(
        intake, "/desk/forums/proposal-2/decline", "/decline", text="지난달에 같은 토론회가 있었습니다."
    )
    assert declined.status_code == 303
    assert "지난달에 같은 토론회가 있었습니다." in (await system.visitor().get("/forums/proposal-2")).text
    assert (await post_without_page(intake, "/desk/forums/proposal-2/accept", data={"text": "다시"})).status_code == 409
    for act in ("accept", "cancel"):  # taken up, and called off before it was announced
        page = f"/desk/forums/proposal-3/{act}"
        assert (await submit(intake, page, f"/{act}", text="담당 부서 사정")).status_code == 303
    assert ">일시<" not in (await system.visitor().get("/forums/proposal-3")).text
    assert await appointments(system, "proposal-3") == 0
    await database.execute("UPDATE forum SET supports = 100 WHERE slug = ?", "proposal-1")
    page = (await system.client.get("/forums/proposal-1")).text
    assert '<progress max="100" value="100"' in page


async def test_nobody_talks_about_a_proposal_that_is_not_shown(system: System) -> None:
    await submit(system.client, "/forums/propose", **(WISH | {"kind": "discussion"}))
    await system.work()
    link = re.search(r"/confirm/[\w.-]+", system.mails()[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    await submit(system.client, link[0])
    _person, neighbour = await guest(system, "옆집")
    visitor = system.visitor()
    talk = "/forums/proposal-1/comments"
    commented = await submit(neighbour, "/forums/proposal-1", "/comments", text="저도 그렇게 생각합니다")
    assert commented.status_code == 303
    officials = {
        role: await system.official(role) for role in ("intake", "admin", "inspector", "handler", "clerk", "guide")
    }
    for visibility in ("pending", "hidden"):
        await database.execute("UPDATE forum SET visibility = ? WHERE slug = ?", visibility, "proposal-1")
        assert (
            await post_without_page(neighbour, talk, data={"text": f"{visibility} 글에도 한마디"})
        ).status_code == 404
        assert (await post_without_page(neighbour, "/forums/proposal-1/supports", data={})).status_code == 404
        page = await visitor.get("/forums/proposal-1")
        assert f'action="{talk}"' not in page.text
        for text in (page.text, (await visitor.get("/api/v1/forums/proposal-1")).text):
            assert "미나" not in text
            assert WISH["title"] not in text
        others = 404 if visibility == "pending" else 200
        for reader in (visitor, neighbour, officials["handler"], officials["clerk"], officials["guide"]):
            for address in ("/forums/proposal-1", "/api/v1/forums/proposal-1"):
                seen = await reader.get(address)
                assert (seen.status_code, WISH["title"] in seen.text) == (others, False)
        for reader in (system.client, officials["intake"], officials["admin"], officials["inspector"]):
            for address in ("/forums/proposal-1", "/api/v1/forums/proposal-1"):
                assert WISH["title"] in (await reader.get(address)).text, "its author, and who decides on it"
    await database.execute("UPDATE forum SET visibility = 'shown' WHERE slug = ?", "proposal-1")
    assert (await forum("proposal-1")).comments == 1
