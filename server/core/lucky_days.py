"""The six lucky and unlucky days of the Japanese calendar (六曜), which decide when many couples register a marriage.

They follow from the old lunisolar calendar: (month + day) mod 6, a leap month counting as the month that it repeats.
Japan and Korea count that calendar in the same time zone, so the Korean table serves both; a Chinese one is an hour
behind and differs for weeks at a time. The rules of the old calendar give no answer for autumn 2033 to spring 2034
(旧暦2033年問題) and no authority decides it: we follow the calendar makers' association
(日本カレンダー暦文化振興協会, 2015-08-28), which recommends a leap eleventh month, as the Korean table has it.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from korean_lunar_calendar import KoreanLunarCalendar


class LuckyDay(StrEnum):
    """A day's luck, in the order of its number."""

    TAIAN = "大安"
    SHAKKO = "赤口"
    SENSHO = "先勝"
    TOMOBIKI = "友引"
    SENBU = "先負"
    BUTSUMETSU = "仏滅"


_BY_NUMBER = tuple(LuckyDay)


@lru_cache(maxsize=4096)
def lucky_day(day: date) -> LuckyDay | None:
    """The luck of a day; None after 2050, where the table ends."""
    calendar = KoreanLunarCalendar()
    if not calendar.setSolarDate(day.year, day.month, day.day):
        return None
    number: int = (calendar.lunarMonth + calendar.lunarDay) % len(_BY_NUMBER)
    return _BY_NUMBER[number]
