"""Two years of past forums for the demonstration city: drawn from the matters, the same for the same seed and day.

They are written by the import, as a city's own records would be: with numbers, days, answers, commitments and what was
kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from forums.forms.importing import PastForum, PastSubmission
from server.demo.city import DISTRICTS, District
from server.demo.forums import people, texts
from server.demo.forums.more_topics import ALL
from server.demo.forums.topics import OUTCOMES, SubmissionText, Topic

YEARS = timedelta(days=730)
ANSWERED_IN = (9, 70)
"""Days until a department says what becomes of a submission, least and most."""
KEPT_IN = (50, 260)
"""Days until a commitment is to be kept."""
STUDIED_IN = (110, 330)
"""Days until a study is over."""
LATE = 4
"""Commitments whose day is over: few, or nobody would believe the others."""
UNSTUDIED = 2
"""Studies whose day is over without a word."""
COUNTED = frozenset({"listening", "field_office", "speakers_corner"})
"""Kinds whose people are counted at the door."""


@dataclass(frozen=True, slots=True)
class Held:
    """A past forum with what was said in it."""

    forum: PastForum
    topic: Topic
    district: District
    submissions: Sequence[PastSubmission]

    def names(self) -> dict[str, str]:
        """The names of the places round it, by which texts call them."""
        return names_of(self.district) | {"name": self.topic.name}


def names_of(district: District) -> dict[str, str]:
    """The names of a district's places."""
    return {
        "gu": district.names.ko, "park": district.park.ko, "market": district.market.ko,
        "road": district.roads[0].ko, "school": district.school.ko,
    }  # fmt: skip


