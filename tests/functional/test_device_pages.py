"""An administrator adds kiosks and displays: each once, with a code that is shown once, and with where to enter it."""

import re

import pytest

from server.core import clock, kept
from server.core.accounts import Account, Role
from server.core.kept import KeptForm
from tests.support.page_forms import form, send, submit
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.models import Device

PAGE = "/desk/offices/devices"
CODE = re.compile(r'<code id="enrolment_code"[^>]*>([^<]+)</code>')
WHERE = {"kiosk": "/kiosk/east", "display": "/display"}


@pytest.mark.parametrize("kind", WHERE)
async def test_a_device_is_added_once_and_its_page_says_where_the_code_goes(system: System, kind: str) -> None:
    await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    typed = {"office": "east", "kind": kind, "name": "입구"}
    saved = await submit(admin, f"{PAGE}/new", "/new", **typed)
    assert saved.status_code == 303
    device = await Device.get()
    shown = await admin.get(saved.headers["location"])
    assert shown.headers["cache-control"] == "no-store"
    found = CODE.search(shown.text)
    assert found
    assert f'{WHERE[kind]}"' in shown.text
    assert f'{WHERE[kind]}"' in (await admin.get(f"{PAGE}/{device.id}")).text
    assert await Device.all().count() == 1
    answer = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": found[1]})
    assert answer.status_code == 201, answer.text
    led = await send(admin, form(await admin.get(f"{PAGE}/{device.id}/code"), "/code"))
    code = await admin.get(led.headers["location"])
    assert CODE.search(code.text)
    assert f'{WHERE[kind]}"' in code.text


async def test_the_code_is_shown_for_a_while_to_its_administrator_in_one_browser(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin, clerk, other = [await system.official(name) for name in ("admin", "clerk", "admin")]
    now = clock.now()
    with clock.at(now):
        saved = await submit(admin, f"{PAGE}/new", "/new", office="east", kind="kiosk", name="입구")
        url = saved.headers["location"]
        code = CODE.search((await admin.get(url)).text)
        assert code
        for language in ("ja", "en"):
            again = CODE.search((await admin.get(url, params={"lang": language})).text)
            assert again
            assert again[1] == code[1], "another language and reload keep it"
        assert code[1].encode() not in b"".join([bytes(row.content) async for row in KeptForm.all()])
        assert (await other.get(url)).headers["location"] == url.partition("/shown")[0], "another browser"
        clerk.cookies.set("kept", admin.cookies["kept"])
        assert (await clerk.get(url)).status_code == 403
        await Account.filter(username="intake").update(role=Role.ADMINISTRATOR)
        colleague = await system.official("intake")
        colleague.cookies.set("kept", admin.cookies["kept"])
        assert (await colleague.get(url)).status_code == 303, "another official in this browser"
        answer = await send(admin, form(await admin.get(f"{PAGE}/1/code"), "/code"))
        new = CODE.search((await admin.get(answer.headers["location"])).text)
        assert new
        assert new[1] != code[1]
        assert (await admin.get(answer.headers["location"].replace("/1/", "/2/"))).status_code == 404
    with clock.at(now + kept.SHOWN_LIFE):
        assert (await admin.get(url)).headers["location"] == url.partition("/shown")[0]
