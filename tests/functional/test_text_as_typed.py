"""Texts as people paste them: invisible characters, Word's line breaks, blanks that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from petitions.models import Case
from server import importing
from server.core.mail import read_spool
from tests.support.markup import parse
from tests.support.page_forms import form, send
from tests.support.system import System

GOOD: dict[str, Any] = {"title": "가로등", "body": "가로등이 꺼졌습니다.", "petitioner": {"name": "홍길동"}}


async def test_what_was_pasted_from_word_is_filed_with_its_lines(system: System) -> None:
    page = await system.client.get("/petitions/new")
    typed = {
        "title": "\ufeff집 앞\u200b 가로등",
        "body": "\ufeff첫 줄입니다.\v둘째 줄입니다.\f셋째 줄\u200b입니다.",
        "name": "홍\u200b길동",
        "phone": "\u202a+82 10-1234-5678\u202c",
        "public": "on",
    }
    kept = await send(system.client, form(page), button="check", **typed)
    assert kept.status_code == 303
    checked = await system.client.get(kept.headers["location"])
    sent = await send(system.client, form(checked, "/check"), button="send")
    assert sent.status_code == 303, parse(sent.text).text[:500]
    case = await Case.get()
    assert case.title == "집 앞 가로등"
    assert case.body == "첫 줄입니다.\n둘째 줄입니다.\n셋째 줄입니다."


@pytest.mark.parametrize("name", ["title", "body"])
async def test_a_text_that_looks_empty_is_asked_for(system: System, name: str) -> None:
    answer = await system.client.post(
        "/api/v1/petitions", json={**GOOD, name: "\u3164"}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["message"].startswith("Please fill in")) == (name, True)


@pytest.mark.parametrize("q", ["비둘기집", "비둘\ufeff기집", "\u202a비둘기집\u202c"], ids=ascii)
async def test_what_was_typed_with_invisible_characters_is_found_without_and_the_other_way_round(
    system: System, q: str
) -> None:
    await system.file(title="비둘기\u200b집")
    intake = await system.program("intake")
    found = (await intake.get("/api/v1/desk/cases", params={"q": q})).json()["items"]
    assert [case["title"] for case in found] == ["비둘기집"]


async def test_an_import_is_cleaned_like_a_form(system: System, tmp_path: Path) -> None:
    lines = [{"id": 1, "title": "\ufeff비둘기\u200b집", "body": "첫 줄\v둘째 줄"}, {"id": 2, "title": "\u3164"}]
    path = tmp_path / "old.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    report = await importing.run(system.settings, path, importing.Mapped("old"), tmp_path / "refused.jsonl")
    assert (report.new, report.refused) == (1, 1)
    case = await Case.get()
    assert (case.title, case.body) == ("비둘기집", "첫 줄\n둘째 줄")


ADDRESSES = [
    ("\u200bkim@example.org", "kim@example.org"),
    ("taro..ba@docomo.ne.jp", "taro..ba@docomo.ne.jp"),
    ("taro.@docomo.ne.jp", "taro.@docomo.ne.jp"),
    ("kim@한국.kr", "kim@한국.kr"),
]


@pytest.mark.parametrize(("typed", "shown"), ADDRESSES, ids=ascii)
async def test_every_address_that_is_accepted_gets_the_receipt(system: System, typed: str, shown: str) -> None:
    receipt = await system.file(petitioner={"name": "홍길동", "email": typed})
    await system.work()
    assert [mail.mail.to for mail in await read_spool(system.settings.spool, 9)] == [shown]
    intake = await system.program("intake")
    case = (await intake.get(f"/api/v1/desk/cases/{receipt['reference']}")).json()
    assert case["petitioner"]["email"] == shown


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("김민수@example.org", "@ 앞에는 영문자"),
        ("josé@example.org", "@ 앞에는 영문자"),
        ("kim..lee@example.org", "이메일 주소를 확인"),
    ],
)
async def test_an_address_that_no_mail_reaches_is_refused_with_the_reason(
    system: System, email: str, said: str
) -> None:
    answer = await system.client.post("/api/v1/petitions", json={**GOOD, "petitioner": {"name": "홍", "email": email}})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "petitioner.email"
    assert said in error["message"]
    page = await system.client.get("/petitions/new?lang=ko")
    refused = await send(
        system.client, form(page), button="check", title="가로등", body="꺼졌습니다.", name="홍", email=email
    )
    assert refused.status_code == 422
    assert said in refused.text


@pytest.mark.parametrize("phone", ["010-1234-567", "120", "112"])
async def test_a_number_that_nobody_can_be_reached_at_is_refused(system: System, phone: str) -> None:
    who = {"name": "홍길동", "phone": phone}
    answer = await system.client.post("/api/v1/petitions", json={**GOOD, "petitioner": who})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["petitioner.phone"]
