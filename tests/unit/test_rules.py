"""What the law decides about a petition, article by article, with the worked examples that name one."""

import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from petitions import rules
from petitions.rules import Kind, Period, Refusal, Service, Transfer
from server.core.clock import Unit, WorkingCalendar

SEOUL = ZoneInfo("Asia/Seoul")
KOREA = WorkingCalendar()
SERVICES = {
    service.code: service
    for service in (
        Service("parking_permit", "거주자 주차 허가", Unit.DAYS, 3),
        Service("shop_licence", "식품 영업 허가", Unit.DAYS, 5),
        Service("sign_permit", "옥외광고물 허가", Unit.DAYS, 6),
        Service("street_event", "도로 행사 신고", Unit.WEEKS, 2),
        Service("building_permit", "건축 허가", Unit.MONTHS, 1),
    )
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def on(text: str) -> date:
    return date.fromisoformat(text)


def code(refusal: Refusal | None) -> str | None:
    assert refusal is None or str(refusal.text).endswith(".")
    return refusal.code if refusal else None


def period_of(text: str) -> Period:
    parsed = rules.parse_kind(text, SERVICES)
    assert not isinstance(parsed, Refusal)
    period = rules.period(*parsed)
    assert period is not None
    return period


# --- Kinds and periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "unit", "amount"),
    [
        ("inquiry_law", Unit.DAYS, 14),  # Decree, Article 14, item 1
        ("inquiry", Unit.DAYS, 7),  # Decree, Article 14, item 2
        ("suggestion", Unit.DAYS, 14),  # Decree, Article 15
        ("other", Unit.HOURS, 3),  # Decree, Articles 16 and 19
        ("grievance", Unit.DAYS, 7),  # Decree, Article 17
        # Five days or less are counted in hours, eight to a day.
        ("statutory:parking_permit", Unit.HOURS, 24),  # Act, Article 17
        ("statutory:shop_licence", Unit.HOURS, 40),  # Act, Article 17
        ("statutory:sign_permit", Unit.DAYS, 6),  # Act, Article 17
        ("statutory:street_event", Unit.WEEKS, 2),  # Act, Article 17
        ("statutory:building_permit", Unit.MONTHS, 1),  # Act, Article 17
    ],
)
def test_each_kind_has_the_period_of_its_article(kind: str, unit: Unit, amount: int) -> None:
    period = period_of(kind)
    assert (period.unit, period.amount) == (unit, amount)


def test_a_report_has_no_period_and_a_statutory_petition_none_without_its_service() -> None:
    assert rules.period(Kind.REPORT) is None
    with pytest.raises(ValueError, match="name the service"):
        rules.period(Kind.STATUTORY)


@pytest.mark.parametrize("text", [*(kind for kind in Kind if kind is not Kind.STATUTORY), "statutory:sign_permit"])
def test_a_kind_is_read_as_it_is_written(text: str) -> None:
    parsed = rules.parse_kind(text, SERVICES)
    assert not isinstance(parsed, Refusal)
    assert rules.kind_text(*parsed) == text


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", "unknown_kind"),
        ("complaint", "unknown_kind"),
        ("GRIEVANCE", "unknown_kind"),
        ("grievance:", "unknown_kind"),
        ("grievance:sign_permit", "unknown_kind"),
        ("statutory", "unknown_service"),
        ("statutory:", "unknown_service"),
        ("statutory:bribe", "unknown_service"),
    ],
)
def test_an_unknown_kind_is_refused(text: str, refused: str) -> None:
    parsed = rules.parse_kind(text, SERVICES)
    assert isinstance(parsed, Refusal)
    assert code(parsed) == refused


@pytest.mark.parametrize(
    ("kind", "received", "extensions", "pauses", "due"),
    [
        ("other", "2026-03-04T10:30", [], [], "2026-03-04T14:30:00"),
        ("statutory:parking_permit", "2026-04-30T15:00", [], [], "2026-05-07T15:00:00"),
        ("statutory:shop_licence", "2026-07-15T11:20", [], [], "2026-07-23T11:20:00"),
        ("statutory:shop_licence", "2026-07-15T11:20", [40], [], "2026-07-30T11:20:00"),
        (
            "statutory:shop_licence",
            "2026-03-09T10:00",
            [],
            [("2026-03-10", "2026-03-12")],
            "2026-03-19T10:00:00",
        ),
        ("statutory:building_permit", "2026-01-30T10:00", [], [], "2026-03-03T23:59:59"),
        ("grievance", "2026-03-09T10:00", [], [], "2026-03-17T23:59:59"),
        ("grievance", "2026-03-09T10:00", [7], [], "2026-03-26T23:59:59"),
        ("grievance", "2026-03-09T10:00", [7, 7], [], "2026-04-06T23:59:59"),
        ("grievance", "2026-03-09T10:00", [], [("2026-03-11", "2026-03-17")], "2026-03-24T23:59:59"),
        ("inquiry_law", "2026-09-21T10:00", [], [], "2026-10-14T23:59:59"),
    ],
)
def test_the_due_date_follows_period_extensions_and_pauses(
    kind: str, received: str, extensions: list[int], pauses: list[tuple[str, str]], due: str
) -> None:
    left_out = [(on(first), on(last)) for first, last in pauses]
    answer = rules.due_date(KOREA, period_of(kind), at(received), extensions, left_out)
    assert answer.at == at(due)


