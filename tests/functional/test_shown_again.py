"""Every form can be sent to be shown again in another language: what was typed is kept, and nothing is changed.

The same pages are walked as for the labels of errors: every page of citizens and of the desk with a form to write in.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import pytest
from tortoise import Tortoise

from server.core import database
from server.core.showing import SECRETS, SHOW_AGAIN
from tests.functional import test_error_labels
from tests.support.error_labels import posted
from tests.support.page_forms import Form, post_without_page
from tests.support.system import System

TYPED = {
    "text": "아직 보내지 않은 글",
    "email": "unsent@example.org",
    "tel": "010-9876-5432",
    "textarea": "첫 줄\r\n둘째 줄",
}
SHOWN = {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}
"""The last where a field names something that there is not; the page carries it on all the same."""


async def everything() -> dict[str, list[Any]]:
    """All rows of all tables, apart from when a session was used last."""
    found = {}
    for model in (model for models in Tortoise.apps.values() for model in models.values()):
        rows = await database.fetch(f"SELECT * FROM {model._meta.db_table}")
        found[model._meta.db_table] = sorted(
            repr({name: row[name] for name in dict(row) if name != "seen_at"}) for row in rows
        )
    return found


class Writer(test_error_labels.Reader):
    """Somebody who types into every form of a page and then wants another language."""

    async def check(self, language: str, pages: Sequence[str]) -> None:
        await self.browser.get(f"/?lang={language}")
        before, seen = await everything(), 0
        for address in pages:
            for form in posted(await self.browser.get(address)):
                seen += await self._switch(form)
        assert seen, "no form was found"
        assert self.wrong == {}
        after = await everything()
        assert [table for table in before if before[table] != after[table]] == []

    async def _switch(self, form: Form) -> bool:
        typed = {
            e.attrs["name"]: TYPED[kind]
            for e in form.controls
            if (kind := "textarea" if e.tag == "textarea" else e.attrs.get("type", e.tag)) in TYPED
            and e.attrs.get("name") not in {None, *SECRETS}
        }
        if not typed:
            return False
        choices = {}
        for e in reversed(form.controls):
            name, value = e.attrs.get("name", ""), e.attrs.get("value")
            if e.attrs.get("type") == "radio" and value and name not in form.values:
                choices[name] = value
            if e.tag == "select" and name and form.values.get(name, [""]) == [""]:
                choices[name] = next((o.attrs["value"] for o in e.all("option") if o.attrs.get("value")), "")
        data = {**form.values, **choices, **typed, SHOW_AGAIN: "values"}
        url = f"{form.url}{'&' if '?' in form.url else '?'}lang=ja"
        shown = await post_without_page(self.browser, url, data=data)
        fields = {name: values for each in posted(shown) for name, values in each.values.items()}
        lost = {
            name: fields.get(name)
            for name, value in typed.items()
            # A topic that nobody follows yet is carried on as what will be followed.
            if not fields.get("what", [""])[0].endswith(value)
            and (shown.status_code != HTTPStatus.NOT_FOUND or value not in shown.text)
            and [one.replace("\r\n", "\n") for one in fields.get(name, [])] != [value.replace("\r\n", "\n")]
        }
        if shown.status_code not in SHOWN or '<html lang="ja"' not in shown.text or lost:
            self.wrong[form.url] = [str(shown.status_code), str(lost)]
        elif "error-summary" in shown.text:
            self.wrong[form.url] = ["errors in a form that was not sent yet"]
        return True


@pytest.fixture(autouse=True)
def writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_error_labels, "Reader", Writer)


async def test_nothing_typed_at_the_desk_is_lost(system: System) -> None:
    await test_error_labels.test_every_error_at_the_desk_names_its_field_as_its_page_does(system, "ko")


async def test_nothing_typed_on_a_citizens_page_is_lost(system: System) -> None:
    await test_error_labels.test_every_error_on_a_citizens_page_names_its_field_as_the_page_does(system, "ko")


async def test_nothing_typed_on_a_cases_page_is_lost(system: System) -> None:
    await test_error_labels.test_every_error_on_a_cases_page_names_its_field_as_the_page_does(system)
