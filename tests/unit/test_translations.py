"""Korean and Japanese are complete, and no catalogue holds a text that nobody says any more."""

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from server.core import i18n
from server.core.errors import Text
from tests.support.messages import marked

PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def placeholders(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Message id to one place where it stands."""
    return {msgid: place for place, msgid in marked()}


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_text_is_translated(texts: dict[str, str], language: str) -> None:
    known = i18n.catalogue(language)
    assert {place: msgid for msgid, place in texts.items() if msgid not in known} == {}


@pytest.mark.parametrize("path", sorted(i18n.LOCALE.glob("*/*.po")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_catalogue_is_stale_or_half_done(texts: dict[str, str], path: Path) -> None:
    language = path.parent.name
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language, abort_invalid=True)
    for message in catalogue:
        if not message.id:
            continue
        singular, *plural = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        assert singular in texts, f"nobody says: {singular}"
        assert all(strings), f"not translated: {singular}"
        assert not message.fuzzy, f"fuzzy: {singular}"
        said = placeholders(" ".join([singular, *plural]))
        for string in strings:
            assert placeholders(str(string)) <= said, f"unknown placeholder: {string}"


def test_no_text_is_translated_in_two_catalogues() -> None:
    for language in ("ko", "ja"):
        seen: dict[str, str] = {}
        for path in sorted((i18n.LOCALE / language).glob("*.po")):
            with path.open("rb") as stream:
                for message in read_po(stream, locale=language):
                    key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                    if key:
                        assert key not in seen, f"{key!r} stands in {seen[key]} and {path.name}"
                        seen[key] = path.name


def test_a_forum_is_called_by_one_word_with_its_particles() -> None:
    others = {"ko": re.compile("포럼|토론장|공론장[는가를와로]"), "ja": re.compile("公論|論壇")}
    for language, other in others.items():
        said = [str(text) for text in i18n.catalogue(language).values() if other.search(str(text))]
        assert said == [], f"a forum is 공론장 and フォーラム: {said}"


def test_days_and_moments_in_a_text_are_written_as_its_reader_writes_them() -> None:
    day = Text("%(day)s", {"day": date(2026, 12, 1)})
    moment = Text("%(at)s", {"at": datetime(2026, 12, 1, 14, 30, tzinfo=ZoneInfo("Asia/Seoul"))})
    assert [i18n.translate(language, day) for language in ("ko", "ja", "en")] == [
        "2026년 12월 1일 (화)", "2026年12月1日（火）", "Tue 1 Dec 2026",
    ]  # fmt: skip
    assert i18n.translate("ko", moment) == "2026년 12월 1일 (화) 오후 2:30"
