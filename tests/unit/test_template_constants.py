"""Words and icons with constant arguments are looked up, and stand on the page as the calls would have put them."""

from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from server.core import template_constants, templates

SEOUL = ZoneInfo("Asia/Seoul")


def compiled(source: str) -> str:
    environment = templates.environment("ko", ("ko", "ja", "en"), SEOUL)
    tree = template_constants.look_up(environment.parse(source))
    return environment.compile(tree, raw=True)


@pytest.mark.parametrize(
    ("source", "place"),
    [("{{ _('Save') }}", "texts"), ("<a title='{{ _('Save') }}'>", "texts"), ("{{ icon('check') }}", "icons"),
     ("{{ icon(name) }}", "icons"), ("{{ x if y else _('Save') }}", "texts"), ("{{ f(_('Save')) }}", "texts")],
)  # fmt: skip
def test_what_is_constant_is_looked_up(source: str, place: str) -> None:
    assert f"environment.{place}" in compiled(source)


@pytest.mark.parametrize(
    "source", ["{{ _('by %(day)s', day=day) }}", "{{ _(words) }}", "{{ icon(*names) }}", "{{ f('x') }}"]
)
def test_what_is_not_constant_is_called(source: str) -> None:
    assert "environment.texts" not in compiled(source)
    assert "environment.icons" not in compiled(source)


def test_a_word_is_markup_made_once_with_its_percent_signs() -> None:
    environment = templates.environment("ko", ("ko", "ja", "en"), SEOUL)
    assert environment.texts["Save"] is environment.texts["Save"]
    assert environment.texts["Save"] == "저장"
    assert environment.texts["100%% of <b>"] == Markup("100% of <b>")


def test_an_icon_is_what_its_macro_draws_and_an_unknown_one_is_an_error() -> None:
    environment = templates.environment("ko", ("ko", "ja", "en"), SEOUL)
    source = "{% from 'components/icon.html' import icon %}{{ icon('check') }}"
    assert environment.icons["check"] == environment.from_string(source).render()
    with pytest.raises(Exception, match="no attribute 'crown'"):
        environment.icons["crown"]


def test_values_are_escaped() -> None:
    environment = templates.environment("en", ("ko", "ja", "en"), SEOUL)
    assert environment.from_string("{{ _('Case %(number)s', number='<i>') }}").render() == "Case &lt;i&gt;"


def test_markup_is_printed_as_it_is_and_anything_else_escaped() -> None:
    environment = templates.environment("en", ("ko", "ja", "en"), SEOUL)
    source = (
        "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}{{ bold('<') }}{{ number }}{{ text }}{{ text|safe }}{{ none }}"
    )
    printed = environment.from_string(source).render(number=3, text="<i>")
    assert printed == "<b>&lt;</b>3&lt;i&gt;<i>None"
    with pytest.raises(UndefinedError):
        environment.from_string("{{ missing }}").render()


def test_an_imported_template_is_made_once() -> None:
    environment = templates.environment("ko", ("ko", "ja", "en"), SEOUL)
    template = environment.get_template("components/icon.html")
    context = environment.from_string("").new_context({"more": 1})
    assert template._get_default_module(context) is template.module
