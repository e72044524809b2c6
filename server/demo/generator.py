"""The year of cases of the demonstration city, reproducible from a seed and the present moment.

It draws who files what, when and how, and lets each case take one of the planned paths; the texts come from the stories.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from random import Random

from server.core.clock import WorkingCalendar
from server.demo.cases import SCENARIOS
from server.demo.cases.scenario import GRIEVANCE, OTHER, Scenario, prose
from server.demo.city import CITY, DISTRICTS, District, temporary_holidays
from server.demo.cooperation import CaseTelling
from server.demo.people import FAMILY_NAMES, GIVEN_NAMES
from server.demo.periods import is_application
from server.demo.plan import PATHS, Path, holds, play, suits
from server.demo.script import CaseScript, Location, Petitioner
from server.demo.slots import ONE_DAY, Slots
from server.demo.telling import Unfit

_TRIES = 20
"""Days of receipt that are tried for a story before another story is taken."""
_WEEKDAYS = (1.5, 1.05, 1.0, 1.0, 0.95, 0.35, 0.3)
_BAD_WEATHER = 3.0
_HOURS = (
    *(0.4, 0.2, 0.2, 0.1, 0.1, 0.3, 0.8, 1.8, 3.2, 7.0, 8.0, 7.0),
    *(5.0, 6.0, 7.0, 6.5, 6.0, 5.0, 4.0, 3.5, 4.0, 4.0, 3.0, 1.6),
)
_CHANNELS = {"web": 64, "phone": 30, "visit": 9, "mail": 6, "letter": 3}
_FILED_BY = {"web": None, "phone": "intake", "visit": "clerk", "mail": "intake", "letter": "intake"}
_WORDS = ("river", "maple", "sunny", "harbor", "cloud", "pine", "willow", "pebble", "lantern", "meadow")


def generate(seed: int, now: datetime) -> tuple[CaseScript, ...]:
    """About 300 cases of the year before ``now``, by their receipt; the same for the same seed and moment.

    No step lies at or after ``now``. Raises ValueError for a moment without a zone.
    """
    rng = Random(seed)
    calendar = WorkingCalendar()
    local = calendar.local(now)
    calendar = WorkingCalendar(extra_holidays=temporary_holidays(local.date()))
    city = _City(rng, calendar, local)
    cases = [city.tell(path) for path in PATHS for _number in range(path.count)]
    return tuple(sorted(cases, key=lambda case: (case.received_at, case.title)))


class _City:
    """What the drawing of one case has to know of the others."""

    def __init__(self, rng: Random, calendar: WorkingCalendar, now: datetime) -> None:
        self._rng = rng
        self._calendar = calendar
        self._now = now
        self._told: Counter[str] = Counter()
        self._districts: dict[str, list[District]] = {}
        self._storms = _storms(rng, now.date())

    def tell(self, path: Path) -> CaseScript:
        """One case that takes a path, by the story told least so far."""
        for scenario in self._least_told(path):
            for _attempt in range(_TRIES):
                with suppress(Unfit):
                    return self._try(path, scenario)
        raise ValueError(f"no story fits the path to {path.stop} with {path.turns or 'no turns'}")

    def _try(self, path: Path, scenario: Scenario) -> CaseScript:
        received = self._receipt(path, scenario)
        slots = Slots(self._rng, scenario.language, self._next_district(scenario), received)
        title = slots.fill(scenario.titles[self._told[scenario.key] % len(scenario.titles)])
        body = slots.fill(prose(scenario.body, scenario.language))
        telling = CaseTelling(self._rng, self._calendar, scenario, slots, received, self._now)
        play(telling, path, path.draw(self._rng), self._rng)
        if not holds(path, telling, self._calendar, self._now):
            raise Unfit
        self._told[scenario.key] += 1
        return self._written(telling, title, body, slots.location() if scenario.place else None)

    def _least_told(self, path: Path) -> Iterator[Scenario]:
        fitting = [scenario for scenario in SCENARIOS if suits(path, scenario)]
        self._rng.shuffle(fitting)
        yield from sorted(fitting, key=lambda scenario: self._told[scenario.key])

    def _next_district(self, scenario: Scenario) -> District:
        """A district in which this story has not been told yet, as long as there is one."""
        left = self._districts.setdefault(scenario.key, [])
        if not left:
            left.extend(self._rng.sample(DISTRICTS, len(DISTRICTS)))
        return left[self._told[scenario.key] % len(left)]

    # --- When -------------------------------------------------------------------------------------------------------

    def _receipt(self, path: Path, scenario: Scenario) -> datetime:
        """A moment of receipt inside a path's days and a story's season. Raises ``Unfit`` where none was found."""
        first, last = self._window(path)
        if path.today:
            moment = first + (last - first) * self._rng.random()
            return moment.replace(microsecond=0)
        days = [first.date() + n * ONE_DAY for n in range((last.date() - first.date()).days + 1)]
        days = [day for day in days if self._in_season(scenario, day)]
        stormy = [day for day in days if day in self._storms]
        if scenario.weather and stormy:
            days = stormy
        if not days:
            raise Unfit
        [day] = self._rng.choices(days, [self._weight(day) for day in days])
        moment = datetime.combine(day, self._time_of_day(scenario), first.tzinfo)
        if not first <= moment < last:
            raise Unfit
        return moment

    def _in_season(self, scenario: Scenario, day: date) -> bool:
        if scenario.visit and not self._calendar.is_working_day(day):
            return False
        return not scenario.months or day.month in scenario.months

    def _time_of_day(self, scenario: Scenario) -> time:
        """Of a story with a look after hours: late enough to be answered on the next day, early enough to begin."""
        rng = self._rng
        if scenario.visit:
            return time(rng.choice((15, 16)), rng.randrange(15, 60), rng.randrange(60))
        [hour] = rng.choices(range(24), _HOURS)
        return time(hour, rng.randrange(60), rng.randrange(60))

    def _window(self, path: Path) -> tuple[datetime, datetime]:
        """From when until when a path's cases come in."""
        if path.today:
            midnight = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
            young = self._now - midnight < timedelta(hours=1)
            return (self._now - timedelta(hours=12) if young else midnight), self._now
        least, most = path.days
        return self._now - most * ONE_DAY, self._now - least * ONE_DAY

    def _weight(self, day: date) -> float:
        usual = _WEEKDAYS[day.weekday()]
        if self._calendar.holiday_name(day) is not None:
            usual = _WEEKDAYS[-1]
        return usual * (_BAD_WEATHER if day in self._storms else 1.0)

    # --- Who and how ------------------------------------------------------------------------------------------------

    def _written(self, telling: CaseTelling, title: str, body: str, location: Location | None) -> CaseScript:
        scenario = telling.scenario
        channel = self._channel(scenario, telling.received)
        private = scenario.kind == GRIEVANCE or is_application(scenario)
        return CaseScript(
            scenario=scenario.key,
            received_at=telling.received,
            channel=channel,
            filed_by=_FILED_BY[channel],
            language=scenario.language,
            kind="report" if scenario.report else scenario.kind,
            title=title,
            body=body,
            location=location,
            petitioner=None if scenario.report else self._petitioner(scenario.language, channel),
            public=self._rng.random() < (0.08 if private else 0.6) and not scenario.report,
            steps=tuple(telling.steps),
            state=telling.state,
        )

    def _channel(self, scenario: Scenario, received: datetime) -> str:
        """How it came in: through an official only while the office is open, by telephone only what may be oral."""
        office = self._calendar.is_working_day(received.date()) and time(9) <= received.time() < time(18)
        if not office:
            return "web"
        weights = dict(_CHANNELS)
        if scenario.kind != OTHER or scenario.language != "ko":  # 민원처리법 8조: only 기타민원 may be oral
            del weights["phone"]
        [channel] = self._rng.choices(list(weights), list(weights.values()))
        return channel

    def _petitioner(self, language: str, channel: str) -> Petitioner:
        rng = self._rng
        family, given = rng.choice(FAMILY_NAMES[language]), rng.choice(GIVEN_NAMES[language])
        name = {"ko": f"{family}{given}", "ja": f"{family} {given}", "en": f"{given} {family}"}[language]
        email = f"{rng.choice(_WORDS)}{rng.randrange(10, 1000)}@example.{rng.choice(('com', 'org'))}"
        phone = f"010-0000-{rng.randrange(10_000):04d}"
        reached = rng.random()
        by_mail = channel in {"web", "mail"}
        return Petitioner(
            name=name,
            language=language,
            email=email if by_mail or reached < 0.4 else "",  # noqa: PLR2004
            phone=phone if not by_mail or reached < 0.6 else "",  # noqa: PLR2004
            address=_address(rng) if channel == "letter" else "",
        )


def _address(rng: Random) -> str:
    district = rng.choice(DISTRICTS)
    return f"{CITY.names.ko} {district.names.ko} {rng.choice(district.roads).ko} {rng.randrange(3, 180)}"


def _storms(rng: Random, today: date) -> frozenset[date]:
    """Days of heavy rain and snow in the year before today: on them more people write."""
    found = set()
    for back in range(370):
        day = today - back * ONE_DAY
        chance = 0.12 if day.month in {6, 7, 8, 9} else 0.07 if day.month in {12, 1, 2} else 0.03
        if rng.random() < chance:
            found.add(day)
    return frozenset(found)
