"""Files that come with a petition: taken by what they are, kept until it is sent, handed out to who may see it."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from petitions.actions import attaching, handling, supplementing
from petitions.forms import Accept, RequestSupplement
from petitions.models import Attachment, Case
from server import wiring
from server.core import clock, idempotency, jobs, scan, uploads
from server.core.config import Settings
from server.core.files import Store, StoredFile
from server.core.jobs import Worker
from tests.functional.test_citizen_files import WORDS, blank, codes, filled, send
from tests.support import page_forms
from tests.support.markup import parse
from tests.support.page_forms import File, post_without_page
from tests.support.stories import filed, opened_with_key, somebody
from tests.support.system import System, opened

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
PETITION = {"title": "가로등이 꺼졌어요", "body": "사흘째 켜지지 않습니다.", "petitioner": {"name": "홍길동"}}
PDF = b"%PDF-1.7\n" + b"text " * 100


def part(name: str, content: bytes, claimed: str = "application/octet-stream") -> File:
    return name, content, claimed


async def check(system: System, *files: File, **changes: str) -> httpx.Response:
    return await filled(system.client, await blank(system.client), files=files, **changes)


def store(system: System) -> Store:
    found: Store = system.app.state.store
    return found


async def test_files_are_filed_with_the_petition_and_come_back_as_they_were(system: System) -> None:
    response = await check(system, part("어두운 길.png", PNG), part("신청서.pdf", PDF))
    page = parse(response.text)
    assert "어두운 길.png" in page.one("dl", class_="summary").text
    number, key = codes(parse((await send(system, page)).text))
    rows = await Attachment.all().order_by("id")
    assert [(r.name, r.media_type, r.size) for r in rows] == [
        ("어두운 길.png", "image/png", len(PNG)),
        ("신청서.pdf", "application/pdf", len(PDF)),
    ]
    for row, content in zip(rows, (PNG, PDF), strict=True):
        address = f"/cases/{number}/files/{row.id}/{row.name}"
        answer = await system.client.get(address)
        assert answer.content == content
        assert answer.headers["content-type"] == row.media_type
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox"
        assert (await system.visitor().get(address)).status_code == 404
        assert (await system.visitor(**{"x-access-key": key}).get(address)).status_code == 200
        assert (await system.visitor(**{"x-access-key": "2222-2222"}).get(address)).status_code == 404
    assert (await (await system.official("handler")).get(address)).status_code == 200
    assert (await (await system.official("gardener")).get(address)).status_code == 404
    assert (await system.client.get(f"/cases/{number}/files/{rows[0].id + 99}/x")).status_code == 404


async def test_a_receipt_lists_the_files_that_were_filed_and_no_later_ones(system: System) -> None:
    page = parse(
        (await check(system, part("어두운 길.png", PNG), part("신청서.pdf", PDF), email="hong@example.org")).text
    )
    number, _key = codes(parse((await send(system, page)).text))
    (row, _other) = await Attachment.all().order_by("id")
    await attaching.add(number, [StoredFile(row.hash, "나중에.png", row.size, row.media_type)])
    receipt = (await system.client.get(f"/cases/{number}/receipt")).text
    certificate = parse(receipt).one("section", class_="certificate").text
    assert "어두운 길.png, 신청서.pdf" in certificate
    assert "나중에.png" not in receipt
    await system.work()
    for kind in ("plain", "html"):
        said = str(system.mails()[0].get_body((kind,)).get_content())  # type: ignore[union-attr]
        assert "첨부 파일: 어두운 길.png, 신청서.pdf" in said, said
        assert "나중에.png" not in said


async def test_another_case_does_not_lend_its_files(system: System) -> None:
    first = codes(parse((await send(system, parse((await check(system, part("a.png", PNG))).text))).text))[0]
    other = codes(parse((await send(system, parse((await check(system, title="다른 것")).text))).text))[0]
    row = await Attachment.get()
    assert (await system.client.get(f"/cases/{first}/files/{row.id}/a.png")).status_code == 200
    assert (await system.client.get(f"/cases/{other}/files/{row.id}/a.png")).status_code == 404


async def test_a_file_survives_a_mistake_elsewhere_and_can_be_taken_back(system: System) -> None:
    response = await check(system, part("a.png", PNG), part("b.pdf", PDF), title="")
    assert response.status_code == 422
    page = parse(response.text)
    assert "a.png" in page.one("form", class_="filing").text
    remove = page.all("input", name="files_remove")[0].attrs["value"]
    page = parse((await filled(system.client, page, files_remove=[remove])).text)
    await send(system, page)
    assert [row.name for row in await Attachment.all()] == ["b.pdf"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("program.exe", b"MZ\x90\x00" + bytes(100), "붙일 수 없습니다"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "붙일 수 없습니다"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "붙일 수 없습니다"),
        ("empty.png", b"", "빈 파일"),
    ],
)
async def test_what_is_no_document_is_refused_by_its_content(
    system: System, name: str, content: bytes, words: str
) -> None:
    response = await check(system, part(name, content, "image/png"), part("a.png", PNG))
    assert response.status_code == 422
    page = parse(response.text)
    error = page.one("p", id="field-files-error").text
    assert name in error
    assert words in error
    assert "a.png" in page.one("form", class_="filing").text, "the good one is kept"
    assert await Case.all().count() == 0


async def test_a_name_with_a_resident_number_is_refused_and_not_shown(system: System) -> None:
    response = await check(system, part("홍길동 900101-1234567.png", PNG), part("a.png", PNG))
    assert response.status_code == 422
    page = parse(response.text)
    assert "파일 이름에 주민등록번호" in page.one("p", id="field-files-error").text
    assert "1234567" not in response.text
    assert "a.png" in page.one("form", class_="filing").text, "the good one is kept"


async def test_eleven_files_or_twenty_one_megabytes_are_too_much(system: System) -> None:
    response = await check(system, *(part(f"{n}.png", PNG + bytes([n])) for n in range(11)))
    assert response.status_code == 422
    assert "10" in parse(response.text).one("p", id="field-files-error").text
    response = await check(system, part("big.pdf", PDF + bytes(20 * 1024 * 1024)))
    assert response.status_code == 422
    assert "20" in parse(response.text).one("p", id="field-files-error").text


async def test_names_are_made_safe(system: System) -> None:
    response = await check(system, part("../../etc/pass\u202ewd.png", PNG))
    await send(system, parse(response.text))
    assert (await Attachment.get()).name == "passwd.png"


async def test_a_forged_token_brings_no_file(system: System) -> None:
    response = await post_without_page(
        system.client, "/petitions/new", data={**WORDS, "files_kept": ["forged", "x.y.z"]}
    )
    assert response.status_code == 422
    assert "다시 골라" in parse(response.text).one("p", id="field-files-error").text


async def test_what_is_never_filed_is_swept_and_the_rest_stays(system: System) -> None:
    page = parse((await check(system, part("a.png", PNG))).text)
    await send(system, page)
    await check(system, part("b.pdf", PDF))
    contents = list(store(system).path("0" * 64).parents[2].glob("??/??/*"))
    assert len(contents) == 2
    assert await uploads.sweep(store(system)) == 0, "young files are left alone"
    old = clock.now().timestamp() - uploads.ORPHAN_LIFE - 60
    for path in contents:
        os.utime(path, (old, old))
    assert await uploads.sweep(store(system)) == 1
    assert store(system).path((await Attachment.get()).hash).exists()


@asynccontextmanager
async def scanner(verdict: bytes) -> AsyncIterator[str]:
    """A clamd that always says the same; its address."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(10)
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(size)
        writer.write(verdict)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize(
    ("verdict", "status", "words"),
    [
        (b"stream: OK\0", 200, ""),
        (b"stream: Eicar-Test FOUND\0", 422, "바이러스 검사에서"),
        (b"INSTREAM size limit exceeded\0", 422, "지금은 바이러스 검사를"),
    ],
)
async def test_a_scanner_has_its_say(system: System, verdict: bytes, status: int, words: str) -> None:
    async with scanner(verdict) as url, opened(replace(system.settings, clamd_url=url)) as guarded:
        response = await check(guarded, part("a.png", PNG))
        assert response.status_code == status
        assert words in response.text
        left = list(store(guarded).path("0" * 64).parents[2].glob("??/??/*"))
        assert bool(left) == (b"FOUND" not in verdict)


