"""Words of the city's lists are found in texts as people mean them, and reasons name what is really there."""

import pytest

from petitions import kinds
from petitions.routing import Choice, DepartmentProfile, Rule, choose, for_petitioner
from petitions.rules import Kind
from server.core.mentions import Mentions, fold, stem
from server.demo.departments import DEPARTMENTS

CODES = {number: department.code for number, department in enumerate(DEPARTMENTS)}
DEMO = [
    DepartmentProfile(number, each.code, each.names.ko, each.keywords, each.duties)
    for number, each in enumerate(DEPARTMENTS)
]


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("Street light out", "tree", ""),
        ("Business licence", "bus", ""),
        ("The busbar", "bus", ""),
        ("the tree", "tree", "tree"),
        ("Two TREES have fallen", "tree", "trees"),
        ("the tree's roots", "tree", "tree's"),
        ("broken benches", "bench", "benches"),
        ("two libraries", "library", "libraries"),
        ("the bike-lane ends", "bike lane", "bike-lane"),
        ("the bike\n lane ends", "bike lane", "bike\n lane"),
        ("bus가 안 와요", "bus", "bus"),
        ("방범용CCTV설치", "CCTV", "CCTV"),
        ("café", "caf", ""),
        ("ＢＵＳ 정류장", "bus", "bus"),
        ("1190번지", "119", ""),
        ("119에 신고", "119", "119"),
        ("가로등이 꺼졌어요", "가로등", "가로등"),
        ("バス停が遠い", "バス", "バス"),
        ("도로과에 문의", "도로", "도로"),
        ("", "tree", ""),
        ("tree", "", ""),
    ],
)
def test_a_word_is_found_whole(text: str, word: str, found: str) -> None:
    mentions = Mentions(text)
    assert mentions.found(word) == found
    assert (word in mentions) is bool(found)
    assert bool(mentions.count(word)) is bool(found)


def routed(title: str, body: str = "Please have a look.", rules: tuple[Rule, ...] = ()) -> Choice:
    return choose(kind="other", district="", title=title, body=body, rules=rules, departments=DEMO)


def test_one_word_in_passing_proposes_no_department_but_a_candidate() -> None:
    found = routed("이게 나라냐", "뉴스를 보다가 화가 나서 씁니다. 지방세까지 내는데 대체 무엇을 하고 있는 겁니까.")
    assert (found.department_id, [one.code for one in found.candidates]) == (None, ["tax"])
    assert routed("지방세가 이상합니다", "확인해 주세요.").department_id is not None, "the title says what it is about"
    twice = routed("이게 나라냐", "지방세를 두 번 냈습니다. 지방세를 돌려주세요.")
    assert twice.department_id == found.candidates[0].department_id


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("Street light out", "roads"),
        ("Business licence", "economy"),
        ("Trees block the way", "parks"),
        ("The bus never comes", "transit"),
        ("A broken bench in the park", "parks"),
        ("Petition about justice", None),
        ("Concretely speaking, an appraisal", None),
    ],
)
def test_english_petitions_go_where_they_belong(title: str, department: str | None) -> None:
    found = routed(title).department_id
    assert (CODES[found] if found is not None else None) == department


def test_the_reason_names_what_the_text_says() -> None:
    for title in ("Street light out", "Trees and busses", "가로등이 꺼졌어요", "A Taxi's meter"):
        words = routed(title).because.params.get("words", "")
        assert isinstance(words, str)
        assert all(word.strip("“”").casefold() in title.casefold() for word in words.split(", ") if word), title


def test_a_rule_is_explained_by_words_that_are_there_and_to_petitioners_without_its_note() -> None:
    rule = Rule(7, (), (), ("bus", "tree"), 1, "나무는 공원과")
    assert routed("Street light of a business", rules=(rule,)).rule_id is None
    choice = routed("Two trees", rules=(rule,))
    assert str(choice.because) == "Rule 7 applies: the text mentions “trees”. 나무는 공원과"
    assert str(for_petitioner(choice.because)) == "The text mentions “trees”."
    everywhere = routed("Hello", rules=(Rule(8, ("other",), (), (), 1, ""),))
    assert "Rule" not in str(for_petitioner(everywhere.because))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The lamp is broken", Kind.OTHER),
        ("Unbroken, in a noiseless street: how do i pay", Kind.INQUIRY),
        ("I propose a new path", Kind.SUGGESTION),
        ("This is unfair", Kind.GRIEVANCE),
        ("잃어버린 물건의 보관 장소", Kind.OTHER),
        ("사건의 경위와 조건의 변경", Kind.OTHER),
        ("어제 두 건의 사고가 났습니다. 3건의 신고도 있었습니다", Kind.OTHER),
        ("건의합니다", Kind.SUGGESTION),
        ("정책건의 드립니다", Kind.SUGGESTION),
        ("건의 사항이 있습니다", Kind.SUGGESTION),
        ("결제안내 화면이 안 열립니다. 제한 속도입니다", Kind.OTHER),
        ("시민제안: 자전거 보관대 도입이 필요합니다", Kind.SUGGESTION),
        ("전문의 진료와 창문의 틈, 주문의 취소", Kind.OTHER),
        ("그 문의 손잡이가 없습니다", Kind.OTHER),
        ("민원문의 드립니다", Kind.INQUIRY),
        ("여권 발급 절차 문의", Kind.INQUIRY),
        ("문의드립니다. 너무너무 감사합니다", Kind.INQUIRY),
        ("사고장소 근처 업소음식 값 문의", Kind.INQUIRY),
        ("언제나 무엇보다 안전이 먼저입니다", Kind.OTHER),
        ("불법적으로 세운 차", Kind.OTHER),
        ("법적으로 가능합니까", Kind.INQUIRY_LAW),
        ("1부당 500원입니다", Kind.OTHER),
        ("부당한 처분입니다", Kind.GRIEVANCE),
        ("駐車場の誘導入口に案内がありません", Kind.OTHER),
        ("案内板の導入を求めます", Kind.SUGGESTION),
        ("雨ですから道が滑ります", Kind.OTHER),
        ("手数料はいくらですか", Kind.INQUIRY),
        ("違法的に止めた車", Kind.OTHER),
        ("事故障害の届を提案します", Kind.SUGGESTION),
        ("街灯が故障しています。提案もあります", Kind.OTHER),
    ],
)
def test_the_kind_is_guessed_from_whole_words(text: str, kind: Kind) -> None:
    assert kinds.guess(text, "") is kind


def test_the_stems_that_occur_are_found_by_their_beginnings() -> None:
    words = ["가로등", "길", "street lamp", "x", "5호선", "없는 말"]
    stems: dict[str, list[str]] = {}
    for word in words:
        stems.setdefault(stem(word)[:2], []).append(stem(word))
    for text in ("", "x", "길", "집 앞 가로등이", "STREET  lamps", "가로", "지하철 5호선 길", "xx"):
        mentions = Mentions(text)
        assert mentions.holding(stems) == {stem(word) for word in words if stem(word) in fold(text)}, text
        assert {stem(word) for word in words if word in mentions} <= mentions.holding(stems), text
