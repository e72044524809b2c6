"""One case told step by step: who does what when, with the texts of its story.

A ``Telling`` keeps the state by the real table of transitions and the due date by the real rules, so that what it
writes down is what the actions will accept. Officials act in working time; petitioners when they have time.
"""

from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from petitions import rules
from petitions.states import Action, State, follow
from server.core import clock
from server.core.accounts import Role
from server.core.clock import Due, Pause, WorkingCalendar
from server.demo.cases.scenario import Decision, Scenario, prose
from server.demo.departments import DEPARTMENTS
from server.demo.people import staff, substitute_guide
from server.demo.periods import is_application, is_slow, period_of
from server.demo.phrases import DUNNING, INVESTIGATIONS, LOST, NOTES, PHRASES, SITE_NOTES, UNDELIVERED
from server.demo.script import PETITIONER, SYSTEM, Payload, Step
from server.demo.slots import ONE_DAY, Slots, day

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_DEPARTMENTS = {department.code: department for department in DEPARTMENTS}
_SCORES: dict[Decision, tuple[int, ...]] = {
    "accepted": (5, 5, 5, 4, 4, 3, 2),
    "explained": (5, 5, 4, 4, 3, 2),
    "partly": (5, 4, 4, 3, 3, 2),
    "refused": (4, 3, 2, 2, 1, 1),
}
_UNSOLVED_SCORES = (1, 1, 2, 2, 3)
SUPPLEMENT_DAYS = 7
QUIET_DAYS = 30
"""After so many days without a word the system closes an answered case."""
INTERIM_DAYS = 31
"""The first interim notice is due on the day after 30 days have passed (시행령 23조)."""


class Unfit(Exception):
    """The story has no such turn, or it does not work out with this day of receipt."""


T = TypeVar("T")


def _given(part: T | None) -> T:
    """A part that not every story has. Raises ``Unfit`` without it."""
    if part is None:
        raise Unfit
    return part