class Past:
    """Draws forums and submissions. Departments and districts are given by id and code."""

    def __init__(self, seed: int, today: date, departments: Mapping[str, int]) -> None:
        self.rng = Random(f"forums {seed}")
        self.today = today
        self.departments = departments
        self.numbers: dict[str, int] = {}
        self.late, self.unstudied = LATE, UNSTUDIED

    def everything(self) -> list[Held]:
        """All forums in the order of their days, each with its submissions in the order of theirs."""
        found: list[Held] = []
        for forum, topic, wordings in sorted(self._plan(), key=lambda planned: planned[0].held_on):
            numbered = self._numbered(forum)
            said = [self._submission(numbered, about, wording, district) for about, wording, district in wordings]
            there, minutes = self._people(numbered, len(said)), self._minutes(numbered, said)
            district = next((row for row in DISTRICTS if row.code == forum.district), DISTRICTS[0])
            known = replace(numbered, participants=there, minutes=minutes)
            found.append(Held(known, topic, district, sorted(said, key=lambda submission: submission.received_on)))
        return found

    def _plan(self) -> Iterator[tuple[PastForum, Topic, list[tuple[Topic, SubmissionText, District]]]]:
        first = self.today - YEARS
        for month in range(24):
            topic, district = ALL[month % len(ALL)], DISTRICTS[month * 3 % len(DISTRICTS)]
            day = _workday(first + timedelta(days=month * 30 + 12))
            forum = self._forum("listening", topic, district, day)
            if month >= len(ALL):
                forum = replace(forum, title=texts.SECOND.format(name=topic.name))
            yield forum, topic, [(topic, one, district) for one in topic.wordings]
        for quarter in range(8):
            district = DISTRICTS[quarter % len(DISTRICTS)]
            topics = self.rng.sample(ALL, 3)
            wordings = [(topic, one, district) for topic in topics for one in self.rng.sample(topic.wordings, 4)]
            day = first + timedelta(days=quarter * 90 + 40)
            day -= timedelta(days=(day.weekday() - 1) % 7)
            yield self._forum("field_office", topics[0], district, day), topics[0], wordings
        for number in range(12):
            yield from self._two_months(number, first + timedelta(days=number * 60))
        for number in range(40):
            topic = self.rng.choice(ALL)
            day = _workday(first + timedelta(days=number * 18 + 5))
            title, body = (text.format(name=topic.name, count=self.rng.randint(24, 180)) for text in self._notice())
            yield replace(self._forum("notice", topic, DISTRICTS[0], day), title=title, body=body), topic, []

    def _two_months(
        self, number: int, day: date
    ) -> Iterator[tuple[PastForum, Topic, list[tuple[Topic, SubmissionText, District]]]]:
        """What comes every other month: a Saturday in the park, a discussion, and a broadcast."""
        district = DISTRICTS[number % len(DISTRICTS)]
        chosen = self.rng.sample(ALL, 6)
        said = [(topic, self.rng.choice(topic.wordings), district) for topic in chosen]
        saturday = day + timedelta(days=25)
        saturday -= timedelta(days=(saturday.weekday() - 5) % 7)
        yield self._forum("speakers_corner", chosen[0], district, saturday), chosen[0], said
        topic = ALL[(number * 5 + 2) % len(ALL)]
        spoken = [(topic, one, district) for one in self.rng.sample(topic.wordings, 7)]
        yield self._forum("discussion", topic, district, day + timedelta(days=3)), topic, spoken
        yield self._forum("broadcast", chosen[1], district, _workday(day + timedelta(days=33))), chosen[1], []

    def _notice(self) -> tuple[str, str]:
        return self.rng.choice(texts.NOTICES)

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
            "notice": "",
        }[kind]
        lasts = {"field_office": 2, "discussion": 28}.get(kind, 0)
        return PastForum(
            0, kind, title, day, min(day + timedelta(days=lasts), self.today), place, topic.summary,
            f"{topic.summary} 말씀하신 것은 하나하나 답하고, 하기로 한 일은 약속으로 공개합니다.", "",
            topic.people if kind in {"listening", "broadcast"} else (), self.departments[topic.department],
            district.code if kind in COUNTED else "",
        )  # fmt: skip

    def _numbered(self, forum: PastForum) -> PastForum:
        number = self.numbers[forum.kind] = self.numbers.get(forum.kind, 0) + 1
        return replace(forum, number=number)

    def _people(self, forum: PastForum, submissions: int) -> int:
        """Who was there and was counted elsewhere; at a door they are counted there."""
        return 0 if forum.kind in {*COUNTED, "notice"} else self.rng.randint(submissions, submissions + 25)

    def _minutes(self, forum: PastForum, said: Sequence[PastSubmission]) -> str:
        if forum.kind not in {"listening", "field_office"}:
            return ""
        panel = ", ".join(forum.panel) or "시장과 담당 부서장"
        lines = [texts.OPENED.format(panel=panel), ""]
        lines += [f"{place}. {submission.title} ({submission.author})" for place, submission in enumerate(said, 1)]
        return "\n".join([*lines, "", self.rng.choice(texts.CLOSED)])

    def _submission(
        self, forum: PastForum, topic: Topic, wording: SubmissionText, district: District
    ) -> PastSubmission:
        names = names_of(district)
        received = forum.held_on + timedelta(days=self.rng.randint(0, (forum.ended_on - forum.held_on).days))
        verdict = self._verdict(wording, received + timedelta(days=self.rng.randint(*ANSWERED_IN)))
        commitment = verdict.commitment.format(**names)
        due, done = self._kept(verdict.on) if commitment else (None, None)
        language = (
            "ko" if any("가" <= sign <= "힣" for sign in wording.text) else "ja" if not wording.text.isascii() else "en"
        )
        department = self.departments[topic.department]
        return PastSubmission(
            number="",
            forum=forum.slug,
            received_on=received,
            title=wording.title.format(**names),
            text=wording.text.format(**names),
            author=people.author(self.rng),
            stance=self.rng.choice(("for", "against", "idea", "idea")) if forum.kind == "discussion" else "idea",
            department_id=department if verdict.outcome or self.rng.random() < 0.7 else None,  # noqa: PLR2004
            district=district.code,
            outcome=verdict.outcome,
            outcome_on=verdict.on if verdict.outcome else None,
            outcome_text=verdict.text.format(**names),
            study_until=verdict.study_until,
            moved_to=texts.ELSEWHERE[wording.title] if verdict.outcome == "out_of_scope" else "",
            promised=commitment,
            due_on=due,
            done_on=done,
            evidence=self.rng.choice(texts.EVIDENCE).format(commitment=commitment) if done else "",
            language=language,
        )

    def _verdict(self, wording: SubmissionText, on: date) -> "_Verdict":
        """What becomes of a submission; of a study that is over, what it led to."""
        if not wording.outcome or on > self.today:
            return _Verdict("", on, "", "")
        if wording.outcome != "under_study":
            return _Verdict(wording.outcome, on, wording.answer, wording.commitment)
        until = on + timedelta(days=self.rng.randint(*STUDIED_IN))
        if until > self.today or self.unstudied:
            self.unstudied -= until <= self.today
            return _Verdict(wording.outcome, on, wording.answer, "", until)
        letter, text, commitment = texts.STUDIED[wording.title]
        return _Verdict(OUTCOMES[letter], until - timedelta(days=self.rng.randint(0, 9)), text, commitment)

    def _kept(self, promised: date) -> tuple[date, date | None]:
        """By when a commitment is to be kept, and since when it is. Few are late."""
        due = promised + timedelta(days=self.rng.randint(*KEPT_IN))
        if self.late and self.today - timedelta(days=60) < due < self.today:
            self.late -= 1
            return due, None
        done = max(due + timedelta(days=self.rng.randint(-40, 12)), promised)
        if due < self.today:
            done = min(done, self.today)
        return due, done if done <= self.today else None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What became of a submission and when; ``commitment`` with what is adopted only."""

    outcome: str
    on: date
    text: str
    commitment: str
    study_until: date | None = None


def _workday(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))
