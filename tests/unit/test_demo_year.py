"""The demonstration's year of cases: reproducible, varied, and such as the rules of the law would have let happen."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from petitions import consultation, rules
from petitions.rights import FOR_CONSULTED, FOR_OWNER, RIGHTS
from petitions.states import Action, State, follow
from server.core import clock, privacy
from server.core.accounts import Role
from server.core.clock import WorkingCalendar
from server.core.geo import inside
from server.demo.cases import SCENARIOS
from server.demo.city import DISTRICTS, temporary_holidays
from server.demo.departments import DEPARTMENTS
from server.demo.generator import generate
from server.demo.people import ACCOUNTS
from server.demo.periods import period_of
from server.demo.script import PETITIONER, SYSTEM, CaseScript, Step
from server.demo.slots import Slots

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 25, 15, 20, tzinfo=SEOUL)
CALENDAR = WorkingCalendar(extra_holidays=temporary_holidays(NOW.date()))
CODES = {department.code for department in DEPARTMENTS}
BY_NAME = {account.username: account for account in ACCOUNTS}
STORIES = {scenario.key: scenario for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def cases() -> tuple[CaseScript, ...]:
    return generate(7, NOW)


UNTOLD = {
    Action.CLOSE_REPEATED,
    Action.OBJECT,
    Action.EXTEND_OBJECTION,
    Action.DECIDE_OBJECTION,
    Action.WITHDRAW_OBJECTION,
    Action.UNPUBLISH,
}
"""What the year does not show: a script knows no other case's number."""


def told(cases: tuple[CaseScript, ...], action: Action) -> list[Step]:
    return [step for case in cases for step in case.steps if step.action is action]


def texts(case: CaseScript) -> Iterator[str]:
    yield from (case.title, case.body)
    for step in case.steps:
        yield from (value for value in step.payload.values() if isinstance(value, str))


@pytest.mark.untraced
def test_the_same_seed_and_moment_tell_the_same_year(cases: tuple[CaseScript, ...]) -> None:
    assert generate(7, NOW) == cases
    assert generate(8, NOW) != cases
    assert generate(7, NOW.astimezone(ZoneInfo("UTC"))) == cases


def test_there_are_about_300_cases_of_every_state_by_every_turn(cases: tuple[CaseScript, ...]) -> None:
    assert 290 <= len(cases) <= 320
    assert {case.state for case in cases} == set(State)
    assert {step.action for case in cases for step in case.steps} == set(Action) - UNTOLD
    assert {case.channel for case in cases} == {"web", "phone", "visit", "mail", "letter"}
    assert {STORIES[case.scenario].department for case in cases} == CODES
    assert len({case.scenario for case in cases}) >= 110


def test_kinds_channels_and_languages_come_in_realistic_shares(cases: tuple[CaseScript, ...]) -> None:
    kinds = Counter(case.kind.partition(":")[0] for case in cases)
    assert {kind.value for kind in rules.Kind} == set(kinds)
    assert kinds.most_common(1)[0][0] == "other"
    languages = Counter(case.language for case in cases)
    assert 0.06 < languages["ja"] / len(cases) < 0.11
    assert 0.04 < languages["en"] / len(cases) < 0.09
    assert Counter(case.channel for case in cases)["web"] > len(cases) / 2
    weekdays = Counter(case.received_at.weekday() for case in cases)
    assert weekdays[5] + weekdays[6] < weekdays[0]


def test_titles_differ(cases: tuple[CaseScript, ...]) -> None:
    assert len({case.title for case in cases}) > 0.95 * len(cases)
    assert len({case.body for case in cases}) > 0.97 * len(cases)
    for case in cases:
        assert 8 <= len(case.title) <= (80 if case.language == "en" else 45), case.title
        sentences = [part for part in re.split(r"[.?!。？！]+", case.body) if part.strip()]
        assert 2 <= len(sentences) <= 9, case.scenario


def test_texts_hold_no_personal_number_and_no_open_slot(cases: tuple[CaseScript, ...]) -> None:
    for case in cases:
        for text in texts(case):
            assert not privacy.find(text), (case.scenario, text)
            assert not re.search(r"[{}]|\s\s\s", text), (case.scenario, text)


def test_contacts_lead_nowhere(cases: tuple[CaseScript, ...]) -> None:
    people = [case.petitioner for case in cases if case.petitioner]
    emails = [person.email for person in people if person.email] + [account.email for account in ACCOUNTS]
    assert all(re.fullmatch(r"[a-z0-9.-]+@example\.(org|com)", email) for email in emails)
    assert all(re.fullmatch(r"010-0000-\d{4}", person.phone) for person in people if person.phone)
    assert all(account.phone.startswith("070-0000-") for account in ACCOUNTS)
    assert all(rules.is_petition(person.name, person.email, person.phone, person.address) for person in people)