@asynccontextmanager
async def hanging() -> AsyncIterator[tuple[str, list[int]]]:
    """A clamd that takes everything and says nothing: its address, and who has asked."""
    asked = list[int]()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(1)
        with suppress(ConnectionError):
            await reader.read()  # until it is hung up
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


@pytest.mark.parametrize("verdict", [b"stream: OK\0", b"stream: Eicar-Test FOUND\0"])
async def test_what_comes_while_the_scanner_hangs_is_taken_and_scanned_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, verdict: bytes
) -> None:
    monkeypatch.setattr(scan, "TIMEOUT", 0.2)
    async with hanging() as (url, asked), opened(replace(settings, clamd_url=url)) as guarded:
        page = parse((await check(guarded, part("a.png", PNG), part("b.pdf", PDF))).text)
        assert len(asked) == 1, "it is waited for once, not for each file"
        await send(guarded, page)
        row, _second = await Attachment.all()
        official = await guarded.official("handler")
        address = f"/cases/{(await Case.get()).reference}/files/{row.id}/{row.name}"
        await uploads.scan_quarantined(store(guarded), guarded.settings)
        held = await official.get(address)
        assert (held.status_code, held.headers["retry-after"]) == (503, "60")
    async with scanner(verdict) as url, opened(replace(settings, clamd_url=url)) as guarded:
        worker = Worker(guarded.worker.handlers, {"core.scan": wiring.PERIODIC["core.scan"]}, wiring.DELIVERIES)
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(60):
            while store(guarded).all_quarantined():
                await asyncio.sleep(0.01)
        worker.stop()
        await working
        official = await guarded.official("handler")
        assert (await official.get(address)).status_code == (404 if b"FOUND" in verdict else 200)


