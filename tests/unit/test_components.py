"""Each component draws what its comment commitments: escaped text, wired labels, words beside every colour."""

import re

import pytest
from jinja2 import TemplateError

from server.core.templates import TEMPLATES
from tests.browser.gallery.render import LANGUAGES, PAGES, page
from tests.support.components import EVIL, described, draw, html
from tests.support.markup import Unbalanced, parse

COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))


# --- Every component ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_component_says_what_it_is_and_which_parameters_it_takes(name: str) -> None:
    source = (TEMPLATES / "components" / f"{name}.html").read_text(encoding="utf-8")
    comment = re.search(r"\{#(.*?)#\}", source, re.DOTALL)
    assert comment is not None
    for macro in re.findall(r"\{% macro ([a-z]\w*)\(", source):
        assert re.search(rf"\b{macro}\(", comment[1]), macro


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_component_stands_in_the_gallery_or_in_the_layout(name: str) -> None:
    here = [
        TEMPLATES / "base.html",
        TEMPLATES / "desk" / "base.html",
        *(TEMPLATES.parent / "tests/browser/gallery").glob("*.html"),
    ]
    assert any(f"components/{name}.html" in path.read_text(encoding="utf-8") for path in here)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_the_gallery_is_well_formed_with_every_id_once_and_every_reference_found(name: str, language: str) -> None:
    root = parse(page(name, language))
    ids = [element.attrs["id"] for element in root.walk() if "id" in element.attrs]
    assert sorted(ids) == sorted(set(ids))
    for element in root.walk():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            assert set(element.attrs.get(attribute, "").split()) <= set(ids), element


@pytest.mark.parametrize("name", PAGES)
def test_no_page_holds_style_or_script_that_the_content_policy_forbids(name: str) -> None:
    root = parse(page(name))
    assert not root.all("style")
    assert all("src" in script.attrs and not script.text for script in root.all("script"))
    for element in root.walk():
        assert "style" not in element.attrs
        assert not [attribute for attribute in element.attrs if attribute.startswith("on")]


def test_a_tag_left_open_is_found() -> None:
    with pytest.raises(Unbalanced):
        parse("<p><b>x</p>")
    with pytest.raises(Unbalanced):
        parse("<div><p>x</p>")


# --- Fields ------------------------------------------------------------------------------------------------

KINDS = ("text", "email", "tel", "date", "textarea", "file")


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_names_its_label_its_hint_and_its_error(kind: str) -> None:
    root = draw("field", f'c.{kind}("where", "위치", hint="도로명", error="적어 주세요", required=true)')
    label = root.one("label")
    control = root.one(name="where")
    assert label.attrs["for"] == control.attrs["id"] == "field-where"
    assert label.text == "위치 필수"
    assert described(root, control) == ["도로명", "오류: 적어 주세요"]
    assert control.attrs["aria-invalid"] == "true"
    assert "required" in control.attrs


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_without_error_is_not_invalid_and_describes_nothing(kind: str) -> None:
    control = draw("field", f'c.{kind}("where", "위치", error=none)').one(name="where")
    assert not {"aria-invalid", "aria-describedby", "required"} & set(control.attrs)


@pytest.mark.parametrize("kind", ["text", "email", "tel"])
def test_a_field_keeps_what_was_typed_and_escapes_it(kind: str) -> None:
    drawn = html(
        f'{{% import "components/field.html" as c %}}{{{{ c.{kind}("a", evil, evil, evil, evil) }}}}',
        evil=EVIL,
    )
    assert "<script" not in drawn
    root = parse(drawn)
    assert root.one("input").attrs["value"] == EVIL
    assert root.one("label").text == EVIL
    assert not {"alert(1)"} & {element.tag for element in root.walk()}


def test_a_textarea_shows_the_lines_of_a_refused_text_as_they_will_be_stored() -> None:
    drawn = html(
        '{% import "components/field.html" as c %}{{ c.textarea("a", "A", value) }}',
        value="\ufeff첫 줄\v둘째\u2028셋째\f<넷째>\u200b ",
    )
    assert "\n첫 줄\n둘째\n셋째\n&lt;넷째&gt; </textarea>" in drawn


def test_a_textarea_keeps_a_leading_line_break_which_html_would_drop() -> None:
    drawn = html('{% import "components/field.html" as c %}{{ c.textarea("a", "A", value) }}', value="\n첫 줄\n")
    inside = re.search(r"<textarea[^>]*>(.*?)</textarea>", drawn, re.DOTALL)
    assert inside is not None
    assert inside[1] == "\n\n첫 줄\n"


