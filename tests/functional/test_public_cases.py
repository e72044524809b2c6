"""Everybody reads what the city answered, and never who asked or their numbers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from petitions.actions import answering
from petitions.actions.intake import file
from petitions.forms import FilePetition, Location, PetitionerDetails, TextOnly
from petitions.models import Case
from petitions.queries import public
from petitions.queries.public import PAGE
from petitions.search import PETITION
from server.core import clock, database, search
from tests.support.answers import answer
from tests.support.markup import parse
from tests.support.page_forms import submit
from tests.support.system import System

START = datetime(2026, 3, 4, 0, 0, tzinfo=UTC)


async def filed(title: str, **changes: Any) -> str:
    values: dict[str, Any] = {
        "body": "도로에 구멍이 있습니다.", "kind": "other", "location": Location(), "public": True,
        "petitioner": PetitionerDetails("홍길동", "hong@example.org"), **changes,
    }  # fmt: skip
    return (await file(FilePetition(title, **values))).reference


async def titles(system: System, query: str = "") -> list[str]:
    page = parse((await system.client.get(f"/petitions{query}")).text)
    return [row.one("h2").text for row in page.all("li", class_="public-row")]


async def test_only_answered_cases_that_may_be_public_are_listed_newest_answer_first(system: System) -> None:
    assert "아직 공개된 답변이 없습니다" in (await system.client.get("/petitions")).text
    with clock.at(START):
        first, second = await filed("먼저"), await filed("나중")
        await filed("아직 답하지 않음")
        private = await filed("비공개", public=False)
        await answer(private)
    with clock.at(START + timedelta(hours=2)):
        await answer(second)
    with clock.at(START + timedelta(hours=3)):
        await answer(first)
    assert await titles(system) == ["먼저", "나중"]
    await answering.reopen("petitioner", first, TextOnly("그대로입니다"))
    assert await titles(system) == ["나중"], "a reopened case is not listed"
    assert await titles(system, "?q=먼저") == []


async def test_a_case_that_is_public_no_more_is_found_no_more(system: System) -> None:
    reference = await filed("먼저")
    await answer(reference)
    case = await Case.get(reference=reference)
    assert await search.ENGINE.newest(PETITION, "먼저", limit=5) == [case.id]
    await Case.filter(id=case.id).update(public=False)
    await answering.reopen("petitioner", reference, TextOnly("그대로입니다"))
    assert await search.ENGINE.newest(PETITION, "먼저", limit=5) == []


async def test_names_and_numbers_are_hidden_in_every_part(system: System) -> None:
    number = await filed(
        "홍길동 010-1234-5678 도로",
        body="저는 홍길동이고 계좌는 국민은행 123-45-6789-012 입니다. 연락처 010-9876-5432",
    )
    await answer(number, "홍길동 님께 010-1234-5678 로 전화했습니다.")
    text = (await system.client.get("/petitions")).text + (await system.client.get("/")).text
    for secret in ("홍길동", "1234-5678", "9876", "123-45-6789"):
        assert secret not in text, secret
    assert "홍*동" in text


async def test_a_number_at_the_cut_of_an_excerpt_stays_hidden(system: System) -> None:
    for shift in range(0, 14, 3):
        number = await filed(
            f"제목 {shift}", petitioner=PetitionerDetails("홍길동", "hong@example.org", "010-1234-5678")
        )
        await answer(number, "가" * (public.EXCERPT - shift) + " 010-1234-5678 로 연락")
    text = (await system.client.get("/petitions")).text
    assert "1234" not in text
    assert "5678" not in text


async def test_the_list_is_read_page_by_page_without_gaps(system: System) -> None:
    wanted = []
    for number in range(PAGE + 5):
        with clock.at(START + timedelta(minutes=number // 2)):
            reference = await filed(f"제목 {number}")
            await answer(reference)
            wanted.append(f"제목 {number}")
    response = await system.client.get("/petitions")
    page = parse(response.text)
    older = page.one("a", rel="next").attrs["href"]
    found = [row.one("h2").text for row in page.all("li", class_="public-row")]
    assert len(found) == PAGE
    found += await titles(system, older.removeprefix("/petitions"))
    assert found == wanted[::-1]


async def test_the_list_narrows_by_department_district_kind_and_words(system: System) -> None:
    for title, department, kind, address in (
        ("가로등 고장", "roads", "other", "중앙구 1"),
        ("가로수 문의", "parks", "inquiry", ""),
    ):
        await answer(await filed(title, kind=kind, location=Location(address=address)), department=department)
    assert await titles(system, "?department=parks") == ["가로수 문의"]
    assert await titles(system, "?district=central") == ["가로등 고장"]
    assert await titles(system, "?kind=inquiry") == ["가로수 문의"]
    assert await titles(system, "?q=가로등") == ["가로등 고장"]
    assert await titles(system, "?q=도로에 구멍&department=parks") == ["가로수 문의"]
    assert await titles(system, "?q=없는말") == []
    assert await titles(system, "?department=roads&kind=inquiry") == []
    page = parse((await system.client.get("/petitions?kind=inquiry&lang=ja")).text)
    assert page.one("ul", class_="filters-active").all("a")


async def test_a_rare_filter_looks_at_a_window_and_says_where_to_look_on(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "WINDOW", 3)
    for number in range(8):
        with clock.at(START + timedelta(minutes=number)):
            await answer(await filed(f"제목 {number}"), department="parks" if number == 0 else "roads")
    query, found, pages = "?department=parks", list[str](), 0
    while pages < 5:
        pages += 1
        page = parse((await system.client.get(f"/petitions{query}")).text)
        found += [row.one("h2").text for row in page.all("li", class_="public-row")]
        links = [a for a in page.one("main").all("a") if "before=" in a.attrs["href"]]
        if not links:
            break
        query = links[0].attrs["href"].removeprefix("/petitions")
    assert found == ["제목 0"]
    assert pages == 3


@pytest.mark.parametrize(
    "query",
    [
        *("?department=nothing", "?kind=x", "?district=x", "?q=a%00b", f"?q={'a' * 500}"),
        *("?before=x", "?before=2026-99-99T00:00:00+00:00_1", "?q=a&before=-1"),
    ],
)
async def test_odd_questions_are_refused(system: System, query: str) -> None:
    response = await system.client.get(f"/petitions{query.replace('+', '%2B')}")
    assert response.status_code in {400, 422}
    assert "120" in response.text


async def test_the_first_page_tells_how_the_city_keeps_to_time(system: System) -> None:
    assert "최근 답변" not in (await system.client.get("/")).text
    for hours in (1, 2, 30):
        with clock.at(START):
            reference = await filed(f"제목 {hours}")
        with clock.at(START + timedelta(hours=hours)):
            await answer(reference)
    text = parse((await system.client.get("/")).text).one("main").text
    assert "3건 가운데 66%" in text
    assert "sinmungo-demo" not in text, "the password of the demonstration is shown there only"


async def test_the_demonstration_tells_a_newcomer_how_to_come_in(system: System) -> None:
    system.app.state.site.city.demo = True
    text = parse((await system.client.get("/")).text).one("main").text
    for username in ("admin", "intake", "handler", "manager", "inspector", "guide", "clerk", "sinmungo-demo"):
        assert username in text


async def test_pages_cost_the_same_however_long_the_list_is(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    await answer(await filed("가로등"))
    await system.client.get("/petitions")
    statements = count_queries()
    for address, most in (("/petitions", 1), ("/petitions?department=roads", 2), ("/petitions?q=가로등", 3), ("/", 3)):
        statements.clear()
        assert (await system.visitor().get(address)).status_code == 200
        assert len(statements) <= most, statements


async def test_the_list_is_read_from_its_index(system: System) -> None:
    await answer(await filed("가로등"))
    sql, values = public.walk(()).statement(public._END, 21)
    async with database.transaction():
        if database.dialect() == "sqlite":
            plan = [row["detail"] for row in await database.fetch(f"EXPLAIN QUERY PLAN {sql}", *values)]
            assert not any("TEMP B-TREE" in step for step in plan), plan
        else:
            for way in ("seqscan", "bitmapscan", "sort"):
                await database.execute(f"SET LOCAL enable_{way} = off")
            plan = [row["QUERY PLAN"] for row in await database.fetch(f"EXPLAIN {sql}", *values)]
            assert not any("Sort" in step for step in plan), plan
    assert any("case_public_answered" in step for step in plan), plan


async def test_the_menu_does_not_take_a_public_answer_for_the_readers_own_case(system: System) -> None:
    receipt = await system.file(public=True)
    path = f"/cases/{receipt['reference']}"
    await answer(receipt["reference"])
    petitioner = system.visitor()
    await submit(petitioner, "/cases", "/cases", reference=receipt["reference"], key=receipt["access_key"])
    intake = await system.official("intake")
    for browser, here in ((system.client, "공개된 답변"), (petitioner, "내 민원 확인"), (intake, "")):
        menu = parse((await browser.get(path)).text).one(class_="site-nav")
        assert [link.text for link in menu.all("a", **{"aria-current": "page"})] == [here] * bool(here)
