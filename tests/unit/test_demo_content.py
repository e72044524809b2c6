"""The demonstration city: its places, offices, people and stories are sound and fit each other."""

import re
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from petitions import placeholders, rules
from petitions.routing import DepartmentProfile, Rule, choose
from server.core.accounts import Role
from server.core.clock import WorkingCalendar
from server.core.geo import inside
from server.demo.cases import SCENARIOS
from server.demo.city import CITY, DISTRICTS, District, Point, temporary_holidays
from server.demo.departments import DEPARTMENTS
from server.demo.people import ACCOUNTS, DEMO, GUIDES, staff, substitute_guide
from server.demo.periods import period_of
from server.demo.phrases import PHRASES
from server.demo.reply_templates import TEMPLATES
from server.demo.routing_rules import RULES
from server.demo.services import SERVICES

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 25, 15, 20, tzinfo=SEOUL)
CALENDAR = WorkingCalendar(extra_holidays=temporary_holidays(NOW.date()))
CODES = {department.code for department in DEPARTMENTS}
BY_NAME = {account.username: account for account in ACCOUNTS}
STORIES = {scenario.key: scenario for scenario in SCENARIOS}


# --- The city, its offices and people ---------------------------------------------------------------------------


def test_every_neighbourhood_lies_in_its_own_district_only() -> None:
    assert 6 <= len(DISTRICTS) <= 8
    for district in DISTRICTS:
        assert 4 <= len(district.neighbourhoods) <= 6
        for neighbourhood in district.neighbourhoods:
            assert [d.code for d in DISTRICTS if holds(d, neighbourhood.centre)] == [district.code]
    assert [d.code for d in DISTRICTS if holds(d, CITY.centre)] == ["hanbit"]


def holds(district: District, point: Point) -> bool:
    return inside(point, (district.ring(),))


def test_an_outline_is_a_closed_ring_of_longitude_and_latitude() -> None:
    ring = DISTRICTS[0].ring()
    assert ring[0] == ring[-1] == [127.9272, 36.4534]
    assert len(ring) == len(DISTRICTS[0].outline) + 1


def test_the_words_of_the_slots_end_as_the_particles_behind_them_ask() -> None:
    def closed(word: str) -> bool:
        return (ord(word[-1]) - 0xAC00) % 28 > 0

    for district in DISTRICTS:
        assert all(road.ko.endswith("로") for road in district.roads)
        assert not closed(district.school.ko)
        assert not closed(district.flats.ko)
        assert all(closed(word) for word in (district.names.ko + "청", district.park.ko, district.market.ko))
        assert all(neighbourhood.names.ko.endswith("동") for neighbourhood in district.neighbourhoods)


def test_departments_say_what_they_do() -> None:
    assert len(DEPARTMENTS) == len(CODES)
    assert len({department.phone for department in DEPARTMENTS}) == len(DEPARTMENTS)
    for department in DEPARTMENTS:
        assert 6 <= len(department.duties) <= 12, department.code
        assert 12 <= len(department.keywords) <= 25, department.code
        assert len(set(department.keywords)) == len(department.keywords), department.code
        assert all(department.names)


def test_services_rules_and_templates_name_what_exists() -> None:
    assert {service.department for service in SERVICES} <= CODES
    assert {rule.department for rule in RULES} <= CODES
    assert {template.department for template in TEMPLATES} - {None} <= CODES
    assert [rule.order for rule in RULES] == sorted({rule.order for rule in RULES})
    assert {code for rule in RULES for code in rule.districts} <= {district.code for district in DISTRICTS}
    kinds = {kind.value for kind in rules.Kind} | {""}
    assert {kind for rule in RULES for kind in rule.kinds} <= kinds
    assert {template.kind for template in TEMPLATES} <= kinds


def test_templates_use_known_placeholders_and_refuse_with_reasons_and_remedies() -> None:
    assert len(TEMPLATES) >= 12
    for template in TEMPLATES:
        assert not placeholders.unknown(template.text), template.code
        assert bool(template.reasons) == bool(template.remedies) == template.code.startswith("refusal")
    assert {"answer", "request-supplement", "extend", "interim-notice", "transfer-out"} == {
        template.purpose for template in TEMPLATES
    }


