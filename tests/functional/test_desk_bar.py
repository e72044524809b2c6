"""The bar and the footer that every page of the desk has."""

import pytest

from tests.support.markup import parse
from tests.support.stories import signed_in
from tests.support.system import System


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_the_officials_department_is_named_in_the_readers_language(system: System, language: str) -> None:
    browser = await signed_in(system, "handler")
    page = parse((await browser.get("/desk", params={"lang": language})).text)
    assert (
        page.one("div", class_="desk-who").one("span").text == {"ko": "도로과", "ja": "道路課", "en": "Roads"}[language]
    )


async def test_keys_for_rows_are_named_only_where_there_are_rows(system: System) -> None:
    browser = await signed_in(system, "admin")
    keys = {}
    for path in ("/desk", "/desk/people"):
        page = parse((await browser.get(path)).text)
        keys[path] = [key.text for key in page.one("p", class_="key-hint").all("kbd")]
    assert keys == {"/desk": ["J", "K", "Enter", "X", "A", "/", "?"], "/desk/people": ["/", "?"]}
