"""A form declared once: what its parser takes and refuses, and what the document and the page say of it."""

from datetime import UTC, date, datetime
from typing import Any

import jsonschema_rs
import pytest

from forums.forms.committing import MakeCommitment
from server import app  # noqa: F401 - it imports every form
from server.core import config, i18n
from server.core.config import Settings
from server.core.errors import Invalid, Text
from server.core.forms import Errors, Form, wording
from server.core.forms.form import read_value
from server.core.references import check_character
from tests.support.components import draw
from tests.support.sample_form import Place, Sample

GOOD: dict[str, Any] = {"title": "제목", "body": "본문", "amount": 3, "way": "web"}
LAST = check_character("K7QM9XRW")


def refused(raw: dict[str, Any], **options: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as found:
        Sample.parse(raw, **options)
    return {error.field: str(error.text) for error in found.value.errors}


def test_a_page_sends_everything_as_text() -> None:
    config.use(Settings())
    page = [
        *(("s.title", "  e\u0301  bc "), ("s.body", "a\r\nb "), ("s.amount", " 12 "), ("s.way", "phone")),
        *(
            ("s.more", "visit"),
            ("s.more", "web"),
            ("s.words", "a, b\nc， a"),
            ("s.numbers", f"k7q m9x rw{LAST.lower()}"),
        ),
        *(("s.day", "2026-05-04"), ("s.at", "2026-05-04T14:00"), ("s.consent", "on"), ("s.version", "7")),
        *(("s.email", "a@b.org"), ("s.phone", "02-120")),
    ]
    found = Sample.parse(Sample.raw(page, "s."))
    assert (found.title, found.body, found.amount, found.way) == ("é bc", "a\nb", 12, "phone")
    assert (found.more, found.words, found.numbers) == (("web", "visit"), ("a", "b", "c"), (f"K7Q-M9X-RW{LAST}",))
    assert (found.day, found.at) == (
        date(2026, 5, 4),
        datetime(2026, 5, 4, 14, tzinfo=Settings().zone).astimezone(UTC),
    )
    assert (found.consent, found.version, found.email, found.phone) == (True, 7, "a@b.org", "02-120")


INVISIBLE = ["\u200b", "\u3164", "\u115f\u1160", "\uffa0 \u2800", "\u00ad\u2060", "\u200d\ufe0f", "\u0301"]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("nothing", INVISIBLE, ids=ascii)
def test_what_shows_nothing_is_empty(nothing: str, *, strict: bool) -> None:
    unseen, empty = ({**GOOD, "title": one, "body": one} for one in (nothing, ""))
    assert refused(unseen, strict=strict) == refused(empty, strict=strict)
    assert Sample.parse({**GOOD, "title": f"가{nothing}나"}, strict=strict).title.startswith("가")
    assert Sample.parse({**GOOD, "email": nothing}).email == ""


def _every_form(below: type[Form] = Form) -> set[type[Form]]:
    return set(below.__subclasses__()).union(*(_every_form(one) for one in below.__subclasses__()))


REQUIRED = {
    f"{form.__qualname__}.{each.name}": each
    for form in _every_form()
    for each in form.fields()
    if each.required and each.kind in {"text", "paragraphs"}
}


def test_no_required_text_of_any_form_can_be_invisible() -> None:
    assert {"VisitorDetails.name", "FilePetition.title", "Decision.text"} <= REQUIRED.keys()
    for name, each in REQUIRED.items():
        assert read_value(each, "\u200b\u3164", strict=True, choices=None)[1], name


def test_what_is_left_out_has_its_default() -> None:
    empty: dict[str, Any] = {
        "kind": "",
        "day": " ",
        "consent": None,
        "version": "",
        "place": None,
        "words": "",
        "numbers": [],
    }
    assert Sample.parse({**GOOD, **empty}) == Sample("제목", "본문", 3, "web")


def test_json_is_not_converted() -> None:
    wrong = {"amount": "3", "consent": "on", "version": True, "place": {"lat": "1", "lng": 1}, "more": "web"}
    assert set(refused({**GOOD, **wrong}, strict=True)) == {"amount", "more", "consent", "place.lat", "version"}
    right = {"amount": 3, "consent": True, "version": 3, "place": {"lat": 1, "lng": 1.5}, "words": ["a"]}
    assert Sample.parse({**GOOD, **right}, strict=True).place == Place(1, 1.5)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "Please fill in “Title”."),
    ({"title": " \n"}, "Please fill in “Title”."),
    ({"title": 3}, "Please send text for “Title”."),
    ({"title": "a"}, "Please use at least 2 characters for “Title”."),
    ({"title": "가" * 11}, "Please use at most 10 characters for “Title” (now 11)."),
    ({"title": "가" * 99}, "Please use at most 10 characters for “Title” (now 99)."),
    ({"title": "a\0b"}, "“Title” contains characters that cannot be read"),
    ({"body": "900101-1234568"}, "“By how much” contains a resident registration number"),
    ({"amount": 0}, "Please enter a whole number from 1 to 400 for “Amount”."),
    ({"amount": "many"}, "Please enter a whole number from 1 to 400 for “Amount”."),
    ({"amount": 1.5}, "Please enter a whole number from 1 to 400 for “Amount”."),
    ({"way": ""}, "Please choose “Channel”."),
    ({"way": "x"}, "Please choose one of the listed values for “Channel”."),
    ({"more": ["x"]}, "Please choose only listed values for “More”."),
    ({"words": "abcdef"}, "Please use at most 5 characters between two commas."),
    ({"words": "a,b,c,d"}, "Please enter at most 3 words."),
    ({"words": [3]}, "Please send a list of texts for “Words”."),
    ({"numbers": ["x"]}, "One of these is not a case number."),
    ({"numbers": "x"}, "Please send a list of case numbers."),
    ({"day": "4.5.2026"}, "Please enter “Day” as YYYY-MM-DD."),
    ({"at": "1899-01-01T00:00"}, "Please enter “Time” as a date and time"),
    ({"email": "a@b"}, "Please check the email address"),
    ({"phone": "call me"}, "Please check the phone number"),
    ({"consent": "maybe"}, "Please send true or false for “Consent”."),
    ({"place": 3}, "Please send an object for “Location”."),
    ({"place": {"lat": 1}}, "Please fill in “Longitude”."),
    ({"place": {"lat": 91, "lng": 0}}, "Please enter a number from -90 to 90 for “Latitude”."),
    ({"version": -1}, "Please enter a whole number from 0 to"),
]


