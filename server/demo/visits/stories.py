"""What happened to single visitors of the demonstration city: nobody came twice, a full day, a clerk who fell ill."""

from datetime import date, timedelta
from functools import partial

from server.core import database
from server.core.accounts import Absence
from server.demo.visits.bookings import HOUR, ONE_DAY, CaseInHand, Plan, Play
from tracking.visits.actions import booking, supply, taking, waiting
from tracking.visits.actions.booking import Contact
from tracking.visits.actions.taking import Wish
from tracking.visits.actions.waiting import Wanted
from tracking.visits.queries import offices, planning
from tracking.visits.states import Channel

FORGETFUL = Contact("남궁별", phone="010-0000-9001")
APPEAL = "두 번 다 못 간 것은 맞습니다. 첫날은 아이가 갑자기 아파서 응급실에 있었고, 병원 확인서도 있습니다. 제한을 풀어 주세요."
WAITS = Contact("편한길", email="waiting@example.org")
FULL = ("building", "tax", "stay-address")
"""What fills a day at the counters that do it, the longest first."""
MOST_FULL = 40


class Stories:
    """Adds to a play what is to be seen at the desk besides ordinary bookings."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._now = play.now
        days = dict(play.days())
        self._days = days

    def plan(self) -> None:
        """Plan everything."""
        self._nobody_comes_twice()
        self._a_full_day()
        self._a_clerk_falls_ill()
        self._the_guide_comes_along()

    def _nobody_comes_twice(self) -> None:
        """A household misses two visits, may not book for a month, and says why that is wrong."""
        for offset, appeal in ((-8, ""), (-3, APPEAL)):
            day = self._days[offset]
            plan = Plan("hanbit", ("family",), day, Channel.ONLINE, FORGETFUL, missed=True, appeal=appeal)
            self._play.later(self._play.noon(day) - 4 * ONE_DAY, partial(self._play.book, plan))

    def _a_full_day(self) -> None:
        """On a day without a free time somebody waits."""
        day = self._days[3]
        self._play.later(self._now - 30 * HOUR, partial(self._fill, day))
        self._play.later(self._now - 6 * HOUR, partial(self._wait, day))

    async def _fill(self, day: date) -> None:
        for matter in FULL:
            for _booking in range(MOST_FULL):
                plan = Plan("hanbit", (matter,), day, Channel.ONLINE, self._play.somebody(Channel.PHONE), stays=True)
                if not await self._play.book(plan):
                    break

    async def _wait(self, day: date) -> None:
        errand = await taking.errand("hanbit", ["tax"], Channel.ONLINE)
        await waiting.join(Wanted(errand, day), WAITS)

    def _the_guide_comes_along(self) -> None:
        """A petitioner settles two matters on two floors, and their case guide accompanies them."""
        if self._play.cases:
            self._play.later(self._now - 20 * HOUR, partial(self._accompanied, self._play.cases[-1], self._days[5]))

    async def _accompanied(self, case: CaseInHand, day: date) -> None:
        errand = await taking.errand("hanbit", ["moving", "tax"], Channel.ONLINE)
        (guide, _counter), *_others = await planning.guides(errand.place)
        (found,) = await planning.plans(errand, [day], guide=guide)
        if found.plans:
            wished = Wish(planning.with_services(errand, found.plans[0]), found.plans[0].start, found.plans[0])
            await booking.book_now(wished, case.contact, case=case.reference)

    def _a_clerk_falls_ill(self) -> None:
        """A counter is left alone for a day, so that a visit booked for it finds no counter any more."""
        day = self._days[6]
        plan = Plan("naru", ("pension",), day, Channel.PHONE, self._play.somebody(Channel.PHONE), stays=True)
        self._play.later(self._now - 50 * HOUR, partial(self._play.book, plan))
        self._play.later(self._now - timedelta(hours=2), partial(self._away, day))

    async def _away(self, day: date) -> None:
        (row,) = await database.fetch(
            "SELECT c.office_id, s.account_id FROM shift s JOIN counter c ON c.id = s.counter_id "
            "JOIN office o ON o.id = c.office_id WHERE o.code = ? AND c.number = ? AND s.date = ?",
            "naru",
            "2",
            day,
        )
        await Absence.create(account_id=row["account_id"], first_day=day, last_day=day)
        await supply.rebuild(row["office_id"], [day])
        await supply.record_placed((await offices.calendars(row["office_id"], [day]))[day])
