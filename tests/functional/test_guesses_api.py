"""Who guesses waits longer and longer; who owns the account is neither kept out nor left in the dark."""

from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from petitions.actions.intake import Filed
from server.core import clock, guesses
from server.core.config import Settings
from server.core.guesses import FREE, LONGEST, TOLD, Attempt
from tests.support.page_forms import post_without_page
from tests.support.stories import filed
from tests.support.system import PASSWORD, System, opened


async def signs_in(browser: httpx.AsyncClient, password: str = PASSWORD) -> int:
    typed = {"username": "handler", "password": password}
    return (await post_without_page(browser, "/desk/sign-in", data=typed)).status_code


def elsewhere(system: System, number: int) -> httpx.AsyncClient:
    """A stranger with an address of their own."""
    transport = httpx.ASGITransport(system.app, raise_app_exceptions=False, client=(f"192.0.2.{number}", 1))
    found = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
    system.clients.append(found)
    return found


async def attacked(system: System, start: datetime, hours: int) -> int:
    """How many passwords strangers try at one name in so many hours, as often as they may."""
    tried, at, number = 0, start, 0
    while at < start + timedelta(hours=hours):
        with clock.at(at):
            number += 1
            answer = await post_without_page(
                elsewhere(system, number % 250),
                "/desk/sign-in",
                data={"username": "handler", "password": f"wrong {number}"},
            )
        if answer.status_code == 429:
            at += timedelta(seconds=int(answer.headers["retry-after"]) + 1)
        else:
            assert answer.status_code == 401
            tried += 1
    return tried


