"""Which paths the demonstration's cases take, how many take each, and where they have to stand in the end.

The table is the mix that a newcomer should find at the desk: every state, every turn that the law knows, a few cases
that are late, and a year of finished ones behind them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from petitions.states import State
from server.core.clock import WorkingCalendar
from server.demo.cases.scenario import GRIEVANCE, Scenario
from server.demo.cooperation import PARTS, CaseTelling
from server.demo.people import substitute_guide
from server.demo.periods import is_application, is_slow
from server.demo.telling import QUIET_DAYS, Unfit

YEAR = 360.0


class Turn(Enum):
    """What can happen on the way."""

    TRANSFER = auto()
    GUIDE = auto()
    NOTE = auto()
    ASK = auto()
    MORE_TIME = auto()
    LOST = auto()
    SITE = auto()
    CONSULTATION = auto()
    """Another department is consulted, and replies."""
    CONSULTATION_LATER = auto()
    CONSULTATION_BACK = auto()
    CONSULTATION_WAITS = auto()
    """Another department is consulted, and has not replied yet."""
    CHAT = auto()
    EXTEND = auto()
    EXTEND_TWICE = auto()
    INTERIM = auto()
    LATE = auto()
    DUN = auto()
    TALK = auto()
    RATE = auto()
    REOPEN = auto()


T, S = Turn, State


class Clock(Enum):
    """How the clock of an open case has to stand."""

    RUNNING = auto()
    """Not overdue."""
    LAST_DAY = auto()
    """Due on the present working day, or on the next one while the office is closed for the day."""
    OVERDUE = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Path:
    """So many cases that end in one state by the same turns."""

    count: int
    stop: State
    days: tuple[float, float]
    """Received so many days ago: the least and the most."""
    turns: frozenset[Turn] = frozenset()
    chances: tuple[tuple[Turn, float], ...] = ()
    """Turns that some of them take."""
    clock: Clock = Clock.ANY
    fits: Callable[[Scenario], bool] = lambda _scenario: True
    """Which stories can go this way, beside what the turns ask for."""
    today: bool = False
    """Received today (in the last hours, if the day is still young)."""

    def draw(self, rng: Random) -> frozenset[Turn]:
        """The turns of one case."""
        return self.turns | {turn for turn, chance in self.chances if rng.random() < chance}


def _turns(*turns: Turn) -> frozenset[Turn]:
    return frozenset(turns)


def _accepted(scenario: Scenario) -> bool:
    return scenario.decision != "refused"


def _refused(scenario: Scenario) -> bool:
    return scenario.decision == "refused"


def _submission(scenario: Scenario) -> bool:
    return not is_application(scenario)


def _report(scenario: Scenario) -> bool:
    return scenario.report


def _foreign(scenario: Scenario) -> bool:
    return scenario.language != "ko"


_OFTEN = ((T.RATE, 0.6), (T.CHAT, 0.12), (T.NOTE, 0.25), (T.GUIDE, 0.06), (T.TALK, 0.4))
_AT_WORK = ((T.NOTE, 0.5), (T.CHAT, 0.35), (T.GUIDE, 0.2), (T.TRANSFER, 0.5))

PATHS: tuple[Path, ...] = (
    Path(6, S.RECEIVED, (0, 1), clock=Clock.RUNNING, today=True),
    Path(8, S.RECEIVED, (0, 4), clock=Clock.RUNNING),
    Path(1, S.RECEIVED, (0, 4), fits=_report),
    Path(8, S.ACCEPTED, (0, 6), chances=((T.TRANSFER, 0.6), (T.GUIDE, 0.2)), clock=Clock.RUNNING),
    Path(9, S.ASSIGNED, (0.1, 8), chances=((T.TRANSFER, 0.5),), clock=Clock.RUNNING),
    Path(8, S.IN_PROGRESS, (0.5, 16), chances=_AT_WORK, clock=Clock.RUNNING),
    Path(1, S.IN_PROGRESS, (0.5, 6), fits=_report),
    Path(5, S.IN_PROGRESS, (0, 24), chances=_AT_WORK, clock=Clock.LAST_DAY),
    Path(3, S.IN_PROGRESS, (2, 25), _turns(T.DUN), _AT_WORK, Clock.OVERDUE, _accepted),
    Path(2, S.IN_PROGRESS, (1, 20), clock=Clock.OVERDUE, fits=_accepted),
    Path(2, S.ASSIGNED, (1, 16), clock=Clock.OVERDUE, fits=_accepted),
    Path(4, S.IN_PROGRESS, (5, 30), _turns(T.EXTEND), _AT_WORK, Clock.RUNNING),
    Path(3, S.IN_PROGRESS, (12, 60), _turns(T.EXTEND, T.EXTEND_TWICE, T.CHAT), clock=Clock.RUNNING),
    Path(3, S.IN_PROGRESS, (32, 70), _turns(T.EXTEND, T.INTERIM), ((T.EXTEND_TWICE, 0.3),), Clock.RUNNING),
    Path(3, S.IN_PROGRESS, (3, 9), _turns(T.SITE), clock=Clock.RUNNING),
    Path(5, S.IN_PROGRESS, (1, 8), _turns(T.CONSULTATION, T.CONSULTATION_WAITS), clock=Clock.RUNNING),
    Path(2, S.IN_PROGRESS, (5, 12), _turns(T.CONSULTATION), clock=Clock.RUNNING),
    Path(2, S.SUPPLEMENT_REQUESTED, (4, 9), _turns(T.MORE_TIME)),
    Path(8, S.SUPPLEMENT_REQUESTED, (0.3, 9), chances=((T.NOTE, 0.3),)),
    Path(6, S.REOPENED, (4, 60), chances=((T.RATE, 0.7),), clock=Clock.RUNNING),
    Path(22, S.ANSWERED, (1, 40), chances=_OFTEN, fits=_accepted),
    Path(3, S.ANSWERED, (2, 40), chances=_OFTEN, fits=_refused),
    Path(3, S.ANSWERED, (10, 60), _turns(T.EXTEND), _OFTEN),
    Path(3, S.ANSWERED, (6, 50), _turns(T.REOPEN), ((T.RATE, 0.7),)),
    Path(10, S.CLOSED, (20, YEAR), chances=_OFTEN, fits=_refused),
    Path(12, S.CLOSED, (20, YEAR), _turns(T.ASK), _OFTEN),
    Path(4, S.CLOSED, (30, YEAR), _turns(T.ASK, T.MORE_TIME), _OFTEN),
    Path(4, S.CLOSED, (25, YEAR), _turns(T.SITE), _OFTEN),
    Path(3, S.CLOSED, (20, YEAR), _turns(T.CONSULTATION), _OFTEN),
    Path(2, S.CLOSED, (25, YEAR), _turns(T.CONSULTATION, T.CONSULTATION_LATER), _OFTEN),
    Path(1, S.CLOSED, (20, YEAR), _turns(T.CONSULTATION, T.CONSULTATION_BACK), _OFTEN),
    Path(10, S.CLOSED, (10, YEAR), _turns(T.TRANSFER), _OFTEN),
    Path(12, S.CLOSED, (40, YEAR), _turns(T.EXTEND), _OFTEN, fits=_accepted),
    Path(4, S.CLOSED, (70, YEAR), _turns(T.EXTEND, T.EXTEND_TWICE, T.CHAT, T.RATE)),
    Path(4, S.CLOSED, (70, YEAR), _turns(T.EXTEND, T.INTERIM), _OFTEN),
    Path(9, S.CLOSED, (20, YEAR), _turns(T.LATE), _OFTEN, fits=_accepted),
    Path(9, S.CLOSED, (40, YEAR), _turns(T.REOPEN), ((T.RATE, 0.9),)),
    Path(9, S.CLOSED, (15, YEAR), _turns(T.TALK, T.RATE)),
    Path(5, S.CLOSED, (20, YEAR), _turns(T.GUIDE, T.RATE), _OFTEN),
    Path(12, S.CLOSED, (6, YEAR), fits=_report),
    Path(6, S.RETURNED, (30, YEAR), fits=is_application),
    Path(2, S.WITHDRAWN, (30, YEAR), _turns(T.LOST), fits=is_application),
    Path(9, S.WITHDRAWN, (3, YEAR), chances=((T.NOTE, 0.2),), fits=_submission),
    Path(10, S.TRANSFERRED_OUT, (1, YEAR)),
    Path(12, S.CLOSED, (15, YEAR), chances=_OFTEN, fits=_foreign),
    Path(38, S.CLOSED, (10, YEAR), chances=_OFTEN, fits=_accepted),
)
"""About 300 cases. The rare paths come first, so that the broad ones balance how often each story is told."""

_SLOW = frozenset({T.EXTEND, T.EXTEND_TWICE, T.INTERIM})
_NEEDS: dict[Turn, Callable[[Scenario], bool]] = {
    T.TRANSFER: lambda s: s.first is not None,
    T.GUIDE: lambda s: substitute_guide(s.department, s.language) is not None,
    T.ASK: lambda s: s.ask is not None,
    T.MORE_TIME: lambda s: s.ask is not None,
    T.LOST: lambda s: s.ask is not None and s.language == "ko",
    T.SITE: lambda s: s.kind == GRIEVANCE and s.place and s.language == "ko",
    T.CONSULTATION: lambda s: s.key in PARTS,
    T.TALK: lambda s: s.talk is not None,
    T.REOPEN: lambda s: s.unsolved is not None,
}


def suits(path: Path, scenario: Scenario) -> bool:
    """Whether a story can take a path: it has the texts, and the time."""
    if scenario.report:
        return path.fits is _report
    if (scenario.outside is not None) != (path.stop is S.TRANSFERRED_OUT):
        return False
    if path.stop in {S.SUPPLEMENT_REQUESTED, S.RETURNED} and scenario.ask is None:
        return False
    if path.stop is S.REOPENED and scenario.unsolved is None:
        return False
    if path.turns & _SLOW and not is_slow(scenario):
        return False
    return path.fits(scenario) and all(need(scenario) for turn, need in _NEEDS.items() if turn in path.turns)


def play(telling: CaseTelling, path: Path, turns: frozenset[Turn], rng: Random) -> None:
    """Let the acts of a path happen. Raises ``Unfit`` where the day of receipt does not allow it."""
    if path.stop is S.RECEIVED:
        return
    if path.stop is S.TRANSFERRED_OUT:
        if rng.random() < 0.5:  # noqa: PLR2004
            telling.accept()
        telling.transfer_out()
        return
    _take_in(telling, turns)
    if path.stop is S.ACCEPTED or _withdrawn(telling, path, rng, 0.3):
        return
    telling.assign()
    if path.stop is S.ASSIGNED or _withdrawn(telling, path, rng, 0.4):
        return
    telling.start()
    if T.NOTE in turns:
        telling.note()
    if _ask(telling, path, turns) or _work(telling, path, turns, rng):
        return
    _finish(telling, path, turns)


def _take_in(telling: CaseTelling, turns: frozenset[Turn]) -> None:
    if T.TRANSFER in turns and telling.scenario.first:
        telling.accept(telling.scenario.first[0])
        telling.transfer()
    else:
        telling.accept()
    if T.GUIDE in turns and telling.may_change_guide():
        telling.change_guide()


def _withdrawn(telling: CaseTelling, path: Path, rng: Random, chance: float) -> bool:
    """Whether the petitioner withdrew the petition here."""
    if path.stop is not S.WITHDRAWN or T.LOST in path.turns or rng.random() >= chance:
        return False
    telling.withdraw()
    return True


def _ask(telling: CaseTelling, path: Path, turns: frozenset[Turn]) -> bool:
    """The questions back; whether the path ends with them."""
    if not turns & {T.ASK, T.LOST} and path.stop not in {S.SUPPLEMENT_REQUESTED, S.RETURNED}:
        return False
    telling.ask()
    if T.LOST in turns:
        telling.lose()
    if T.MORE_TIME in turns:
        telling.prolong()
    if path.stop is S.RETURNED:
        telling.ask_again()
        telling.cancel_registration()
    if T.ASK not in turns:
        return True
    telling.supplement()
    return False


def _work(telling: CaseTelling, path: Path, turns: frozenset[Turn], rng: Random) -> bool:
    """What happens while the handler works; whether the path ends with it."""
    if T.SITE in turns:
        telling.investigate()
    if T.CONSULTATION in turns:
        _cooperate(telling, turns)
    if T.CHAT in turns:
        telling.chat()
    if T.EXTEND in turns:
        telling.extend()
    if T.EXTEND_TWICE in turns:
        telling.extend(consent=True)
    if T.INTERIM in turns:
        telling.interim()
    if T.DUN in turns:
        telling.dun()
    return path.stop is S.IN_PROGRESS or _withdrawn(telling, path, rng, 1)


def _cooperate(telling: CaseTelling, turns: frozenset[Turn]) -> None:
    """The consultation of another department."""
    telling.request_consultation()
    if T.CONSULTATION_LATER in turns:
        telling.extend_consultation()
    if T.CONSULTATION_BACK in turns:
        telling.withdraw_consultation()
    elif T.CONSULTATION_WAITS not in turns:
        telling.reply_to_consultation()


def _finish(telling: CaseTelling, path: Path, turns: frozenset[Turn]) -> None:
    telling.answer(late=T.LATE in turns)
    again = T.REOPEN in turns or path.stop is S.REOPENED
    if T.RATE in turns:
        telling.rate(satisfied=not again)
    if again:
        if telling.quiet_for(QUIET_DAYS) and path.stop is S.REOPENED:
            telling.close()
        telling.reopen(recently=path.stop is S.REOPENED)
        if path.stop is S.REOPENED:
            return
        telling.assign()
        telling.start()
        telling.answer()
        if T.RATE in turns:
            telling.rate(satisfied=True)
    if T.TALK in turns and telling.scenario.talk:
        telling.talk()
    if path.stop is S.CLOSED:
        telling.close()
    elif telling.quiet_for(QUIET_DAYS):
        raise Unfit


def holds(path: Path, telling: CaseTelling, calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether the clock of a told case stands as its path wants it."""
    if path.clock is Clock.ANY:
        return path.stop is not S.SUPPLEMENT_REQUESTED or telling.awaits_supplement()
    if path.clock is Clock.OVERDUE or telling.overdue():
        return path.clock is Clock.OVERDUE and telling.overdue()
    due = telling.due()
    if path.clock is Clock.LAST_DAY:
        return due is not None and due.on == calendar.next_working_instant(now).date()
    if path.stop is S.RECEIVED:
        return calendar.working_time_between(telling.received, now) <= timedelta(hours=7)
    return True
