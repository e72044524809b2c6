"""Officials sign in with a password and, if they like, a two-step verification; citizens need no account."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pyotp
import pytest

from server.core import accounts, clock, ledger, sessions
from server.core.accounts import Account, Session
from server.core.config import Settings
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import filed
from tests.support.system import PASSWORD, System, opened


async def test_an_official_signs_in_and_out(system: System) -> None:
    browser = system.visitor()
    page = await browser.get("/desk/account")
    assert page.status_code == 303
    assert page.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Faccount"
    sign_in = await browser.get(page.headers["location"])
    assert "사용자" in sign_in.text
    answer = await send(browser, form(sign_in), username="handler", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "김처리" in (await browser.get("/desk/account")).text
    again = await browser.get("/desk/sign-in")
    assert (again.status_code, again.headers["location"]) == (303, "/desk")
    await send(browser, form(await browser.get("/desk/account"), "/desk/sign-out"))
    assert (await browser.get("/desk/account")).status_code == 303
    assert not await Session.exists()


async def test_behind_tls_only_this_host_can_set_the_session(settings: Settings) -> None:
    """RFC 6265bis, 4.1.3.2: a browser takes such a name only with Secure, for ``/``, and without a domain."""
    async with opened(replace(settings, base_url="https://minwon.example")) as system:
        browser = system.visitor(host="minwon.example", origin="https://minwon.example")
        browser.base_url = httpx.URL("https://minwon.example")
        answer = await post_without_page(browser, "/desk/sign-in", data={"username": "handler", "password": PASSWORD})
        given = next(one for one in answer.headers.get_list("set-cookie") if "session" in one)
        name, _equals, rest = given.partition("=")
        assert name == "__Host-session"
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(rest.split("; "))
        assert "Domain" not in rest
        token = rest.partition(";")[0]
        for cookie, status in ((f"__Host-session={token}", 200), (f"session={token}", 303)):
            shown = await system.visitor(host="minwon.example", cookie=cookie).get("/desk/account")
            assert shown.status_code == status, cookie
        left = await post_without_page(browser, "/desk/sign-out", data={})
        assert any(
            one.startswith('__Host-session=""') and "Secure" in one for one in left.headers.get_list("set-cookie")
        )


@pytest.mark.parametrize(
    ("username", "password"),
    [("handler", "wrong"), ("nobody", PASSWORD), ("", ""), ("handler\0", PASSWORD), ("handler", "x" * 500)],
)
async def test_a_wrong_name_or_password_is_refused_without_saying_which(
    system: System, username: str, password: str
) -> None:
    answer = await submit(system.client, "/desk/sign-in", "/sign-in", username=username, password=password)
    assert answer.status_code == 401
    assert "이름, 비밀번호 또는 인증번호가 맞지 않습니다." in answer.text
    assert "session" not in answer.cookies


async def test_a_closed_account_is_out_at_once(system: System) -> None:
    browser = await system.official("handler")
    assert (await browser.get("/desk/account")).status_code == 200
    await Account.filter(username="handler").update(active=False)
    assert (await browser.get("/desk/account")).status_code == 303
    refused = await submit(system.client, "/desk/sign-in", "/sign-in", username="handler", password=PASSWORD)
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "target", ["https://evil.example/desk", "//evil.example/desk", "/petitions", "/desk\\evil", "javascript:x"]
)
async def test_signing_in_leads_to_no_other_site(system: System, target: str) -> None:
    forged = {"username": "handler", "password": PASSWORD, "next": target}
    answer = await post_without_page(system.client, "/desk/sign-in", data=forged)
    assert answer.headers["location"] == "/desk"


async def set_up(browser: httpx.AsyncClient, **filled: str) -> tuple[httpx.Response, str]:
    """Set up two-step verification as the page shows it; the answer and the secret."""
    page = await browser.get("/desk/account")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
    assert secret
    typed = {"own": PASSWORD, "code": pyotp.TOTP(secret[1]).at(clock.now()), **filled}
    return await send(browser, form(page, field="change", value="totp"), **typed), secret[1]


async def signs_in(system: System, **filled: str) -> int:
    visitor = system.visitor()
    shown = form(await visitor.get("/desk/sign-in"))
    return (await send(visitor, shown, **{"username": "handler", "password": PASSWORD, **filled})).status_code


async def test_another_language_and_reload_show_the_same_secret(system: System) -> None:
    browser, other = await system.official("admin"), await system.official("admin")

    async def offered(reader: httpx.AsyncClient, language: str) -> str:
        page = await reader.get("/desk/account", params={"lang": language})
        found = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
        assert found
        return found[1]

    first = await offered(browser, "ko")
    assert await offered(browser, "ja") == await offered(browser, "ko") == first
    assert await offered(other, "ko") != first, "another session"
    _answer, used = await set_up(browser)
    assert used == first
    off = form(await browser.get("/desk/account"), field="change", value="totp-off")
    await send(browser, off, off=PASSWORD)
    assert await offered(browser, "ko") != first, "what was used is not offered again"


async def test_a_second_factor_is_asked_for_and_a_code_opens_once(system: System) -> None:
    browser = await system.official("handler")
    wrong, secret = await set_up(browser, code="000000x")
    assert wrong.status_code == 422
    assert secret in wrong.text, "the code that the app has scanned stays valid"
    assert wrong.headers["cache-control"] == "no-store", "and no browser stores its secret"
    now, app = clock.now(), pyotp.TOTP(secret)
    with clock.at(now):
        totp = form(wrong, field="change", value="totp")
        refused = await send(browser, totp, own="wrong", code=app.at(now))
        assert refused.status_code == 422, "whoever finds the desk open cannot lock its official out"
        totp = form(refused, field="change", value="totp")
        assert (await send(browser, totp, own=PASSWORD, code=app.at(now))).status_code == 303
        assert await signs_in(system, code=app.at(now)) == 401, "the code of the set-up has been used"
    later = now + timedelta(seconds=60)
    with clock.at(later):
        code = app.at(later)
        answers = [await signs_in(system), await signs_in(system, code=code), await signs_in(system, code=code)]
        assert answers == [401, 303, 401]
        off = form(await browser.get("/desk/account"), field="change", value="totp-off")
        assert (await send(browser, off, off="wrong")).status_code == 422
        assert (await send(browser, off, off=PASSWORD)).status_code == 303
        assert await signs_in(system) == 303


async def test_a_role_can_need_the_second_factor(settings: Settings) -> None:
    async with opened(replace(settings, two_step_roles=("handler",))) as system:
        browser = await system.official("handler")
        assert (await browser.get("/desk")).headers["location"] == "/desk/account"
        assert (await post_without_page(browser, "/desk/bulk", data={})).status_code == 403
        assert (await browser.get("/api/v1/desk/cases")).json()["code"] == "two_step_required"
        assert (await browser.get("/petitions")).status_code == 200
        typed = {"username": "handler", "password": PASSWORD}
        token = await post_without_page(system.client, "/api/v1/tokens", json=typed)
        assert (token.status_code, token.json()["code"]) == (403, "two_step_required")
        assert (await set_up(browser))[0].status_code == 303
        assert (await browser.get("/desk")).status_code == 200
        off = {"change": "totp-off", "off": PASSWORD}
        assert (await post_without_page(browser, "/desk/account", data=off)).status_code == 422
        assert (await (await system.official("manager")).get("/desk")).status_code == 200


async def test_a_desk_left_alone_is_signed_out_and_one_that_is_used_is_not(system: System) -> None:
    start = clock.now()
    with clock.at(start):
        browser, alone = await system.official("handler"), await system.official("handler")
        program = await system.program("handler")
    for minutes in (40, 80):
        with clock.at(start + timedelta(minutes=minutes)):
            assert (await browser.get("/desk")).status_code == 200
            news = await alone.get("/desk", headers={"sec-fetch-mode": "cors"})
            assert news.status_code == (200 if minutes == 40 else 303), "a page asks for news by itself"
            assert (await program.get("/api/v1/desk/cases")).status_code == 200
    with clock.at(start + timedelta(hours=3)):
        await sessions.sweep()
        assert await Session.all().count() == 1, "the program's"


async def test_officials_see_their_sessions_and_end_them(system: System) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here, there, third = [await system.official("handler") for _one in range(3)]
    visitor = system.visitor(**{"user-agent": firefox})
    await submit(visitor, "/desk/sign-in", "/sign-in", username="handler", password=PASSWORD)
    page = await here.get("/desk/account")
    assert "Firefox, Windows" in page.text
    assert page.text.count('name="session"') == 3, "all but the one that asks"
    found = next(one for one in await sessions.own((await Account.get(username="handler")).id) if one.device)
    end = {"change": "session", "session": found.name}
    stranger = await system.official("manager")
    await post_without_page(stranger, "/desk/account", data=end)
    assert (await visitor.get("/desk/account")).status_code == 200
    await post_without_page(here, "/desk/account", data=end)
    assert (await visitor.get("/desk/account")).status_code == 303
    everywhere = form(await here.get("/desk/account"), field="change", value="sessions")
    assert (await send(here, everywhere)).status_code == 303
    assert [(await one.get("/desk/account")).status_code for one in (here, there, third)] == [200, 303, 303]


async def test_the_trail_has_who_signed_in_and_changed_their_account(system: System) -> None:
    browser = await system.official("handler")
    await system.program("handler")
    shown = form(await browser.get("/desk/account"), field="change", value="password")
    await send(browser, shown, old=PASSWORD, new="a new long one", again="a new long one")
    await set_up(browser, own="a new long one")
    await send(browser, form(await browser.get("/desk/account"), "/desk/sign-out"))
    trail = [entry.data["how"] for entry in await ledger.read(sessions.SIGN_INS)]
    assert trail == ["signed_in", "token_made", "password_changed", "totp_on", "signed_out"]
    admin = await system.official("admin")
    page = await admin.get("/desk/audit?of=sign-ins&lang=en")
    for words in ("signed in", "signed in by a program", "own password changed", "two-step verification set up"):
        assert words in page.text
    assert "signed in" not in (await admin.get("/desk/audit?lang=en")).text


@pytest.mark.parametrize("new", ["123456789012", "qwertyuiopas", "passwordpassword", "handler123456", "Sinmungo2026"])
async def test_a_password_that_everybody_tries_first_is_refused(system: System, new: str) -> None:
    browser = await system.official("handler")
    shown = form(await browser.get("/desk/account?lang=en"), field="change", value="password")
    refused = await send(browser, shown, old=PASSWORD, new=new, again=new)
    assert refused.status_code == 422
    assert "easy to guess" in refused.text
    assert await signs_in(system) == 303


async def test_a_session_has_a_new_token_when_it_opens_more(system: System) -> None:
    """Whoever put a token of their own into a citizen's browser sees nothing that the citizen opens later."""
    first, second = await filed(), await filed(title="두 번째")
    browser, thief = system.visitor(), system.visitor()
    for case in (first, second):
        thief.cookies.update(browser.cookies)
        answer = await submit(browser, "/cases", "/cases", reference=case.reference, key=case.access_key)
        assert answer.status_code == 303
        assert (await thief.get(f"/cases/{case.reference}")).status_code == 404
    for case in (first, second):
        assert (await browser.get(f"/cases/{case.reference}")).status_code == 200
    assert await Session.all().count() == 1


