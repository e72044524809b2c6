"""Cases that say the same: on the page that checks a petition, while it is typed, and at the desk with the reasons."""

from collections.abc import Callable

from server.core import database
from tests.support.answers import answer
from tests.support.desk import desk
from tests.support.markup import parse
from tests.support.page_forms import form, send
from tests.support.system import System

HERE = {"lat": 37.5000, "lng": 127.0000, "address": ""}
CLOSE = {"lat": 37.5006, "lng": 127.0002, "address": ""}
FAR = {"lat": 37.5100, "lng": 127.0000, "address": ""}


async def test_the_page_that_checks_shows_answered_petitions_without_scripts(system: System) -> None:
    public = (await system.file(title="한빛로 가로등이 꺼졌어요", public=True))["reference"]
    private = (await system.file(title="큰길 가로등이 꺼졌어요"))["reference"]
    waiting = (await system.file(title="골목 가로등이 꺼졌어요", public=True))["reference"]
    await answer(public, "가로등을 고쳤습니다. 홍길동 님, 감사합니다.")
    await answer(private, "가로등을 고쳤습니다.")
    shown = form(await system.client.get("/petitions/new"), "/petitions/new")
    sent = await send(
        system.client,
        shown,
        title="우리 집 앞 가로등이 꺼졌어요",
        body="어둡습니다.",
        name="이순신",
        email="a@example.org",
    )
    page = parse((await system.client.get(sent.headers["location"])).text)
    (item,) = page.one("ul", class_="similar-list").all("li")
    assert f"/cases/{public}" in item.one("a").attrs["href"]
    assert "가로등을 고쳤습니다" in item.text
    assert "홍길동" not in item.text
    assert private not in page.text
    assert waiting not in page.text
    other = await system.client.get("/petitions/suggest", params={"title": "여권을 만들려고 합니다"})
    assert "similar-list" not in other.text


async def test_the_desk_says_why_cases_are_similar(system: System) -> None:
    place = (await system.file(title="나무가 쓰러짐", body="위험하니 치워 주기 바람", location=HERE, kind="other"))[
        "reference"
    ]
    both = (await system.file(title="공원 가로등이 꺼졌어요", location=CLOSE, kind="other"))["reference"]
    words = (await system.file(title="시청 앞 가로등이 꺼졌어요", location=FAR, kind="suggestion"))["reference"]
    person = {"name": "이순신", "email": "lee@example.org"}
    others = {"name": "강감찬", "email": "kang@example.org"}
    await system.file(title="재산세 고지서", body="두 번 왔습니다.", location=FAR, petitioner=others)
    case = (await system.file(title="집 앞 가로등이 꺼졌어요", location=HERE, kind="other", petitioner=person))[
        "reference"
    ]
    earlier = (await system.file(title="다리 가로등이 꺼졌어요", petitioner=person))["reference"]
    case = (await system.file(title="가로등이 꺼졌어요", location=HERE, kind="other", petitioner=person))["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{case}")
    section = next(each for each in intake.page.all("section") if each.attrs.get("aria-labelledby") == "similar-title")
    items = list(section.one("ul", class_="similar").all("li"))
    found = {item.one("a").attrs["href"].rpartition("/")[2]: item.text for item in items}
    assert len(found) == 5
    assert list(found)[1] == both, "beside the person's own at the same place"
    assert "m away" in found[both]
    assert "가로등이" in found[both]
    assert "same person" in found[earlier]
    assert "m away" not in found[words]
    assert list(found)[-1] == place, "what is only at the same place comes last"
    assert "가로등" not in found[place]


async def test_officials_see_only_similar_cases_of_their_own(system: System) -> None:
    parks = (await system.file(title="공원 나무 가로등이 꺼졌어요", location=CLOSE))["reference"]
    await answer(parks, department="parks")
    roads = (await system.file(title="도로 가로등이 꺼졌어요", location=HERE))["reference"]
    await answer(roads)
    handler = await desk(system, "handler")
    await handler.open(f"/desk/cases/{roads}")
    assert handler.status == 200
    assert parks not in handler.page.text
    intake = await desk(system, "intake")
    assert parks in (await intake.open(f"/desk/cases/{roads}")).page.text


async def test_similar_cases_cost_a_fixed_number_of_statements(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    for n in range(12):
        await system.file(title=f"가로등이 꺼졌어요 {n}", location=HERE)
    number = (await system.file(title="가로등이 꺼졌어요", location=HERE))["reference"]
    intake = await desk(system, "intake")
    seen = count_queries()
    await intake.open(f"/desk/cases/{number}")
    near = [sql for sql in seen if "c.lat BETWEEN" in sql]
    assert len(near) == 1
    assert len(seen) <= 21
    if database.dialect() == "sqlite":
        box = (37.49, 37.51, 126.9, 127.1)
        plan = await database.fetch(f"EXPLAIN QUERY PLAN {near[0]}", *box, 1)
        assert "case_place" in str([dict(row) for row in plan])