def test_none_is_shown_as_nothing_and_zero_as_zero() -> None:
    assert not draw("field", 'c.text("a", "A", none)').one("input").attrs["value"]
    assert draw("field", 'c.text("a", "A", 0)').one("input").attrs["value"] == "0"


@pytest.mark.parametrize(("kind", "token", "type_"), [("email", "email", "text"), ("tel", "tel", "tel")])
def test_contact_fields_let_the_browser_fill_them_in(kind: str, token: str, type_: str) -> None:
    control = draw("field", f'c.{kind}("a", "A")').one("input")
    assert control.attrs["autocomplete"] == token
    assert control.attrs["type"] == type_


def test_a_limit_is_told_and_counted_but_never_cuts_what_is_pasted() -> None:
    root = draw("field", 'c.textarea("body", "내용", limit=5000)')
    control = root.one("textarea")
    assert control.attrs["data-counter"] == "5000"
    assert "maxlength" not in control.attrs
    assert described(root, control) == ["5,000자까지"]
    assert root.one(id="field-body-count").attrs["data-left"] == "{n}자 남음"


def test_a_private_field_is_marked_so_that_no_draft_keeps_it() -> None:
    assert "data-private" in draw("field", 'c.text("name", "이름", private=true)').one("input").attrs
    assert "data-private" not in draw("field", 'c.text("title", "제목")').one("input").attrs


def test_a_select_marks_the_chosen_option_also_when_it_is_a_number() -> None:
    root = draw("field", 'c.select("d", "부서", [(1, "도로"), (2, "공원")], value=2, empty="모두")')
    assert [option.text for option in root.all("option") if "selected" in option.attrs] == ["공원"]
    assert not root.all("option")[0].attrs["value"]


def test_radios_are_a_group_whose_first_box_the_error_summary_reaches() -> None:
    root = draw(
        "field",
        'c.radios("by", "방법", [("a", "메일", "빠름"), ("b", "전화")], "b", error="고르기", required=true)',
    )
    group = root.one("fieldset")
    assert root.one("legend").text == "방법 필수"
    assert described(root, group) == ["오류: 고르기"]
    first, second = root.all("input")
    assert first.attrs["id"] == "field-by"
    assert described(root, first) == ["빠름"]
    assert ("checked" in first.attrs, "checked" in second.attrs) == (False, True)
    assert {label.attrs["for"]: label.text for label in root.all("label")} == {
        "field-by": "메일",
        "field-by-2": "전화",
    }


def test_checkboxes_keep_every_choice() -> None:
    boxes = draw("field", 'c.checkboxes("n", "N", [(1, "a"), (2, "b"), (3, "c")], value=[1, 3])').all("input")
    assert ["checked" in box.attrs for box in boxes] == [True, False, True]


def test_one_checkbox_stands_beside_its_label() -> None:
    root = draw("field", 'c.checkbox("ok", "동의", checked=true, hint="까닭", error="필요합니다")')
    box = root.one("input")
    assert "checked" in box.attrs
    assert described(root, box) == ["까닭", "오류: 필요합니다"]


def test_a_date_has_its_bounds_and_further_attributes() -> None:
    control = draw("field", 'c.date("d", "날", "2026-11-19", max="2026-11-20", attrs={"data-x": evil})', evil=EVIL).one(
        "input"
    )
    assert control.attrs["max"] == "2026-11-20"
    assert "min" not in control.attrs
    assert control.attrs["data-x"] == EVIL


def test_an_upload_tells_its_limits_and_offers_what_is_already_there() -> None:
    root = draw(
        "upload",
        'c.upload("f", "파일", kept=[{"id": "7", "name": evil, "size": 2345678, "token": "t7"}], error="너무 큽니다")',
        evil=EVIL,
    )
    control = root.one("input", type="file")
    assert described(root, control) == ["10개까지, 하나에 20 MB까지 보낼 수 있습니다.", "오류: 너무 큽니다"]
    box = root.one("input", type="checkbox")
    assert (box.attrs["name"], box.attrs["value"]) == ("f_remove", "7")
    assert root.one("label", **{"for": box.attrs["id"]}).text == f"빼기 {EVIL}"


