"""What strangers could repeat without end: petitions in somebody's name, ratings; and what officials must say."""

import gzip
from dataclasses import replace
from typing import Any

import pytest

from petitions.actions import answering, intake
from server.core import clock, ledger
from server.core.config import Settings
from tests.functional.test_follow import answered
from tests.support.system import System, opened


@pytest.mark.parametrize("contact", [{"email": "Hong@example.org"}, {"phone": "010-1234-5678"}])
async def test_a_contact_is_named_in_so_many_petitions_an_hour(settings: Settings, contact: dict[str, str]) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        others = iter(range(100))

        async def fresh(**who: str) -> int:
            content = {"title": "제목", "body": f"본문 {next(others)}", "petitioner": {"name": "홍길동", **who}}
            return (await system.visitor().post("/api/v1/petitions", json=content)).status_code

        assert {await fresh(**contact) for _one in range(intake.MOST_NAMED)} == {201}
        assert await fresh(**contact) == 429
        assert await fresh(**{name: value.upper() for name, value in contact.items()}) == 429
        assert await fresh(email="another@example.org") == 201
        with clock.at(clock.now() + intake.NAMED_FOR):
            assert await fresh(**contact) == 201


async def test_an_answer_is_rated_a_few_times(system: System) -> None:
    case = await answered()
    citizen = system.visitor(**{"x-access-key": case.access_key})
    address = f"/api/v1/cases/{case.reference}/rating"
    statuses = [(await citizen.post(address, json={"score": 1 + n % 5})).status_code for n in range(7)]
    assert statuses == [200] * answering.MOST_RATINGS + [409] * 2
    assert len(await ledger.read(f"case/{case.reference}", kind="case.rated")) == answering.MOST_RATINGS


async def test_an_official_who_withdraws_a_petition_says_what_the_petitioner_said(system: System) -> None:
    intake_officer, case = await system.program("intake"), await system.file()
    address = f"/api/v1/desk/cases/{case['reference']}/withdraw"
    for content in ({}, {"text": ""}, {"text": "  "}):
        assert (await intake_officer.post(address, json=content)).status_code == 422
    assert (await intake_officer.post(address, json={"text": "전화로 취하하셨습니다."})).status_code == 200


async def test_static_files_are_compressed_once_and_kept(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = list[int](), gzip.compress

    def compress(content: bytes, **named: Any) -> bytes:
        made.append(len(content))
        return real(content, **named)

    monkeypatch.setattr(gzip, "compress", compress)
    plain = await system.client.get("/static/css/sinmungo.css", headers={"accept-encoding": "identity"})
    for query in ("", "?v=1", "?v=1"):
        answer = await system.client.get(f"/static/css/sinmungo.css{query}", headers={"accept-encoding": "gzip"})
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert answer.text == plain.text
        assert ("immutable" in answer.headers["cache-control"]) == bool(query)
        assert answer.headers["etag"] == plain.headers["etag"]
        assert int(answer.headers["content-length"]) < len(plain.content) / 2
    assert len(made) == 1
    assert "content-encoding" not in plain.headers
    again = await system.client.get("/static/css/sinmungo.css", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    part = await system.client.get(
        "/static/css/sinmungo.css", headers={"accept-encoding": "gzip", "range": "bytes=0-9"}
    )
    assert (part.status_code, len(part.content)) == (206, 10)