def test_a_tip_has_nobody_to_answer(cases: tuple[CaseScript, ...]) -> None:
    tips = [case for case in cases if case.kind == "report"]
    assert len(tips) >= 10
    for case in cases:
        assert (case.petitioner is None) == (case.kind == "report")
    assert not any(step.actor == PETITIONER for case in tips for step in case.steps)


def test_places_lie_in_their_district(cases: tuple[CaseScript, ...]) -> None:
    outlines = {district.code: district for district in DISTRICTS}
    places = [case.location for case in cases if case.location]
    assert len(places) > len(cases) / 2
    for place in places:
        assert inside((place.lat, place.lng), (outlines[place.district].ring(),))
        assert outlines[place.district].names.ko in place.address


def test_each_case_follows_the_table_of_states(cases: tuple[CaseScript, ...]) -> None:
    for case in cases:
        state: State | None = State.RECEIVED
        for step in case.steps:
            assert state is not None
            state = follow(state, step.action)
        assert state is case.state, case.scenario


def test_times_run_forward_and_officials_work_in_office_hours(cases: tuple[CaseScript, ...]) -> None:
    for case in cases:
        moments = [case.received_at, *(step.at for step in case.steps)]
        assert all(one < two for one, two in pairwise(moments)), case.scenario
        assert moments[-1] < NOW
        assert NOW - moments[0] < timedelta(days=366)
        for step in case.steps:
            assert step.actor in {PETITIONER, SYSTEM} or at_work(step.at), (case.scenario, step)
        if case.filed_by:
            assert CALENDAR.is_working_day(case.received_at.date())
            assert time(9) <= case.received_at.time() < time(18)


def at_work(moment: datetime) -> bool:
    hour = moment.time()
    morning = time(9) <= hour <= time(12)
    return CALENDAR.is_working_day(moment.date()) and (morning or time(13) <= hour <= time(18))


def test_whoever_acts_may_and_is_in_charge(cases: tuple[CaseScript, ...]) -> None:
    for case in cases:
        department, asked = "", object()
        for step in case.steps:
            target = step.payload.get("department")
            if step.action in FOR_OWNER:
                target, asked = None, target
            if step.actor in BY_NAME:
                actor = BY_NAME[step.actor]
                assert actor.role in RIGHTS[step.action].roles, step
                if actor.role in {Role.HANDLER, Role.MANAGER}:
                    turn = asked if step.action in FOR_CONSULTED else department
                    assert actor.department == turn, (case.scenario, step)
            else:
                assert step.actor in {PETITIONER, SYSTEM}
            if isinstance(target, str):
                assert target in CODES
                assert target != department
                department = target
            if step.action is Action.ASSIGN:
                handler = BY_NAME[str(step.payload["handler"])]
                assert (handler.role, handler.department) == (Role.HANDLER, department)
            if step.action is Action.GUIDE:
                assert BY_NAME[str(step.payload["guide"])].role is Role.GUIDE
    assert told(cases, Action.TRANSFER)


def test_refusals_carry_reasons_and_remedies(cases: tuple[CaseScript, ...]) -> None:
    answers = told(cases, Action.ANSWER)
    refusals = [step for step in answers if step.payload["decision"] == "refused"]
    assert len(refusals) >= 10
    for step in answers:
        refused = step.payload["decision"] == "refused"
        assert bool(step.payload["reasons"]) == bool(step.payload["remedies"]) == refused


def test_citizens_rate_from_one_to_five(cases: tuple[CaseScript, ...]) -> None:
    scores = [step.payload["score"] for step in told(cases, Action.RATE)]
    assert set(scores) == {1, 2, 3, 4, 5}
    assert len([step for step in told(cases, Action.RATE) if step.payload["comment"]]) > len(scores) / 2


