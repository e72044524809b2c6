"""Personal numbers are found in every spelling, ordinary ones are left alone, and masks show what they may."""

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from server.core.privacy import NumberKind, find, finding, mask, refused

Numbers = list[list[str]]

TABLE_FILE = Path(__file__).parent / "personal_numbers.jsonl"
TABLE: list[dict[str, Any]] = [json.loads(line) for line in TABLE_FILE.read_text().splitlines()]
REAL = Path(__file__).parents[3] / "shared" / "data"


def found(text: str) -> Numbers:
    return [[kind, text[start:end]] for kind, start, end in find(text)]


@pytest.mark.parametrize("held_out", [False, True], ids=["written with the rules", "written after the rules"])
def test_no_personal_number_is_missed_and_no_ordinary_number_is_taken_for_one(held_out: bool) -> None:
    table = [row for row in TABLE if row.get("held_out", False) is held_out]
    missed = [[*number, row["text"]] for row in table for number in row["expect"] if number not in found(row["text"])]
    alarms = [[*number, row["text"]] for row in table for number in found(row["text"]) if number not in row["expect"]]
    personal, ordinary = sum(len(row["expect"]) for row in table), sum(not row["expect"] for row in table)
    sys.stdout.write(
        f"{len(missed)} of {personal} personal numbers missed,"
        f" {len(alarms)} false alarms, {ordinary} lines being of ordinary numbers only\n"
    )

    assert missed == []
    assert alarms == []


def test_the_table_is_large_and_covers_every_kind() -> None:
    ordinary = sum(not row["expect"] for row in TABLE)

    assert len(TABLE) >= 400
    assert 0.4 < ordinary / len(TABLE) < 0.6
    assert {kind for row in TABLE for kind, _ in row["expect"]} == set(NumberKind)
    assert len({row["text"] for row in TABLE}) == len(TABLE)


def test_the_tables_resident_numbers_are_nobodys() -> None:
    """Nearly all have a wrong check digit, which no number given before October 2020 has."""
    numbers = [
        [int(sign) for sign in number if sign.isdecimal()][-13:]
        for row in TABLE
        for kind, number in row["expect"]
        if kind in {"resident", "foreigner"}
    ]
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    sums = [sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) for digits in numbers]
    right = [(11 - total % 11) % 10 == digits[-1] for total, digits in zip(sums, numbers, strict=True)]

    assert sum(right) / len(right) < 0.15


# --- The rules one by one ---------------------------------------------------------------------------------------


def test_the_check_digit_never_rejects_a_resident_number() -> None:
    draw = random.Random(2020)
    for _ in range(1000):
        number = f"851123-{draw.choice('1256')}{draw.randrange(10**6):06}"
        assert found(f"번호는{number}이다") == [["foreigner" if number[7] in "56" else "resident", number]]


@pytest.mark.parametrize("century", "0123456789")
def test_every_century_digit_is_known(century: str) -> None:
    kind = "foreigner" if century in "5678" else "resident"

    assert found(f"800131-{century}234567") == [[kind, f"800131-{century}234567"]]


@pytest.mark.parametrize(
    ("number", "real"),
    [
        ("000229-3234567", True),  # 2000 was a leap year
        ("000229-1234567", False),  # 1900 was none
        ("010229-3234567", False),
        ("040229-4234567", True),
        ("990431-1234567", False),
        ("991301-1234567", False),
        ("990100-1234567", False),
    ],
)
def test_a_resident_number_begins_with_a_day_that_was(number: str, real: bool) -> None:
    assert bool(find(number)) is real


def test_thirteen_digits_that_begin_with_a_day_are_refused_unless_a_word_says_what_they_are() -> None:
    assert found("8801234567893 이라고 적힘") == [["resident", "8801234567893"]]
    assert found("바코드 8801234567893") == []


def test_without_the_word_only_the_check_digit_makes_a_my_number() -> None:
    assert [last for last in range(10) if find(f"12345678901{last}")] == [8]
    assert [last for last in range(10) if find(f"1234 5678 901{last}")] == [8]
    assert len([last for last in range(10) if find(f"マイナンバー12345678901{last}")]) == 10


def test_without_the_word_only_the_check_digit_makes_a_card() -> None:
    assert [last for last in range(10) if find(f"4111-1111-1111-111{last}")] == [1]
    assert len([last for last in range(10) if find(f"카드 4111-1111-1111-111{last}")]) == 10


