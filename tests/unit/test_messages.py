"""Each kind of event has one record, whose lines and mails can be said in every language."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import forums.events
import petitions.events
import tracking.visits.events
from forums.labels import OUTCOMES, RULES
from forums.messages import MESSAGES as FORUMS
from forums.messages.event import ForumEvent, ForumMessage
from forums.messages.event import Reader as ForumReader
from petitions.labels import CHANNELS, DECISIONS
from petitions.messages import MESSAGES as CASES
from petitions.messages.event import CaseEvent
from petitions.messages.event import Reader as CaseReader
from server import wiring
from server.core import i18n, messages, texts
from server.core.config import Settings
from server.core.errors import Text
from server.core.ledger import Audience, Entry
from server.core.messages import Mailing, Message, Notice, Urgency
from server.core.notify import notifier, texting
from server.core.notify.correspondence import ShortNotice
from server.core.texts import TextMessage
from tests.support.components import draw
from tracking.visits.letters import SETTLED, on_the_way
from tracking.visits.messages import MESSAGES as VISITS
from tracking.visits.messages.event import About, VisitEvent
from tracking.visits.messages.event import Reader as VisitReader
from tracking.visits.messages.reminders import MAILINGS

LANGUAGES = ("ko", "ja", "en")
ZONE = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 27, 5, 30, tzinfo=UTC)
MOMENT, DAY = "2026-11-30T14:59:59+00:00", "2026-11-30"
DATA: Mapping[str, Any] = {
    "due_at": MOMENT, "previous_due_at": MOMENT, "until": DAY, "first": DAY, "due_on": DAY, "done_on": DAY,
    "study_until": DAY, "text": 1, "remedies": 2, "late_reason": 3, "words": 4, "department": 1, "previous": 2,
    "handler": 1, "guide": 1, "answer": 1, "attachment": 1, "score": 3, "files": [1], "earlier": ["2026-A"],
    "times": 2, "amount": 2, "unit": "days", "channel": next(iter(CHANNELS)), "decision": next(iter(DECISIONS)),
    "outcome": next(iter(OUTCOMES)), "what": "asked", "starts_at": MOMENT, "office": {"ko": "동부", "en": "East"},
    "rule": next(iter(RULES)), "step": 1, "fields": ["due_on", "place"],
    "was": MOMENT, "calls": 3, "services": {"ko": "여권", "en": "Passport"}, "proposed": [MOMENT],
}  # fmt: skip
"""Something for each field that words are made from."""


@dataclass(frozen=True)
class Somebody:
    id: int = 1
    name: str = "박서연"
    phone: str = "02-120"


@dataclass(frozen=True)
class Answer:
    id: int = 1
    decision: str = "accepted"
    text: str = "고쳤습니다."
    reasons: str = "까닭"
    remedies: str = "불복"


@dataclass(frozen=True)
class File:
    id: int = 1
    name: str = "사진.jpg"
    size: int = 2048
    by_official: bool = False
    pictured: bool = False


@dataclass(frozen=True)
class Place:
    code: str = "7F3Q"
    starts_at: datetime = NOW
    offered_until: datetime | None = NOW + timedelta(days=1)
    place: str = "시청"
    title: str = "돌봄 토론회"


def kinds(module: Any) -> dict[str, Any]:
    """Every event of a domain; one that is written down in two modules counts once."""
    return {
        event.kind: event
        for event in vars(module).values()
        if dataclasses.is_dataclass(event) and hasattr(event, "kind")
    }


DOMAINS: dict[str, tuple[dict[str, Any], Mapping[str, Message[Any]]]] = {
    "petitions": (kinds(petitions.events), CASES),
    "forums": (kinds(forums.events), FORUMS),
    "visits": (kinds(tracking.visits.events), VISITS),
}
READERS: dict[str, type[StrEnum]] = {"petitions": CaseReader, "forums": ForumReader, "visits": VisitReader}
VISIT = About(
    "K7Q-M9X-RW4", NOW, "한빛특별자치시 동부민원센터", "02-700-3000", "전입신고, 여권 발급", 2, 90, 30,
    {"x": "사진"}, {"x": "2쪽이 없습니다."}, ticket_number="A12",
    wait="약 5~15분 뒤에 호출될 것으로 예상됩니다.", counter="5", floor=3,
)  # fmt: skip
RECORDS = [(domain, kind) for domain, (_events, records) in DOMAINS.items() for kind in records]


def entry(event: Any, *, full: bool, actor: str) -> Entry:
    """An event with all it can hold, or with as little as it may."""
    data = {}
    for field in dataclasses.fields(event):
        sample = DATA.get(field.name, field.type is bool or "x")
        optional = "None" in str(field.type)
        data[field.name] = sample if full or not optional else None
        if not full and field.type is bool:
            data[field.name] = False
        if not full and field.type is str and field.name in {"done_on", "main", "previous", "petition"}:
            data[field.name] = ""
    return Entry(7, 0, "subject", 1, event.kind, data, event.audience, actor, NOW)


def told(domain: str, kind: str, language: str) -> Iterator[CaseEvent | ForumEvent | VisitEvent]:
    event = DOMAINS[domain][0][kind]
    for full in (True, False):
        for actor in ("petitioner", "participant:1", "official:1", "system"):
            one = entry(event, full=full, actor=actor)
            names = {1: "도로과", 2: "공원과"} if full else {}
            if domain == "visits":
                about = VISIT if full else replace(VISIT, no_shows=0, complete=True)
                for reason in ("placed", "expired") if "reason" in one.data else ("",):
                    said = replace(one, data={**one.data, **({"reason": reason} if reason else {})})
                    yield VisitEvent(said, language, ZONE, about)
            elif domain == "forums":
                yield ForumEvent(
                    one, language, ZONE, words="말" * full, departments=names, steps={1: "첫 단계"} if full else {},
                    forum_title="토론회", outcome_text="답", registration=Place(),
                )  # fmt: skip
            else:
                for no_texts in (True, False) if full and "no_texts" in one.data else (None,):
                    said = one if no_texts is None else replace(one, data={**one.data, "no_texts": no_texts})
                    yield CaseEvent(
                        said, language, ZONE, by_day=full, has_period=full, has_department=not full, who="",
                        text="말" * full, more={"remedies": "불복", "late_reason": "까닭"} if full else {},
                        person=Somebody() if full else None, departments=names, answer=Answer() if full else None,
                        file=File() if full else None, files=(File(),) if full else (),
                    )  # fmt: skip


def sentences(value: object) -> Iterator[Text]:
    """Every sentence in a line or notice."""
    if isinstance(value, Text):
        yield value
        yield from sentences(tuple(value.params.values()))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from sentences(each)
    elif dataclasses.is_dataclass(value):
        yield from sentences([getattr(value, field.name) for field in dataclasses.fields(value)])


def says(value: object, language: str) -> None:
    """All of it is there in a language, with its values filled in."""
    for text in sentences(value):
        said = i18n.translate(language, text)
        assert language == "en" or text.msgid in i18n.catalogue(language), text.msgid
        assert said, text
        assert "None" not in said, said
        assert not re.search(r"%\(\w+\)s", said), said


def short(text: Text, language: str) -> TextMessage:
    """A text message with it is there in a language, and no longer than a message may be."""
    says(text, language)
    settings = Settings(
        secret_key="s" * 40, city_name="한빛특별자치시 신문고", base_url="https://petitions.hanbit.example"
    )
    notice = ShortNotice("010-1234-5678", language, text, f"/{'x' * 40}", Urgency.IMMEDIATE)
    message = texting.compose(settings, "key", notice)
    assert message.body
    return message


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_kind_of_event_has_one_record_and_no_record_lacks_its_event(domain: str) -> None:
    events, records = DOMAINS[domain]
    assert set(records) == set(events)
    assert all(record.event is events[kind] for kind, record in records.items())
    with pytest.raises(ValueError, match="two records"):
        messages.by_kind(*records.values(), next(iter(records.values())))


@pytest.mark.parametrize(("domain", "kind"), RECORDS)
def test_its_lines_can_be_read_in_every_language(domain: str, kind: str) -> None:
    record = DOMAINS[domain][1][kind]
    for language in LANGUAGES:
        for event in told(domain, kind, language):
            for line in (record.desk, record.party):
                if line is not None:
                    item = messages.item(line, event, 7, NOW)
                    says(item, language)
                    html = draw("timeline", "c.event_item(item, 'A-1')", language, item=item).one(id="event-7").text
                    assert i18n.translate(language, item.text).strip() in html
                    assert "None" not in html


@pytest.mark.parametrize(("domain", "kind"), RECORDS)
def test_its_mails_can_be_read_in_every_language_and_go_to_somebody(domain: str, kind: str) -> None:
    record = DOMAINS[domain][1][kind]
    roles = {str(role) for role in READERS[domain]}
    for mailing in record.mails:
        assert mailing.to
        assert {str(role) for role in mailing.to} <= roles
        written = 0
        for language in LANGUAGES:
            for event in told(domain, kind, language):
                if mailing.when(event):
                    notice = mailing.notice(event)
                    assert isinstance(notice, Notice)
                    assert notice.subject.msgid
                    assert notice.happened.msgid
                    says(notice, language)
                    if mailing.text is not None:
                        message = short(messages.said(mailing.text, event), language)
                        if domain == "petitions":  # with its link, as Korean carriers count
                            length = texts.length(message.body)
                            assert length.korean in {"SMS", "LMS"}, message.body
                            assert length.bytes <= 250
                            assert length.parts <= 3
                    written += 1
        assert written, "nobody would ever get it"
    if isinstance(record, ForumMessage) and record.news is not None:
        for language in LANGUAGES:
            news = [
                news
                for event in told(domain, kind, language)
                if isinstance(event, ForumEvent)
                if (news := record.new(event))
            ]
            assert news
            says(news, language)


@pytest.mark.parametrize("mailing", MAILINGS.values(), ids=MAILINGS)
def test_what_is_sent_without_an_event_can_be_read_in_every_language(mailing: Mailing[VisitEvent]) -> None:
    for language in LANGUAGES:
        event = VisitEvent(None, language, ZONE, VISIT)
        says(mailing.notice(event), language)
        assert mailing.text is not None
        short(messages.said(mailing.text, event), language)


@pytest.mark.parametrize("kind", sorted(SETTLED))
def test_a_change_of_counters_fits_into_a_text_message(kind: str) -> None:
    for language in LANGUAGES:
        for event in told("visits", kind, language):
            assert isinstance(event, VisitEvent)
            for mailing in VISITS[kind].mails:
                assert mailing.text is not None
                short(on_the_way(messages.said(mailing.text, event)), language)
    for mailing in MAILINGS.values():
        for language in LANGUAGES:
            assert mailing.text is not None
            short(on_the_way(messages.said(mailing.text, VisitEvent(None, language, ZONE, VISIT))), language)


def test_everybody_reads_of_what_concerns_them() -> None:
    """What the petitioner may know of a case has a line on its page, what officials may know one at the desk."""
    for kind, record in CASES.items():
        public = record.event.audience is not Audience.STAFF
        assert (record.party is not None) == public, kind
        assert (record.desk is not None) == kind.startswith("case."), kind


def test_a_mail_is_put_into_the_outbox_for_exactly_the_kinds_that_lead_to_one() -> None:
    heard = {kind for kind, jobs in wiring.CONSUMERS.items() if notifier.NOTIFY in jobs}
    assert heard == {kind for records in (CASES, FORUMS, VISITS) for kind, record in records.items() if record.mails}


def test_what_the_law_wants_told_goes_out_whatever_somebody_wishes() -> None:
    required = {
        kind
        for kind, record in CASES.items()
        if any(mail.urgency is Urgency.REQUIRED and mail.to == (CaseReader.CITIZEN,) for mail in record.mails)
    }
    assert required == {
        "case.received", "case.transferred_out", "case.supplement_requested", "case.supplement_prolonged",
        "case.deemed_withdrawn", "case.closed_as_repeated", "case.site_investigation", "case.extended",
        "case.interim_notice", "case.answered", "case.returned", "case.objection_filed", "case.objection_extended",
        "case.objection_upheld", "case.objection_dismissed", "case.objection_withdrawn",
    }  # fmt: skip
