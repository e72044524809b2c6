"""A petitioner no longer agrees that others read the petition: it leaves every public page at once."""

import pytest

from petitions.models import Case
from petitions.search import PETITION
from server.core import ledger, search
from tests.support.answers import answer
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import to
from tests.support.system import System

TITLE = "무지개다리 난간"
PUBLIC = (
    "/petitions",
    "/petitions?q=무지개다리",
    "/search?q=무지개다리",
    "/api/v1/search?q=무지개다리",
    "/sitemap.xml",
)
HONG = "hong@example.org"


async def published(system: System) -> tuple[str, str]:
    receipt = await system.file(title=TITLE, public=True)
    await answer(receipt["reference"])
    await system.work()
    return receipt["reference"], receipt["access_key"]


async def seen(system: System, number: str) -> list[str]:
    """The public addresses at which a stranger finds it, asked as often as kept pages are."""
    stranger = system.visitor()
    own = (f"/cases/{number}", f"/api/v1/cases/{number}")
    found = [address for address in PUBLIC if TITLE in (await stranger.get(address)).text]
    return [*found, *[one for one in own if (await stranger.get(one)).status_code == 200]]


@pytest.mark.parametrize("way", ["page", "json", "desk"])
async def test_consent_is_withdrawn_and_nobody_else_reads_it(system: System, way: str) -> None:
    number, key = await published(system)
    before = await seen(system, number)
    assert {"/petitions", "/petitions?q=무지개다리", f"/cases/{number}", f"/api/v1/cases/{number}"} <= set(before)
    assert any("/search" in address for address in before)
    if way == "page":
        his = system.visitor()
        await submit(his, "/cases", "/cases", reference=number, key=key)
        done = await send(his, form(await his.get(f"/cases/{number}"), "/unpublish"))
        assert done.status_code == 303, done.text
        page = await his.get(done.headers["location"])
        assert "공개를 중단했습니다" in page.text
        assert "/unpublish" not in page.text, "there is nothing left to withdraw"
        assert TITLE in page.text
    elif way == "json":
        done = await system.client.post(f"/api/v1/cases/{number}/unpublish", json={}, headers={"x-access-key": key})
        assert done.status_code == 200, done.text
    else:
        handler = await system.official("intake")
        done = await send(handler, form(await handler.get(f"/desk/cases/{number}"), "/unpublish"))
        assert done.status_code == 303, done.text
    assert await seen(system, number) == []
    case = await Case.get(reference=number)
    assert not case.public
    assert await search.ENGINE.newest(PETITION, "무지개다리", limit=5) == []
    (entry,) = await ledger.read(f"case/{number}", kind="case.unpublished")
    assert entry.actor == ("petitioner" if way != "desk" else entry.actor)
    again = await system.client.post(f"/api/v1/cases/{number}/unpublish", json={}, headers={"x-access-key": key})
    assert again.status_code == 200, "again does nothing"
    assert len(await ledger.read(f"case/{number}", kind="case.unpublished")) == 1
    own = await system.client.get(f"/api/v1/cases/{number}", headers={"x-access-key": key})
    assert (own.status_code, own.json()["title"]) == (200, TITLE)
    await system.work()
    assert [mail for mail in to(system, HONG) if "공개를 중단했습니다" in mail["Subject"]]


async def test_only_the_petitioner_or_the_desk_can(system: System) -> None:
    number, _key = await published(system)
    for refused in (
        await post_without_page(system.visitor(), f"/cases/{number}/unpublish"),
        await system.client.post(
            f"/api/v1/cases/{number}/unpublish", json={}, headers={"x-access-key": "2222-2222-2222-2222"}
        ),
        await system.client.post(f"/api/v1/cases/{number}/unpublish", json={}),
    ):
        assert refused.status_code in {401, 403, 404}
    assert (await Case.get(reference=number)).public


async def test_the_privacy_policy_says_how(system: System) -> None:
    assert "언제든지 철회할 수 있습니다" in (await system.client.get("/privacy?lang=ko")).text