@pytest.mark.parametrize("new", ["two  spaces between", " one at each end ", "\u1112\u1161\u11ab강 나무다리 아침"])
async def test_a_new_password_opens_as_it_was_typed(system: System, new: str) -> None:
    browser = await system.official("handler")
    shown = form(await browser.get("/desk/account"), field="change", value="password")
    assert (await send(browser, shown, old=PASSWORD, new=new, again=new)).status_code == 303
    answer = await submit(system.visitor(), "/desk/sign-in", "/sign-in", username="handler", password=new)
    assert answer.status_code == 303
    assert (await send(browser, shown, old=new, new=PASSWORD, again=PASSWORD)).status_code == 303


async def test_a_changed_password_ends_the_other_sessions(system: System) -> None:
    here, there = await system.official("handler"), await system.official("handler")
    shown = form(await here.get("/desk/account"), field="change", value="password")
    bad = await send(here, shown, old="wrong", new="a new long one", again="another")
    assert bad.status_code == 422
    assert "두 비밀번호가 다릅니다" in bad.text
    shown = form(bad, field="change", value="password")
    good = await send(here, shown, old=PASSWORD, new="a new long one", again="a new long one")
    assert good.status_code == 303
    assert (await here.get("/desk/account")).status_code == 200
    assert (await there.get("/desk/account")).status_code == 303
    visitor = system.visitor()
    answer = await submit(visitor, "/desk/sign-in", "/sign-in", username="handler", password="a new long one")
    assert answer.status_code == 303


