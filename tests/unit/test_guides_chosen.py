"""The guide of a case comes from its department; where nobody fits, the petitioner reads why."""

from petitions.guiding import Guidance, GuideProfile, choose_guide
from server.core.i18n import translate

PARKS, WASTE, TAX, GLOBAL = 1, 2, 3, 4
NAMES = {
    PARKS: {"ko": "공원과", "ja": "公園課", "en": "Parks"},
    TAX: {"ko": "세무과", "ja": "", "en": "Taxes"},
}


def guide(number: int, department: int | None, *languages: str, away: bool = False, load: int = 0) -> GuideProfile:
    return GuideProfile(number, department, languages or ("ko",), ("쓰레기", "bench"), load, away)


def chosen(*guides: GuideProfile, department: int | None = PARKS, language: str = "ko") -> Guidance:
    return choose_guide(
        guides,
        department_id=department,
        department=NAMES.get(department or 0, {}),
        language=language,
        own_language="ko",
        text="공원 벤치에 쓰레기",
    )


def test_a_bench_in_a_park_does_not_get_a_guide_for_waste() -> None:
    busy = guide(1, PARKS, load=50)
    assert chosen(busy, guide(2, WASTE)) == Guidance(busy)
    away = chosen(guide(1, PARKS, away=True), guide(2, WASTE))
    assert away.guide is None
    assert translate("en", away.because) == "The case guides of Parks are away today."


def test_a_tax_petition_does_not_get_a_guide_for_welfare() -> None:
    found = chosen(guide(1, PARKS), guide(2, WASTE), department=TAX)
    assert found.guide is None
    assert translate("en", found.because) == "Taxes has no case guide."
    assert "세무과" in translate("ja", found.because), "there is no Japanese name"


def test_within_the_department_the_language_decides() -> None:
    english = guide(2, PARKS, "ko", "en", load=9)
    assert chosen(guide(1, PARKS), english, guide(3, GLOBAL, "en"), language="en") == Guidance(english)


def test_another_department_helps_only_with_a_language_that_nobody_there_speaks() -> None:
    japanese = guide(3, GLOBAL, "ja", "ko")
    found = chosen(guide(1, PARKS), japanese, language="ja")
    assert found.guide == japanese
    because = "From another department, because no case guide of Parks speaks Japanese."
    assert translate("en", found.because) == because
    assert "日本語" in translate("ja", found.because)
    assert chosen(japanese, department=TAX).guide is None, "Korean is spoken everywhere"
    away = chosen(guide(1, PARKS), guide(3, GLOBAL, "ja", away=True), language="ja")
    assert (away.guide, away.because.msgid[:16]) == (None, "The case guides ")
    assert chosen(guide(1, PARKS), language="ja").because.msgid.startswith("No case guide of")


def test_a_guide_of_no_department_serves_all_of_them() -> None:
    everywhere = guide(9, None, "ko", "ja")
    assert chosen(everywhere, guide(2, WASTE), department=TAX) == Guidance(everywhere)
    own = guide(1, PARKS, load=3)
    assert chosen(everywhere, own) == Guidance(own)
    assert chosen(everywhere, department=None) == Guidance(everywhere)


def test_without_a_department_there_is_no_guide_yet() -> None:
    found = chosen(guide(1, PARKS), guide(2, GLOBAL, "en"), department=None, language="en")
    assert (found.guide, str(found.because)) == (None, "A case guide is chosen with the department.")
