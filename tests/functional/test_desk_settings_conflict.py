"""Two administrators on one rule, template or department: the second hears what the first did, and loses no word."""

from dataclasses import dataclass

import httpx
import pytest
from tortoise.models import Model

from petitions.models import ReplyTemplate, RoutingRule
from server.core.accounts import Account, Department, Role
from tests.support.markup import parse
from tests.support.page_forms import Form, form, post_without_page, send, submit
from tests.support.system import System


async def look(browser: httpx.AsyncClient, path: str) -> Form:
    """The form of a setting."""
    return form(await browser.get(f"{path}?lang=en"), path)


@dataclass(frozen=True)
class Case:
    """One setting: who else may change it, what the first one writes where, and what the second one writes."""

    model: type[Model]
    other: str
    name: str
    value: str
    label: str
    own: str
    mine: str
    required: str


SETTINGS = {
    "/desk/rules/1": Case(RoutingRule, "intake", "note", "먼저 바꾼 메모", "Note", "words", "세금", "words"),
    "/desk/templates/1": Case(ReplyTemplate, "manager", "text", "먼저 바꾼 본문", "Text", "title", "새 제목", "text"),
    "/desk/departments/1": Case(Department, "manager", "phone", "02-700-7777", "Phone", "name_en", "Lamps", "name"),
}


@pytest.mark.parametrize("path", SETTINGS)
async def test_the_second_is_told_what_changed_and_saves_with_the_next_press(system: System, path: str) -> None:
    case = SETTINGS[path]
    if case.model is Department:
        await Account.filter(username=case.other).update(role=Role.ADMINISTRATOR)
    first, second = await system.official("admin"), await system.official(case.other)
    slow, quick = await look(second, path), await look(first, path)
    for _press in range(2):  # nobody conflicts with oneself
        assert (await send(first, quick, **{case.name: case.value})).status_code == 303

    refused = await send(second, slow, **{case.own: case.mine})
    assert refused.status_code == 409
    said = parse(refused.text).one(class_="conflict").text
    for words in ("Someone else changed this", "관리자", case.label, case.value):
        assert words in said
    kept = form(refused, path)
    before = slow.values[case.name]
    assert (kept.values[case.own], kept.values[case.name]) == ([case.mine], before)
    stored = await case.model.get(id=1)
    assert getattr(stored, case.name) == case.value, "nothing was written over"

    wrong = await send(second, kept, **{case.required: ""})
    assert wrong.status_code == 422
    assert form(wrong, path).values["version"] == kept.values["version"]
    assert (await send(second, kept)).status_code == 303
    stored = await case.model.get(id=1)
    assert [getattr(stored, case.name)] == before
    assert case.mine in getattr(stored, case.own)


@pytest.mark.parametrize("path", ["/desk/rules/1", "/desk/templates/1"])
async def test_what_was_deleted_meanwhile_can_be_added_anew(system: System, path: str) -> None:
    case = SETTINGS[path]
    first, second = await system.official("admin"), await system.official(case.other)
    slow = await look(second, path)
    assert (await submit(first, f"{path}/delete", "/delete")).status_code == 303
    refused = await send(second, slow, **{case.own: case.mine})
    assert refused.status_code == 409
    assert "It was deleted" in parse(refused.text).one(class_="conflict").text
    assert (await send(second, form(refused, "/new"))).status_code == 303
    (added,) = await case.model.all()
    assert case.mine in getattr(added, case.own)
    assert (await second.get(path)).status_code == 404
    assert (await post_without_page(second, path, data={case.own: case.mine})).status_code == 404
