"""The demonstration's devices have published tokens: only where it was seeded, and never facing the outside."""

import pytest

from server.core import clock
from server.core.accounts import Account
from server.core.sessions import token_hash
from tests.support import command
from tests.support.live import settings_as_environment
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.actions import devices
from tracking.visits.models import Device
from tracking.visits.states import DeviceKind

TOKEN = devices.published_token(DeviceKind.KIOSK, "east")
KIOSK = "/api/v1/kiosk/east"


async def test_a_published_token_opens_nothing_where_it_was_not_seeded(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    assert not await devices.any_published()
    assert (await system.client.get(KIOSK, headers={"x-device-token": TOKEN})).status_code == 401
    await Device.create(
        office_id=office.id, kind=DeviceKind.KIOSK, name="입구", token_hash=token_hash(TOKEN), enrolled_at=clock.now()
    )
    assert await devices.any_published()
    assert (await system.client.get(KIOSK, headers={"x-device-token": TOKEN})).status_code == 200
    await Device.all().update(token_hash=None)
    assert not await devices.any_published(), "an administrator has locked it"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_server_with_such_a_device_does_not_face_the_outside(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {**settings_as_environment(system.settings), "SINMUNGO_RATE_LIMITS": "on",
            "SINMUNGO_BASE_URL": "https://petitions.example.org"}  # fmt: skip
    monkeypatch.setattr(command, "settings_as_environment", lambda _settings: seen)
    office = await an_office({"1": ["passport"]})
    await Account.all().update(demo=False)
    await Device.create(
        office_id=office.id, kind=DeviceKind.KIOSK, name="입구", token_hash=token_hash(TOKEN), enrolled_at=clock.now()
    )
    refused = command.sinmungo(system.settings, "serve", "--host", "0.0.0.0")  # noqa: S104 — it refuses
    assert refused.exit_code == 2
    assert "devices with a published token" in refused.stderr