class Telling:
    """A case being told. Raises ``Unfit`` as soon as an act would lie in the future or out of its bounds."""

    def __init__(
        self,
        rng: Random,
        calendar: WorkingCalendar,
        scenario: Scenario,
        slots: Slots,
        received: datetime,
        now: datetime,
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self.scenario = scenario
        self._slots = slots
        self._said = PHRASES[scenario.language]
        self._now = now
        self._period = period_of(scenario)
        self._pace = 1.0 if self._period is None or is_slow(scenario) else 0.2
        self.received = self._clock_started = self._moment = received
        self._extensions: list[int] = []
        self._pauses: list[Pause] = []
        self._department = scenario.department
        self._handler = rng.choice(staff(scenario.department, Role.HANDLER))
        self._started = received
        self.answered: datetime | None = None
        self.supplement_until: Due | None = None
        self.state = State.RECEIVED
        self.steps: list[Step] = []

    # --- Time -------------------------------------------------------------------------------------------------------

    def due(self) -> Due | None:
        """When the answer is due, as it stands; None for a tip."""
        if self._period is None:
            return None
        return rules.due_date(self._calendar, self._period, self._clock_started, self._extensions, self._pauses)

    def overdue(self) -> bool:
        """Whether the case is open and late now; the deadline is paused while a supplement is awaited."""
        due = self.due()
        waiting = self.state is State.SUPPLEMENT_REQUESTED
        return due is not None and not waiting and clock.overdue(due, self._now)

    def awaits_supplement(self) -> bool:
        """Whether the petitioner still has time to send what was asked for."""
        return self.supplement_until is not None and not clock.overdue(self.supplement_until, self._now)

    def quiet_for(self, days: int) -> bool:
        """Whether the answer is that old."""
        return self.answered is not None and self._now - self.answered > days * ONE_DAY

    def may_change_guide(self) -> bool:
        """Whether there is another guide to name."""
        return substitute_guide(self._department, self.scenario.language) is not None

    def _later(self, least: float, most: float) -> None:
        """Let some working hours pass."""
        self._work_on(self._moment, _HOUR * self._rng.uniform(least, most) * self._pace)

    def _work_on(self, since: datetime, time: timedelta) -> None:
        self._moment = self._calendar.add_working_time(since, max(time, _MINUTE))[0].replace(microsecond=0)

    def _toward_due(self, least: float, most: float) -> None:
        """Let part of the working time that is left pass; a tip has none and takes a day or two."""
        due = self.due()
        if due is None:
            self._later(1, 16)
            return
        left = self._calendar.working_time_between(self._moment, clock.closes_at(self._calendar, due))
        if left < 5 * _MINUTE:
            raise Unfit
        self._work_on(self._moment, left * self._rng.uniform(least, most))

    def _sometime(self, least: float, most: float) -> None:
        """Let some days pass until the petitioner has time: never in the middle of the night."""
        moment = self._moment + ONE_DAY * self._rng.uniform(least, most)
        if moment.hour < 7:  # noqa: PLR2004
            moment = moment.replace(hour=self._rng.randrange(7, 22))
        self._moment = max(moment, self._moment + _MINUTE).replace(microsecond=0)

    # --- Acts -------------------------------------------------------------------------------------------------------

    def _act(self, action: Action, actor: str, payload: Payload | None = None) -> None:
        state = follow(self.state, action)
        if state is None:
            raise ValueError(f"{self.scenario.key}: no {action} while {self.state}")
        last = self.steps[-1].at if self.steps else self.received
        if not last < self._moment < self._now:
            raise Unfit
        self.state = state
        self.steps.append(Step(self._moment, actor, action, payload or {}))

    def _text(self, text: str) -> str:
        return self._slots.fill(prose(text, self.scenario.language))

    def _pick(self, texts: tuple[str, ...]) -> str:
        return self._text(self._rng.choice(texts))

    def _colleague(self, role: Role) -> str:
        return self._rng.choice(staff(self._department, role)).username

    def accept(self, department: str = "") -> None:
        """The intake officer accepts the case."""
        self._later(0.1, 1.5)
        self._department = department or self.scenario.department
        self._act(Action.ACCEPT, "intake", {"department": self._department})

    def transfer(self) -> None:
        """The wrong department transfers the case (이송)."""
        _wrong, reason = _given(self.scenario.first)
        self._later(0.2, 1.5)
        manager = self._colleague(Role.MANAGER)
        self._department = self.scenario.department
        reason = prose(reason, "ko")
        self._act(Action.TRANSFER, manager, {"department": self._department, "reason": reason})

    def change_guide(self) -> None:
        """The manager names another guide who knows the department's work."""
        guide = _given(substitute_guide(self._department, self.scenario.language))
        self._later(0.2, 1)
        self._act(Action.GUIDE, self._colleague(Role.MANAGER), {"guide": guide.username})

    def assign(self) -> None:
        """The handler is named."""
        self._later(0.1, 1.5)
        actor = "intake" if self._rng.random() < 0.3 else self._colleague(Role.MANAGER)  # noqa: PLR2004
        self._act(Action.ASSIGN, actor, {"handler": self._handler.username})

    def start(self) -> None:
        """The handler begins."""
        self._later(0.1, 1.5)
        self._act(Action.START, self._handler.username)
        self._started = self._moment

    def note(self) -> None:
        """The handler writes an internal note."""
        self._later(0.05, 1)
        text = self.scenario.note or self._rng.choice(SITE_NOTES if self.scenario.place else NOTES)
        self._act(Action.NOTE, self._handler.username, {"text": self._slots.fill(prose(text, "ko"))})

    def dun(self) -> None:
        """The inspector writes to the department once the case is overdue (독촉, 시행령 28조)."""
        self._work_on(max(self._moment, _given(self.due()).at), _HOUR * self._rng.uniform(0.2, 3))
        self._act(Action.NOTE, "inspector", {"text": self._rng.choice(DUNNING)})

    def ask(self) -> None:
        """The handler asks for a supplement (보완), within eight working hours of the receipt (시행규칙 9조)."""
        self._later(0.1, 1.5)
        self._request(self._text(_given(self.scenario.ask)[0]))
        self._pauses.append((self._moment.date(), self._moment.date()))

    def ask_again(self) -> None:
        """The second request, after the first one's time has run out."""
        self._work_on(_given(self.supplement_until).at, _HOUR * self._rng.uniform(0.5, 6))
        self._request(self._pick(self._said.second_requests))

    def _request(self, text: str) -> None:
        self._act(Action.REQUEST_SUPPLEMENT, self._handler.username, {"text": text, "days": SUPPLEMENT_DAYS})
        self.supplement_until = rules.supplement_due(self._calendar, self._moment.date(), SUPPLEMENT_DAYS)

    def prolong(self) -> None:
        """The petitioner extends the time for the supplement before it ends (시행령 24조 2항)."""
        self._sometime(0.3, 3)
        days = self._rng.randrange(2, SUPPLEMENT_DAYS + 1)
        self._act(Action.PROLONG, PETITIONER, {"days": days})
        self.supplement_until = rules.supplement_due(self._calendar, _given(self.supplement_until).on, days)

    def lose(self) -> None:
        """The request is returned undelivered twice: the petition is deemed withdrawn (시행령 25조 2항)."""
        for text in UNDELIVERED:
            self._later(16, 40)
            self._act(Action.UNDELIVERED, self._handler.username, {"text": text})
            if text != UNDELIVERED[-1]:
                self._later(0.2, 4)
                self._request(self._pick(self._said.second_requests))
        self._later(1, 16)
        self._act(Action.DEEM_WITHDRAWN, self._handler.username, {"text": LOST})

    def investigate(self) -> None:
        """The handler investigates on site on the next working days (실지조사, 시행령 17조)."""
        self._later(0.1, 2)
        first, _steps = self._calendar.add_working_days(self._moment.date() + ONE_DAY, 1)
        days = self._rng.randrange(2, 6)
        reason = self._rng.choice(INVESTIGATIONS)
        self._act(Action.INVESTIGATE, self._handler.username, {"first": first, "days": days, "reason": reason})
        self._pauses.append(rules.site_investigation(self._calendar, first, days))

    def supplement(self) -> None:
        """The petitioner sends what was missing, in time."""
        self._sometime(0.3, 5)
        self._act(Action.SUPPLEMENT, PETITIONER, {"text": self._text(_given(self.scenario.ask)[1])})
        self._pauses[-1] = (self._pauses[-1][0], self._moment.date())

    def cancel_registration(self) -> None:
        """Nothing came: the application is returned (반려, 시행령 25조)."""
        self._work_on(_given(self.supplement_until).at, _HOUR * self._rng.uniform(0.5, 8))
        self._act(Action.RETURN, self._handler.username, {"text": self._pick(self._said.returns)})

    def chat(self) -> None:
        """The petitioner asks how it goes, and is told."""
        self._name_due()
        self._sometime(0.02, 0.5)
        said = self._said
        self._converse(*self._rng.choice(said.chats + said.site_chats if self.scenario.place else said.chats))

    def extend(self, *, consent: bool = False) -> None:
        """The handler extends the period (연장, 시행령 21조), the second time with consent."""
        period = _given(self._period)
        self._toward_due(0.5, 0.95)
        amount = self._rng.choice((period.amount, -(-period.amount * 2 // 3)))
        reason = self._said.consents if consent else (self.scenario.extension,)
        if not reason[0]:
            reason = self._said.delays
        self._act(
            Action.EXTEND,
            self._handler.username,
            {"amount": amount, "reason": self._pick(reason), "consent": consent},
        )
        self._extensions.append(amount)

    def interim(self) -> None:
        """The handler sends an interim notice (중간 알림, 시행령 23조)."""
        ready = (self.received + INTERIM_DAYS * ONE_DAY).replace(hour=9, minute=0, second=0)
        if _given(self.due()).at <= ready:
            raise Unfit
        self._work_on(max(self._moment, ready), _HOUR * self._rng.uniform(0.3, 5))
        self._name_due()
        self._act(Action.INTERIM_NOTICE, self._handler.username, {"text": self._pick(self._said.interim)})

    def _name_due(self) -> None:
        due = self.due()
        if due is not None:
            self._slots.set(due=day(self.scenario.language, due.on))

    # --- The end, and after it --------------------------------------------------------------------------------------

    def answer(self, *, late: bool = False) -> None:
        """The handler answers (민원처리법 27조); the second time about what the first left open."""
        again = self.answered is not None
        if late:
            self._miss_the_date()
        elif self.scenario.visit and not again:
            self._stay_overnight()
        else:
            self._toward_due(0.3, 0.97)
        scenario, said = self.scenario, self._said
        self._slots.plan_ahead(self._calendar, self._visited(), self._moment.date())
        department = _DEPARTMENTS[scenario.department]
        self._slots.set(
            department=department.names.said(scenario.language),
            handler=self._handler.name,
            extension=self._handler.phone[-4:],
        )
        core = scenario.unsolved[1] if again and scenario.unsolved else scenario.answer
        parts = [self._text(core)]
        if not scenario.report:
            openings = said.openings if is_application(scenario) else said.openings + said.thanks
            parts = [self._pick(said.apologies if late else openings), *parts, self._pick(said.closings)]
        payload = {
            "text": "\n\n".join(parts),
            "decision": "accepted" if again else scenario.decision,
            "reasons": self._text(scenario.reasons),
            "remedies": self._text(scenario.remedies),
        }
        self._act(Action.ANSWER, self._handler.username, payload)
        self.answered = self._moment

    def _miss_the_date(self) -> None:
        due = _given(self.due())
        self._work_on(max(self._moment, due.at + _MINUTE), _HOUR * self._rng.uniform(0.5, 14))

    def _stay_overnight(self) -> None:
        """The answer tells of an evening or an early morning: it comes on the next working day, still in time."""
        closing = self._started.replace(hour=18, minute=0, second=0)
        opening = self._calendar.next_working_instant(max(closing, self._moment))
        left = self._calendar.working_time_between(opening, _given(self.due()).at)
        if left < 5 * _MINUTE:
            raise Unfit
        self._work_on(opening, left * self._rng.uniform(0.1, 0.95))

    def _visited(self) -> datetime:
        """The day of the visit that the answer speaks of."""
        if self.scenario.visit == "evening":
            return self._started
        if self.scenario.visit == "morning" or self._started.date() == self._moment.date():
            return self._moment
        second, _steps = self._calendar.add_working_days(self._started.date(), 2)
        return min(self._moment, self._moment.replace(year=second.year, month=second.month, day=second.day))

    def talk(self) -> None:
        """A word after the answer, and one back."""
        self._sometime(0.3, 4)
        self._converse(*_given(self.scenario.talk))

    def _converse(self, question: str, reply: str) -> None:
        self._act(Action.MESSAGE, PETITIONER, {"text": self._text(question)})
        self._later(0.2, 5)
        self._act(Action.MESSAGE, self._handler.username, {"text": self._text(reply)})

    def rate(self, *, satisfied: bool) -> None:
        """The petitioner rates, by what came of it."""
        self._sometime(0.05, 3)
        score = self._rng.choice(_SCORES[self.scenario.decision] if satisfied else _UNSOLVED_SCORES)
        self._act(Action.RATE, PETITIONER, {"score": score, "comment": self._rng.choice(self._said.ratings[score])})

    def close(self) -> None:
        """The system closes what has been quiet for 30 days, or the handler does earlier."""
        quiet = _given(self.answered) + QUIET_DAYS * ONE_DAY + self._rng.randrange(1, 900) * timedelta(seconds=1)
        if quiet > self._moment and quiet < self._now and self._rng.random() < 0.6:  # noqa: PLR2004
            self._moment = quiet
            self._act(Action.CLOSE, SYSTEM, {"text": ""})
            return
        self._later(2, 60)
        self._act(Action.CLOSE, self._handler.username, {"text": self._pick(self._said.closes)})

    def reopen(self, *, recently: bool = False) -> None:
        """The citizen says that it is not solved; a fresh period begins."""
        reason, _answer = _given(self.scenario.unsolved)
        if recently:
            self._moment = max(self._moment, self._now - 3 * ONE_DAY)
            self._moment += (self._now - self._moment) * self._rng.random()
            self._moment = self._moment.replace(microsecond=0)
        else:
            self._sometime(1, 12)
        self._act(Action.REOPEN, PETITIONER, {"text": self._text(reason)})
        self._clock_started = self._moment
        self._extensions, self._pauses = [], []

    def withdraw(self) -> None:
        """The petitioner withdraws the petition (취하)."""
        self._sometime(0.02, 1.5)
        self._act(Action.WITHDRAW, PETITIONER, {"text": self._pick(self._said.withdrawals)})

    def transfer_out(self) -> None:
        """Another agency is in charge: it goes there within eight working hours (민원처리법 16조)."""
        agency, reason = _given(self.scenario.outside)
        self._later(0.3, 5)
        actor = "intake" if self.state is State.RECEIVED else self._colleague(Role.MANAGER)
        self._act(Action.TRANSFER_OUT, actor, {"agency": agency, "reason": self._text(reason)})
