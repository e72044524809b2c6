"""What waits for a moderator because it looks like spam, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from forums import spam
from forums.spam import Earlier, distance, fingerprint, is_link_spam, is_repeated, why_held

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
PARK = (
    "우리 동네 어린이공원에 그늘막이 없어서 여름에는 아이들이 놀 수가 없습니다. 나무를 더 심거나 그늘막을 설치해 "
    "주시고, 벤치도 두어 개 더 놓아 주시면 어르신들도 함께 쉴 수 있을 것 같습니다. 작년에도 말씀드렸지만 아직 달라진 "
    "것이 없습니다. 화장실도 멀어서 아이를 데리고 한참 걸어야 합니다. 꼭 살펴봐 주세요."
)
LIBRARY = "図書館の閉館時間を夜九時まで延ばしてください。仕事が終わってから本を返しに行くことができません。"


def mark(*texts: str) -> list[int]:
    return [fingerprint(text) for text in texts]


def test_the_same_letters_have_the_same_fingerprint() -> None:
    assert fingerprint("그늘막을  설치해 주세요!!") == fingerprint("그늘막을 설치해주세요.")
    assert fingerprint("Ｌｉｂｒａｒｙ") == fingerprint("library")
    assert fingerprint("!!! …") == 0
    assert -(2**63) <= min(mark(PARK, LIBRARY, "a")) <= max(mark(PARK, LIBRARY, "a")) < 2**63


@pytest.mark.parametrize("text", [PARK, LIBRARY, "Please keep the library open until nine in the evening."])
def test_the_same_text_again_waits(text: str) -> None:
    assert is_repeated(text.replace(" ", "\n") + "!", mark(text), [], 1)


@pytest.mark.parametrize(("old", "new"), [("벤치도", "의자도"), ("꼭 살펴봐", "잘 살펴봐"), ("작년에도", "재작년에도")])
def test_a_long_text_with_a_word_changed_waits(old: str, new: str) -> None:
    changed = PARK.replace(old, new)
    assert changed != PARK
    assert is_repeated(changed, mark(PARK), [], 1)


@pytest.mark.parametrize(
    "text",
    [
        "우리 동네 어린이공원에 그늘막이 없어서 아쉽습니다. 놀이터 바닥도 낡아서 자주 넘어집니다. 고쳐 주세요.",
        "図書館の開館時間を朝七時からにしてください。出勤の前に本を借りたいです。",
        "Please open the library on Sundays, too: families have no other day to go there together.",
    ],
)
def test_another_text_on_the_same_matter_is_shown(text: str) -> None:
    known = mark(PARK, LIBRARY, "Please keep the library open until nine in the evening.")
    assert not is_repeated(text, known, [], 1)


def test_people_may_agree_in_the_same_few_words() -> None:
    others = mark(*["찬성합니다", "賛成です", "I agree"] * 40)
    assert not any(is_repeated(text, others, [], 1) for text in ("찬성합니다!", "賛成です。", "I agree."))


def test_one_person_may_not_say_the_same_few_words_for_ever() -> None:
    own = [Earlier(1, fingerprint("선착순 모집"), NOW - timedelta(days=1))] * 3
    assert not is_repeated("선착순 모집", [], own[:2], 1)
    assert is_repeated("선착순 모집", [], own, 1)
    assert not is_repeated("선착순 모집", [], own, forum_id=2)


def test_one_person_may_not_say_the_same_everywhere() -> None:
    assert is_repeated(LIBRARY, [], [Earlier(7, fingerprint(LIBRARY), NOW - timedelta(days=1))], 1)


@pytest.mark.parametrize(
    "text",
    [
        "지금 바로 접속하세요 https://casino.example/kr",
        "대출 상담 bit.ly/3abcd",
        "좋은 정보가 있습니다 http://a.kr/1 http://b.kr/2 그리고 www.c.com/3 에서 확인하시고 많은 관심을 부탁드립니다",
        "今すぐ登録 https://t.example/x",
        "click here: www.best-deals.shop",
        "ｗｗｗ．ｃａｓｉｎｏ．ｃｏｍ",
    ],
)
def test_a_text_that_is_there_for_its_links_waits(text: str) -> None:
    assert is_link_spam(text)


@pytest.mark.parametrize(
    "text",
    [
        "부산시는 이미 하고 있습니다. 기사를 보아 주세요: https://news.example.kr/a/2026 우리도 할 수 있습니다.",
        "大阪市の例があります https://www.city.osaka.lg.jp/page.html を参考にしてください。よろしくお願いします。",
        "Vienna has done this for years (https://wien.gv.at/en); our district could begin with one street.",
        "버스가 3.5분마다 옵니다. 배차 간격은 5.10분이 아니라 10.kr 이런 것이 아닙니다. 시간표를 다시 봐 주세요.",
        "담당자 메일 hong@example.com 으로 이미 보냈지만 두 달째 답이 없습니다. 확인을 부탁드립니다.",
        "v1.2와 a.b.c 같은 표기, 그리고 9.5~6.30 기간에 공사합니다.",
    ],
)
def test_a_source_for_what_is_said_is_no_spam(text: str) -> None:
    assert not is_link_spam(text)


def test_somebody_who_writes_without_a_pause_waits() -> None:
    own = [Earlier(1, n, NOW - timedelta(seconds=20 * n)) for n in range(1, spam.FLOOD)]
    assert why_held(PARK, "after", [], own, forum_id=1, now=NOW) == ""
    own.append(Earlier(1, 99, NOW - timedelta(seconds=1)))
    assert why_held(PARK, "after", [], own, forum_id=1, now=NOW) == "repeated"
    assert why_held(PARK, "after", [], own, forum_id=1, now=NOW + spam.FLOOD_SPAN) == ""


def test_the_reason_says_what_to_look_for() -> None:
    assert why_held("대출 bit.ly/3abcd", "before", [], [], forum_id=1, now=NOW) == "links"
    assert why_held(PARK, "before", mark(PARK), [], forum_id=1, now=NOW) == "repeated"
    assert why_held(PARK, "before", [], [], forum_id=1, now=NOW) == "before"
    assert why_held(PARK, "after", mark(LIBRARY), [], forum_id=1, now=NOW) == ""


def test_few_bits_differ_where_little_differs() -> None:
    assert distance(*mark(PARK, PARK)) == 0
    assert distance(-1, 0) == spam.BITS
    assert distance(*mark(PARK, LIBRARY)) > 15
