"""Officials sign in with a password and, if they like, a two-step verification; citizens need no account."""

import re

import pyotp
import pytest

from server.core import accounts, clock
from server.core.accounts import Account, Session
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import PASSWORD, System


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


async def test_a_second_factor_is_asked_for_and_a_code_opens_once(system: System) -> None:
    browser = await system.official("handler")
    page = await browser.get("/desk/account")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
    assert secret
    totp = form(page, field="change", value="totp")
    wrong = await send(browser, totp, code="000000x")
    assert wrong.status_code == 422
    assert secret[1] in wrong.text, "the code that the app has scanned stays valid"
    totp = form(wrong, field="change", value="totp")
    code = pyotp.TOTP(secret[1]).at(clock.now())
    assert (await send(browser, totp, code=code)).status_code == 303

    async def sign_in(**filled: str) -> int:
        visitor = system.visitor()
        shown = form(await visitor.get("/desk/sign-in"))
        return (await send(visitor, shown, username="handler", password=PASSWORD, **filled)).status_code

    assert [await sign_in(), await sign_in(code=code), await sign_in(code=code)] == [401, 303, 401]
    off = form(await browser.get("/desk/account"), field="change", value="totp-off")
    assert (await send(browser, off, off="wrong")).status_code == 422
    assert (await send(browser, off, off=PASSWORD)).status_code == 303
    assert await sign_in() == 303


@pytest.mark.parametrize("new", ["two  spaces between", " one at each end ", "\u1112\u1161\u11ab" * 10])
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
