"""Korean names in Latin letters, for readers of other languages (Revised Romanization, 문화관광부 고시 제2000-8호).

Assimilation between syllables is left out, as the rules say for personal names; a family name is one syllable.
"""

import re

_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_MEDIALS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip
_USUAL = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho", "유": "Yoo",
    "류": "Ryu", "우": "Woo", "오": "Oh", "노": "Noh", "신": "Shin", "임": "Lim", "문": "Moon", "구": "Koo",
}  # fmt: skip
"""How most people of a family name write it."""
_NAME = re.compile("(?!.*(?:과장|국장|팀장|계장|실장|담당|담당자|주무관|관리자|상담사)$)[가-힣]{2,4}")
"""Two to four syllables that are no office such as 도로과장, which would be read as a family name and a given one."""


def name(text: str) -> str:
    """A Korean personal name in Latin letters, with the name itself behind it; any other text as it is."""
    if not _NAME.fullmatch(text):
        return text
    family, given = text[0], text[1:]
    first = _USUAL.get(family) or _syllable(family).capitalize()
    return f"{first} {''.join(map(_syllable, given)).capitalize()} ({text})"


def name_in(text: str, language: str) -> str:
    """A name as readers of a language are shown it: in Latin letters, too, for all but Korean ones."""
    return text if language == "ko" else name(text)


def _syllable(sign: str) -> str:
    place = ord(sign) - ord("가")
    return _INITIALS[place // 588] + _MEDIALS[place % 588 // 28] + _FINALS[place % 28]
