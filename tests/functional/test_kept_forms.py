"""What is typed and not sent yet, and the receipt after it: kept for one browser and a short time, and not readable."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from markupsafe import Markup

from petitions.models import Case
from server import wiring
from server.core import clock, jobs, kept, qr
from server.core.kept import KeptForm
from tests.functional.test_citizen_files import BACK, WORDS, blank, codes, shown
from tests.support import page_forms
from tests.support.markup import parse
from tests.support.page_forms import post_without_page
from tests.support.system import System

NOW = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)


async def checked(system: System, **changes: str) -> httpx.Response:
    """The page that checks a petition, at its own address."""
    response = await keep(system, **changes)
    return await system.client.get(response.headers["location"])


async def keep(system: System, **changes: str) -> httpx.Response:
    typed = {name: value for name, value in {**WORDS, **changes}.items() if name not in {"lat", "lng"}}
    return await page_forms.send(system.client, shown(await blank(system.client)), button="check", **typed)


async def sent(system: System, page: httpx.Response) -> str:
    """Press "send" and return the address of the receipt."""
    response = await page_forms.send(system.client, shown(parse(page.text), page.url.path), button="send")
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


async def rows() -> list[Any]:
    return [row async for row in KeptForm.all()]


async def test_the_page_that_checks_has_an_address_that_reload_and_language_do_not_harm(system: System) -> None:
    page = await checked(system)
    assert re.fullmatch(r"/petitions/new/[\w-]{22}/check", page.url.path)
    for language in ("ja", "en", "ko"):
        again = await system.client.get(page.url.path, params={"lang": language})
        assert again.status_code == 200
        assert again.headers["cache-control"] == "no-store"
        assert parse(again.text).one("html").attrs["lang"] == language
        assert WORDS["title"] in again.text
    assert await Case.all().count() == 0


async def test_the_receipt_has_an_address_in_this_browser_only_for_half_an_hour(system: System) -> None:
    with clock.at(NOW):
        url = await sent(system, await checked(system))
        receipt = await system.client.get(url)
        number, key = codes(parse(receipt.text))
        for language in ("ja", "en"):
            again = await system.client.get(url, params={"lang": language})
            assert codes(parse(again.text)) == (number, key), "the key is still there in another language"
        assert (await system.visitor().get(url)).status_code == 404
        other = system.visitor()
        await other.get("/petitions/new")
        assert key not in (await other.get(url)).text
        stored = [bytes(row.content) for row in await rows()]
    with clock.at(NOW + timedelta(minutes=29)):
        assert codes(parse((await system.client.get(url)).text)) == (number, key)
    with clock.at(NOW + timedelta(minutes=30)):
        gone = await system.client.get(url)
        assert gone.status_code == 404
        assert key not in gone.text
        assert 'href="/cases"' in gone.text
    assert stored
    assert not any(word.encode() in content for content in stored for word in (number, key, WORDS["title"]))


async def test_what_is_kept_can_be_read_with_this_browsers_cookie_only(system: System) -> None:
    page = await checked(system)
    [row] = await rows()
    for word in (WORDS["title"], WORDS["body"].split("\n")[0], WORDS["name"], WORDS["email"]):
        assert word.encode() not in bytes(row.content)
    stranger = system.visitor()
    for path in ("", "/check", "/receipt"):
        refused = await stranger.get(f"/petitions/new/{row.number}{path}")
        assert refused.status_code == 404
        assert WORDS["name"] not in refused.text
    stranger.cookies.set(kept.COOKIE, "A" * 43 + "=")
    assert (await stranger.get(page.url.path)).status_code == 404
    forged = await post_without_page(stranger, page.url.path, data={"go": "send"})
    assert forged.status_code == 404
    assert await Case.all().count() == 0


async def test_what_was_sent_is_not_kept(system: System) -> None:
    page = await checked(system)
    [before] = await rows()
    url = await sent(system, page)
    [after] = await rows()
    assert (after.number, after.expires_at < before.expires_at) == (before.number, True)
    assert after.size < before.size
    for path in ("", "/check"):
        again = await system.client.get(f"/petitions/new/{before.number}{path}")
        assert (again.status_code, again.headers["location"]) == (303, url), "back after sending shows the receipt"
    assert await Case.all().count() == 1


async def test_nothing_is_kept_for_more_than_two_hours(system: System) -> None:
    with clock.at(NOW):
        page = await checked(system)
    with clock.at(NOW + kept.LIFE):
        assert (await system.client.get(page.url.path)).status_code == 404
        assert wiring.PERIODIC["core.kept"] + kept.LIFE <= timedelta(hours=2)
        await jobs.enqueue(("periodic:core.kept", "core.kept", {}))
        await system.work()
    assert await rows() == []


async def test_going_back_keeps_one_draft(system: System) -> None:
    page = await checked(system)
    [link] = [a for a in parse(page.text).all("a") if a.text == BACK]
    form = await system.client.get(link.attrs["href"], params={"lang": "ja"})
    typed = shown(parse(form.text), link.attrs["href"])
    assert typed.values["title"] == [WORDS["title"]]
    again = await page_forms.send(system.client, typed, button="check", title="다른 제목")
    assert again.headers["location"] == page.url.path
    assert len(await rows()) == 1
    assert "다른 제목" in (await system.client.get(page.url.path)).text


async def test_a_draft_that_expires_while_it_is_changed_is_kept_anew(system: System) -> None:
    with clock.at(NOW):
        page = await checked(system)
        url = page.url.path.removesuffix("/check")
        typed = shown(parse((await system.client.get(url)).text), url)
    with clock.at(NOW + timedelta(hours=3)):
        again = await page_forms.send(system.client, typed, button="check", title="세 시간 뒤")
        assert again.headers["location"] != page.url.path
        assert "세 시간 뒤" in (await system.client.get(again.headers["location"])).text


async def test_one_address_keeps_only_so_much(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.app.state.site, "settings", system.settings.__class__(
        **{**vars(system.settings), "rate_limits": True}))  # fmt: skip
    monkeypatch.setattr(kept, "MAX_FORMS", 2)
    for _each in range(2):
        assert (await keep(system)).status_code == 303
    refused = await keep(system, title="세 번째")
    assert refused.status_code == 422
    assert shown(parse(refused.text)).values["title"] == ["세 번째"], "and nothing is lost"
    monkeypatch.setattr(kept, "MAX_FORMS", 200)
    monkeypatch.setattr(kept, "MAX_BYTES", sum(row.size for row in await rows()) + 100)
    assert (await keep(system)).status_code == 422
    assert len(await rows()) == 2


async def test_what_replaces_a_kept_form_does_not_count_it(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.app.state.site, "settings", system.settings.__class__(
        **{**vars(system.settings), "rate_limits": True}))  # fmt: skip
    monkeypatch.setattr(kept, "MAX_FORMS", 1)
    page = await checked(system)
    monkeypatch.setattr(kept, "MAX_BYTES", (await rows())[0].size)
    [link] = [a for a in parse(page.text).all("a") if a.text == BACK]
    typed = shown(parse((await system.client.get(link.attrs["href"])).text), link.attrs["href"])
    again = await page_forms.send(system.client, typed, button="check")
    assert again.headers["location"] == page.url.path


async def test_nothing_refuses_the_receipt_of_a_case_that_is_filed(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.app.state.site, "settings", system.settings.__class__(
        **{**vars(system.settings), "rate_limits": True}))  # fmt: skip
    page = await checked(system)
    for limit in ("MAX_FORMS", "MAX_BYTES", "MAX_SIZE"):
        monkeypatch.setattr(kept, limit, 0)
    receipt = await system.client.get(await sent(system, page))
    assert codes(parse(receipt.text))
    assert await Case.all().count() == 1


async def test_whoever_closes_their_cases_closes_the_receipt(system: System) -> None:
    url = await sent(system, await checked(system))
    await page_forms.submit(system.client, "/cases", "/cases/forget")
    assert (await system.client.get(url)).status_code == 404


async def test_the_desks_draft_is_one_officials(system: System) -> None:
    desk = await system.official("clerk")
    page = await desk.get("/desk/petitions/new")
    typed = {name: WORDS[name] for name in ("title", "body", "name", "email")}
    response = await page_forms.send(desk, page_forms.form(page, "/petitions/new"), button="check", **typed)
    url = response.headers["location"]
    assert WORDS["title"] in (await desk.get(url)).text
    await post_without_page(desk, "/desk/sign-out")
    await post_without_page(desk, "/desk/sign-in", data={"username": "intake", "password": "correct horse"})
    assert (await desk.get(url)).status_code == 404, "the same browser, another account"
    assert (await desk.get(url.removeprefix("/desk"))).status_code == 404


async def test_the_code_on_the_receipt_leads_to_the_page_that_asks_for_the_key(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = qr.svg

    def drawing(url: str) -> Markup:
        drawn.append(url)
        return draw(url)

    monkeypatch.setattr(qr, "svg", drawing)
    receipt = parse((await system.client.get(await sent(system, await checked(system)))).text)
    number, key = codes(receipt)
    path = drawn[-1].removeprefix(system.settings.public_url)
    assert path == f"/cases?reference={number}"
    phone = system.visitor()
    page = await phone.get(path)
    assert page.status_code == 200
    asked = page_forms.form(page, "/cases", field="key")
    assert asked.values["reference"] == [number]
    opened = await page_forms.send(phone, asked, key=key)
    assert opened.headers["location"] == f"/cases/{number}"
    for browser in (phone, system.client):
        assert (await browser.get(path)).headers["location"] == f"/cases/{number}", "open here already"
    assert (await phone.get("/cases?reference=<b>")).status_code == 200


async def test_a_kept_page_costs_one_query(system: System, count_queries: Callable[[], list[str]]) -> None:
    page = await checked(system)
    statements = count_queries()
    await system.client.get(page.url.path)
    assert len([one for one in statements if "kept_form" in one]) == 1
    assert len(statements) <= 4, statements