async def test_strangers_who_guess_wait_and_the_owner_does_not(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        start = clock.now()
        with clock.at(start):
            own = system.visitor()
            assert await signs_in(own) == 303
        assert await attacked(system, start, 2) < 30, "two addresses or two hundred"
        with clock.at(start + timedelta(hours=2)):
            assert await signs_in(elsewhere(system, 251)) == 429, "a browser that is not known has to wait"
            assert await signs_in(own) == 303, "one that has signed in before has not"
            assert await signs_in(own, "wrong") == 401
        with clock.at(start + timedelta(hours=2) + LONGEST + timedelta(seconds=1)):
            assert await signs_in(elsewhere(system, 252)) == 303
            assert await signs_in(elsewhere(system, 253), "wrong") == 401, "and the count has begun again"


async def test_owner_and_administrator_are_told_once(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        start = clock.now()
        assert await attacked(system, start, 4) > TOLD
        with clock.at(start + timedelta(hours=5)):
            await system.work()
        mails = [mail for mail in system.mails() if "handler" in str(mail["Subject"])]
        assert sorted(str(mail["To"]) for mail in mails) == ["admin@city.example", "handler@city.example"]
        own = next(mail for mail in mails if "handler@" in str(mail["To"]))
        body = own.get_body(("plain",))
        assert body is not None
        assert "/desk/account" in body.get_content()


async def test_a_petitioner_whose_key_is_guessed_is_told_once(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        case, at = await filed(), clock.now()
        await system.work()
        before = len(system.mails())
        for number in range(3 * TOLD):
            at += LONGEST + timedelta(seconds=1)
            with clock.at(at):
                for reference in (case.reference, "K7Q-M9X-RW4"):
                    typed = {"reference": reference, "key": f"wrong {number}"}
                    answer = await post_without_page(elsewhere(system, number), "/cases", data=typed)
                    assert answer.status_code == 422
        with clock.at(at):
            await system.work()
        (told,) = system.mails()[before:]
        assert told["To"] == "hong@example.org"
        assert case.reference in str(told["Subject"])


async def test_a_known_browser_is_one_whatever_else_it_opens(settings: Settings) -> None:
    """A success at another name renews the cookie, but not the attempts at this one; nor does an older cookie."""
    async with opened(replace(settings, rate_limits=True)) as system:
        mine = await filed()
        with clock.at(clock.now()):
            own, saved = system.visitor(), list[str]()
            assert await signs_in(own) == 303
            await post_without_page(own, "/desk/sign-out", data={})
            statuses = []
            for n in range(FREE + 1):
                saved.append(own.cookies[guesses.COOKIE])
                typed = {"reference": mine.reference, "key": mine.access_key}
                assert (await post_without_page(own, "/cases", data=typed)).status_code == 303
                await post_without_page(own, "/cases/forget", data={})
                statuses.append(await signs_in(own, f"wrong {n}"))
            assert statuses == [401] * FREE + [429]
            older = elsewhere(system, 9)
            older.cookies.set(guesses.COOKIE, saved[0])
            assert await signs_in(older, "wrong") == 429
            assert await signs_in(elsewhere(system, 10)) == 303, "others do not wait for it"


@pytest.mark.parametrize("change", ["password", "totp", "totp-off"])
async def test_who_sits_at_an_open_desk_cannot_guess_its_password(settings: Settings, change: str) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        browser, start = system.visitor(), clock.now()
        with clock.at(start):
            assert await signs_in(browser) == 303
            form = {"change": change, "new": "a new long one", "again": "a new long one", "code": "1", "proof": ""}

            async def tries(password: str) -> httpx.Response:
                typed = {**form, "old": password, "own": password, "off": password}
                return await post_without_page(browser, "/desk/account", data=typed)

            answers = [await tries(f"wrong {n}") for n in range(FREE + 1)]
            assert [one.status_code for one in answers] == [422] * FREE + [429]
            assert int(answers[-1].headers["retry-after"]) == 5
            assert (await tries(PASSWORD)).status_code == 429
        at = start
        for n in range(FREE, TOLD):
            at += LONGEST
            with clock.at(at):
                await browser.get("/desk/account")
                assert (await tries(f"wrong {n}")).status_code == 422
        with clock.at(at):
            await system.work()
            mails = [mail for mail in system.mails() if "handler" in str(mail["Subject"])]
            assert sorted(str(mail["To"]) for mail in mails) == ["admin@city.example", "handler@city.example"]
            assert await signs_in(elsewhere(system, 7)) == 303, "signing in does not wait for it"


async def test_a_citizen_is_not_kept_out_of_a_case_by_who_guesses_its_key(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        case = await filed()

        async def opens(browser: httpx.AsyncClient, found: Filed, key: str = "") -> int:
            typed = {"reference": found.reference, "key": key or found.access_key}
            return (await post_without_page(browser, "/cases", data=typed)).status_code

        with clock.at(clock.now()):
            own = system.visitor()
            assert await opens(own, case) == 303
            await post_without_page(own, "/cases/forget", data={})
            statuses = [await opens(elsewhere(system, n), case, f"wrong {n}") for n in range(FREE + 2)]
            assert statuses == [422] * FREE + [429] * 2
            assert await opens(elsewhere(system, 99), case) == 429
            assert await opens(own, case) == 303
            other = await filed(title="다른 일")
            assert await opens(elsewhere(system, 98), other) == 303, "other cases are not affected"


async def test_one_address_that_tries_many_names_waits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "FREE_FROM_ADDRESS", 4)
    async with opened(replace(settings, rate_limits=True)) as system:
        with clock.at(clock.now()):
            stranger = elsewhere(system, 7)
            statuses = [
                (
                    await post_without_page(stranger, "/desk/sign-in", data={"username": name, "password": "x"})
                ).status_code
                for name in ("a1", "b1", "c1", "d1", "e1", "f1")
            ]
            assert statuses == [401] * 4 + [429] * 2
            assert await signs_in(elsewhere(system, 8)) == 303


async def test_a_clock_that_was_ahead_keeps_nobody_out(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        with clock.at(clock.now() + timedelta(days=40)):
            for n in range(FREE + 1):
                await signs_in(elsewhere(system, n), "wrong")
        assert await signs_in(elsewhere(system, 99)) == 303


async def test_what_is_forgotten_is_deleted(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        await signs_in(elsewhere(system, 1), "wrong")
        assert await Attempt.all().count() == 2
        await guesses.sweep()
        assert await Attempt.all().count() == 2
        with clock.at(clock.now() + timedelta(days=2)):
            await guesses.sweep()
        assert not await Attempt.exists()
