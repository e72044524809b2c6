"""What Meilisearch is told of a document, of its settings and of a question."""

import copy

import pytest

from server.core.search.meilisearch import shape
from server.core.search.port import Batch, Document, Kind, Question
from server.core.search.ranking import Ranking, Statistics


async def _read(_wanted: Batch) -> list[Document]:
    return []


KIND = Kind("answer", 1, _read)
ROW = {
    "id": KIND.base + 7, "digest": "d", "title": "가로등 Lamp", "body": "街灯 12", "also": "K7Q", "language": "ko",
    "readers": "cases\npublic", "department": 0, "district": "", "state": "open", "year": None, "at": 5,
}  # fmt: skip


def _queries(words: str, frequent: dict[str, int], least: float = 0.5) -> tuple[list[tuple[str, str]], bool]:
    asked, exact = shape.queries(Ranking(words, Statistics(1000, 500.0, frequent)), least)
    return [(one.q, one.strategy) for one in asked], exact


def test_a_document_has_its_pairs_as_numbers_and_its_text_under_its_language() -> None:
    document = shape.document(ROW)
    assert document["title_pairs"].split()[:3] == ["044032047196", "047196046321", "046321"]
    assert "lamp" in document["pairs"].split()
    assert {"k7q", "12", f"{ord('街'):06d}{ord('灯'):06d}"} <= set(document["pairs"].split())
    assert (document["title_ko"], document["text_ko"], document["also"]) == ("가로등 Lamp", "街灯 12", "K7Q")
    assert (document["kind"], document["readers"], document["department"]) == ("1", ["cases", "public"], "0")
    assert not {"district", "year", "title_ja", "title_other"} & set(document)
    assert "title_other" in shape.document({**ROW, "language": ""})


def test_what_it_adds_to_settings_is_no_difference_but_an_order_is() -> None:
    found = copy.deepcopy(dict(shape.SETTINGS)) | {"dictionary": []}
    found["filterableAttributes"] = found["filterableAttributes"][::-1]
    found["localizedAttributes"] = [dict(reversed(one.items())) for one in found["localizedAttributes"]]
    found["faceting"] = {**found["faceting"], "sortFacetValuesBy": {"*": "alpha"}}
    assert not shape.differs(found)
    assert shape.differs({**found, "rankingRules": found["rankingRules"][::-1]})
    assert shape.differs({**found, "pagination": {"maxTotalHits": 10}})
    assert shape.differs({})


def test_few_words_are_asked_for_in_every_sufficient_combination() -> None:
    code = shape.code
    found, exact = _queries("가로등", {"가로": 10, "로등": 10})
    assert (found, exact) == ([(f"{code('가로')} {code('로등')} ", "all"), (f"{code('가로')} ", "all")], True)
    found, exact = _queries("street", {})
    assert (found, exact) == ([("street", "all")], True), "its beginning, too"
    found, exact = _queries("가로등 고장 소음", dict.fromkeys(("가로", "로등", "고장", "소음"), 10))
    assert exact
    assert len(found) == 4, "all of them, and each two, of which none is only the end of a word"


def test_many_words_are_asked_for_from_each_that_may_be_the_rarest() -> None:
    words = [chr(0xAC00 + 2 * n) + chr(0xAC01 + 2 * n) for n in range(12)]
    found, exact = _queries(" ".join(words), {word: 10 + n for n, word in enumerate(words)})
    assert not exact
    assert {strategy for _q, strategy in found} == {"last"}
    assert all(len(q.split()) <= shape.MOST_WORDS for q, _strategy in found)
    assert [q.split()[0] for q, _strategy in found] == [shape.code(word) for word in words[: len(found)]]


def test_words_that_nobody_has_counted_are_asked_for_beside_the_others() -> None:
    found, _exact = _queries("도로 뿗뿗", {"도로": 10})
    assert (f"{shape.code('뿗뿗')} ", "all") in found


@pytest.mark.parametrize("value", ['d-0" OR d-1', "closed' OR '1' = '1", "back\\slash", "\n\x00line", ""])
def test_a_value_of_a_filter_stays_a_value(value: str) -> None:
    quoted = shape.quoted(value)
    assert quoted[0] == quoted[-1] == '"'
    inner = quoted[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner
    assert "\\" not in inner
    assert inner.isprintable()


def test_who_asks_is_part_of_every_query() -> None:
    question = Question("가로등", [KIND], readers=("public",), besides=(KIND, 3), departments=(4,))
    asked, _exact = shape.queries(Ranking("가로등", Statistics(10, 5.0, {"가로": 1})), 0.5)
    each, federation = shape.search(question, asked, 20)
    assert all(one["filter"] == [
        'kind IN ["1"]', 'readers IN ["public"]', 'department IN ["4"]', f"id != {KIND.base + 3}"
    ] for one in each)  # fmt: skip
    assert federation["limit"] == 20
