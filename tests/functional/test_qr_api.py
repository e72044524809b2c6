"""QR codes of reservations, and trying keys at kiosks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core import clock, signing
from server.core.config import Settings
from tests.functional.test_kiosk_api import check_in, enrolled
from tests.support.system import System, opened
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking
from tracking.visits.errors import NoSuchVisit
from tracking.visits.queries import visits


async def test_a_qr_code_holds_nothing_of_its_visitor_and_names_its_key(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
    code = visits.qr(made.number, 0)
    version, key_id, number, revision, signature = code.split(".")
    assert (version, number, revision) == ("1", made.number, "0")
    assert (len(key_id), len(signature)) == (4, 16)
    assert visits.read_qr(f" {code} ") == (made.number, 0)
    unknown = f"1.aaaa.{number}.0"
    wrong = [
        f"{unknown}.{signing.signed_with(system.settings.secret_key, visits.QR_PURPOSE, unknown)}",
        f"1.aaaa.{number}.0.{signature}", f"2.{key_id}.{number}.0.{signature}", f"1.{key_id}.{number}.1.{signature}",
        f"1.{key_id}.{number}.0.{signature[:-1]}é", f"1.{number}.0.{signature}", "", ".", "....", "https://example.org/",
    ]  # fmt: skip
    for text in wrong:
        with pytest.raises(NoSuchVisit):
            visits.read_qr(text)


async def test_a_qr_code_of_an_older_key_is_read(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    old = visits.qr("K7Q-M9X-RW4", 2)
    keys = visits._qr_keys()
    monkeypatch.setattr(visits, "_qr_keys", lambda: {"new1": "n" * 40, **keys})
    assert visits.read_qr(old) == ("K7Q-M9X-RW4", 2)
    assert visits.qr("K7Q-M9X-RW4", 2).split(".")[1] == "new1"


async def test_trying_keys_is_limited_at_a_kiosk_and_for_a_reservation(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        await an_office({"1": ["passport"]})
        with clock.at(at("09:00") - timedelta(days=4)):
            made = await booking.book_now(await wish(start="09:15"), contact("kim"))
        with clock.at(at("09:00")):
            first, second = await enrolled(system), await enrolled(system)

            async def tries(device: dict[str, str], number: str) -> list[int]:
                wrong = {"number": number, "key": "AAAA-AAAA-AAAA-AAAA"}
                return [(await check_in(system, device, **wrong)).status_code for _one in range(6)]

            assert {*await tries(first, made.number)} == {404}
            assert await tries(second, made.number.lower()) == [404] * 4 + [429] * 2, "counted for both kiosks"
            assert {*await tries(second, "ABC-DEF-GHJ")} == {404}, "others still check in"
