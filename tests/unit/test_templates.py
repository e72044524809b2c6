"""Templates are compiled once for all languages and kept; nothing that goes wrong there breaks a page."""

import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from zoneinfo import ZoneInfo

import jinja2.filters
import pytest
from jinja2 import Environment

from server.core import templates

LANGUAGES = ("ko", "ja", "en")
SEOUL = ZoneInfo("Asia/Seoul")


def fresh(language: str) -> Environment:
    """An environment as a process has it that has just started."""
    return templates.environment.__wrapped__(language, LANGUAGES, SEOUL)


@pytest.fixture(autouse=True)
def codes(monkeypatch: pytest.MonkeyPatch) -> dict[str, CodeType]:
    """What this test's process has compiled: all that the others have, until it forgets."""
    found = dict(templates._codes)
    monkeypatch.setattr(templates, "_codes", found)
    return found


def test_every_template_is_kept_and_none_is_compiled_again(
    tmp_path: Path, codes: dict[str, CodeType], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "not there yet"
    assert templates.load(tmp_path / "nowhere")  # nothing need be loaded where all is there
    templates.make(folder)
    codes.clear()
    assert not templates.load(tmp_path / "nowhere")
    assert templates.load(folder)
    monkeypatch.setattr(Environment, "compile", None)
    for language in LANGUAGES:
        environment = fresh(language)
        assert all(map(environment.get_template, environment.list_templates()))


@pytest.mark.parametrize(
    "damage", [lambda _: b"", lambda _: b"x" * 99, lambda good: good[:-1], lambda good: good + b"x"]
)
def test_a_damaged_file_is_as_good_as_none(
    tmp_path: Path, codes: dict[str, CodeType], damage: Callable[[bytes], bytes]
) -> None:
    templates.make(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    codes.clear()
    assert not templates.load(tmp_path)
    assert fresh("ko").get_template("components/icon.html").name


def test_what_was_compiled_of_something_else_is_neither_used_nor_kept(
    tmp_path: Path, codes: dict[str, CodeType], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(templates, "fingerprint", lambda: "another version")
        templates.make(tmp_path)
    codes.clear()
    assert not templates.load(tmp_path)
    codes.update(one := {"components/icon.html": compile("", "icon", "exec")})
    monkeypatch.setattr(templates._loader, "list_templates", lambda: list(one))
    templates.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{templates.fingerprint()}.compiled"]


def test_a_server_without_compiled_templates_has_them_made_beside(tmp_path: Path) -> None:
    templates.make_beside(tmp_path)
    while not list(tmp_path.glob("*.compiled")):  # without them the limit of every test ends it
        time.sleep(0.05)


def test_the_compiler_computes_nothing_that_depends_on_the_language() -> None:
    for name in set(fresh("ko").filters) - set(jinja2.filters.FILTERS) - {"filesize"}:
        assert hasattr(fresh("ko").filters[name], "jinja_pass_arg"), name
    source = "{{ 1234.5|number }}{{ 'Save'|text }}{{ _('Save') }}{% trans %}Save{% endtrans %}{{ lang }}"
    made = [fresh(language).compile(source, raw=True) for language in LANGUAGES]
    assert made[0] == made[1] == made[2]


def test_each_language_says_it_in_its_own_way() -> None:
    found = [
        fresh(language).from_string("{{ _('Save') }} {{ 'Save'|text }} {{ lang }}").render() for language in LANGUAGES
    ]
    assert found == ["저장 저장 ko", "保存 保存 ja", "Save Save en"]


def test_no_template_shows_both_sides_of_a_merge() -> None:
    mark = "\n" + "<" * 7
    found = [path.name for path in templates.TEMPLATES.rglob("*.*") if mark in path.read_text()]
    assert found == []
