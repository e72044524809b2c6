"""Two administrators on one rule, template or department: the second hears what the first did, and loses no word."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tortoise.models import Model

from petitions.models import ReplyTemplate, RoutingRule
from server.core.accounts import Account, Department, Role
from tests.support.markup import Element, parse
from tests.support.system import System


def fields(page: Element) -> dict[str, Any]:
    """What the form of a setting holds, as the browser would send it."""
    form = page.one("form", class_="settings-form")
    values: dict[str, Any] = {f.attrs["name"]: f.attrs.get("value", "") for f in form.all("input", type="hidden")}
    for field in form.all("input"):
        if field.attrs.get("type") not in {"hidden", "checkbox"}:
            values[field.attrs["name"]] = field.attrs.get("value", "")
    for field in form.all("textarea"):
        values[field.attrs["name"]] = "".join(c for c in field.children if isinstance(c, str)).removeprefix("\n")
    for field in form.all("select"):
        chosen = [o for o in field.all("option") if "selected" in o.attrs]
        values[field.attrs["name"]] = chosen[0].attrs["value"] if chosen else ""
    return values


async def look(browser: httpx.AsyncClient, path: str) -> dict[str, Any]:
    return fields(parse((await browser.get(f"{path}?lang=en")).text))


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
    "/desk/rules/1": Case(RoutingRule, "intake", "note", "먼저 바꾼 메모", "Note", "words", "세금", "department"),
    "/desk/templates/1": Case(ReplyTemplate, "manager", "text", "먼저 바꾼 본문", "Text", "title", "새 제목", "text"),
    "/desk/departments/1": Case(Department, "manager", "phone", "02-000-7777", "Phone", "name_en", "Lamps", "name"),
}


@pytest.mark.parametrize("path", SETTINGS)
async def test_the_second_is_told_what_changed_and_saves_with_the_next_press(system: System, path: str) -> None:
    case = SETTINGS[path]
    if case.model is Department:
        await Account.filter(username=case.other).update(role=Role.ADMINISTRATOR)
    first, second = await system.official("admin"), await system.official(case.other)
    slow, quick = await look(second, path), await look(first, path)
    for _press in range(2):  # nobody conflicts with oneself
        assert (await first.post(path, data={**quick, case.name: case.value})).status_code == 303

    refused = await second.post(path, data={**slow, case.own: case.mine})
    assert refused.status_code == 409
    page = parse(refused.text)
    said = page.one(class_="conflict").text
    for words in ("Someone else changed this", "관리자", case.label, case.value):
        assert words in said
    kept = fields(page)
    assert (kept[case.own], kept[case.name]) == (case.mine, slow[case.name])
    stored = await case.model.get(id=1)
    assert getattr(stored, case.name) == case.value, "nothing was written over"

    wrong = await second.post(path, data={**kept, case.required: ""})
    assert wrong.status_code == 422
    assert fields(parse(wrong.text))["version"] == kept["version"]
    assert (await second.post(path, data=kept)).status_code == 303
    stored = await case.model.get(id=1)
    assert getattr(stored, case.name) == slow[case.name]
    assert case.mine in getattr(stored, case.own)


@pytest.mark.parametrize("path", ["/desk/rules/1", "/desk/templates/1"])
async def test_what_was_deleted_meanwhile_can_be_added_anew(system: System, path: str) -> None:
    case = SETTINGS[path]
    first, second = await system.official("admin"), await system.official(case.other)
    slow = await look(second, path)
    assert (await first.post(f"{path}/delete")).status_code == 303
    refused = await second.post(path, data={**slow, case.own: case.mine})
    assert refused.status_code == 409
    page = parse(refused.text)
    assert "It was deleted" in page.one(class_="conflict").text
    target = page.one("form", class_="settings-form").attrs["action"]
    assert (await second.post(target, data=fields(page))).status_code == 303
    (added,) = await case.model.all()
    assert case.mine in getattr(added, case.own)
    assert (await second.get(path)).status_code == 404
    assert (await second.post(path, data={case.own: case.mine})).status_code == 404
