"""Who books at the demonstration city's offices around today, through every channel, and what becomes of it.

Acts lie in a heap by their time; each may put further ones there, such as the cancellation of what it has booked.
"""

import heapq
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from server.core import clock, config, database
from server.core.accounts import Official
from server.core.working_calendar import WorkingCalendar
from server.demo.forums.stage import text_file
from server.demo.people import FAMILY_NAMES, GIVEN_NAMES
from server.demo.visits.places import OFFICES
from tracking.visits import rules
from tracking.visits.actions import booking, marking, restrictions, taking
from tracking.visits.actions import papers as handing_in
from tracking.visits.actions.booking import Booked, Contact
from tracking.visits.actions.taking import Wish
from tracking.visits.desk_forms import Appeal, MarkNoShow, Plain
from tracking.visits.forms import CheckDocument
from tracking.visits.queries import grid, papers
from tracking.visits.states import Channel

ONE_DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
VISITOR = "visitor"
GROUP = 50
"""Acts in one transaction."""
Act = Callable[[], Awaitable[object]]

MATTERS: Mapping[tuple[str, ...], float] = {
    ("moving",): 6, ("passport",): 6, ("family",): 3, ("seal",): 2, ("stay-address",): 2, ("pension",): 3, ("tax",): 2,
    ("building",): 2, ("guide-consultation",): 1.5, ("tour",): 0.7, ("field-office",): 1.5, ("moving", "passport"): 1,
    ("moving", "seal"): 1, ("family", "passport"): 0.6,
}  # fmt: skip
"""What people come for, and how often."""
DAILY = ((-11, 5), (0, 22), (4, 12), (11, 6), (22, 3))
"""From so many working days from today on, the bookings of an office of ordinary size."""
UNTIL = 26
"""Working days ahead for which something is booked."""
LIKED = range(9, 12)
"""The hours of the day that most choose first."""
HANDED_IN = 0.3
"""The share of the visits whose documents are handed in beforehand."""
CHECKS = (
    ("fine", ""), ("fine", ""), ("fine", ""), ("original", "사본은 확인했습니다. 원본을 가져와 주세요."),
    ("incomplete", "2쪽이 없습니다. 2쪽도 올려 주세요."), ("incomplete", "글자가 흐립니다. 다시 찍어 올려 주세요."),
)  # fmt: skip
CHANNELS = {Channel.ONLINE: 66, Channel.PHONE: 24, Channel.DESK: 10}
LANGUAGES = {"ko": 82, "ja": 7, "en": 11}


OF_DEPARTMENT = {
    "building": "building", "planning": "building", "tax": "tax", "economy": "tax", "seniors": "pension",
    "welfare": "pension", "civil": "family", "foreigners": "stay-address", "roads": "guide-consultation",
}  # fmt: skip
"""What the petitioner of a case comes for, by the department that works on it."""
MOST_CASES = 7


@dataclass(frozen=True)
class CaseInHand:
    """An open petition whose petitioner may have to come."""

    reference: str
    department: str
    contact: Contact


@dataclass(frozen=True)
class Plan:
    """One booking to be made: at which office, for what, on which day and through which channel."""

    office: str
    matters: tuple[str, ...]
    day: date
    channel: Channel
    contact: Contact
    party: int = 1
    case: str = ""
    stays: bool = False
    """Whether it stays booked until its day."""
    missed: bool = False
    appeal: str = ""
    """What the household says when this begins a restriction."""


