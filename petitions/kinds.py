"""Help with choosing the kind of a petition: descriptions in plain words, questions, and a guess from the text.

The law sorts petitions by what is asked for (Act 2), and the period depends on it; petitioners need not know that. Pure
functions; the petitioner chooses, and an official can change the kind later.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from petitions import rules
from petitions.rules import Kind, Period
from server.core.clock import Unit
from server.core.errors import Text, _
from server.core.mentions import fold

UNSURE = (
    _("I am not sure: please decide for me"),
    _("We decide from your text and tell you before you send it. An official checks it."),
)
PLAIN: Mapping[Kind, tuple[Text, Text]] = {
    Kind.OTHER: (
        _("Something is broken, dirty, loud or dangerous, or I need simple advice"),
        _("A street lamp that is out, rubbish, noise, a form you cannot find. Legal term: other petition (기타민원)."),
    ),
    Kind.INQUIRY: (
        _("I want to know how something works or is done"),
        _("A procedure, a fee, who is in charge. Legal term: inquiry (질의민원)."),
    ),
    Kind.INQUIRY_LAW: (
        _("I want to know what a law or an ordinance means"),
        _("How a rule applies to you. Legal term: inquiry about a law (질의민원)."),
    ),
    Kind.SUGGESTION: (
        _("I have an idea how the city could do something better"),
        _("A new service, a rule that should change. Legal term: suggestion (건의민원)."),
    ),
    Kind.GRIEVANCE: (
        _("The city has treated me wrongly, or has failed to act"),
        _("A decision, a refusal or a delay that harms you. Legal term: grievance (고충민원)."),
    ),
    Kind.STATUTORY: (
        _("I am applying for a permit, a registration or a certificate"),
        _("Anything the law provides a procedure for. Legal term: statutory petition (법정민원)."),
    ),
}
"""Each kind in a petitioner's words, and examples with the legal term."""


@dataclass(frozen=True)
class Question:
    """A yes-or-no question; each answer leads to another question or to a kind."""

    text: Text
    hint: Text
    yes: str
    no: str


FIRST = "permit"
QUESTIONS: Mapping[str, Question] = {
    "permit": Question(
        _("Are you applying for something that a law regulates: a permit, a registration, a report, a certificate?"),
        _("For example opening a restaurant, building a fence, using part of a road."),
        Kind.STATUTORY,
        "wrong",
    ),
    "wrong": Question(
        _("Has the city decided or done something, or failed to act, in a way that is unfair or unlawful to you?"),
        _("For example a refusal without reasons, a wrong bill, an application that nobody answers."),
        Kind.GRIEVANCE,
        "know",
    ),
    "know": Question(
        _("Do you want to know something?"),
        _("You have a question, and an explanation is all you need."),
        "law",
        "better",
    ),
    "law": Question(
        _("Is it about the meaning of a law or an ordinance?"),
        _("For example whether a rule applies to your house or your shop."),
        Kind.INQUIRY_LAW,
        Kind.INQUIRY,
    ),
    "better": Question(
        _("Are you suggesting a change to a rule, a service or a facility of the city?"),
        _("Not one broken thing to be repaired, but how things should be done from now on."),
        Kind.SUGGESTION,
        Kind.OTHER,
    ),
}
"""The questions: at most four lead to a kind."""

_BROKEN = re.compile(
    "(?<![사신보광최])고장|파손(?!질)|꺼졌|꺼져|깨졌|막혔|파였|파인(?!애플)|무너(?!무)|쓰레기|악취|소음(?!식|료)|위험"
    "|壊れ|(?<!事)故障|危険|騒音|(?<!人)ごみ|悪臭"
    r"|(?<![a-z])(?:broken|danger(?:ous)?|nois[ey]|rubbish)(?![a-z])"
)
_START = "(?<![가-힣0-9])"
"""Where a Korean word begins: 건의 is also the end of 물건의, and 문의 of 창문의."""
_NO_GENITIVE = "(?! (?!사항|내용|드립|드리|말씀|합니|좀|남기|남깁))"
"""건의 and 문의 before another noun are the genitives of 건 (두 건의 사고) and 문 (그 문의 손잡이)."""
_SIGNS: Mapping[Kind, re.Pattern[str]] = {
    Kind.GRIEVANCE: re.compile(
        f"{_START}(?:부당|위법)|억울|불공정|과잉단속|권리를 침해|이의를 제기|거부당"
        "|不当|納得できない|違法な処分|不公平"
        r"|(?<![a-z])(?:unfair|unlawful|wrongly|grievances?)(?:ly)?\b"
    ),
    Kind.INQUIRY_LAW: re.compile(
        f"법령 해석|(?<![방문])법 해석|조례 해석|유권해석|{_START}법적으로|법률상|조례상|법령상|조례에 따르면"
        "|法律の解釈|条例の解釈|法律上|条例上|(?<![合違方])法的に"
        r"|(?<![a-z])(?:under the ordinance|interpretation of)(?![a-z])"
    ),
    Kind.SUGGESTION: re.compile(
        f"(?:{_START}|정책|민원|제도|개선|규제|주민|시민)건의{_NO_GENITIVE}"
        f"|(?:{_START}|정책|주민|시민|국민|제도|개선|아이디어)제안|{_START}도입(?!니다)"
        "|확대해|개선해|만들어 ?주|설치해 ?주|늘려 ?주"
        "|提案|要望|(?<!誘)導入|設置して|増やして"
        r"|(?<![a-z])(?:suggest\w*|propos\w+|please introduce|should introduce)(?![a-z])"
    ),
    Kind.INQUIRY: re.compile(
        f"(?:{_START}|민원|전화|절차|방법|요금|비용|신청|접수|이용|발급|서류|일정|관련|추가|기타)문의{_NO_GENITIVE}"
        "|궁금|알고 싶|알려 ?주|어떻게|어디서(?!나|든)|언제(?!나|든)|무엇(?!보다|이든)|되나요|인가요|할까요"
        "|知りたい|教えて|でしょうか|ですか(?!ら)"
        r"|(?<![a-z])(?:how do i|how can i|what is|where can|when does)(?![a-z])"
    ),
}


def guess(title: str, body: str) -> Kind:
    """The most likely kind of a text; ``other``, which has the shortest period, if nothing else matches.

    Something broken or a nuisance is an everyday inconvenience even if it is phrased as a question.
    """
    text = fold(f"{title}\n{body}")
    likely = [kind for kind, signs in _SIGNS.items() if signs.search(text)]
    if Kind.GRIEVANCE not in likely and _BROKEN.search(text):
        return Kind.OTHER
    return next(iter(likely), Kind.OTHER)


def period_text(period: Period | None) -> Text:
    """The processing period in words."""
    if period is None:
        return _("no fixed period")
    if period.unit is Unit.HOURS:
        if period.amount % rules.HOURS_A_DAY == 0:
            return _("%(count)s working days, counted in hours", count=period.amount // rules.HOURS_A_DAY)
        return _("%(count)s working hours", count=period.amount)
    return {
        Unit.DAYS: _("%(count)s working days", count=period.amount),
        Unit.WEEKS: _("%(count)s weeks", count=period.amount),
        Unit.MONTHS: _("%(count)s months", count=period.amount),
        Unit.CIVIL_DAYS: _("%(count)s days", count=period.amount),
    }[period.unit]