async def test_an_unreachable_scanner_delays_nothing(system: System) -> None:
    async with opened(replace(system.settings, clamd_url="tcp://127.0.0.1:9")) as guarded:
        assert (await check(guarded, part("a.png", PNG))).status_code == 200
        assert len(store(guarded).all_quarantined()) == 1
        assert (await check(guarded)).status_code == 200
    async with scanner(b"stream: OK\0") as url, opened(replace(system.settings, clamd_url=url)) as guarded:
        assert (await check(guarded, part("a.png", PNG))).status_code == 200
        assert not store(guarded).all_quarantined(), "the same content is known to be clean now"


async def test_what_nobody_comes_back_for_is_swept_automatically(system: System) -> None:
    await check(system, part("b.pdf", PDF))
    (content,) = store(system).path("0" * 64).parents[2].glob("??/??/*")
    old = clock.now().timestamp() - uploads.ORPHAN_LIFE - 60
    os.utime(content, (old, old))
    with clock.at(clock.now() - idempotency.LIFE - timedelta(minutes=1)):
        await system.client.post("/api/v1/petitions", json=PETITION, headers={"Idempotency-Key": "old"})
    await system.client.post("/api/v1/petitions", json=PETITION, headers={"Idempotency-Key": "new"})
    await jobs.enqueue(("periodic:core.sweep", "core.sweep", {}))
    await system.work()
    assert not content.exists()
    assert await idempotency.Answer.all().count() == 1
    assert wiring.PERIODIC["core.sweep"] < timedelta(days=1)


async def test_a_page_keeps_the_files_that_it_carries(system: System) -> None:
    page = parse((await check(system, part("b.pdf", PDF))).text)
    (content,) = store(system).path("0" * 64).parents[2].glob("??/??/*")
    old = clock.now().timestamp() - uploads.ORPHAN_LIFE - 60
    os.utime(content, (old, old))
    await send(system, page)
    assert content.stat().st_mtime > old + 60, "as good as new when it is sent: no sweep takes it before it is filed"


async def test_a_content_that_comes_again_during_the_sweep_is_kept(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await check(system, part("b.pdf", PDF))
    (content,) = store(system).path("0" * 64).parents[2].glob("??/??/*")
    old = clock.now().timestamp() - uploads.ORPHAN_LIFE - 60
    os.utime(content, (old, old))
    referred = store(system).referred

    async def meanwhile(hashes: Sequence[str]) -> set[str]:
        found = await referred(hashes)
        await check(system, part("again.pdf", PDF))
        return found

    monkeypatch.setattr(store(system), "referred", meanwhile)
    assert await uploads.sweep(store(system)) == 0
    assert content.exists()


async def test_a_petitioner_sends_what_was_missing_with_its_papers(system: System) -> None:
    case = await filed()
    address = f"/cases/{case.reference}"
    hong = await opened_with_key(system, case)
    handler = await somebody("manager")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await supplementing.request(handler, case.reference, RequestSupplement("기둥 번호의 사진을 보내 주세요.", 7))
    opened = await hong.get(address)
    page = parse(opened.text)
    for name in ("message_files", "supplement_files"):
        assert page.one("input", type="file", name=name).attrs["id"] == f"field-{name}"

    asked = page_forms.form(opened, "/supplements")
    new = [("p.exe", b"MZ" + bytes(99)), ("기둥.png", PNG)]
    answer = await page_forms.send(hong, asked, supplement="12-34입니다.", supplement_files=new)
    assert answer.status_code == 422
    page = parse(answer.text)
    assert "p.exe" in page.one("p", id="field-supplement_files-error").text
    assert page.one("textarea", id="field-supplement").text == "12-34입니다."
    assert "기둥.png" in page.one("form", enctype="multipart/form-data").text
    assert not await Attachment.exists()
    assert (await page_forms.send(hong, page_forms.form(answer, "/supplements"))).status_code == 303
    message = page_forms.form(opened, "/messages")
    sent = await page_forms.send(hong, message, message="서류도 보냅니다.", message_files=[("b.pdf", PDF)])
    assert sent.status_code == 303
    shown = parse((await hong.get(address)).text).one("ol", id="case-events").text
    assert "기둥.png" in shown
    assert "b.pdf" in shown
    assert {(row.name, row.by_official, row.internal) for row in await Attachment.all()} == {
        ("기둥.png", False, False),
        ("b.pdf", False, False),
    }
    late = await page_forms.send(hong, asked, supplement="하나 더 있습니다.", supplement_files=[("c.pdf", PDF)])
    assert late.status_code == 409
    page = parse(late.text)
    assert page.one("textarea", id="field-supplement").text == "하나 더 있습니다.", "no word is lost"
    assert await Attachment.all().count() == 2
