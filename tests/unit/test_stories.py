"""Stories send the forms that pages show: none posts a body to an address, unless it says that no page offers it."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
FOLDERS = ("functional", "integration", "browser")


def posted(source: str) -> list[int]:
    """The lines in which a form is sent to an address; what programs send is JSON."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "post"
        and "json" not in {keyword.arg for keyword in call.keywords}
    ]


def test_a_form_that_is_sent_to_an_address_is_found() -> None:
    assert posted('await browser.post("/desk/rules/1/close")\nawait visitor().post(page, data=form)') == [1, 2]
    assert posted("await program.post(path, json={})\nawait post_without_page(browser, path, data={})") == []


def test_stories_send_what_a_page_shows() -> None:
    found = {
        path.name: lines
        for folder in FOLDERS
        for path in sorted((TESTS / folder).rglob("*.py"))
        if "_api" not in path.stem and (lines := posted(path.read_text()))
    }
    assert found == {}, "use tests.support.page_forms: submit, send, or post_without_page for what no page offers"
