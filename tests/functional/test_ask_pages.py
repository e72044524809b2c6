"""``/ask``: a question in plain words gets what the city has published, who would answer, and a way to file it."""

from collections.abc import Callable

import pytest

from server.ask_pages import about
from server.core import search
from tests.support.answers import answer
from tests.support.markup import Element, parse
from tests.support.page_forms import form
from tests.support.system import System


async def ask(system: System, q: str = "", lang: str = "ko") -> Element:
    response = await system.visitor().get("/ask", params={"q": q, "lang": lang})
    assert response.status_code == 200, response.text
    return parse(response.text)


def links(page: Element) -> list[str]:
    return [each.attrs["href"] for found in page.all("ol", class_="search-hits") for each in found.all("a")]


@pytest.mark.parametrize(
    ("lang", "title", "nothing"),
    [
        ("ko", "질문하기", "맞는 답이 없습니다"),
        ("ja", "質問する", "見つかりません"),
        ("en", "Ask a question", "Nothing that we"),
    ],
)
async def test_a_question_that_nothing_answers_leads_on(system: System, lang: str, title: str, nothing: str) -> None:
    page = await ask(system, lang=lang)
    assert page.one("h1").text == title
    assert "120" in page.text
    assert not page.all("section", class_="card")
    page = await ask(system, "바나나는 왜 노란가요?", lang)
    assert nothing in page.text
    assert links(page) == []
    assert "120" in page.one("section", class_="card").text


async def test_a_question_is_answered_in_the_words_of_the_city(system: System) -> None:
    public = (await system.file(title="한빛로 가로등이 꺼졌어요", public=True))["reference"]
    private = (await system.file(title="우리 집 가로등이 꺼졌어요"))["reference"]
    await answer(public, "가로등 고장은 도로과에 알려 주시면 사흘 안에 고칩니다. 홍길동 님, 감사합니다.")
    await answer(private, "가로등을 고쳤습니다.")
    question = "가로등이 꺼졌어요. 어디에 알려야 하나요?"
    page = await ask(system, question)
    assert links(page) == [f"/cases/{public}"]
    assert "가로등" in page.one("blockquote").text
    assert "홍길동" not in page.text
    assert private not in page.text
    who = page.one("section", class_="card")
    assert "도로과" in who.text
    assert "09:00" in who.text
    (leads_on,) = [a.attrs["href"] for a in who.all("a") if a.attrs["href"].startswith("/petitions/new")]
    filled = form(await system.visitor().get(leads_on), "/petitions/new")
    assert filled.values["title"] == [question]
    assert filled.values["body"] == [question]


async def test_at_most_three_passages_and_few_statements(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    for n in range(5):
        await answer((await system.file(title=f"가로등이 꺼졌어요 {n}", public=True))["reference"])
    await search.count()
    await ask(system, "가로등")
    seen = count_queries()
    page = await ask(system, "가로등이 꺼졌어요. 언제 되나요?")
    assert len(links(page)) == 3
    assert len(seen) <= 9


async def test_a_text_that_cannot_be_read_is_refused(system: System) -> None:
    assert (await system.visitor().get("/ask", params={"q": "a\0b"})).status_code == 422
    assert (await system.visitor().get("/ask", params={"q": "가" * 5_000})).status_code == 422


def test_what_only_asks_is_left_out() -> None:
    assert about("여권 사진은 어떻게 준비하나요?") == "여권 사진은 준비하나요?"
    assert about("ごみの日はいつですか") == "ごみの日は"
    assert about("Where can I report a broken street light?") == "broken street light?"
    assert about("어떻게 하나요") == "어떻게 하나요"
