"""The places, numbers and dates that fill a story's slots, in the language of the story.

Every word that a slot can hold ends alike (roads in 로, times of day in 시, …), so that the Korean particle that a
story has written behind the slot is always the right one.
"""

from datetime import date, datetime, timedelta
from random import Random

from server.core.clock import WorkingCalendar
from server.core.geo import inside
from server.demo.city import CITY, District, Neighbourhood, Point
from server.demo.script import Location

ONE_DAY = timedelta(days=1)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}
_TIMES = {
    "ko": ("아침 {}시", "저녁 {}시", "밤 {}시"),
    "ja": ("朝{}時", "夜{}時", "夜{}時"),
    "en": ("{} am", "{} pm", "{} pm"),
}
_SPREAD = 0.003
"""How far from a neighbourhood's middle a place may lie, in degrees (about 300 m)."""


def day(language: str, when: date) -> str:
    """A day as people write it in a letter, without the year."""
    if language == "en":
        return f"{when.day} {_MONTHS[when.month - 1]}"
    return f"{when.month}월 {when.day}일" if language == "ko" else f"{when.month}月{when.day}日"


def month(language: str, when: date) -> str:
    """A month as people write it."""
    return {"ko": f"{when.month}월", "ja": f"{when.month}月", "en": _MONTHS[when.month - 1]}[language]


class Slots:
    """The values of one case; those that depend on the day of an answer are drawn when it is given."""

    def __init__(self, rng: Random, language: str, district: District, received: datetime) -> None:
        self._rng = rng
        self._language = language
        self._district = district
        self._place = rng.choice(district.neighbourhoods)
        self._road, self._number = rng.choice(district.roads), rng.randrange(3, 180)
        morning, evening, night = _TIMES[language]
        self._values = {
            "gu": district.names.said(language),
            "dong": self._place.names.said(language),
            "road": self._road.said(language),
            "no": str(self._number),
            "park": district.park.said(language),
            "school": district.school.said(language),
            "apt": district.flats.said(language),
            "market": district.market.said(language),
            "stop": district.stop.said(language),
            "bus": rng.choice(district.buses),
            "n": str(rng.randrange(2, 7)),
            "m": str(rng.randrange(12, 39)),
            "morning": morning.format(rng.choice((6, 7, 8))),
            "evening": evening.format(rng.choice((6, 7, 8))),
            "night": night.format(rng.choice((10, 11))),
            "weekday": rng.choice(_WEEKDAYS[language]),
            "date": day(language, received.date() - rng.randrange(1, 7) * ONE_DAY),
        }

    def fill(self, text: str) -> str:
        """The text with its slots filled. Raises KeyError for a slot that there is none of at this point."""
        return text.format_map(self._values)

    def set(self, **values: str) -> None:
        """Give slots a value."""
        self._values.update(values)

    def plan_ahead(self, calendar: WorkingCalendar, visited: date, answered: date) -> None:
        """Draw what an answer speaks of: the day of the visit, and when things will be done."""
        soon, _steps = calendar.add_working_days(answered + ONE_DAY, self._rng.randrange(1, 5))
        later, _steps = calendar.add_working_days(answered + ONE_DAY, self._rng.randrange(8, 23))
        said = self._language
        self.set(
            visit=day(said, visited),
            soon=day(said, soon),
            by=day(said, later),
            month=month(said, later + 30 * ONE_DAY),
        )

    def location(self) -> Location:
        """The point and address that the case is about."""
        point = _point_in(self._rng, self._district, self._place)
        names = (CITY.names.ko, self._district.names.ko, self._place.names.ko, self._road.ko)
        return Location(point.lat, point.lng, f"{' '.join(names)} {self._number}", self._district.code)


def _point_in(rng: Random, district: District, place: Neighbourhood) -> Point:
    """A point near a neighbourhood's middle and inside its district."""
    while True:
        point = Point(
            round(place.centre.lat + rng.uniform(-_SPREAD, _SPREAD), 6),
            round(place.centre.lng + rng.uniform(-_SPREAD, _SPREAD), 6),
        )
        if inside(point, (district.ring(),)):
            return point