def test_newcomers_can_sign_in_in_every_role() -> None:
    assert [account.username for account in DEMO] == [
        "admin", "intake", "handler", "manager", "inspector", "guide", "clerk",
    ]  # fmt: skip
    assert {account.role for account in DEMO} == set(Role)
    desk = {account.department for account in DEMO if account.username in {"handler", "manager", "guide"}}
    assert desk == {"roads"}


def test_every_department_has_its_people_and_guides() -> None:
    assert len(BY_NAME) == len(ACCOUNTS) == len({account.name for account in ACCOUNTS})
    assert {guide.department for guide in GUIDES} == CODES
    assert sum(guide.department == "foreigners" for guide in GUIDES) == 3
    assert {"ko", "ja", "en", "zh", "vi"} == {language for guide in GUIDES for language in guide.languages}
    for code in CODES:
        assert len(staff(code, Role.MANAGER)) == 1
        assert len(staff(code, Role.HANDLER)) >= 2
        assert sum(code in (guide.department, *guide.also) for guide in GUIDES) >= 2, code


def test_a_substitute_guide_is_never_the_one_whom_filing_appoints() -> None:
    for code in CODES:
        guide = substitute_guide(code, "ko")
        assert guide is None or guide.department != code
    assert substitute_guide("roads", "ja") is None


def test_the_temporary_holiday_was_a_working_day_of_the_past() -> None:
    [day] = temporary_holidays(NOW.date())
    assert timedelta(days=100) < NOW.date() - day < timedelta(days=200)
    assert WorkingCalendar().is_working_day(day)
    assert not CALENDAR.is_working_day(day)


# --- The stories ------------------------------------------------------------------------------------------------


def test_there_are_enough_stories_for_every_department() -> None:
    assert len(STORIES) == len(SCENARIOS) >= 110
    assert {scenario.department for scenario in SCENARIOS} == CODES
    assert {scenario.first[0] for scenario in SCENARIOS if scenario.first} <= CODES
    assert all(scenario.language in PHRASES for scenario in SCENARIOS)
    opened = Counter(scenario.body[:20] for scenario in SCENARIOS)
    assert opened.most_common(1)[0][1] <= 2


def test_each_story_is_complete() -> None:
    for scenario in SCENARIOS:
        assert bool(scenario.answer) != bool(scenario.outside), scenario.key
        refused = scenario.decision == "refused"
        assert bool(scenario.reasons) == bool(scenario.remedies) == refused, scenario.key
        assert (period_of(scenario) is None) == scenario.report, scenario.key
        assert len(set(scenario.titles)) == len(scenario.titles) == 2, scenario.key


def test_the_particles_behind_slots_fit() -> None:
    closed = {"dong", "park", "market", "weekday"}
    after_vowels = re.compile(r"\{(\w+)\}(?:가|는|를|와|로|라|나)(?![가-힣])")
    after_consonants = re.compile(r"\{(\w+)\}(?:이|은|을|과|으로|이라|이나)(?![가-힣])")
    for scenario in SCENARIOS:
        text = " ".join((*scenario.titles, scenario.body, scenario.answer, *(scenario.unsolved or ())))
        assert not closed & set(after_vowels.findall(text)), scenario.key
        assert set(after_consonants.findall(text)) <= closed, scenario.key


def test_routing_proposes_the_right_department_for_most_stories() -> None:
    number = {department.code: n for n, department in enumerate(DEPARTMENTS)}
    profiles = tuple(DepartmentProfile(number[d.code], d.code, d.names.ko, d.keywords, d.duties) for d in DEPARTMENTS)
    ordered = tuple(
        Rule(rule.order, rule.kinds, rule.districts, rule.words, number[rule.department], rule.note) for rule in RULES
    )
    right = 0
    for scenario in SCENARIOS:
        choice = choose(
            kind=scenario.kind.partition(":")[0], district="naru", title=scenario.titles[0],
            body=scenario.body, rules=ordered, departments=profiles,
        )  # fmt: skip
        right += choice.department_id == number[scenario.department]
    assert right / len(SCENARIOS) > 0.75
