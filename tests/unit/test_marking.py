"""Texts in another language than their page say so, in every template, and nothing else does."""

from zoneinfo import ZoneInfo

import pytest
from jinja2 import nodes

from server.core import marking, templates
from server.core.i18n import written_in

LANGUAGES = ("ko", "ja", "en")


def shown(source: str, language: str = "en", **values: object) -> str:
    environment = templates.environment(language, LANGUAGES, ZoneInfo("Asia/Seoul"))
    code = environment.compile(marking.mark(environment.parse(source)), "page", "page.html")
    return environment.template_class.from_code(environment, code, environment.globals).render(**values)


@pytest.mark.parametrize(
    ("text", "ko", "ja", "en"),
    [
        ("가로등이 꺼졌어요", "ko", "ko", "ko"),
        ("街灯が消えています", "ja", "ja", "ja"),
        ("佐藤美咲", "ja", "ja", "ja"),
        ("The street light is out", "en", "en", "en"),
        ("임다정", "ko", "ko", "ko"),
        ("종루광장 앞 CCTV camera 설치 요청", "ko", "ko", "ko"),
        ("The lamp in front of 종루광장 is out", "en", "en", "en"),
        ("종루광장の街灯が消えています", "ja", "ja", "ja"),
        ("大韓民國 정부의 공무원", "ko", "ko", "ko"),
    ],
)
def test_a_language_is_told_by_most_letters(text: str, ko: str, ja: str, en: str) -> None:
    assert {language: written_in(text, language) for language in LANGUAGES} == {"ko": ko, "ja": ja, "en": en}


@pytest.mark.parametrize("text", ["", "K7Q-M9X-RW4", "02-700-1000", "kim@example.org", "IMG_1234.jpg", "CCTV", "12"])
def test_numbers_and_single_words_are_in_the_readers_language(text: str) -> None:
    assert all(written_in(text, language) == language for language in LANGUAGES)


def test_a_long_run_of_letters_is_read_once() -> None:
    assert written_in("a" * 2_000_000, "ko") == "ko", "it would take hours if each letter were a new beginning"


def test_what_is_printed_between_tags_says_its_language() -> None:
    assert shown("<p>{{ x }}</p>", x="가로등 <b>") == '<p><bdi lang="ko">가로등 &lt;b&gt;</bdi></p>'
    assert shown("<p>{{ x }}</p>", "ko", x="가로등") == "<p>가로등</p>"
    assert shown("{% for y in x %}<li>{{ y }}</li>{% endfor %}", x=["공원"]) == '<li><bdi lang="ko">공원</bdi></li>'
    assert shown("{{ x if x else '-' }}", x="공원") == '<bdi lang="ko">공원</bdi>'
    assert shown("{% macro m(a) %}<b>{{ a }}</b>{% endmacro %}{{ m(x) }}", x="공원") == (
        '<b><bdi lang="ko">공원</bdi></b>'
    )
    assert shown('{{ _("Case guide: %(name)s", name=x) }}', x="임다정") == 'Case guide: <bdi lang="ko">임다정</bdi>'
    assert shown("<p{% if x %} title='{{ x }}'{% endif %}>{{ x }}</p>", x="강") == (
        "<p title='강'><bdi lang=\"ko\">강</bdi></p>"
    )


@pytest.mark.parametrize(
    "source",
    [
        '<p class="{{ x }}">',
        "<p title='{{ x }}'>",
        '<a href="/?q={{ x|urlencode }}&amp;x={{ x }}">',
        '<p {% if x %}class="{{ x }}"{% else %}title="{{ x }}"{% endif %}>',
        "<textarea>{{ x }}</textarea>",
        "<select><option>{{ x }}</option></select>",
        '<svg><path d="M0"/><text>{{ x }}</text></svg>',
        "<script>{{ x }}</script>",
        '{% macro m(a) %}{{ a }} {{ a }}{% endmacro %}<p title="{{ m(x) }}">',
        '{% macro m(a) %}{{ a }}{% endmacro %}{% set b = m(x) %}<p title="{{ b }}" class="{{ b if b else b }}">',
        "{% macro m(a) %}{{ a }}{% endmacro %}<title>{{ m(x) ~ x }}</title>",
        "<head><title>{% block title %}{{ x }}{% endblock %}</title></head>",
    ],
)
def test_attributes_and_elements_of_plain_text_stay_as_they_are(source: str) -> None:
    assert "<bdi" not in shown(source, x="가로등")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<option value='1'>{{ x }}</option>", "<option value='1' lang=\"ko\">가로등</option>"),
        ("<option{% if x %} selected{% endif %}>{{ x }}</option>", '<option selected lang="ko">가로등</option>'),
        ("<option>3 {{ x }}</option>", "<option>3 가로등</option>"),
        ("<input value='{{ x }}'{{ x|lang_of }}>", "<input value='가로등' lang=\"ko\">"),
    ],
)
def test_choices_and_fields_say_the_language_of_their_text(source: str, found: str) -> None:
    assert shown(source, x="가로등") == found
    assert "lang" not in shown(source, "ko", x="가로등")


def test_every_template_ends_outside_of_tags_and_known_blocks_alone_stand_in_them() -> None:
    environment = templates.environment("en", LANGUAGES, ZoneInfo("Asia/Seoul"))
    inside: set[str] = set()

    def walk(body: list[nodes.Node], place: marking.Place) -> marking.Place:
        for node in body:
            if isinstance(node, nodes.Output):
                for each in node.nodes:
                    place = place.after(each.data) if isinstance(each, nodes.TemplateData) else place
            elif isinstance(node, nodes.Block):
                inside.update({node.name} if not place.marked else ())
                walk(node.body, place)
            elif isinstance(node, nodes.If | nodes.For):
                for branch in getattr(node, "elif_", ()):
                    walk(branch.body, place)
                walk(node.else_, place)
                place = walk(node.body, place)
            elif isinstance(node, nodes.Macro | nodes.CallBlock | nodes.FilterBlock | nodes.With):
                assert walk(node.body, marking.Place()).marked, node
        return place

    for name in environment.list_templates(["html"]):
        source = (templates.TEMPLATES / name).read_text()
        assert walk(environment.parse(source).body, marking.Place()).marked, name
    assert inside == marking.OUTSIDE