class Play:
    """The bookings from two weeks ago to a month ahead."""

    def __init__(
        self,
        number: int,
        now: datetime,
        calendar: WorkingCalendar,
        officials: Mapping[str, Official],
        cases: Sequence[CaseInHand],
    ) -> None:
        self._rng = Random(f"visits {number}")
        self.now = now
        self._calendar = calendar
        self.officials = officials
        self.cases = [*cases]
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._people = 0

    async def run(self) -> None:
        """Let everything happen that happened until now."""
        for offset, day in self.days():
            for office in OFFICES:
                usual = next(number for first, number in reversed(DAILY) if first <= offset) * office.crowd
                for _booking in range(round(usual * self._rng.uniform(0.7, 1.3))):
                    self._plan(office.code, office.able, day)
        self._plan_cases()
        while self._acts:
            async with database.transaction():
                for _act in range(min(GROUP, len(self._acts))):
                    moment, _order, act = heapq.heappop(self._acts)
                    with clock.at(moment):
                        await act()

    def days(self) -> list[tuple[int, date]]:
        """The working days around today, each with how many working days lie between."""
        today, first = self.now.date(), DAILY[0][0]
        before = [day for n in range(1, -3 * first) if self._calendar.is_working_day(day := today - n * ONE_DAY)]
        after = [day for n in range(UNTIL * 3) if self._calendar.is_working_day(day := today + n * ONE_DAY)]
        return [*((-n, day) for n, day in enumerate(before[:-first], 1)), *enumerate(after[:UNTIL])]

    def later(self, moment: datetime, act: Act) -> None:
        """Have something done, unless it lies in the future."""
        if moment < self.now:
            heapq.heappush(self._acts, (moment.replace(microsecond=0), next(self._order), act))

    def _plan(self, office: str, able: set[str], day: date) -> None:
        rng = self._rng
        open_to = {those: weight for those, weight in MATTERS.items() if able.issuperset(those)}
        (matters,) = rng.choices([*open_to], [*open_to.values()])
        (channel,) = rng.choices([*CHANNELS], [*CHANNELS.values()])
        plan = Plan(
            office, matters, day, channel, self.somebody(channel), rng.randint(6, 16) if "tour" in matters else 1
        )
        self.later(self._booked_at(day, channel), partial(self.book, plan))

    def _plan_cases(self) -> None:
        """Petitioners who come for their case, on one of the next days."""
        days = [day for offset, day in self.days() if offset > 0]
        known = [one for one in self.cases if one.department in OF_DEPARTMENT]
        for one, day in zip(known[:MOST_CASES], days, strict=False):
            matter = OF_DEPARTMENT[one.department]
            office = next(each.code for each in OFFICES if matter in each.able)
            plan = Plan(office, (matter,), day, Channel.ONLINE, one.contact, case=one.reference)
            self.later(self.now - timedelta(hours=self._rng.uniform(1, 40)), partial(self.book, plan))

    def noon(self, day: date) -> datetime:
        """The noon of a day in the city."""
        return datetime.combine(day, time(12), config.settings().zone)

    def somebody(self, channel: Channel) -> Contact:
        rng = self._rng
        self._people += 1
        (language,) = rng.choices([*LANGUAGES], [*LANGUAGES.values()])
        family, given = rng.choice(FAMILY_NAMES[language]), rng.choice(GIVEN_NAMES[language])
        name = {"ko": f"{family}{given}", "ja": f"{family} {given}"}.get(language, f"{given} {family}")
        if channel is Channel.ONLINE and rng.random() < 0.8:  # noqa: PLR2004
            return Contact(name, email=f"visitor{self._people}@example.org", language=language)
        return Contact(name, phone=f"010-0000-{self._people:04}", language=language)

    def _booked_at(self, day: date, channel: Channel) -> datetime:
        """Some days before the visit; before today if it is to come."""
        rng, zone = self._rng, config.settings().zone
        latest = min(day, self.now.date()) - ONE_DAY
        booked = max(latest - ONE_DAY * int(rng.expovariate(1 / 5)), day - 29 * ONE_DAY)
        hour = rng.choice((8, 10, 12, 14, 19, 20, 21, 22) if channel is Channel.ONLINE else (9, 10, 11, 14, 15, 16))
        return datetime.combine(booked, time(hour, rng.randrange(60)), zone)

    async def book(self, plan: Plan) -> bool:
        """Book a free time of the day, and plan what follows. Returns whether there was one."""
        wished = await self._free_time(plan)
        if wished is None:
            return False
        made = await booking.book_now(wished, plan.contact, case=plan.case)
        ends = not plan.stays and self._ends(plan, made.number, wished)
        if not ends and (plan.case or self._rng.random() < HANDED_IN):
            sent = clock.now() + HOUR * self._rng.uniform(0.2, 30)
            if sent < self.noon(plan.day) - 4 * HOUR:
                self.later(sent, partial(self._hand_in, made, plan.day))
        return True

    async def _free_time(self, plan: Plan) -> Wish | None:
        errand = await taking.errand(plan.office, plan.matters, plan.channel, plan.party)
        (day,) = await grid.days(errand, [plan.day])
        free = [slot for slot in day.slots if slot.left >= (plan.party if "tour" in plan.matters else 1)]
        if not free:
            return None
        (chosen,) = self._rng.choices(free, [3 if slot.start.hour in LIKED else 1 for slot in free])
        return Wish(errand, rules.minute(chosen.start))

    def _ends(self, plan: Plan, number: str, wished: Wish) -> bool:
        """Whether it comes to nothing: some cancel in time, a few say that they cannot come. All others come, or not."""
        chance, start, end = self._rng.random(), rules.moment(wished.start), rules.moment(wished.end)
        clerk = self.officials["clerk"]
        if plan.missed or 0.11 <= chance < 0.17:  # noqa: PLR2004
            self.later(start + 25 * MINUTE, partial(self._miss, plan, number, start))
        elif chance < 0.08:  # noqa: PLR2004
            self.later(start - ONE_DAY * self._rng.uniform(1, 3), partial(booking.cancel, number, VISITOR))
        elif chance < 0.11:  # noqa: PLR2004
            self.later(start - 100 * MINUTE, partial(booking.cancel, number, VISITOR, cannot_come=True))
        else:
            self.later(end + MINUTE * self._rng.randint(0, 9), partial(marking.serve, clerk, number, Plain()))
        return not plan.missed and chance < 0.11  # noqa: PLR2004

    async def _miss(self, plan: Plan, number: str, start: datetime) -> None:
        """Nobody came, although they were called three times."""
        local = start.astimezone(config.settings().zone)
        called = ", ".join(f"{local + n * MINUTE:%H:%M}" for n in (1, 7, 14))
        await marking.mark_no_show(self.officials["clerk"], number, MarkNoShow(called=called))
        if plan.appeal:
            found = await database.value(
                "SELECT r.id FROM visit_restriction r JOIN visit v ON v.id = r.visit_id WHERE v.number = ?", number
            )
            appeal = partial(restrictions.appeal, VISITOR, str(found), Appeal(text=plan.appeal))
            self.later(clock.now() + 20 * HOUR, appeal)

    async def _hand_in(self, made: Booked, day: date) -> None:
        """The visitor says what applies to them and hands in some documents; an official checks them in time or not."""
        rng = self._rng
        found = await papers.summary(made.id)
        applies = rng.sample([one.code for one in found.situations], min(1, len(found.situations)))
        await handing_in.state_situations(made.number, applies, VISITOR)
        needed = (await papers.summary(made.id)).needed
        for paper in needed[: rng.randint(1, max(1, len(needed)))]:
            name = paper.document.name.partition("(")[0]
            file = await text_file(f"{name}.txt", f"{name} — 시연용 사본입니다. 개인정보는 들어 있지 않습니다.\n")
            await handing_in.hand_in(made.number, paper.code, [file], VISITOR)
            state, note = rng.choice(CHECKS)
            check = CheckDocument(state=state, note=note)
            official = self.officials[rng.choice(("clerk", "clerk4"))]
            at = self._calendar.add_working_time(clock.now(), HOUR * rng.uniform(1, 8))[0]
            if at < self.noon(day) - 4 * HOUR:
                self.later(at, partial(handing_in.check, official, made.number, paper.code, check))
