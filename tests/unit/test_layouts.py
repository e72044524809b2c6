"""The public layout, the desk's and the error pages: what stands on every page."""

import re

import pytest

from server.core.errors import Invalid, NotFound, Overloaded
from server.core.templates import STATIC, TEMPLATES
from tests.browser.gallery.render import OFFICIAL, PAGES, context, environment, page
from tests.support.components import EVIL
from tests.support.markup import parse

DESK = TEMPLATES / "desk"


def test_the_keyboard_first_meets_the_way_past_the_header() -> None:
    root = parse(page("gallery"))
    first = root.all("a")[0]
    assert first.attrs["href"] == "#main"
    assert root.one("main").attrs["id"] == "main"


def test_the_demonstration_says_so_and_wears_no_government_masthead() -> None:
    for name in PAGES:
        html_text = page(name)
        assert "시연용" in html_text
        assert "공식 전자정부" not in html_text


@pytest.mark.parametrize("name", PAGES)
def test_the_call_centre_and_the_other_languages_are_on_every_page(name: str) -> None:
    root = parse(page(name))
    assert root.all("a", href="tel:120")
    languages = root.one("nav", class_="languages")
    assert [(link.attrs["lang"], link.text) for link in languages.all("a")] == [
        ("ko", "한국어"),
        ("ja", "日本語"),
        ("en", "English"),
    ]
    assert [link.attrs.get("aria-current") for link in languages.all("a")] == ["true", None, None]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/petitions/new", "민원 신청"), ("/petitions/new/check", "민원 신청"), ("/cases", "내 민원 확인"),
        ("/cases/2026-X", "내 민원 확인"), ("/petitions", "공개된 답변"), ("/petitions/7", "공개된 답변"),
        ("/", None),
    ],
)  # fmt: skip
def test_the_menu_names_the_page_one_is_on(path: str, label: str | None) -> None:
    root = parse(environment().get_template("base.html").render(context(path)))
    here = [link.text for link in root.one(class_="site-nav").all("a") if link.attrs.get("aria-current")]
    assert here == ([label] if label else [])


def test_a_reader_who_is_an_official_finds_the_desk() -> None:
    public = parse(environment().get_template("base.html").render(context("/")))
    official = parse(environment().get_template("base.html").render(context("/", OFFICIAL)))
    assert not public.one(class_="site-nav").all("a", href="/desk")
    assert official.one(class_="site-nav").all("a", href="/desk")


def test_the_desk_menu_shows_what_the_reader_may() -> None:
    class Handler:
        name = EVIL

        @staticmethod
        def department(language: str) -> str:
            return f"{EVIL} {language}"

        @staticmethod
        def may(permission: str) -> bool:
            return permission == "templates.edit"

    given = {**context("/desk/cases/2026-X"), "reader": Handler()}
    root = parse(environment().get_template("desk/base.html").render(given))
    links = root.one(class_="desk-nav").all("a")
    assert [link.attrs["href"] for link in links] == ["/desk", "/desk/templates"]
    assert [link.attrs.get("aria-current") for link in links] == ["page", None]
    assert EVIL in root.one(class_="desk-who").text


def test_what_the_last_action_left_to_say_stands_above_the_content() -> None:
    root = parse(environment().get_template("base.html").render({**context("/"), "notice": EVIL, "notice_link": None}))
    assert root.one("main").one(role="status").text == EVIL
    more = {"notice": "OK", "notice_link": (EVIL, "/desk?a=1&b=2")}
    link = parse(environment().get_template("base.html").render({**context("/"), **more})).one("main").one("a")
    assert (link.text, link.attrs["href"]) == (EVIL, "/desk?a=1&b=2")


@pytest.mark.parametrize("refusal", [NotFound(), Invalid([]), Overloaded(7)])
def test_an_error_page_says_what_happened_and_where_to_go(refusal: NotFound) -> None:
    root = parse(
        environment("en").get_template("errors/error.html").render({**context("/x"), "refusal": refusal, "back": []})
    )
    main = root.one("main")
    assert str(refusal.text) in main.text
    assert str(refusal.status) in main.text
    assert [link.attrs["href"] for link in main.all("a")] == ["/", "/cases"]
    assert ("7 seconds" in main.text) == isinstance(refusal, Overloaded)


def test_the_public_style_sheet_stays_small() -> None:
    assert len((STATIC / "css" / "sinmungo.css").read_bytes()) <= 30_000


def test_the_scripts_hold_no_words_of_their_own() -> None:
    for path in (STATIC / "js").glob("*.js"):
        if path.name != "privacy.js":
            assert path.read_text(encoding="utf-8").replace("✕", "").replace("…", "").isascii(), path.name


def test_the_desk_explains_every_key_that_it_listens_to_and_no_other() -> None:
    script = (STATIC / "js" / "desk.js").read_text()
    table = re.search(r"const actions = \{(.*?)\n  \};", script, re.DOTALL)
    assert table
    by_script = set(re.findall(r'^ +"?([a-z/?])"?: \(\)', table[1], re.MULTILINE))
    drawn = "".join(path.read_text() for path in DESK.rglob("*.html"))
    in_pages = set(re.findall(r'data-key"?[=:] ?"([a-z])"', drawn))
    assert by_script, "or this looks for them where they are no more"
    assert in_pages
    explained = {key.text.lower() for key in parse(page("desk")).one("dialog", id="desk-keys").all("kbd")}
    assert explained == by_script | in_pages | {"enter"}