@pytest.mark.parametrize(("raw", "words"), WRONG, ids=lambda value: str(value)[:40])
def test_each_mistake_is_told_in_our_words_and_names_its_field(raw: dict[str, Any], words: str) -> None:
    (found,) = refused({**GOOD, **raw}).values()
    assert words.rstrip(".") in found


def test_one_pass_finds_every_error() -> None:
    found = refused({"amount": "x", "way": "x", "day": "x", "place": {"lat": 1, "address": "a" * 21}})
    assert list(found) == ["title", "body", "amount", "way", "day", "place.address", "place.lng"]


def test_choices_that_are_known_only_at_run_time() -> None:
    assert Sample.parse({**GOOD, "kind": "a"}, choices={"kind": ["a"]}).kind == "a"
    assert refused({**GOOD, "kind": "b"}, choices={"kind": ["a"]}) == {
        "kind": "Please choose one of the listed values for “Kind”."
    }


def test_a_form_with_other_labels_shows_them_and_names_its_fields_by_them() -> None:
    other = Sample.labelled(title=Text("Topic"), way=Text("Online"))
    with pytest.raises(Invalid) as found:
        other.parse({**GOOD, "title": "", "way": ""})
    said = {error.field: str(error.text) for error in found.value.errors}
    assert said == {"title": "Please fill in “Topic”.", "way": "Please choose “Online”."}
    assert str(other.missing("title").errors[0].text) == "Please fill in “Topic”."
    assert draw("form", "c.form_field(form.field('title'))", "en", form=other).one("label").text == "Topic required"
    assert other.schema() == Sample.schema()
    assert str(Sample.field("title").label) == "Title"


