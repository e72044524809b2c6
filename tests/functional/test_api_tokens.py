"""A program signs in for an official, and out again."""

from datetime import datetime, timedelta

import pyotp
import pytest

from server.core import clock
from server.core.accounts import Account, Session
from tests.support.system import PASSWORD, System

pytestmark = pytest.mark.usefixtures("described")


async def test_a_token_opens_the_desk_for_twelve_hours(system: System) -> None:
    answer = await system.client.post("/api/v1/tokens", json={"username": "intake", "password": PASSWORD})
    assert answer.status_code == 201
    expires = datetime.fromisoformat(answer.json()["expires_at"])
    assert expires.utcoffset() == timedelta(hours=9)
    program = system.visitor(authorization=f"Bearer {answer.json()['token']}")
    assert (await program.get("/api/v1/desk/cases")).status_code == 200
    with clock.at(expires + timedelta(seconds=1)):
        late = await program.get("/api/v1/desk/cases")
    assert (late.status_code, late.json()["code"]) == (401, "not_signed_in")
    assert late.headers["www-authenticate"] == "Bearer"


async def test_signing_out_ends_the_token(system: System) -> None:
    program = await system.program("intake")
    assert (await program.delete("/api/v1/tokens")).status_code == 204
    assert (await program.get("/api/v1/desk/cases")).status_code == 401
    assert (await program.delete("/api/v1/tokens")).status_code == 401
    assert await Session.all().count() == 0


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "intake", "password": "wrong horse battery"},
        {"username": "nobody", "password": PASSWORD},
        {"username": "intake", "password": PASSWORD + "\0"},
    ],
)
async def test_what_is_wrong_is_not_said(system: System, credentials: dict[str, str]) -> None:
    answer = await system.client.post("/api/v1/tokens", json=credentials)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    ("credentials", "fields"),
    [
        ({}, {"username", "password"}),
        ({"username": 3, "password": ["x"]}, {"username", "password"}),
        ({"username": "intake", "password": ""}, {"password"}),
    ],
)
async def test_what_is_missing_is_named(system: System, credentials: dict[str, object], fields: set[str]) -> None:
    answer = await system.client.post("/api/v1/tokens", json=credentials)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == fields


async def test_a_second_factor_is_asked_for_and_opens_once(system: System) -> None:
    secret = pyotp.random_base32()
    await Account.filter(username="intake").update(totp_secret=secret)
    credentials = {"username": "intake", "password": PASSWORD}
    assert (await system.client.post("/api/v1/tokens", json=credentials)).status_code == 401
    code = pyotp.TOTP(secret).at(clock.now())
    assert (await system.client.post("/api/v1/tokens", json={**credentials, "code": code})).status_code == 201
    assert (await system.client.post("/api/v1/tokens", json={**credentials, "code": code})).status_code == 401


async def test_somebody_who_left_holds_no_token(system: System) -> None:
    program = await system.program("handler")
    await Account.filter(username="handler").update(active=False)
    assert (await program.get("/api/v1/desk/cases")).status_code == 401
