"""Where to go: floor and counter on the page of a ticket, in JSON, at the kiosk and at the reception."""

import pytest

from server.core import clock
from tests.functional.test_kiosk_api import enrolled
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.models import Counter, Ticket

NAMES = {"name": "여권실", "name_ja": "旅券室", "name_en": "Passport room"}


async def test_a_visitor_knows_the_floor_from_the_kiosk_to_the_call(system: System) -> None:
    office = await an_office({"4": ["passport"], "10": ["passport"], "6": ["passport", "seal"]})
    await Counter.filter(office_id=office.id).update(floor=3)
    await Counter.filter(number="6").update(floor=1, **NAMES)
    device = await enrolled(system)
    with clock.at(at("09:00")):
        taken = await system.client.post(
            "/api/v1/kiosk/east/tickets", headers=device, json={"service": "passport", "language": "en"}
        )
        assert taken.json()["where"] == "Floor 1, counter 6; Floor 3, counter 4, 10"
        ticket = await Ticket.get()
        assert "1층 6번 창구; 3층 4, 10번 창구" in (await system.client.get(f"/tickets/{ticket.code}")).text
        clerk = await system.official("clerk")
        assert "3층 4, 10번 창구" in (await clerk.get(f"/desk/reception/tickets/{ticket.code}")).text
        page = f"/desk/counters/{(await Counter.get(number='6')).id}"
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        for language, where in {
            "ko": "1층 6번 창구 (여권실)", "ja": "1階 6番窓口 (旅券室)", "en": "Floor 1, counter 6 (Passport room)",
        }.items():  # fmt: skip
            headers = {"accept-language": language}
            followed = await system.client.get(f"/api/v1/tickets/{ticket.code}", headers=headers)
            assert followed.json()["where"] == where
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/finish")
        assert (await system.client.get(f"/api/v1/tickets/{ticket.code}")).json()["where"] == ""


@pytest.mark.parametrize(("language", "name"), [("ko", "여권실"), ("ja", "旅券室"), ("en", "Passport room")])
async def test_officials_read_a_counters_name_in_their_language(system: System, language: str, name: str) -> None:
    office = await an_office({"6": ["passport"]})
    admin = await system.official("admin")
    counter = await Counter.get(office_id=office.id)
    saved = await submit(admin, f"/desk/offices/counters/{counter.id}", f"/{counter.id}", **NAMES)
    assert saved.status_code == 303, saved.text
    clerk = await system.official("clerk")
    await clerk.get(f"/?lang={language}")
    for page in ("/desk/counters", f"/desk/counters/{counter.id}", "/desk/visits"):
        assert name in (await clerk.get(page)).text, page
    await admin.get(f"/?lang={language}")
    assert name in (await admin.get("/desk/roster?office=east")).text
    token = await system.program("clerk")
    listed = await token.get("/api/v1/desk/counters?office=east", headers={"accept-language": language})
    assert listed.json()["items"][0]["name"] == name
