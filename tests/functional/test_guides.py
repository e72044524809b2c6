"""Who guides a petitioner: somebody of the case's department, and a word on why where it is somebody else or nobody."""

from typing import Any

import pytest

from server.core.accounts import Account
from tests.support.page_forms import submit
from tests.support.system import System

BENCH = {"title": "공원 벤치가 부서졌어요", "body": "중앙공원 벤치의 나무가 부서졌습니다. 쓰레기도 많습니다."}
TAX = {"title": "재산세 고지서 문의", "body": "재산세가 두 번 나왔습니다."}
JAPANESE = {"petitioner": {"name": "佐藤", "email": "sato@example.org", "language": "ja"}}


async def seen(system: System, receipt: dict[str, Any], language: str = "en") -> Any:
    headers = {"x-access-key": receipt["access_key"], "accept-language": language}
    return (await system.client.get(f"/api/v1/cases/{receipt['reference']}", headers=headers)).json()


async def test_a_bench_in_a_park_gets_a_guide_of_the_parks(system: System) -> None:
    receipt = await system.file(**BENCH)
    assert (receipt["department"]["code"], receipt["guide"]["name"]) == ("parks", "유후견")
    assert receipt["guide_because"] == ""


async def test_a_tax_petition_gets_no_guide_of_another_department_and_reads_why(system: System) -> None:
    receipt = await system.file(**TAX)
    assert (receipt["department"]["code"], receipt["guide"]) == ("tax", None)
    assert receipt["guide_because"] == "세무과에는 민원후견인이 없습니다."
    assert (await seen(system, receipt))["guide_because"] == "Tax has no case guide."
    petitioner = system.visitor()
    await submit(petitioner, "/cases", "/cases", reference=receipt["reference"], key=receipt["access_key"])
    for page in (f"/cases/{receipt['reference']}", f"/cases/{receipt['reference']}/receipt"):
        shown = (await petitioner.get(f"{page}?lang=en")).text
        assert "No case guide for now" in shown
        assert "Tax has no case guide." in shown


async def test_a_language_that_nobody_there_speaks_is_a_reason_and_is_shown(system: System) -> None:
    receipt = await system.file(**BENCH, **JAPANESE)
    assert receipt["guide"]["name"] == "佐藤美咲"
    assert "일본어" in receipt["guide_because"]
    assert (await seen(system, receipt))["guide_because"] == (
        "From another department, because no case guide of Parks speaks Japanese."
    )
    await Account.filter(username="guide_parks").update(languages=["ko", "ja"])
    assert (await system.file(**BENCH, **JAPANESE))["guide"]["name"] == "유후견"


async def test_the_reason_follows_the_case_to_another_department(system: System) -> None:
    receipt = await system.file(**TAX)
    intake = await system.program("intake")
    case = f"/api/v1/desk/cases/{receipt['reference']}"
    assert (await intake.post(f"{case}/accept", json={"department": "parks"})).status_code == 200
    assert (await seen(system, receipt))["guide"]["name"] == "유후견"
    assert (await seen(system, receipt))["guide_because"] == ""
    moved = await intake.post(f"{case}/transfer", json={"department": "tax", "reason": "세금 일입니다."})
    assert moved.status_code == 200, moved.text
    later = await seen(system, receipt)
    assert (later["guide"]["name"], later["guide_because"]) == ("유후견", "Tax has no case guide.")
    assert (await intake.post(f"{case}/guide", json={"guide": "guide"})).status_code == 200
    assert (await seen(system, receipt))["guide_because"] == ""


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "세무과에는 민원후견인이 없습니다."), ("en", "Tax has no case guide.")]
)
async def test_the_check_page_says_it_before_anything_is_sent(system: System, language: str, words: str) -> None:
    browser = system.visitor()
    kept = await submit(
        browser, f"/petitions/new?lang={language}", "/petitions/new", button="check", **TAX, name="홍길동",
        email="hong@example.org", language="ko",
    )  # fmt: skip
    checked = await browser.get(kept.headers["location"])
    assert words in checked.text
    assert "지방세는 세무과" not in checked.text, "a rule's note is for officials"
    assert "“재산세”" in checked.text