@pytest.mark.parametrize(
    ("extensions", "amount", "consent", "refused"),
    [
        ([], 7, False, None),
        ([], 1, False, None),
        ([], 8, False, "extension_too_long"),
        ([], 0, True, "extension_empty"),
        ([7], 7, True, None),
        ([1], 7, False, "extension_needs_consent"),
        ([7], 8, True, "extension_too_long"),
        ([7, 7], 1, True, "extension_used_up"),
    ],
)
def test_a_period_is_extended_once_and_a_second_time_by_consent(
    extensions: list[int], amount: int, consent: bool, refused: str | None
) -> None:
    assert code(rules.check_extension(period_of("grievance"), extensions, amount, consent=consent)) == refused


# --- Receipt and transfer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "contacts", "petition"),
    [
        ("홍길동", ["gildong@example.org"], True),
        ("남궁 민", ["", "010-1234-5678"], True),
        (unicodedata.normalize("NFD", "이준"), ["서울시 중구 세종대로 110"], True),
        ("山田 太郎", ["", "", "千葉市中央区"], True),
        ("Ng Ao", ["a@b.kr"], True),
        ("시민혁", ["010"], True),
        ("홍길동", [], False),
        ("홍길동", ["", " ", "-", "없음", "なし", "N/A"], False),
        ("", ["010-1234-5678"], False),
        (" \u200b", ["010-1234-5678"], False),
        ("홍", ["010-1234-5678"], False),
        (unicodedata.normalize("NFD", "홍"), ["010-1234-5678"], False),
        ("K.", ["a@b.kr"], False),
        ("ㅇㅇㅇ", ["010-1234-5678"], False),
        ("\u1112\u1112", ["010-1234-5678"], False),
        ("김○수민", ["010-1234-5678"], False),
        ("김*민수", ["010-1234-5678"], False),
        ("12345", ["010-1234-5678"], False),
        ("익 명", ["010-1234-5678"], False),
        ("익명요청", ["010-1234-5678"], False),
        ("Anonymous", ["a@b.kr"], False),
        ("匿名希望", ["a@b.jp"], False),
        ("시민", ["010-1234-5678"], False),
    ],
)
def test_without_a_clear_name_and_a_way_to_answer_it_is_a_report(
    name: str, contacts: list[str], petition: bool
) -> None:
    assert rules.is_petition(name, *contacts) is petition


def test_an_electronic_petition_is_received_within_eight_working_hours() -> None:
    assert rules.receipt_limit(KOREA, at("2026-05-01T22:10")).at == at("2026-05-04T18:00")


@pytest.mark.parametrize(
    ("transfer", "limit"),
    [
        (Transfer.TO_DEPARTMENT, "2026-03-05T09:20"),
        (Transfer.BETWEEN_DEPARTMENTS, "2026-03-05T11:20"),
        (Transfer.TO_AGENCY, "2026-03-05T17:20"),
    ],
)
def test_a_petition_is_passed_on_within_hours(transfer: Transfer, limit: str) -> None:
    assert rules.transfer_limit(KOREA, transfer, at("2026-03-04T17:20")).at == at(limit)


# --- Supplement ---------------------------------------------------------------------------------------------


def test_a_supplement_is_asked_for_within_eight_hours_and_takes_civil_days() -> None:
    assert rules.supplement_request_limit(KOREA, at("2026-12-24T15:00")).at == at("2026-12-28T15:00")
    assert rules.supplement_due(KOREA, on("2026-09-17"), 7).on == on("2026-09-28")
    assert rules.supplement_due(KOREA, on("2026-12-16"), 10).on == on("2026-12-28")


def test_the_petitioner_may_ask_twice_for_more_time_to_supplement() -> None:
    granted = [code(rules.check_supplement_prolongation(number)) for number in range(4)]
    assert granted == [None, None, "prolongation_used_up", "prolongation_used_up"]


def test_the_second_request_gives_at_most_ten_days() -> None:
    refused = {days: code(rules.check_second_request(days)) for days in (0, 1, 10, 11)}
    assert refused == {0: "second_request_length", 1: None, 10: None, 11: "second_request_length"}
    assert code(rules.check_second_request(5, running=True)) == "supplement_running"