class Replay:
    """A case counted again by the rules of the law, step by step."""

    def __init__(self, case: CaseScript) -> None:
        self.case = case
        self.period = period_of(STORIES[case.scenario])
        self.started = case.received_at
        self.extensions: list[int] = []
        self.pauses: list[tuple[datetime, datetime | None]] = []
        self.requests: list[clock.Due] = []
        self.undelivered = 0
        self.site: list[clock.Pause] = []

    def due(self) -> clock.Due | None:
        if self.period is None:
            return None
        pauses = [(one.date(), (two or one).date()) for one, two in self.pauses] + self.site
        return rules.due_date(CALENDAR, self.period, self.started, self.extensions, pauses)

    def take(self, step: Step) -> None:
        if step.action is Action.EXTEND:
            assert self.period is not None
            amount, consent = step.payload["amount"], step.payload["consent"]
            assert isinstance(amount, int)
            refusal = rules.check_extension(self.period, self.extensions, amount, consent=bool(consent))
            assert refusal is None, refusal
            due = self.due()
            assert due is not None
            assert not clock.overdue(due, step.at), "extended in time"
            self.extensions.append(amount)
        elif step.action is Action.INVESTIGATE:
            first, days = step.payload["first"], step.payload["days"]
            assert isinstance(first, date)
            assert isinstance(days, int)
            due = self.due()
            assert due is not None
            assert step.at.date() <= first <= due.on
            assert rules.check_site_investigation(rules.Kind(self.case.kind), days) is None
            self.site = [rules.site_investigation(CALENDAR, first, days)]
        elif step.action in {Action.CONSULTATION, Action.CONSULTATION_EXTEND}:
            due = self.due()
            assert due is not None
            day = step.payload["due"]
            assert isinstance(day, date)
            assert consultation.check_reply_day(CALENDAR, step.at, day, due.at) is None
        elif step.action is Action.INTERIM_NOTICE:
            assert step.at.date() >= rules.interim_notice_date(self.case.received_at.date())
        elif step.action is Action.REOPEN:
            self.started, self.extensions, self.pauses, self.requests = step.at, [], [], []
            self.site = []
        else:
            self.take_supplement(step)

    def take_supplement(self, step: Step) -> None:
        if step.action is Action.REQUEST_SUPPLEMENT:
            if not self.requests:
                self.undelivered = 0
                limit = rules.supplement_request_limit(CALENDAR, self.case.received_at)
                assert not clock.overdue(limit, step.at), "asked within eight working hours"
                self.pauses.append((step.at, None))
            days = step.payload["days"]
            assert isinstance(days, int)
            running = bool(self.requests) and not clock.overdue(self.requests[-1], step.at)
            if self.requests and self.undelivered < len(self.requests):
                assert rules.check_second_request(days, running=running) is None
            self.requests.append(rules.supplement_due(CALENDAR, step.at.date(), days))
        elif step.action is Action.PROLONG:
            assert not clock.overdue(self.requests[-1], step.at)
            days = step.payload["days"]
            assert isinstance(days, int)
            self.requests[-1] = rules.supplement_due(CALENDAR, self.requests[-1].on, days)
        elif step.action is Action.UNDELIVERED:
            self.undelivered += 1
        elif step.action is Action.DEEM_WITHDRAWN:
            assert rules.may_deem_withdrawn(self.undelivered) is None
        elif step.action is Action.SUPPLEMENT:
            assert not clock.overdue(self.requests[-1], step.at)
            self.pauses[-1] = (self.pauses[-1][0], step.at)
        elif step.action is Action.RETURN:
            assert rules.may_return(self.requests, step.at) is None


def test_the_law_would_have_accepted_every_step(cases: tuple[CaseScript, ...]) -> None:
    for case in cases:
        replay = Replay(case)
        for step in case.steps:
            replay.take(step)
    assert sum(bool(step.payload["consent"]) for step in told(cases, Action.EXTEND)) >= 5


def test_a_few_cases_are_overdue_and_a_few_end_today(cases: tuple[CaseScript, ...]) -> None:
    overdue = last_day = late = 0
    for case in cases:
        replay = Replay(case)
        for step in case.steps:
            due = replay.due()
            late += step.action is Action.ANSWER and due is not None and clock.overdue(due, step.at)
            replay.take(step)
        due = replay.due()
        if due is None or case.state not in {State.RECEIVED, State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS}:
            continue
        overdue += clock.overdue(due, NOW)
        last_day += not clock.overdue(due, NOW) and due.on == NOW.date()
    assert 5 <= overdue <= 10
    assert last_day >= 4
    assert late >= 9


def test_some_came_in_today_and_wait(cases: tuple[CaseScript, ...]) -> None:
    waiting = [case for case in cases if case.state is State.RECEIVED]
    assert 12 <= len(waiting) <= 18
    assert sum(case.received_at.date() == NOW.date() for case in waiting) >= 4
    assert not any(case.steps for case in waiting)


@pytest.mark.untraced
@pytest.mark.parametrize(
    "moment",
    ["2026-11-21T23:00", "2026-09-27T10:00", "2026-01-01T00:10", "2026-06-15T09:01", "2028-02-29T12:30"],
    ids=["Saturday night", "harvest festival", "New Year", "Monday morning", "leap day at lunch"],
)
def test_the_year_can_be_told_at_any_moment(moment: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=SEOUL)
    cases = generate(1, now)
    assert 290 <= len(cases) <= 320
    assert {case.state for case in cases} == set(State)
    assert all(step.at < now for case in cases for step in case.steps)


def test_a_slot_without_a_value_is_an_error() -> None:
    slots = Slots(Random(1), "ko", DISTRICTS[0], NOW)
    assert slots.fill("{gu} {dong}").startswith("한빛구 ")
    with pytest.raises(KeyError):
        slots.fill("{by}까지")
