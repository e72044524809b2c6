"""A field that a petition's form declares reaches the pages of the case without further ado."""

from datetime import date
from types import SimpleNamespace
from typing import Annotated

import pytest

from petitions import details
from petitions.forms import FilePetition
from server.core.errors import Text
from server.core.forms import Day, Form, Label, OneOf, line
from tests.support.components import EVIL, html


class _More(FilePetition):
    since: Annotated[str, line(80), Label(Text("Since when"))] = ""
    often: Annotated[str, OneOf({"daily": Text("Online")}), Label(Text("How often"))] = ""


class _Each(Form):
    text: Annotated[str, line(80), Label(Text("Title"))] = ""
    choice: Annotated[str, OneOf({"web": Text("Online")}), Label(Text("Kind"))] = ""
    checkbox: Annotated[bool, Label(Text("Consent"))] = False
    day: Annotated[Day | None, Label(Text("Date"))] = None


def test_further_fields_stand_in_the_first_part_and_on_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details, "FilePetition", _More)
    assert [field.name for field in _More.what()] == ["title", "body", "since", "often"]
    case = SimpleNamespace(title="가로등", body="꺼졌어요.", since="어제", often="")
    found = details.details(case)  # type: ignore[arg-type]  # only what is read of it
    assert [(field.name, value) for field, value in found] == [("since", "어제")]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("text", "어제\n그제", "어제\n그제"),
        ("choice", "web", "인터넷"),
        ("choice", "", ""),
        ("checkbox", True, "예"),
        ("checkbox", False, "아니요"),
        ("day", date(2027, 3, 9), "2027년 3월 9일"),
        ("day", None, ""),
    ],
)
def test_a_value_is_shown_in_words(name: str, value: object, shown: str) -> None:
    assert _shown(name, value).startswith(shown)
    assert bool(_shown(name, value)) is bool(shown)


def test_a_shown_value_is_escaped() -> None:
    assert "<script" not in _shown("text", EVIL)


def _shown(name: str, value: object) -> str:
    source = '{% from "components/form.html" import form_value with context %}{{ form_value(field, value) }}'
    return html(source, field=_Each.field(name), value=value, lang="ko")