def test_resident_foreigner_and_my_numbers_are_refused_and_the_others_masked() -> None:
    text = (
        "900101-1234567, 900101-5234567, 1234 5678 9018, hong@example.com, 11-12-345678-90,"
        " 여권 M12345678, 4111-1111-1111-1111, 신한 110-123-456789, 010-1234-5678"
    )

    assert [finding.kind for finding in find(text)] == list(NumberKind)
    assert [finding.kind for finding in refused(find(text))] == ["resident", "foreigner", "my_number"]
    assert mask(text) == (
        "900101-1******, 900101-5******, **** **** ****, ho***@example.com, 11-**-******-**,"
        " 여권 M1*******, 4111-****-****-1111, 신한 ***-***-***789, 010-****-5678"
    )


def test_places_refer_to_the_text_as_it_was_written() -> None:
    text = "\u200b김철수 전화\u200b０１０\u200b－１２３４－５６７８입니다 😀 010-1111-2222"

    assert [text[start:end] for _, start, end in find(text)] == ["０１０\u200b－１２３４－５６７８", "010-1111-2222"]
    assert mask(text) == "\u200b김철수 전화\u200b０１０\u200b－****－５６７８입니다 😀 010-****-2222"


# --- Telephones, against Google's library -----------------------------------------------------------------------

PERSONAL = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
)
SPELLINGS = (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164)


def valid_telephones() -> Iterator[str]:
    draw = random.Random(120)
    areas = (10, 11, 16, 2, 31, 42, 51, 64, 70, 505, 507, 90, 80, 3, 4, 6, 43, 436, 267, 120)
    numbers = [
        phonenumbers.PhoneNumber(code, int(f"{draw.choice(areas)}{draw.randrange(10 ** draw.randrange(5, 10))}"))
        for code in (82, 81)
        for _ in range(20_000)
    ]
    numbers += filter(None, (phonenumbers.example_number_for_type(r, kind) for r in ("KR", "JP") for kind in PERSONAL))
    for number in numbers:
        spelt = [phonenumbers.format_number(number, spelling) for spelling in SPELLINGS]
        # The library lets through area code + 1XX, which is a service like 120, and exchanges that begin with 0.
        real = len(str(number.national_number)) >= 8 and not re.search(r"-0[0-9]{0,3}-", spelt[0])
        if real and phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in PERSONAL:
            yield from spelt


@pytest.mark.untraced
def test_every_telephone_of_korea_and_japan_is_found_as_its_country_writes_it() -> None:
    numbers = list(valid_telephones())
    missed = [number for number in numbers if found(f"전화는 {number}입니다") != [["phone", number]]]

    assert len(numbers) > 3000
    assert missed == []


def test_representative_and_short_numbers_are_no_persons() -> None:
    numbers = ["120", "110", "112", "119", "02-120", "031-120", "+82-2-120"]
    for region in ("KR", "JP"):
        example = phonenumbers.example_number_for_type(region, PhoneNumberType.UAN)
        assert example
        numbers += [phonenumbers.format_number(example, spelling) for spelling in SPELLINGS[:2]]

    assert [number for number in numbers if find(f"전화 {number}")] == []


def is_telephone(number: str) -> bool:
    return any(
        phonenumbers.is_valid_number(phonenumbers.parse(area + number, region))
        for area, region in (("", "KR"), ("", "JP"), ("02", "KR"))
        if phonenumbers.is_possible_number_string(area + number, region)
    )


# --- What other people wrote --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["ko_petition_titles_20k", "ko_petition_body_2017-08", "en_wethepeople_1000", "ko_busan_departments"],
)
def test_in_real_petitions_only_telephones_are_found(name: str) -> None:
    path = REAL / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the checkout")
    rows = (json.loads(line) for line in path.read_text().splitlines())
    texts = ["\n".join(str(row.get(key, "")) for key in ("title", "body", "tasks")) for row in rows]
    numbers = [number for text in texts for number in found(text)]
    sys.stdout.write(f"{len(texts)} texts, {sum(map(len, texts))} characters: {Counter(kind for kind, _ in numbers)}\n")

    assert [number for kind, number in numbers if kind != "phone" or not is_telephone(number)] == []


# --- Speed --------------------------------------------------------------------------------------------------------


# No time is compared with a clock, which runs as fast on a busy machine, but with that of other work done beside it.


def compare(text: str, other: Callable[[], object], times: int = 5) -> float:
    """How many times longer finding takes than something else, both at their best."""

    def once(work: Callable[[], object]) -> float:
        start = time.thread_time()
        work()
        return time.thread_time() - start

    pairs = [(once(lambda: find(text)), once(other)) for _ in range(times)]
    return min(mine for mine, _other in pairs) / min(yardstick for _mine, yardstick in pairs)