# --- Errors and messages -----------------------------------------------------------------------------------


def test_the_error_summary_is_read_out_takes_the_focus_and_leads_to_each_field() -> None:
    root = draw("error_summary", "c.error_summary(errors)", errors={"title": "제목을 적어 주세요.", "": EVIL})
    box = root.one("div", role="alert")
    assert "autofocus" in box.attrs
    assert box.attrs["tabindex"] == "-1"
    assert root.one(id=box.attrs["aria-labelledby"]).text == "2가지를 확인해 주세요"
    assert [(link.attrs["href"], link.text) for link in root.all("a")] == [("#field-title", "제목을 적어 주세요.")]
    assert root.all("li")[1].text == EVIL


def test_no_error_no_summary() -> None:
    assert not draw("error_summary", "c.error_summary({})").all()


@pytest.mark.parametrize("tone", ["info", "success", "warning", "danger"])
def test_a_callout_and_a_toast_carry_a_shape_beside_their_colour(tone: str) -> None:
    callout = draw("callout", f'{{% call c.callout("{tone}", evil) %}}<p>x</p>{{% endcall %}}', evil=EVIL)
    assert callout.one("h2").text == EVIL
    toast = draw("toast", f'c.toast(evil, "{tone}")', evil=EVIL)
    assert toast.one("p").attrs["role"] == "status"
    assert callout.all("svg")
    assert toast.all("svg")


def test_the_toast_region_is_there_before_anything_is_said() -> None:
    region = draw("toast", "c.toast_region()").one(id="toasts")
    assert region.attrs["aria-live"] == "polite"
    assert not region.text


def test_a_dialog_unfolds_without_scripts_and_stays_open_after_an_error() -> None:
    root = draw("dialog", '{% call c.dialog("w", "취하할까요?", "취하", "danger", open=true) %}<p>x</p>{% endcall %}')
    details = root.one("details")
    assert "open" in details.attrs
    assert root.one("summary").text == "취하"
    assert root.one(id="w-title").text == "취하할까요?"
    assert "open" not in draw("dialog", '{% call c.dialog("w", "T", "L") %}{% endcall %}').one("details").attrs


def test_an_empty_list_offers_the_next_step() -> None:
    root = draw("empty_state", 'c.empty_state("없습니다", evil, "/petitions/new", "신청")', evil=EVIL)
    assert root.one("a").attrs["href"] == "/petitions/new"
    assert EVIL in root.text


# --- Links, buttons, maps ----------------------------------------------------------------------------------


def test_buttons_do_and_links_go() -> None:
    button = draw("button", 'c.button(evil, "danger", name="do", value=evil, attrs={"data-key": "a"})', evil=EVIL).one(
        "button"
    )
    assert (button.attrs["type"], button.attrs["name"], button.attrs["value"]) == ("submit", "do", EVIL)
    assert button.attrs["data-key"] == "a"
    assert button.text == EVIL
    link = draw("button", 'c.button_link("가기", evil, "quiet", icon="arrow")', evil=EVIL).one("a")
    assert link.attrs["href"] == EVIL
    assert link.all("svg")


def test_icons_are_silent_and_an_unknown_one_is_a_mistake() -> None:
    assert draw("icon", 'c.icon("check")').one("svg").attrs["aria-hidden"] == "true"
    with pytest.raises(TemplateError):
        draw("icon", 'c.icon("nothing")')


def test_the_map_keeps_its_place_and_hides_its_tools_where_no_script_runs() -> None:
    root = draw(
        "map_field",
        'c.map_field(37.5, none, (37.5, 126.9), "/l.js", "/l.css", "https://t.example/{z}/{x}/{y}.png")',
    )
    assert [field.attrs["value"] for field in root.all("input", type="hidden")] == ["37.5", ""]
    assert "hidden" in root.one(class_="map-sheet").attrs
    assert root.one(class_="map-field").attrs["data-tiles"].startswith("https://t.example")


def test_a_large_link_is_one_link() -> None:
    root = draw("action_card", 'c.action_card("민원 신청", evil, "/petitions/new", "pen", strong=true)', evil=EVIL)
    assert root.one("a").attrs["href"] == "/petitions/new"
    assert EVIL in root.text


def test_the_draft_note_is_hidden_until_a_draft_is_back() -> None:
    assert "hidden" in draw("draft_note", "c.draft_note()").one(class_="callout").attrs
