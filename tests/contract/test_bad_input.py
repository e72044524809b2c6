"""Whatever is sent, the answer is a clear refusal in RFC 9457's form, and nothing is changed."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from server.core import database
from tests.support.forums import a_forum
from tests.support.system import PASSWORD, System

TABLES = (
    "petition_case",
    "petitioner",
    "statement",
    "answer",
    "attachment",
    "ledger_event",
    "job",
    "idempotency_answer",
)
JSON = {"content-type": "application/json"}
GOOD: dict[str, Any] = {"title": "가로등", "body": "가로등이 꺼졌습니다.", "petitioner": {"name": "홍길동"}}
MEGABYTE = "가" * 1_000_000


SIGN_INS = {
    "ledger_event": "WHERE subject <> 'settings/sign-ins'",
    "job": "WHERE payload NOT LIKE '%settings/sign-ins%'",
}
"""The trail of who signed in, which the tests do as well."""


async def rows() -> list[int]:
    return [await database.value(f"SELECT COUNT(*) FROM {table} {SIGN_INS.get(table, '')}") for table in TABLES]


@pytest.fixture
async def before(system: System) -> AsyncIterator[dict[str, Any]]:
    """A case; in the end there is no more and no less than it."""
    receipt = await system.file()
    counted = await rows()
    yield receipt
    assert await rows() == counted


def refused(answer: httpx.Response, *statuses: int, sent: object = "") -> None:
    assert answer.status_code in (statuses or range(400, 500)), f"{str(sent)[:80]}: {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["title"]


def changed(**values: Any) -> bytes:
    return orjson.dumps({**GOOD, **values})


NO_PETITIONS: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"[]", 400),
    (b"[" * 100_000 + b"]" * 100_000, 400),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    (b'"text"', 400),
    (b"null", 400),
    (b"3", 400),
    (b'{"title": NaN, "body": "x"}', 400),
    (b'{"title": "a", "public": Infinity}', 400),
    (b'{"title": "\xff\xfe"}', 400),
    (b'{"title": "\xed\xa0\x80"}', 400),
    (b'{"title": "\\ud800"}', 400),
    (b"\xef\xbb\xbf{}", 400),
    (gzip.compress(changed(), mtime=0), 400),
    (changed(title=MEGABYTE[:340_000]), 422),
    (changed(title=MEGABYTE), 413),
    (b" " * 1_100_000 + b"{}", 413),
    (changed(title="NUL\0"), 422),
    (changed(title="\u3164"), 422),
    (changed(body="\u202e\ufeff"), 422),
    (changed(title=["제목"]), 422),
    (changed(title={"ko": "제목"}), 422),
    (changed(title=3), 422),
    (changed(title=None), 422),
    (changed(body=True), 422),
    (changed(kind=7), 422),
    (changed(kind="statutory:"), 422),
    (changed(kind="statutory:../../etc"), 422),
    (changed(public="perhaps"), 422),
    (changed(public=1), 422),
    (changed(petitioner=[]), 422),
    (changed(petitioner="홍길동"), 422),
    (changed(petitioner={"name": ["홍"]}), 422),
    (changed(petitioner={"email": "a@b\r\nBcc: all@example.org"}), 422),
    (changed(petitioner={"phone": "+" * 39}), 422),
    (changed(petitioner={"language": "xx"}), 422),
    (changed(location=7), 422),
    (changed(location={"lat": "north", "lng": 1}), 422),
    (changed(location={"lat": 1e308, "lng": -1e308}), 422),
    (b'{"title": "ab", "body": "cd", "location": {"lat": 1' + b"0" * 400 + b', "lng": 0}}', 400),
    (changed(location={"lat": 37.5}), 422),
    (changed(channel="telepathy"), 422),
]


async def test_what_is_no_petition(system: System, before: dict[str, Any]) -> None:
    for body, status in NO_PETITIONS:
        refused(await system.client.post("/api/v1/petitions", content=body, headers=JSON), status, sent=body)


async def test_a_content_type_that_is_not_taken(system: System, before: dict[str, Any]) -> None:
    form = "application/x-www-form-urlencoded"
    for kind in ("text/plain", form, "multipart/form-data; boundary=x", "application/xml", "?"):
        for path in ("petitions", f"cases/{before['reference']}/messages", "tokens"):
            headers = {"content-type": kind, "x-access-key": before["access_key"]}
            refused(await system.client.post(f"/api/v1/{path}", content=changed(), headers=headers), 415, sent=kind)


async def test_a_body_without_a_content_type(system: System, before: dict[str, Any]) -> None:
    refused(await system.client.post("/api/v1/petitions", content=changed()), 415)
    headers = {"x-access-key": before["access_key"]}
    refused(await system.client.post(f"/api/v1/cases/{before['reference']}/messages", headers=headers), 422)


async def test_a_large_upload_where_json_is_taken_is_not_even_read(system: System, before: dict[str, Any]) -> None:
    read = 0

    async def upload() -> AsyncIterator[bytes]:
        nonlocal read
        for _block in range(100):
            read += 1
            yield bytes(1_000_000)

    headers = {"x-access-key": before["access_key"], "content-type": "multipart/form-data; boundary=x"}
    address = f"/api/v1/cases/{before['reference']}/messages"
    refused(await system.client.post(address, content=upload(), headers=headers), 415)
    assert read == 0


async def test_what_another_site_sends(system: System, before: dict[str, Any]) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        answer = await system.client.post("/api/v1/petitions", json=GOOD, headers=headers)
        refused(answer, 403, sent=headers)
        assert answer.json()["code"] == "foreign_origin"


async def test_what_people_write_is_taken(system: System) -> None:
    for text in ("😀👨‍👩‍👧‍👦🏳️‍🌈", "ｱｲｳ 𠮷野家", "e\u0301", "שלום"):
        receipt = await system.file(title=f"{text} {text}")
        case = await system.client.get(
            f"/api/v1/cases/{receipt['reference']}", headers={"x-access-key": receipt["access_key"]}
        )
        assert case.json()["title"] == f"{text} {text}".replace("e\u0301", "é")


NO_WORDS: list[dict[str, Any]] = [
    {},
    {"text": ""},
    {"text": "  \n "},
    {"text": 3},
    {"text": ["x"]},
    {"text": "a\0b"},
    {"text": MEGABYTE[:50_000]},
    {"text": "x", "version": -1},
    {"text": "x", "version": 10**30},
    {"text": "x", "version": "new"},
    {"text": "x", "version": 1.5},
    {"text": "x", "version": True},
]


async def test_words_that_are_none(system: System, before: dict[str, Any]) -> None:
    headers = {"x-access-key": before["access_key"]}
    address = f"/api/v1/cases/{before['reference']}/messages"
    for content in NO_WORDS:
        refused(await system.client.post(address, json=content, headers=headers), 422, sent=content)


NOWHERE = [
    ("GET", "/api/v1/cases/%00", 404),
    ("GET", "/api/v1/cases/%ED%A0%80", 404),
    ("GET", "/api/v1/cases/..%2f..%2fetc", 404),
    ("GET", "/api/v1/nothing", 404),
    ("PUT", "/api/v1/petitions", 405),
    ("DELETE", "/api/v1/departments", 405),
    ("GET", "/api/v1/desk/cases", 401),
    ("POST", "/api/v1/desk/bulk", 401),
    ("DELETE", "/api/v1/tokens", 401),
]


async def test_addresses_that_lead_nowhere(system: System, before: dict[str, Any]) -> None:
    for method, path, status in NOWHERE:
        answer = await system.client.request(method, path, headers={"cookie": "session=%00; lang=%00"})
        refused(answer, status, sent=f"{method} {path}")


async def test_numbers_and_names_of_forums_that_are_none(system: System) -> None:
    """PostgreSQL takes no NUL in any text, and no number beyond eight bytes."""
    slug, number, admin = await a_forum(system, "discussion"), "9" * 26, await system.official("admin")
    nul = ("%00", "a%00b")
    texts = [
        path.format(x)
        for x in nul
        for path in (
            *("/api/v1/submissions/{}", "/api/v1/submissions/{}/comments", "/api/v1/forums/{}"),
            *("/api/v1/forums/{}/submissions", "/forums/{}", "/forums/{}/sessions", "/submissions/{}"),
            *("/commitments/{}", "/forums/registrations/{}", "/desk/submissions/{}", "/desk/forums/{}"),
            *(
                "/desk/forums/{}/sessions",
                "/desk/forums/{}/intake",
                "/desk/commitments/{}",
                f"/forums/{slug}/files/1/{{}}",
            ),
        )
    ]
    numbers = [
        *(f"/comments/{number}/supports", f"/forums/{slug}/comments/{number}", f"/submissions/V-2/comments/{number}"),
        *(
            f"/forums/{slug}/files/{number}/x",
            f"/forums/{slug}/sessions/{number}",
            f"/commitments/P-2/files/{number}/x",
        ),
        *(f"/desk/forums/{slug}/sessions/{number}/{page}" for page in ("edit", "cancel", "door")),
    ]
    for path in (*texts, *numbers):
        assert (await admin.get(path)).status_code == 404, path
    for path in (
        f"/comments/{number}/supports",
        "/api/v1/submissions/%00/comments",
        f"/forums/{slug}/sessions/{number}",
    ):
        assert (await system.client.post(path)).status_code == 404, path


async def test_queries_that_ask_for_nothing(system: System, before: dict[str, Any]) -> None:
    intake = await system.program("intake")
    for value in ("%00", "%FF", "\u202ex", "a" * 5000, "-1", "9" * 30, "1e9", "[]", "' OR 1=1 --"):
        for name in ("q", "status", "department", "kind", "district", "overdue", "cursor", "limit", "guide", "sort"):
            answer = await intake.get(f"/api/v1/desk/cases?{name}={value}")
            if answer.status_code != 200:
                refused(answer, 400 if value == "%FF" else 422, sent=f"{name}={value}")
        no_text = value == "%FF"
        after = await intake.get(f"/api/v1/cases/{before['reference']}/events?after={value}")
        refused(after, 400 if no_text else 422, sent=value)
        departments = await intake.get(f"/api/v1/departments?lang={value}")
        assert departments.status_code == (400 if no_text else 200)


async def test_forged_tokens_open_nothing(system: System, before: dict[str, Any]) -> None:
    for token in ("", "x", "\u00ff" * 40, "a" * 7000, "../", "null"):
        headers = [(b"authorization", b"Bearer " + token.encode("latin-1"))]
        refused(await system.client.get("/api/v1/desk/cases", headers=headers), 401, sent=token)
        credentials = {"username": token, "password": PASSWORD}
        refused(await system.client.post("/api/v1/tokens", json=credentials), 401, 422, sent=token)


async def test_officials_that_are_none(system: System) -> None:
    number = (await system.file())["reference"]
    intake = await system.program("intake")
    assert (await intake.post(f"/api/v1/desk/cases/{number}/accept", json={})).status_code == 200
    counted = await rows()
    handlers: tuple[object, ...] = (3, "9" * 9, "²", "x\0", {})
    for handler in handlers:
        answer = await intake.post(f"/api/v1/desk/cases/{number}/assign", json={"handler": handler})
        refused(answer, 422, sent=handler)
    assert await rows() == counted


async def test_numbers_too_long_to_be_any(system: System, before: dict[str, Any]) -> None:
    """Python refuses to read numbers of more than 4,300 digits."""
    browser, number = await system.official("admin"), "9" * 5_000
    case = before["reference"]
    for address in (f"/cases/{case}/files/{number}/a.png", f"/desk/people/{number}"):
        assert (await browser.get(address)).status_code == 404
    assert (await browser.post(f"/desk/views/{number}/delete")).status_code == 404
    handler = await system.official("intake")
    assert (await handler.get(f"/desk/cases/{case}?template={number}")).status_code == 200
    form = {"step": "template", "template": number}
    assert (await handler.post(f"/desk/cases/{case}/answer", data=form)).status_code == 303, "as if none was chosen"
