"""Pages in one language around texts in another: each text says which language it is in (WCAG 3.1.2)."""

from collections.abc import Iterator

import httpx
import pytest

from server.core.i18n import written_in
from tests.support.answers import answer
from tests.support.markup import Element, parse
from tests.support.page_forms import submit
from tests.support.submissions import hold_forum, say
from tests.support.system import System

PLAIN = {"script", "style", "svg", "title"}
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
TEXTS = {
    "ko": ("가로등이 꺼졌어요", "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.", "새 전구로 바꾸었습니다."),
    "ja": ("公園の街灯が消えています", "家の前の街灯が三日間ついていません。", "新しい電球に替えました。"),
    "en": ("The street light is out", "The street light has been out for three days.", "We have put in a new bulb."),
}


def unmarked(page: Element, language: str) -> Iterator[tuple[str, str]]:
    """The texts that say another language than the one they are written in."""
    for child in page.children:
        if isinstance(child, str):
            if child.strip() and written_in(child.strip(), language) != language:
                yield language, child.strip()
        elif child.tag not in PLAIN:
            own = child.attrs.get("lang", language)
            said = [
                child.attrs.get(name) or ""
                for name in ATTRIBUTES
                if name not in child.attrs or " / " not in str(child.attrs[name])
            ]
            yield from ((own, text) for text in said if written_in(text, own) != own)
            yield from unmarked(child, own)


async def shown(browser: httpx.AsyncClient, path: str, language: str) -> Element:
    response = await browser.get(path, params={"lang": language}, follow_redirects=True)
    assert response.status_code == 200, path
    return parse(response.text)


@pytest.mark.parametrize(("written", "reader"), [("ko", "en"), ("ko", "ja"), ("ja", "ko"), ("en", "ko")])
async def test_every_page_of_a_case_says_it(system: System, written: str, reader: str) -> None:
    title, body, words = TEXTS[written]
    receipt = await system.file(title=title, body=body, public=True, petitioner={
        "name": "홍길동", "email": "hong@example.org", "language": written,
    })  # fmt: skip
    number = receipt["reference"]
    await answer(number, words)
    petitioner, public = system.visitor(), system.visitor()
    await submit(petitioner, "/cases", "/cases", reference=number, key=receipt["access_key"])
    intake = await system.official("intake")
    pages = [
        (public, "/"), (public, "/petitions"), (public, f"/cases/{number}"), (petitioner, f"/cases/{number}"),
        (petitioner, f"/cases/{number}/receipt"), (intake, f"/desk/cases/{number}"), (intake, "/desk?status=answered"),
    ]  # fmt: skip
    for browser, path in pages:
        page = await shown(browser, path, reader)
        assert list(unmarked(page, reader)) == [], path
        if path != "/desk?status=answered":
            assert any(title in each.text for each in page.all("bdi", lang=written)), path
    case = await shown(petitioner, f"/cases/{number}", reader)
    name = {"ko": {"ja": "일본어로", "en": "영어로"}, "ja": {"ko": "韓国語で書"}, "en": {"ko": "Written in Korean"}}
    assert name[reader][written] in case.text
    same = await shown(petitioner, f"/cases/{number}", written)
    assert "Written in" not in same.text
    assert not any(title in each.text for each in same.all("bdi"))


@pytest.mark.parametrize("reader", ["ja", "en"])
async def test_forums_and_submissions_say_it(system: System, reader: str) -> None:
    forum = await hold_forum(title="공원을 어떻게 바꿀까요", body="시민의 의견을 듣습니다.")
    said = await say(forum, title="벤치를 늘려 주세요", text="공원에 앉을 곳이 없습니다.")
    for path in ("/forums", f"/forums/{forum.slug}", f"/submissions/{said.number}"):
        assert list(unmarked(await shown(system.client, path, reader), reader)) == [], path
