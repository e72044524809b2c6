"""What can be found follows its table: offices, services and notices are found as they are now, in each language."""

from typing import Any

import pytest

from server import wiring
from server.core import search
from tests.support.forums import a_forum
from tests.support.page_forms import submit
from tests.support.system import System

SETTINGS = "/desk/offices"


async def found(system: System, q: str, **more: str) -> list[tuple[str, str, str]]:
    answer = await system.client.get("/api/v1/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return [(hit["type"], hit["title"], hit["language"]) for hit in items]


async def test_an_office_is_found_with_its_hours_until_it_closes(system: System) -> None:
    admin = await system.official("admin")
    values = {
        "name": "서부민원센터", "name_ja": "西部市民センター", "name_en": "West office", "district": "central",
        "address": "서로 2", "address_en": "2 West Street", "phone": "02-700-4000", "step": "15", "days_ahead": "14",
    }  # fmt: skip
    added = await submit(admin, f"{SETTINGS}/new", "/new", code="west", **values)
    assert added.status_code == 303, added.text
    number = (await admin.get("/api/v1/desk/offices")).json()["items"][-1]["id"]
    await submit(
        admin, f"{SETTINGS}/hours/{number}", f"/hours/{number}", days__1__opens="09:15", days__1__closes="18:00"
    )
    assert (await found(system, "서부민원센터"))[0] == ("office", "서부민원센터", "ko")
    assert await found(system, "西部") == [("office", "西部市民センター", "ja")]
    assert await found(system, "west office", lang="ko") == [("office", "West office", "en")]
    hit = (await system.client.get("/api/v1/search?q=서부")).json()["items"][0]
    assert "월요일 09:15–18:00" in hit["passage"]
    assert (hit["path"], hit["district"]) == ("/offices/west", "central")
    assert await found(system, "02-700-4000", lang="ja") == [("office", "西部市民センター", "ja")], "one of three"
    renamed = await submit(admin, f"{SETTINGS}/{number}", f"/{number}", **{**values, "name": "노을민원센터"})
    assert renamed.status_code == 303, renamed.text
    assert await found(system, "서부") == []
    assert await found(system, "노을") == [("office", "노을민원센터", "ko")]
    closed = await submit(admin, f"{SETTINGS}/{number}/close", "/close")
    assert closed.status_code == 303, closed.text
    assert await found(system, "노을") == []


async def test_a_service_at_counters_is_found_by_what_it_needs(system: System) -> None:
    admin = await system.official("admin")
    added = await submit(
        admin, f"{SETTINGS}/services/new", "/new", code="moving", name="전입신고", name_en="Moving in", minutes="30",
        documents__1__code="lease", documents__1__name="임대차계약서", documents__1__name_en="Lease",
    )  # fmt: skip
    assert added.status_code == 303, added.text
    assert await found(system, "임대차 계약서") == [("service", "전입신고", "ko")]
    assert await found(system, "lease", lang="en") == [("service", "Moving in", "en")]
    page = await system.client.get("/services/moving?lang=en")
    assert "Lease" in page.text
    assert "전입신고" in (await system.client.get("/services?lang=ko")).text


async def test_a_notice_is_a_type_of_its_own(system: System) -> None:
    await a_forum(system, "notice", title="단수 안내")
    await a_forum(system, "listening", title="단수 토론회")
    assert [kind for kind, _title, _language in await found(system, "단수 안내")] == ["notice", "forum"]
    assert await found(system, "단수", type="notice") == [("notice", "단수 안내", "ko")]
    assert [title for _kind, title, _language in await found(system, "단수", type="forum")] == ["단수 토론회"]


@pytest.mark.parametrize("kind", wiring.SEARCHED, ids=lambda kind: kind.name)
async def test_every_kind_is_read_from_an_empty_city(system: System, kind: search.Kind) -> None:
    assert isinstance(await kind.read(search.Batch()), list)
    assert await kind.read(search.Batch([10**9])) == []


async def test_the_check_finds_nothing_to_repair_and_a_rebuild_keeps_what_is_found(system: System) -> None:
    await search.rebuild(wiring.SEARCHED, lambda _n: None)
    before = await found(system, "도로점용")
    assert before == [("service", "도로점용 허가", "ko")]
    assert [each async for each in search.problems(wiring.SEARCHED)] == []
