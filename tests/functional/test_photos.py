"""Photos that come with a petition: without place and device, small beside the case, and their place offered."""

import asyncio
import hashlib
import io
import threading
from typing import Any

import pytest
from PIL import Image

from petitions.models import Attachment, Case
from server.core import metadata, pictures
from tests.functional.test_attachments import check, part, store
from tests.functional.test_citizen_files import codes, send, shown
from tests.support import page_forms
from tests.support.markup import parse
from tests.support.photos import HEIC, SERIAL, described, photo, video
from tests.support.stories import filed, opened_with_key
from tests.support.system import System

NOWHERE = {"address": "", "lat": "", "lng": ""}
CENTRAL = described(37.505, 127.005)


async def test_a_photo_is_stored_without_place_and_device_and_recognised_by_what_was_sent(system: System) -> None:
    content = photo("JPEG")
    page = parse(
        (await check(system, part("현장.jpg", content), part("IMG_1.HEIC", HEIC), part("영상.mp4", video()))).text
    )
    first, second = await send(system, page), await send(system, page)
    assert codes(parse(first.text)) == codes(parse(second.text)), "sent twice, filed once"
    rows = await Attachment.all().order_by("id")
    assert [(row.name, row.media_type) for row in rows] == [
        ("현장.jpg", "image/jpeg"), ("IMG_1.jpg", "image/jpeg"), ("영상.mp4", "video/mp4"),
    ]  # fmt: skip
    number, _key = codes(parse(first.text))
    for row in rows:
        got = await system.client.get(f"/cases/{number}/files/{row.id}/{row.name}")
        assert SERIAL.encode() not in got.content
        assert b"37.5" not in got.content
        assert (hashlib.sha256(got.content).hexdigest(), len(got.content)) == (row.hash, row.size)


async def test_the_same_bytes_are_the_same_petition_whatever_cleaning_makes_of_them(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer library may decode or clean a photo to other bytes between two attempts."""
    case = await filed()
    opened = await opened_with_key(system, case)
    message = page_forms.form(await opened.get(f"/cases/{case.reference}"), "/messages")
    for quality in (90, 40):
        monkeypatch.setattr(pictures, "_QUALITY", quality)
        answer = await page_forms.send(opened, message, message="사진입니다.", message_files=[part("IMG_1.HEIC", HEIC)])
        assert answer.status_code == 303, answer.text
    assert await Attachment.all().count() == 1


async def test_thumbnails_are_beside_the_files_for_whoever_may_open_them(system: System) -> None:
    files = [
        part("현장.jpg", photo("JPEG")),
        part("신청서.pdf", b"%PDF-1.7\n" + b"text " * 100),
        part("깨짐.png", b"\x89PNG\r\n\x1a\n"),
    ]
    number, _key = codes(parse((await send(system, parse((await check(system, *files)).text))).text))
    row, document, broken = await Attachment.all().order_by("id")
    address = f"/cases/{number}/thumbnails/{row.id}"
    handler = await system.official("handler")
    for client, page in ((system.client, f"/cases/{number}"), (handler, f"/desk/cases/{number}")):
        text = (await client.get(page)).text
        assert f'src="{address}"' in text, page
        assert f"/thumbnails/{document.id}" not in text
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["content-security-policy"] == "sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (48, 64), "turned as the orientation tag says"
        for other in (document, broken):
            assert (await client.get(f"/cases/{number}/thumbnails/{other.id}")).status_code == 404
    assert (await system.visitor().get(address)).status_code == 404
    assert (await (await system.official("gardener")).get(address)).status_code == 404
    small = store(system).thumbnail(row.hash)
    assert small.exists()
    await store(system).delete(row.hash)
    assert not small.exists()


async def test_the_place_of_a_photo_is_offered_and_taken_on_request(system: System) -> None:
    sent = [
        part("현장.jpg", photo("JPEG", CENTRAL)),
        part("바다.jpg", photo("JPEG", described(10.0, 10.0, orientation=3))),
    ]
    page = parse((await check(system, *sent, **NOWHERE)).text)
    (button,) = [one for one in page.all("button") if one.attrs.get("value", "").startswith("place:")]
    assert "현장.jpg" in button.text
    assert "중앙구" in button.text, "in words"
    taken = await page_forms.send(system.client, shown(page, "/check"), button=button.attrs["value"])
    again = parse((await system.client.get(taken.headers["location"])).text)
    assert not [one for one in again.all("button") if one.attrs.get("value", "").startswith("place:")]
    await send(system, again)
    case = await Case.get()
    assert (case.lat, case.lng, case.district) == (37.505, 127.005, "central")


async def test_the_place_is_not_offered_where_there_is_one_and_never_taken_unasked(system: System) -> None:
    page = await check(system, part("현장.jpg", photo("JPEG", CENTRAL)))
    assert "place:" not in page.text
    page = await check(system, part("현장.jpg", photo("JPEG", CENTRAL)), **NOWHERE)
    await send(system, parse(page.text))
    assert (await Case.get()).lat is None


async def test_a_heic_that_cannot_be_read_is_refused_with_the_reason(system: System) -> None:
    answer = await check(system, part("IMG_1.HEIC", HEIC[:400]))
    assert answer.status_code == 422
    error = parse(answer.text).one("p", id="field-files-error").text
    assert ("IMG_1.HEIC" in error, "JPEG" in error) == (True, True)


async def test_pictures_are_never_worked_on_where_requests_are_answered(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set[str]()

    def noted(work: Any) -> Any:
        def run(*given: Any) -> Any:
            threads.add(threading.current_thread().name)
            return work(*given)

        return run

    for module, name in ((pictures, "as_jpeg"), (pictures, "make_thumbnail"), (metadata, "cleaned")):
        monkeypatch.setattr(module, name, noted(getattr(module, name)))
    page = parse((await check(system, part("현장.jpg", photo("JPEG")), part("IMG_1.HEIC", HEIC))).text)
    number, _key = codes(parse((await send(system, page)).text))
    rows = await Attachment.all()
    await asyncio.gather(*(system.client.get(f"/cases/{number}/thumbnails/{row.id}") for row in rows))
    assert threads
    assert all(name.startswith("pictures") for name in threads), threads
