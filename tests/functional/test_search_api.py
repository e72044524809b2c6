"""``/api/v1/search``: what everybody and officials find, how it is narrowed, and what is refused."""

from typing import Any

import httpx
import pytest

from petitions.search import SERVICE
from server.core import search
from tests.support.answers import answer
from tests.support.system import System

URL = "/api/v1/search"


async def ask(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    response = await client.get(URL, params=params)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_everybody_finds_answered_petitions_with_what_was_asked_marked(system: System) -> None:
    filed = await system.file(title="가로등이 꺼졌어요 <b>", public=True)
    await answer(filed["reference"], "가로등을 고쳤습니다.", department="roads")
    found = await ask(system.client, q="가로등은")
    (hit,) = found["items"]
    assert (hit["type"], hit["path"], hit["title"]) == (
        "petition", f"/cases/{filed['reference']}", "가로등이 꺼졌어요 <b>",
    )  # fmt: skip
    assert hit["highlights"]["title"][0] == {"text": "가로등", "marked": True}
    assert (hit["department"], hit["status"], hit["language"]) == ("roads", "answered", "ko")
    assert (found["total"], found["more"], found["next"], found["meant"]) == (1, False, None, "")
    assert (found["engine"], found["simple"]) == (search.ENGINE.name, False)
    assert found["took_ms"] >= 0
    assert [(each["value"], each["count"]) for each in found["facets"]["type"]] == [("petition", 1)]
    assert [(each["value"], each["count"]) for each in found["facets"]["department"]] == [("roads", 1)]
    by_number = await ask(system.client, q=filed["reference"].lower())
    assert [each["path"] for each in by_number["items"]] == [hit["path"]]


async def test_a_case_is_found_by_those_who_see_it(system: System) -> None:
    filed = await system.file(title="분수대 소음", petitioner={"name": "고길동", "email": "ko@example.org"})
    for words in ("분수대", filed["reference"], "고길동"):
        assert (await ask(system.client, q=words))["total"] == 0
        assert (await ask(system.client, q=words, type="case"))["total"] == 0
    intake, outside = await system.program("intake"), await system.program("handler")
    for words in ("분수대", filed["reference"], "고길동"):
        (hit,) = (await ask(intake, q=words))["items"]
        assert (hit["type"], hit["path"]) == ("case", f"/desk/cases/{filed['reference']}")
    seen = await outside.get(f"/api/v1/cases/{filed['reference']}")
    expected = 1 if seen.status_code == 200 and "petitioner" in seen.text and "ko@example.org" in seen.text else 0
    assert (await ask(outside, q="분수대"))["total"] == expected


async def test_procedures_are_found_with_what_they_need(system: System) -> None:
    await search.put(*await SERVICE.read(search.Batch()))
    found = await ask(system.client, q="도로점용", type="service")
    assert [(hit["path"], hit["title"]) for hit in found["items"]] == [("/services/road_occupation", "도로점용 허가")]
    assert (await ask(system.client, q="도로점용", department="roads"))["total"] == 1
    assert (await ask(system.client, q="도로점용", department="tax"))["total"] == 0


async def test_pages_follow_each_other(system: System) -> None:
    for number in range(23):
        filed = await system.file(title=f"가로등 {number}", public=True)
        await answer(filed["reference"])
    first = await ask(system.client, q="가로등", type="petition")
    second = await ask(system.client, q="가로등", type="petition", page=first["next"])
    third = await ask(system.client, q="가로등", type="petition", page=3)
    assert (len(first["items"]), len(second["items"]), third["items"]) == (20, 3, [])
    assert (first["next"], second["next"], third["next"]) == (2, None, None)
    assert len({hit["path"] for each in (first, second) for hit in each["items"]}) == 23
    newest = await ask(system.client, q="가로등", sort="newest")
    assert newest["items"][0]["title"] == "가로등 22"


async def test_a_mistake_is_corrected_and_said(system: System) -> None:
    filed = await system.file(title="Broken street lights", public=True)
    await answer(filed["reference"])
    await search.count()
    found = await ask(system.client, q="stret lights")
    assert (found["meant"], found["total"]) == ("street lights", 1)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "q"), ({"q": "  "}, "q"), ({"q": "가" * 201}, "q"), ({"q": "가로등 " * 1_500}, "q"),
        ({"q": "가", "type": "secret"}, "type"), ({"q": "가", "department": "' OR 1"}, "department"),
        ({"q": "가", "status": "broken"}, "status"), ({"q": "가", "district": "nowhere"}, "district"),
        ({"q": "가", "year": "last"}, "year"), ({"q": "가", "sort": "best"}, "sort"),
        ({"q": "가", "page": "0"}, "page"),
        ({"q": "가", "page": "51"}, "page"), ({"q": "가", "page": "-1"}, "page"), ({"q": "가", "kind": "x"}, "kind"),
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_named(system: System, params: dict[str, str], field: str) -> None:
    response = await system.client.get(URL, params=params)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert [each["field"] for each in response.json()["errors"]] == [field]


@pytest.mark.parametrize("typed", ["(((((", '"""', "a* AND NEAR(b) OR : ^-", "<-> & | !", "%_%", "'; DROP TABLE x"])
async def test_hostile_words_are_answered(system: System, typed: str) -> None:
    assert (await ask(system.client, q=typed))["items"] == []
    suggested = await system.client.get(f"{URL}/suggestions", params={"q": typed})
    assert suggested.status_code == 200


async def test_suggestions_complete_words_and_name_pages(system: System) -> None:
    for title in ("불법 주차 단속", "주차장 요금", "주차 표지"):
        filed = await system.file(title=title, public=True)
        await answer(filed["reference"])
    await system.file(title="주차비밀 회의")
    await search.count()
    for typed in ("주차", "ㅈㅊ"):
        found = (await system.client.get(f"{URL}/suggestions", params={"q": typed})).json()
        assert found["completions"] == ["주차", "주차장"]
        assert {page["title"] for page in found["pages"]} == {"불법 주차 단속", "주차장 요금", "주차 표지"}
        assert {page["type"] for page in found["pages"]} == {"petition"}
    first = (await system.client.get(f"{URL}/suggestions", params={"q": "ㅈ"})).json()
    assert (first["completions"], first["pages"]) == (["주차", "주차장"], [])
    for params, field in (({}, "q"), ({"q": "가" * 201}, "q"), ({"q": "가", "limit": "9"}, "limit")):
        response = await system.client.get(f"{URL}/suggestions", params=params)
        assert response.status_code == 422
        assert [each["field"] for each in response.json()["errors"]] == [field]