def test_a_petition_is_returned_only_after_the_second_request_ran_out() -> None:
    first = rules.supplement_due(KOREA, on("2026-03-04"), 7)
    second = rules.supplement_due(KOREA, on("2026-03-12"), 8)
    assert second.on == on("2026-03-20")
    assert code(rules.may_return([], at("2026-04-01T10:00"))) == "second_request_missing"
    assert code(rules.may_return([first], at("2026-04-01T10:00"))) == "second_request_missing"
    assert code(rules.may_return([first, second], at("2026-03-20T23:59"))) == "supplement_running"
    assert rules.may_return([first, second], at("2026-03-21T00:00")) is None


def test_a_petition_counts_as_withdrawn_after_two_undelivered_requests() -> None:
    refused = [code(rules.may_deem_withdrawn(times)) for times in range(4)]
    assert refused == ["delivery_not_tried_twice", "delivery_not_tried_twice", None, None]


# --- While it is handled ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "days", "prolongation", "refused"),
    [
        (Kind.GRIEVANCE, 14, 0, None),
        (Kind.GRIEVANCE, 14, 7, None),
        (Kind.GRIEVANCE, 1, 7, None),
        (Kind.GRIEVANCE, 0, 0, "investigation_length"),
        (Kind.GRIEVANCE, 15, 0, "investigation_length"),
        (Kind.GRIEVANCE, 14, 8, "investigation_length"),
        (Kind.GRIEVANCE, 14, -1, "investigation_length"),
        (Kind.INQUIRY, 5, 0, "not_a_grievance"),
    ],
)
def test_a_site_investigation_is_bounded(kind: Kind, days: int, prolongation: int, refused: str | None) -> None:
    assert code(rules.check_site_investigation(kind, days, prolongation)) == refused


def test_a_site_investigation_takes_its_working_days_out_of_the_period() -> None:
    pause = rules.site_investigation(KOREA, on("2026-03-11"), 5)
    assert pause == (on("2026-03-11"), on("2026-03-17"))
    assert rules.due_date(KOREA, period_of("grievance"), at("2026-03-09T10:00"), (), [pause]).on == on("2026-03-24")


def test_an_interim_notice_is_due_when_30_days_have_passed_and_every_30_after() -> None:
    received = on("2026-03-09")
    dates = [rules.interim_notice_date(received, number).isoformat() for number in (1, 2, 3)]
    assert dates == ["2026-04-09", "2026-05-09", "2026-06-08"]
    assert rules.interim_notice_date(received).isoformat() == "2026-04-09"
    following = {0: 31, 10: 31, 30: 31, 31: 61, 45: 61, 60: 61, 61: 91}
    assert {
        told: (rules.next_interim_notice(received, received + timedelta(days=told)) - received).days
        for told in following
    } == following


@pytest.mark.parametrize(
    ("submitted", "notified", "refused"),
    [(3, 2, None), (9, 9, None), (2, 2, "not_repeated_enough"), (3, 1, "not_repeated_enough")],
)
def test_a_repeated_petition_may_be_closed_after_two_results(
    submitted: int, notified: int, refused: str | None
) -> None:
    assert code(rules.may_close_as_repeated(submitted, notified)) == refused


def test_a_statutory_petition_and_one_of_many_are_not_closed_so_lightly() -> None:
    assert code(rules.may_close_as_repeated(3, 2, kind=Kind.STATUTORY)) == "statutory_not_closed"
    assert code(rules.may_close_as_repeated(3, 2, multi_party=True)) == "committee_first"
    assert rules.may_close_as_repeated(3, 2, multi_party=True, deliberated=True) is None


# --- Objection ----------------------------------------------------------------------------------------------


def test_the_refusal_of_a_statutory_petition_can_be_objected_to_for_60_days() -> None:
    notified = on("2026-08-05")
    assert rules.objection_window(KOREA, notified).on == on("2026-10-06")
    assert rules.may_object(KOREA, Kind.STATUTORY, notified, at("2026-10-06T23:59")) is None
    assert code(rules.may_object(KOREA, Kind.STATUTORY, notified, at("2026-10-07T00:00"))) == "objection_too_late"
    assert code(rules.may_object(KOREA, Kind.GRIEVANCE, notified, at("2026-08-06T10:00"))) == "not_statutory"


@pytest.mark.parametrize(
    ("extension", "due"),
    [
        (0, "2026-10-01"),
        (10, "2026-10-12"),  # the 11th is a Sunday
    ],
)
def test_an_objection_is_decided_within_ten_days(extension: int, due: str) -> None:
    received = at("2026-09-21T10:00")
    assert rules.objection_due(KOREA, received, extension=extension).on == on(due)


def test_the_decision_on_an_objection_is_put_off_by_at_most_ten_days() -> None:
    refused = {days: code(rules.check_objection_extension(days)) for days in (0, 1, 10, 11)}
    assert refused == {0: "objection_extension_length", 1: None, 10: None, 11: "objection_extension_length"}
    assert code(rules.check_objection_extension(1, granted=5)) == "objection_extension_used_up"
