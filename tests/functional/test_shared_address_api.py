"""A city hall shares one address: officials and devices that are known have limits of their own."""

from dataclasses import replace

from server.core import clock
from server.core.config import Settings
from server.core.security import WRITE
from tests.functional.test_kiosk_api import enrolled, ticket
from tests.support.system import opened
from tests.support.visits import an_office, at

MANY = round(WRITE.burst) - 4


async def test_officials_and_kiosks_of_one_address_do_not_use_up_each_others_limit(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        await an_office({"1": ["passport"]})
        with clock.at(at("09:00")):
            kiosk, officials = await enrolled(system), [await system.official(name) for name in ("clerk", "handler")]
            for one in officials:
                await one.get("/desk")
            await ticket(system, kiosk)
            for one in officials:
                sent = [await one.post("/api/v1/desk/counters/0/open", json={}) for _one in range(MANY)]
                assert 429 not in {answer.status_code for answer in sent}
            given = [(await ticket(system, kiosk, press_id=str(n))).status_code for n in range(MANY)]
            assert {*given} == {201}

            visitor = [(await system.visitor().post("/cases", data={})).status_code for _one in range(MANY + 8)]
            assert visitor[0] != 429, "the address itself has used little"
            assert visitor[-1] == 429


async def test_a_made_up_token_has_no_limit_of_its_own(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        statuses = [
            (await system.visitor(**{"x-device-token": f"made-up-{n}"}).post("/cases", data={})).status_code
            for n in range(round(WRITE.burst) + 4)
        ]
        assert statuses[-1] == 429