async def test_the_desk_speaks_the_language_that_is_chosen(system: System) -> None:
    browser = await system.official("handler")
    shown = form(await browser.get("/desk/account"), field="change", value="language")
    assert (await send(browser, shown, language="ja")).status_code == 303
    assert (await Account.get(username="handler")).language == "ja"
    assert (
        await post_without_page(browser, "/desk/account", data={"change": "language", "language": "xx"})
    ).status_code == 422
    assert "パスワード" in (await browser.get("/desk/account?lang=ja")).text


async def test_a_form_from_another_site_is_refused(system: System) -> None:
    typed = {"username": "handler", "password": PASSWORD}
    foreign = await post_without_page(
        system.client, "/desk/sign-in", data=typed, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert "120" in foreign.text
    cross = await post_without_page(
        system.client, "/desk/sign-in", data=typed, headers={"sec-fetch-site": "cross-site"}
    )
    assert cross.status_code == 403
    own = await post_without_page(
        system.client, "/desk/sign-in", data=typed, headers={"origin": "http://127.0.0.1:8000"}
    )
    assert own.status_code == 303


def test_a_name_that_does_not_exist_takes_as_long_as_one_that_does() -> None:
    assert not accounts._hasher.check_needs_rehash(accounts._DUMMY), "it costs what a new password's hash costs"
    assert not accounts._verified(accounts._DUMMY, PASSWORD)
