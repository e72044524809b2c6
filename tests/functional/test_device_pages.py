"""An administrator adds kiosks and displays: each once, with a code that is shown once, and with where to enter it."""

import re

import pytest

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
    again = await admin.get(saved.headers["location"])
    assert (again.status_code, again.headers["location"]) == (303, f"{PAGE}/{device.id}"), "it is shown once"
    assert await Device.all().count() == 1
    answer = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": found[1]})
    assert answer.status_code == 201, answer.text
    code = await send(admin, form(await admin.get(f"{PAGE}/{device.id}/code"), "/code"))
    assert CODE.search(code.text)
    assert f'{WHERE[kind]}"' in code.text


async def test_the_code_waits_for_a_minute_where_only_its_page_gets_it(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin, clerk = await system.official("admin"), await system.official("clerk")
    saved = await submit(admin, f"{PAGE}/new", "/new", office="east", kind="kiosk", name="입구")
    url = saved.headers["location"]
    kept = saved.headers["set-cookie"]
    assert all(one in kept for one in ("shown=", f"Path={url};", "HttpOnly", "Max-Age=60", "SameSite=strict")), kept
    clerk.cookies.set("shown", admin.cookies["shown"], path=url)
    assert (await clerk.get(url)).status_code == 403
    other = await system.official("admin")
    other.cookies.set("shown", admin.cookies["shown"][:-2] + "AA", path=url)
    assert (await other.get(url)).status_code == 303, "a forged one"
