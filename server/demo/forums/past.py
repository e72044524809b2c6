"""Two years of past forums for the demonstration city: drawn from the matters, the same for the same seed and day.

They are written by the import, as a city's own records would be: with numbers, days, answers, promises and what was kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from forums.forms.importing import PastForum, PastVoice
from forums.numbering import slug_of
from forums.states import ADOPTED
from server.demo.city import DISTRICTS, District
from server.demo.forums.more_topics import ALL
from server.demo.forums.topics import Opinion, Topic

YEARS = timedelta(days=730)
FAMILY = "김이박최정강조윤장임한오서신권황안송전홍"
GIVEN = (
    "나래",
    "다온",
    "라온",
    "마루",
    "보람",
    "새봄",
    "아라",
    "은별",
    "지음",
    "찬솔",
    "하람",
    "한결",
    "해든",
    "예린",
    "도윤",
)
NICKNAMES = ("골목고양이", "새벽버스", "느린산책", "두부한모", "옥상텃밭", "빨간우산", "동네책방", "자전거출근")
ANSWERED_IN = (9, 70)
"""Days until a department says what becomes of a voice, least and most."""
KEPT_IN = (50, 260)
"""Days until a promise is to be kept."""


class Past:
    """Draws forums and voices. Departments and districts are given by id and code."""

    def __init__(self, seed: int, today: date, departments: Mapping[str, int]) -> None:
        self.rng = Random(f"forums {seed}")
        self.today = today
        self.departments = departments
        self.numbers: dict[str, int] = {}

    def everything(self) -> tuple[list[PastForum], list[PastVoice]]:
        """All forums, and all voices in the order of their days."""
        forums: list[PastForum] = []
        voices: list[PastVoice] = []
        for forum, opinions in sorted(self._plan(), key=lambda pair: pair[0].held_on):
            numbered = self._numbered(forum)
            said = [self._voice(numbered, topic, opinion, district) for topic, opinion, district in opinions]
            forums.append(replace(numbered, participants=self._people(numbered, len(said))))
            voices += said
        return forums, sorted(voices, key=lambda voice: voice.received_on)

    def _plan(self) -> Iterator[tuple[PastForum, list[tuple[Topic, Opinion, District]]]]:
        first = self.today - YEARS
        for month in range(24):
            topic, district = ALL[month % len(ALL)], DISTRICTS[month * 3 % len(DISTRICTS)]
            day = first + timedelta(days=month * 30 + 12)
            yield self._forum("listening", topic, district, day), [(topic, one, district) for one in topic.opinions]
        for quarter in range(8):
            district = DISTRICTS[quarter % len(DISTRICTS)]
            topics = self.rng.sample(ALL, 3)
            opinions = [(topic, one, district) for topic in topics for one in self.rng.sample(topic.opinions, 4)]
            yield self._forum("field_office", topics[0], district, first + timedelta(days=quarter * 90 + 40)), opinions
        for number in range(12):
            district = DISTRICTS[number % len(DISTRICTS)]
            chosen = [self.rng.choice(ALL) for _turn in range(6)]
            said = [(topic, self.rng.choice(topic.opinions), district) for topic in chosen]
            yield self._forum("speakers_corner", chosen[0], district, first + timedelta(days=number * 60 + 25)), said
            topic = ALL[(number * 5 + 2) % len(ALL)]
            spoken = [(topic, one, district) for one in self.rng.sample(topic.opinions, 7)]
            yield self._forum("discussion", topic, district, first + timedelta(days=number * 60 + 3)), spoken
            yield self._forum("broadcast", chosen[1], district, first + timedelta(days=number * 60 + 33)), []
        for number in range(40):
            topic = self.rng.choice(ALL)
            yield self._forum("notice", topic, DISTRICTS[0], first + timedelta(days=number * 18 + 5)), []

    def _forum(self, kind: str, topic: Topic, district: District, day: date) -> PastForum:
        place = {
            "listening": "시청 다목적홀", "field_office": f"{district.market.ko} 상인회관", "discussion": "",
            "speakers_corner": f"{district.park.ko} 야외무대", "broadcast": "시청 영상실", "notice": "",
        }[kind]  # fmt: skip
        title = {
            "listening": f"{topic.name}, 시민에게 듣습니다",
            "field_office": f"{district.names.ko} 현장시장실",
            "speakers_corner": f"{district.park.ko} 시민발언대",
            "discussion": f"{topic.name}: 무엇부터 할까요?",
            "broadcast": f"정책 설명회: {topic.name}",
            "notice": f"{topic.name} 의견 수렴 결과를 알립니다",
        }[kind]
        lasts = {"field_office": 2, "discussion": 28}.get(kind, 0)
        local = kind in {"listening", "field_office", "speakers_corner"}
        minutes = ""
        if kind == "listening":
            minutes = f"{topic.people[0]} 발제. 이어 시민 발언을 듣고 {topic.people[-1]}이 답함. 모든 의견은 번호를 붙여 공개함."
        return PastForum(
            "", 0, kind, title, day, min(day + timedelta(days=lasts), self.today), place, topic.summary,
            f"{topic.summary} 말씀하신 것은 하나하나 답하고, 하기로 한 일은 약속으로 공개합니다.", minutes,
            topic.people if kind in {"listening", "broadcast"} else (), self.departments[topic.department],
            district.code if local else "", 0, "ko",
        )  # fmt: skip

    def _numbered(self, forum: PastForum) -> PastForum:
        number = self.numbers[forum.kind] = self.numbers.get(forum.kind, 0) + 1
        return replace(forum, slug=slug_of(forum.kind, number), number=number)

    def _people(self, forum: PastForum, voices: int) -> int:
        least, most = {"listening": (70, 190), "field_office": (40, 120), "speakers_corner": (15, 60)}.get(
            forum.kind, (voices, voices + 25)
        )
        return 0 if forum.kind == "notice" else self.rng.randint(least, most)

    def _voice(self, forum: PastForum, topic: Topic, opinion: Opinion, district: District) -> PastVoice:
        names = {
            "gu": district.names.ko, "park": district.park.ko, "market": district.market.ko,
            "road": district.roads[0].ko, "school": district.school.ko,
        }  # fmt: skip
        span = (forum.ended_on - forum.held_on).days
        received = forum.held_on + timedelta(days=self.rng.randint(0, span))
        answered = received + timedelta(days=self.rng.randint(*ANSWERED_IN))
        outcome = opinion.outcome if opinion.outcome and answered <= self.today else ""
        adopted = outcome in ADOPTED
        due = answered + timedelta(days=self.rng.randint(*KEPT_IN)) if adopted else None
        done = None
        if due is not None and self.rng.random() < 0.93:  # noqa: PLR2004 — most promises are kept
            finished = due + timedelta(days=self.rng.randint(-40, 12))
            done = max(finished, answered) if finished <= self.today else None
        language = (
            "ko" if any("가" <= sign <= "힣" for sign in opinion.text) else "ja" if not opinion.text.isascii() else "en"
        )
        return PastVoice(
            "", forum.slug, opinion.title.format(**names), opinion.text.format(**names), self._author(),
            self.rng.choice(("for", "against", "idea", "idea")) if forum.kind == "discussion" else "idea",
            self.departments[topic.department] if outcome or self.rng.random() < 0.7 else None,  # noqa: PLR2004
            district.code, received, outcome, answered if outcome else None,
            opinion.answer.format(**names) if outcome else "",
            answered + timedelta(days=120) if outcome == "under_study" else None,
            "관계 기관" if outcome == "out_of_scope" else "",
            opinion.promise.format(**names) if adopted else "", due, done,
            f"{opinion.promise.format(**names)}을(를) 마치고 사진을 남겼습니다." if done else "", language,
        )  # fmt: skip

    def _author(self) -> str:
        if self.rng.random() < 0.4:  # noqa: PLR2004 — many speak under another name
            return self.rng.choice(NICKNAMES)
        return self.rng.choice(FAMILY) + self.rng.choice(GIVEN)