def test_one_of_several_nested_forms_is_named_by_its_number() -> None:
    errors = Errors(MakeCommitment)
    errors.inside("steps", 2).fail("text", wording.FILL_IN)
    assert {name: str(text) for name, text in errors.found.items()} == {"steps.2.text": "Please fill in “Step 2”."}


def test_the_schema_says_what_the_parser_takes() -> None:
    schema = Sample.schema()
    assert schema["required"] == ["title", "body", "amount", "way"]
    assert schema["properties"]["title"] == {"type": "string", "minLength": 2, "maxLength": 10}
    assert schema["properties"]["amount"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 400,
        "description": "In days.",
    }
    assert schema["properties"]["way"]["enum"] == ["web", "phone", "visit"]
    valid = jsonschema_rs.validator_for(schema).is_valid
    assert valid({**GOOD, "place": {"lat": 1, "lng": 2}, "day": "2026-05-04", "words": ["a"], "files": ["x"]})
    for raw, _words in WRONG:
        if not valid({**GOOD, **raw}):
            refused({**GOOD, **raw}, strict=True)


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
def test_the_page_asks_for_every_field(language: str) -> None:
    root = draw(
        "form",
        "c.form_fields(form, values, errors, 's.', {'kind': [('a', 'A'), ('b', 'B')]})",
        language,
        form=Sample,
        values={"title": "x", "kind": "b", "more": ["web"], "consent": "on"},
        errors={"title": "!"},
    )
    title = root.one(id="field-s.title")
    assert title.attrs["value"] == "x"
    assert title.attrs["aria-invalid"] == "true"
    assert "required" in title.attrs
    assert "data-counter" not in title.attrs, "nobody counts the characters of a name"
    amount = root.one(id="field-s.amount").attrs
    assert (amount["type"], amount["min"], amount["max"], amount["inputmode"]) == ("number", "1", "400", "numeric")
    assert [each.attrs["value"] for each in root.all("input", name="s.way")] == ["web", "phone", "visit"]
    assert "checked" in root.one(id="field-s.consent").attrs
    assert "selected" in root.one("option", value="b").attrs
    assert root.one(id="field-s.email").attrs["inputmode"] == "email"
    assert root.one(id="field-s.day").attrs["type"] == "date"
    asked = {each.attrs["name"] for tag in ("input", "textarea", "select") for each in root.all(tag)}
    assert asked == {f"s.{field.name}" for field in Sample.fields()} - {"s.version", "s.place"}


PARTICLES = [
    ("제목", "제목을"),
    ("주소", "주소를"),
    ("‘제목’", "‘제목’을"),
    ("V-12", "V-12를"),
    ("V-13", "V-13을"),
    ("이름 (선택)", "이름 (선택)을"),
    ("무엇을 해야 합니까?", "“무엇을 해야 합니까?”를"),
    ("RSVP", "RSVP을(를)"),
]


@pytest.mark.parametrize(("word", "said"), PARTICLES)
def test_korean_particles_follow_the_word_before_them(word: str, said: str) -> None:
    assert i18n.translate("ko", Text(wording.FILL_IN.msgid, {"field": Text(word)})) == f"{said} 적어 주세요."


def test_the_particle_of_direction_knows_its_exception() -> None:
    said = i18n._with_particles
    assert (
        said("도로과(으)로, 서울(으)로, 경찰청(으)로, 1(으)로, 3(으)로") == "도로과로, 서울로, 경찰청으로, 1로, 3으로"
    )
