"""What cases and lists are drawn with: states, steps, clocks, timelines, tables, charts, the slot grid."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from jinja2 import TemplateError
from markupsafe import Markup

from tests.browser.gallery.render import LANGUAGES
from tests.support.components import EVIL, draw, html
from tests.support.markup import Element

STATES = (
    "received", "accepted", "assigned", "in_progress", "supplement_requested", "answered", "closed",
    "returned", "withdrawn", "transferred_out", "reopened",
)  # fmt: skip
TONES = ("ok", "soon", "late", "paused", "done")
AT = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)


# --- The case ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_has_words_of_its_own_and_a_shape(language: str) -> None:
    drawn = [draw("status_tag", f'c.status_tag("{state}")', language) for state in STATES]
    assert all(tag.all("svg") for tag in drawn)
    assert len({tag.text for tag in drawn}) == len(STATES)


def test_an_unknown_state_is_a_mistake() -> None:
    with pytest.raises(TemplateError):
        draw("status_tag", 'c.status_tag("lost")')


def steps(call: str) -> list[tuple[str, bool]]:
    root = draw("steps", call)
    found = [(item.one(class_="step-label").text, item.attrs.get("aria-current") == "step") for item in root.all("li")]
    assert [current for _label, current in found].count(True) == 1
    return found


@pytest.mark.parametrize(
    ("state", "current"),
    [
        ("received", 0), ("accepted", 1), ("assigned", 1), ("in_progress", 2), ("supplement_requested", 2),
        ("reopened", 2), ("answered", 3), ("closed", 3),
    ],
)  # fmt: skip
def test_all_steps_are_shown_and_the_current_one_is_named(state: str, current: int) -> None:
    found = steps(f'c.case_steps("{state}")')
    assert [label.split(" (")[0] for label, _current in found] == [
        "접수",
        "담당부서 지정",
        "처리중",
        "답변완료",
    ]
    assert [now for _label, now in found].index(True) == current
    assert [label.split("(")[1] for label, _current in found] == (
        ["끝남)"] * current + ["현재 단계)"] + ["남은 단계)"] * (3 - current)
    )


@pytest.mark.parametrize("state", ["returned", "withdrawn", "transferred_out"])
def test_a_case_that_ended_aside_shows_where_it_left_the_way(state: str) -> None:
    found = steps(f'c.case_steps("{state}", reached="assigned")')
    word = draw("status_tag", f'c.status_name("{state}")').text
    assert [label for label, _current in found] == [
        "접수 (끝남)",
        "담당부서 지정 (끝남)",
        f"{word} (현재 단계)",
        "처리중 (진행하지 않음)",
        "답변완료 (진행하지 않음)",
    ]


def test_steps_carry_their_dates_and_a_note() -> None:
    root = draw("steps", 'c.case_steps("assigned", dates={"reception": "11.16."}, note=evil)', evil=EVIL)
    assert root.one(class_="step-date").text == "11.16."
    assert EVIL in root.text
    assert "4단계 중 2단계" in root.text


def test_the_steps_of_a_form_count_from_one() -> None:
    root = draw("steps", 'c.form_steps(["내용", "위치", "확인"], 1)')
    assert "3단계 중 2단계" in root.text
    assert steps('c.form_steps(["내용", "위치", "확인"], 1)')[1] == ("위치 (현재 단계)", True)


def test_a_timeline_item_says_when_what_and_who() -> None:
    root = draw(
        "timeline",
        '{% call c.item(at, evil, "도로과 박서연", id="event-7", badge="내부") %}<p>본문</p>{% endcall %}',
        at=AT,
        evil=EVIL,
    )
    item = root.one("li")
    assert item.attrs["id"] == "event-7"
    assert root.one("time").attrs["datetime"] == "2026-11-20T05:30:00+00:00"
    assert root.one("time").text == "2026년 11월 20일 (금) 오후 2:30"
    assert EVIL in root.text
    assert "도로과 박서연" in root.text
    assert root.one(class_="event-body").text == "본문"
    assert not draw("timeline", 'c.item(at, "x")', at=AT).all(class_="event-body")


def test_a_timeline_is_an_ordered_list_that_live_pages_can_extend() -> None:
    root = draw("timeline", '{% call c.timeline() %}{{ c.item(at, "x") }}{% endcall %}', at=AT).one("ol")
    assert root.attrs["data-live"] == "list"
    assert root.attrs["id"] == "timeline"
    assert root.attrs["aria-label"] == "처리 과정"


def test_the_guide_can_be_reached_by_every_way_the_card_names() -> None:
    root = draw(
        "guide_card",
        'c.guide_card(evil, "도로관리과", "031 120 4521", "평일", ["한국어", "日本語"], "a@b.example")',
        evil=EVIL,
    )
    assert [link.attrs["href"] for link in root.all("a")] == ["tel:0311204521", "mailto:a@b.example"]
    assert EVIL in root.text
    assert "한국어, 日本語" in root.text


@pytest.mark.parametrize("tone", TONES)
def test_the_deadline_is_told_in_words_not_by_colour_alone(tone: str) -> None:
    name = draw("deadline_clock", f'c.tone_name("{tone}")').text
    large = draw("deadline_clock", f'c.deadline_clock("11월 27일까지", "5일 남음", "{tone}")')
    small = draw("deadline_clock", f'c.deadline_tag("5일 남음", "{tone}")')
    assert name
    for drawn in (large, small):
        assert name in drawn.text
        assert "5일 남음" in drawn.text
    assert "기한: 11월 27일까지" in large.text


def test_tones_differ_in_words_shape_and_colour() -> None:
    drawn = [
        html(
            '{% import "components/deadline_clock.html" as c %}{{ c.deadline_clock("", "", tone) }}',
            tone=tone,
        )
        for tone in TONES
    ]
    for pattern in (r"tone-\w+", r"<path[^>]*>", r'clock-tone">([^<]*)'):
        assert len({"".join(re.findall(pattern, one)) for one in drawn}) == len(TONES)


def test_a_code_can_be_copied_where_scripts_run() -> None:
    root = draw("copy_code", 'c.copy_code("key", "확인번호", evil, private=true)', evil=EVIL)
    button = root.one("button")
    assert "hidden" in button.attrs
    code = root.one(id=button.attrs["data-copy"])
    assert code.text == EVIL
    assert code.attrs["translate"] == "no"


def test_a_qr_code_says_what_it_opens() -> None:
    root = draw("qr", '{% call c.qr(evil, "주소") %}{{ svg }}{% endcall %}', evil=EVIL, svg=Markup("<svg></svg>"))
    assert root.one(role="img").attrs["aria-label"] == EVIL
    assert root.all("svg")


def test_a_summary_list_leaves_out_what_is_not_there() -> None:
    rows = [{"label": "제목", "value": EVIL, "href": "/t"}, {"label": "전화", "value": None}]
    root = draw("summary_list", "c.summary_list(rows)", rows=rows)
    assert [term.text for term in root.all("dt")] == ["제목"]
    assert root.all("dd")[0].text == EVIL
    link = root.one("a")
    assert (link.text, link.attrs["aria-label"]) == ("고치기", "제목 고치기")


# --- Lists -------------------------------------------------------------------------------------------------


def test_a_table_says_how_it_is_sorted_and_links_the_other_ways() -> None:
    columns = [
        {"label": EVIL}, {"label": "기한", "href": "?s=due", "sort": "ascending"},
        {"label": "부서", "href": "?s=d", "sort": ""}, {"label": "고르기", "unseen": True, "kind": "check"},
    ]  # fmt: skip
    root = draw(
        "table",
        '{% call c.table("민원", columns, id="cases", live=true) %}<tr><td>x</td></tr>{% endcall %}',
        columns=columns,
    )
    heads = root.all("th")
    assert all(head.attrs["scope"] == "col" for head in heads)
    assert [head.attrs.get("aria-sort") for head in heads] == [None, "ascending", None, None]
    assert [link.attrs["href"] for link in root.all("a")] == ["?s=due", "?s=d"]
    assert heads[0].text == EVIL
    assert root.one("caption").text == "민원"
    assert root.one("tbody").attrs == {"id": "cases-rows", "data-live": "list"}
    assert root.one(role="region").attrs["aria-labelledby"] == root.one("caption").attrs["id"]


def test_pages_go_by_newer_and_older_and_a_capped_count_says_so() -> None:
    root = draw("pagination", 'c.pagination(newer="?b=1", older="?a=9", total=1000, capped=true, shown=25)')
    assert [(link.attrs["rel"], link.attrs["href"]) for link in root.all("a")] == [
        ("prev", "?b=1"),
        ("next", "?a=9"),
    ]
    assert "1,000+건 중 25건" in root.text
    alone = draw("pagination", "c.pagination(total=3)")
    assert "모두 3건" in alone.text
    assert not alone.all("a")


def test_what_narrows_a_list_can_be_taken_away_one_by_one() -> None:
    root = draw(
        "filter_bar",
        '{% call c.filter_bar("/desk", [(evil, "/desk?x=1")], "/desk") %}<p>x</p>{% endcall %}',
        evil=EVIL,
    )
    form = root.one("form")
    assert (form.attrs["method"], form.attrs["action"]) == ("get", "/desk")
    assert [(link.attrs["href"], link.text) for link in root.all("a")] == [
        ("/desk?x=1", f"{EVIL} (조건 빼기)"),
        ("/desk", "모두 보기"),
    ]


def test_tabs_are_links_and_one_is_this_page() -> None:
    items = [
        {"label": EVIL, "href": "?v=1", "current": True, "count": "1,000+"},
        {"label": "b", "href": "?v=2", "current": False},
    ]
    links = draw("tabs", 'c.tabs("보기", items)', items=items).all("a")
    assert [link.attrs.get("aria-current") for link in links] == ["page", None]
    assert links[0].text == f"{EVIL} 1,000+"


def test_breadcrumbs_end_at_this_page() -> None:
    root = draw("breadcrumbs", 'c.breadcrumbs([("처음", "/"), (evil, "")])', evil=EVIL)
    assert root.one("a").attrs["href"] == "/"
    assert root.one(aria_current="page").text == EVIL


# --- Pictures of numbers, slots ----------------------------------------------------------------------------


def test_bars_are_as_long_as_their_shares_and_names_are_whole() -> None:
    long = "その他（来庁者の少ない項目）とそのほかの窓口のすべて"
    root = draw("chart", 'c.bar_row(name, "3 / 12", [("bar-received", 1), ("bar-adopted", 0.25)])', name=long)
    assert root.one("p").text == f"{long} 3 / 12"
    assert [bar.attrs["width"] for bar in root.all("rect")] == ["100%", "100%", "25.0%"]


def test_a_line_goes_from_edge_to_edge_and_higher_is_more() -> None:
    root = draw("chart", 'c.line_chart("n", "신청", rows)', rows=[("6월", 5), ("7월", 10), ("8월", 0)])
    points = [tuple(map(float, point.split(","))) for point in root.one("polyline").attrs["points"].split()]
    assert points == [(0, 50), (50, 0), (100, 100)]
    assert all(left[0] < right[0] for left, right in pairwise(points))


def grid(selected: int = 0) -> Element:
    days = [
        {"label": "11/23", "weekday": "월", "href": "?d=0", "stars": 2, "reasons": [EVIL]},
        {"label": "11/24", "weekday": "화", "href": "?d=1", "stars": None, "reasons": []},
    ]
    times = [
        {"label": "09:00", "cells": [{"mark": "○", "left": 4, "href": "/s"}, None]},
        {
            "label": "09:30",
            "cells": [{"mark": "△", "left": 1, "href": "/t"}, {"mark": "×", "left": 0, "href": None}],
        },
    ]
    call = 'c.slot_grid("w", "주", days, times, selected)'
    return draw("slot_grid", call, days=days, times=times, selected=selected)


def test_the_slot_grid_is_a_table_whose_marks_have_words() -> None:
    body = grid().one("tbody")
    assert [row.all("th")[0].attrs["scope"] for row in body.all("tr")] == ["row"] * 3
    assert [link.text for link in body.all("a")] == [
        "○ 11/23 09:00, 예약 가능, 4자리",
        "△ 11/23 09:30, 얼마 안 남음, 1자리",
    ]
    assert body.one(class_="slot-full").text == "× 마감"
    assert body.one(class_="slot-closed").text == "– 운영 안 함"


def test_a_phone_shows_the_selected_day_and_links_the_others() -> None:
    root = grid(selected=1)
    assert [link.attrs.get("aria-current") for link in root.one(class_="slot-days").all("a")] == [
        None,
        "true",
    ]
    for row in root.all("tr"):
        cells = row.all("td") or row.all("th")[1:]
        assert [cell.is_a(None, class_="slot-other") for cell in cells] == [True, False]


def test_stars_have_words_and_reasons_on_demand() -> None:
    root = draw("slot_grid", "c.stars(2, [evil])", evil=EVIL)
    assert root.one("summary").text == "★★☆ 붐빔"
    assert root.one("li").text == EVIL
    assert not draw("slot_grid", "c.stars(0)").all("details")