def test_characters_full_of_digits_are_looked_through_faster_than_each_is_looked_at_25_times() -> None:
    draw = random.Random(5)
    text = " ".join(
        str(draw.randrange(10 ** draw.randrange(1, 9))) + draw.choice(["원", "번", "", ","]) for _ in range(2500)
    )

    looked_through = text[:10_000]
    assert compare(looked_through, lambda: [sign.isdecimal() for sign in looked_through * 25], 30) < 1


@pytest.mark.parametrize(
    "unit",
    [
        "1", "1-", "0-", "1 ", "01", "010-", "02-123-", "1234-", "123456-", "계좌 ", "계좌1", "마이넘버1234",
        "www.1 ", "+1", "+82", "(0)", "900101-", "900101 ", "9001011234567 ", "4111 1111 1111 111 ", "주민번호 90 ",
        "ー", "\u200b1", "account no 1", "접수번호 110-123-456789 ", "a.", "a@", "a@b.", "a-@-",
        "a--", "가", "가@", "가.", "a@가.", "a @ b.", "900101 뒤 ", "뒷자리 1234567 ", "뒤", "1712051234567.jpg ",
    ],
)  # fmt: skip
def test_the_time_grows_with_the_length_only(unit: str) -> None:
    text = unit * (80_000 // len(unit))

    assert any(compare(text, lambda: find(text[: len(text) // 4])) < 12 for _attempt in range(3))


# --- Masks --------------------------------------------------------------------------------------------------------

ANY = st.text(st.sampled_from("0123456789０９-ー. \n　()+\u200b가은행카드계좌전화주민번호マイナンバーaA"), max_size=80)
PIECES = st.lists(st.sampled_from([row["text"] for row in TABLE]), max_size=4).map(" ".join)
SHOWN = {
    NumberKind.RESIDENT: 9,  # 15 digits where the year was written out
    NumberKind.FOREIGNER: 9,
    NumberKind.MY_NUMBER: 0,
    NumberKind.LICENCE: 2,
    NumberKind.PASSPORT: 2,
    NumberKind.CARD: 8,
    NumberKind.ACCOUNT: 3,
    NumberKind.PHONE: 11,  # of 15 with the country
}


@given(ANY | PIECES | st.text())
def test_a_mask_hides_digits_of_the_numbers_and_nothing_else(text: str) -> None:
    numbers = frozenset(SHOWN)
    masked, findings = mask(text, numbers), [finding for finding in find(text) if finding.kind in numbers]
    places = {place for _, start, end in findings for place in range(start, end)}

    assert len(masked) == len(text)
    assert all(sign == masked[place] for place, sign in enumerate(text) if place not in places)
    assert all(before.end <= after.start for before, after in pairwise(findings))
    for kind, start, end in findings:
        digits = [place for place in range(start, end) if text[place].isdecimal()]
        shown = sum(masked[place].isdecimal() for place in digits)
        assert shown <= SHOWN[kind]
        assert len(digits) - shown >= 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("메일은 hong@example.com입니다", "메일은 ho***@example.com입니다"),
        ("a@b.com", "***@b.com"),
        ("ｈｏｎｇ＠ｎａｖｅｒ．ｃｏｍ", "ｈｏ***@ｎａｖｅｒ．ｃｏｍ"),
        ("hong @ naver.com", "ho***@ naver.com"),
        ("홍길동@naver.com", "홍길***@naver.com"),
        ("900101-1234567.hong@naver.com", "900101-1******.ho***@naver.com"),
        ("hong﹫한글.한국", "ho***@한글.한국"),
        ("01012345678@example.com", "01***@example.com"),
        ("900101-1234567@example.com", "900101-1******@example.com"),
    ],
)
def test_a_mail_address_in_a_text_is_masked_with_its_length(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_nothing_is_found_in_what_was_masked() -> None:
    assert [row["text"] for row in TABLE if find(mask(row["text"]))] == []


def test_where_numbers_stand_is_remembered_by_hash_and_without_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_known", {})
    monkeypatch.setattr(finding, "MOST_KNOWN", 3)
    texts = [f"전화 010-1234-56{n}" for n in range(10, 20)]
    first = [finding.find(text) for text in texts]
    assert len(finding._known) <= 3
    assert [finding.find(text) for text in texts] == first
    assert all(found.kind == "phone" for (found,) in first)
    assert finding.find(texts[-1]) is finding.find(texts[-1])
    assert not any(text.encode() in key for text in texts for key in finding._known)
