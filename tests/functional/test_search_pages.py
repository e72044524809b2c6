"""``/search`` and ``/services``: one box for everything, without JavaScript, in three languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from petitions.models import Service
from petitions.reference import forget
from petitions.search import SERVICE
from server.core import references, search
from tests.support.answers import answer
from tests.support.markup import Element, parse
from tests.support.system import System


async def read(system: System, client: Any = None, **params: str) -> Element:
    response = await (client or system.client).get("/search", params=params)
    assert response.status_code == 200, response.text
    return parse(response.text)


def hits(page: Element) -> list[str]:
    found = page.all("ol", class_="search-hits")
    return [each.text for each in found[0].all("h3")] if found else []


async def public(system: System, title: str, **more: Any) -> str:
    filed = await system.file(title=title, public=True, **more)
    await answer(filed["reference"])
    return str(filed["reference"])


@pytest.mark.parametrize(
    ("lang", "asked", "nothing"),
    [
        ("ko", "무엇을 찾으십니까", "검색 결과가 없습니다"),
        ("ja", "何をお探し", "見つかりませんでした"),
        ("en", "What are you looking for", "No results"),
    ],
)
async def test_the_box_and_what_it_says_when_there_is_nothing(
    system: System, lang: str, asked: str, nothing: str
) -> None:
    page = await read(system, lang=lang)
    assert asked in page.one("form", class_="search-form").text
    assert page.one("meta", name="robots").attrs["content"] == "noindex"
    page = await read(system, lang=lang, q="없는말")
    assert page.one("input", id="search-words").attrs["value"] == "없는말"
    assert nothing in page.one(class_="empty").text
    assert hits(page) == []


async def test_words_are_marked_and_nothing_typed_becomes_markup(system: System) -> None:
    await public(system, "가로등 <script>alert(1)</script>")
    response = await system.client.get("/search", params={"q": "가로등은 <i>기울임</i>"})
    assert not re.search("<script>alert|<i>", response.text)
    page = parse(response.text)
    assert hits(page) == ["가로등 <script>alert(1)</script>"]
    assert page.one("ol", class_="search-hits").one("h3").one("mark").text == "가로등"


async def test_results_are_narrowed_sorted_and_paged_by_links(system: System) -> None:
    for number in range(22):
        await public(system, f"가로등 {number}", location={"address": "중앙구 1" if number % 2 else ""})
    page = await read(system, q="가로등")
    assert len(hits(page)) == 20
    older = page.one("a", rel="next").attrs["href"]
    following = parse((await system.client.get(older)).text)
    assert len(hits(following)) == 2
    assert following.one("a", rel="prev").attrs["href"] == "/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1&page=1"
    tabs = page.one("nav", class_="tabs")
    assert [each.text for each in tabs.all("a")][:2] == ["전체", "공개된 답변 22"]
    narrowed = await read(system, q="가로등", type="petition", district="central")
    assert len(hits(narrowed)) == 11
    assert narrowed.one("ul", class_="filters-active").all("a")
    newest = await read(system, q="가로등", sort="newest")
    assert hits(newest)[0] == "가로등 21"
    assert newest.one("ul", class_="search-sorts").one("a", **{"aria-current": "true"}).text == "최신순"
    empty = await read(system, q="가로등", type="office")
    assert [a.attrs["href"] for a in empty.one(class_="empty").all("a")] == ["/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1"]


async def test_a_mistake_is_corrected_and_said(system: System) -> None:
    await public(system, "Broken street lights")
    await search.count()
    page = await read(system, q="stret lights", lang="en")
    assert hits(page) == ["Broken street lights"]
    assert "street lights" in page.one("main").one("p", role="status").text


async def test_a_text_in_another_language_says_so(system: System) -> None:
    await public(system, "가로등 고장")
    page = await read(system, q="가로등", lang="en")
    assert page.one("ol", class_="search-hits").one("h3").attrs["lang"] == "ko"
    assert "lang" not in (await read(system, q="가로등", lang="ko")).one("ol", class_="search-hits").one("h3").attrs


async def test_a_case_number_leads_to_the_case_and_tells_nobody_whether_there_is_one(system: System) -> None:
    filed = await system.file(title="분수대 소음")
    number = filed["reference"]
    for typed in (number, number.lower(), number.replace("-", " ")):
        page = await read(system, q=typed)
        assert page.one("p", class_="search-number").one("a").attrs["href"] == f"/cases?reference={number}"
        assert hits(page) == []
    nobodys = references.new_reference()
    page = await read(system, q=nobodys)
    assert page.one("p", class_="search-number").one("a").attrs["href"] == f"/cases?reference={nobodys}"
    intake = await system.official("intake")
    page = await read(system, intake, q=number)
    assert page.one("p", class_="search-number").one("a").attrs["href"] == f"/desk/cases/{number}"
    assert hits(page) == ["분수대 소음"]
    assert "업무 민원" in page.one("nav", class_="tabs").text
    assert "업무 민원" not in (await read(system, q=number)).one("nav", class_="tabs").text


@pytest.mark.parametrize("typed", ["가로등 " * 100, "(" * 300, '"' * 300, "a* AND NEAR(b) : ^-"])
async def test_whatever_is_typed_is_answered(system: System, typed: str) -> None:
    await public(system, "가로등 고장")
    await read(system, q=typed)


async def test_the_page_costs_few_statements(system: System, count_queries: Callable[[], list[str]]) -> None:
    for number in range(3):
        await public(system, f"가로등 {number}")
    await read(system, q="가로등")
    seen = count_queries()
    await read(system, q="가로등")
    assert len(seen) == 3, seen
    seen.clear()
    await read(system)
    assert seen == []
    seen.clear()
    assert (await system.client.get("/api/v1/search/suggestions?q=가로등")).status_code == 200
    assert len(seen) == 4, seen


async def test_services_say_what_they_need(system: System, count_queries: Callable[[], list[str]]) -> None:
    await Service.filter(code="road_occupation").update(
        name_en="Permit to occupy a road", documents=["신청서", "위치도"]
    )
    forget()
    await search.put(*await SERVICE.read(search.Batch()))
    await system.client.get("/services")
    seen = count_queries()
    page = parse((await system.client.get("/services?lang=en")).text)
    assert len(seen) == 1, seen
    assert "Permit to occupy a road" in page.one("main").text
    seen.clear()
    page = parse((await system.client.get("/services/road_occupation?lang=en")).text)
    assert len(seen) == 1, seen
    assert page.one("h1").text == "Permit to occupy a road"
    assert "5 working days" in page.one("main").text
    assert "위치도" in page.one("main").text
    assert (await system.client.get("/services/nothing")).status_code == 404
    assert hits(await read(system, q="permit road", lang="en")) == ["Permit to occupy a road"]
    assert hits(await read(system, q="위치도")) == ["도로점용 허가"]
