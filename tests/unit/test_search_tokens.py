"""How texts and queries become tokens: bigrams, folding, prefixes, nothing that a query syntax trips over."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.search.tables import Tables
from server.core.search.words import MAX_QUERY, MAX_TEXT, MAX_WORD, Term, query_terms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가로등", ["가로", "로등", "등"]),
        ("길", ["길"]),
        ("자전거 도로", ["자전", "전거", "거", "도로", "로"]),
        ("東京タワーへ行く", ["東京", "京タ", "タワ", "ワー", "ーへ", "へ行", "行く", "く"]),
        ("人々の〆切", ["人々", "々の", "の〆", "〆切", "切"]),
        ("ｶﾞｰﾃﾞﾝ・シティ", ["ガー", "ーデ", "デン", "ン", "シテ", "ティ", "ィ"]),
        ("CCTV 3대", ["cctv", "3", "대"]),
        ("ＣＣＴＶ설치", ["cctv", "설치", "치"]),
        ("제2024-0001호", ["제", "2024", "0001", "호"]),
        ("㈜한빛", ["주", "한빛", "빛"]),
        ("Straße ÉCOLE", ["strasse", "école"]),
        ("snake_case", ["snake", "case"]),
        (unicodedata.normalize("NFD", "소음"), ["소음", "음"]),
        ("🚧공사🚧중!", ["공사", "사", "중"]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
        ("a\x00b\u202ec\ud800d", ["a", "bc", "d"]),
        ("비둘기\u200b집 葛\U000e0100城", ["비둘", "둘기", "기집", "집", "葛城", "城"]),
        ("", []),
        (" \t\n!?\"'*()&|:<->", []),
    ],
)
def test_a_text_becomes_bigrams_and_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("도로", [Term(("도로",), prefix=False)]),
        ("가로등", [Term(("가로", "로등"), prefix=False)]),
        ("꽃", [Term(("꽃",), prefix=True)]),
        ("가로등 고장", [Term(("가로", "로등"), prefix=False), Term(("고장",), prefix=False)]),
        ("도로\u3000공사", [Term(("도로",), prefix=False), Term(("공사",), prefix=False)]),
        ("CCTV 설치", [Term(("cctv",), prefix=False), Term(("설치",), prefix=False)]),
        ("설치 CCTV", [Term(("설치",), prefix=False), Term(("cctv",), prefix=True)]),
        ("2024-00", [Term(("2024", "00"), prefix=True)]),
        ("3동", [Term(("3", "동"), prefix=True)]),
        ("cctv설치", [Term(("cctv", "설치"), prefix=False)]),
        ("도로-공사", [Term(("도로", "로", "공사"), prefix=False)]),
        ("도로 -- !", [Term(("도로",), prefix=False)]),
        ("OR AND NOT NEAR", [Term((word,), prefix=word == "near") for word in ("or", "and", "not", "near")]),
        ('"*" (:) \x00', []),
        ("비둘\ufeff기집", [Term(("비둘", "둘기", "기집"), prefix=False)]),
    ],
)
def test_a_query_becomes_terms_of_adjacent_tokens(q: str, expected: list[Term]) -> None:
    assert query_terms(q) == expected


@given(st.text())
def test_tokens_are_letters_and_digits_whatever_the_text(text: str) -> None:
    for token in tokens(text):
        assert 1 <= len(token) <= MAX_WORD
        # The planes of ideographs hold some that this Python does not know yet.
        assert all(c.isalnum() or c >= "\U00020000" for c in token)
        assert tokens(token)[0] == token


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=12))
def test_a_words_bigrams_stand_side_by_side_in_a_text_with_that_word(word: str) -> None:
    (term,) = query_terms(word)
    found = tokens(f"앞말 뒤{word}를 보라")
    width = len(term.tokens)
    assert term.tokens in {tuple(found[at : at + width]) for at in range(len(found))}


def test_long_input_is_cut_not_refused() -> None:
    assert len(tokens("가" * (MAX_TEXT + 5))) == MAX_TEXT
    assert len(tokens("\ufdfa" * MAX_TEXT)) <= MAX_TEXT  # one character that folds to eighteen
    assert tokens("x" * 5_000) == ["x" * MAX_WORD]
    assert query_terms("가" * 5_000) == [Term(("가가",) * (MAX_QUERY - 1), prefix=False)]


@pytest.mark.parametrize("name", ["", "Case", "case;drop", "1case", "case-a", "x" * 60])
def test_the_tables_of_an_index_have_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="cannot begin the name"):
        Tables(name)
