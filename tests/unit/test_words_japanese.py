"""Japanese has one word for a petition (申請) and one for a case (案件), as the glossary says."""

import re

from server.core.i18n import catalogue

CASE, PETITION = re.compile(r"\bcases?\b(?! guide)", re.IGNORECASE), re.compile("petition", re.IGNORECASE)
OTHERS = re.compile("申請(?:者|時|した|し|の件でお越し)|(?:繰り返し|苦情)の申請|法定申請|関わる申請")
"""Who files, filing, and kinds of petitions."""


def test_a_case_and_a_petition_have_one_word_each() -> None:
    wrong = {}
    for english, japanese in catalogue("ja").items():
        text = OTHERS.sub("", japanese if isinstance(japanese, str) else " ".join(japanese))
        case, petition = CASE.search(english), PETITION.search(english)
        if (case and not petition and "申請" in text) or (petition and not case and "案件" in text):
            wrong[english] = japanese
    assert wrong == {}


def test_words_of_other_procedures_are_not_used() -> None:
    for english, japanese in catalogue("ja").items():
        text = japanese if isinstance(japanese, str) else " ".join(japanese)
        assert not re.search("請願|陳情", text), english
