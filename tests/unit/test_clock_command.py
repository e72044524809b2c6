"""``sinmungo clock`` as a person and as a program use it, with good and with bad input."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.core.clock_command import clock_command

Case = dict[str, Any]
CASES: list[Case] = json.loads((Path(__file__).parent / "deadline_cases.json").read_text("utf-8"))


def run(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(clock_command, arguments, input=text)


def question(case: Case) -> list[str]:
    return [f"--{name}={case[name]}" for name in ("unit", "amount", "received")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_worked_examples_come_out_as_json(case: Case) -> None:
    options = [f"--pause={first}..{last}" for first, last in case.get("pauses", ())]
    options += [f"--holiday={day}" for day in case.get("holidays", ())]
    result = run(*question(case), *options, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["due"] == case["due"]
    assert {name: answer[name] for name in ("unit", "amount", "received")} == {
        name: case[name] for name in ("unit", "amount", "received")
    }
    assert answer["steps"][-1]["last"] == case["due"][:10]


def test_a_batch_answers_line_by_line() -> None:
    cases = [case for case in CASES if "holidays" not in case]
    result = run("--batch", "-", text="\n\n".join(json.dumps(case) for case in cases))
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers == [{"id": case["id"], "due": case["due"]} for case in cases]


def test_a_temporary_holiday_holds_for_a_whole_batch(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": 30, "unit": "days", "amount": 7, "received": "2026-03-13T10:00:00+09:00"}')
    assert json.loads(run("--batch", str(file)).stdout) == {"id": 30, "due": "2026-03-23"}
    assert json.loads(run("--batch", str(file), "--holiday=2026-03-20").stdout) == {
        "id": 30,
        "due": "2026-03-24",
    }


@pytest.mark.parametrize(
    ("line", "name", "says"),
    [
        (b"{", None, "not JSON"),
        (b"\xff", None, "not JSON"),
        (b"[" * 2000, None, "not JSON"),
        (b"[]", None, "not an object"),
        (b'{"id": "a"}', "a", "unit must be one of hours, days, weeks, months, civil-days"),
        (b'{"id": 1, "unit": ["days"]}', 1, "unit must be"),
        (b'{"id": 1, "unit": "days", "amount": true}', 1, "amount must be a whole number"),
        (b'{"id": 1, "unit": "days", "amount": 1.5}', 1, "amount must be a whole number"),
        (b'{"id": 1, "unit": "days", "amount": 7}', 1, "received must be"),
        (b'{"id": 1, "unit": "days", "amount": 7, "received": "soon"}', 1, "'soon' is not a moment"),
        (b'{"id": 1, "unit": "days", "amount": 7, "received": "2026-02-30"}', 1, "is not a moment"),
        (b'{"id": 1, "unit": "days", "amount": 7, "received": "2026-03-04T10:00"}', 1, "needs a zone"),
        (b'{"id": 1, "unit": "hours", "amount": 7, "received": "2026-03-04"}', 1, "time of day"),
        (b'{"id": 1, "unit": "days", "amount": 0, "received": "2026-03-04"}', 1, "from 1 to 2500"),
        (
            b'{"id": 1, "unit": "days", "amount": 9, "received": "2026-03-04", "pauses": "x"}',
            1,
            "list of pairs",
        ),
        (
            b'{"id": 1, "unit": "days", "amount": 9, "received": "2026-03-04", "pauses": [["x"]]}',
            1,
            "list of pairs",
        ),
        (
            b'{"id": 1, "unit": "days", "amount": 9, "received": "2026-03-04", "pauses": [["a", "b"]]}',
            1,
            "'a' is not",
        ),
    ],
)
def test_a_bad_line_gets_its_error_and_the_others_their_answer(line: bytes, name: object, says: str) -> None:
    good = b'{"id": 2, "unit": "days", "amount": 7, "received": "2026-03-09T10:00:00+09:00", "pauses": null}'
    result = run("--batch", "-", text=line + b"\n" + good)
    assert result.exit_code == 1
    bad, answer = (json.loads(text) for text in result.stdout.splitlines())
    assert answer == {"id": 2, "due": "2026-03-17"}
    assert bad.keys() == {"id", "error"}
    assert bad["id"] == name
    assert bad["error"].startswith("line 1: ")
    assert says in bad["error"]


def test_a_person_reads_how_hours_were_counted() -> None:
    result = run("--unit=hours", "--amount=40", "--received=2026-04-29T06:20:30Z", "--pause=2026-05-07..2026-05-08")
    assert result.stdout.splitlines() == [
        "Due       2026-05-12 Tue 15:20:30",
        "Received  2026-04-29 Wed 15:20:30",
        "Period    40 working hours",
        "  2026-04-29 Wed..2026-04-30 Thu  counted: 10 h 39 min 30 s",
        "  2026-05-01 Fri                  not counted: 노동절",
        "  2026-05-02 Sat..2026-05-03 Sun  not counted: weekend",
        "  2026-05-04 Mon                  counted: 8 h 00 min",
        "  2026-05-05 Tue                  not counted: 어린이날",
        "  2026-05-06 Wed                  counted: 8 h 00 min",
        "  2026-05-07 Thu..2026-05-08 Fri  not counted: pause",
        "  2026-05-09 Sat..2026-05-10 Sun  not counted: weekend",
        "  2026-05-11 Mon..2026-05-12 Tue  counted: 13 h 20 min 30 s",
    ]


def test_a_person_reads_how_days_were_counted() -> None:
    assert run("--unit=months", "--amount=1", "--received=2026-01-29T18:30+09:00").stdout.splitlines() == [
        "Due       2026-03-03 Tue until midnight",
        "Received  2026-01-29 Thu 18:30",
        "Period    1 month by the calendar, the first day counted",
        "  2026-01-29 Thu                  not counted: outside working time",
        "  2026-01-30 Fri..2026-02-28 Sat  counted: 30 days",
        "  2026-03-01 Sun                  not counted: 삼일절",
        "  2026-03-02 Mon                  not counted: 삼일절 대체 휴일",
        "  2026-03-03 Tue                  the last day was closed: the end moves here",
    ]
    assert run("--unit=civil-days", "--amount=1", "--received=2026-03-04").stdout.splitlines()[1:] == [
        "Received  2026-03-04",
        "Period    1 calendar day, the first day not counted",
        "  2026-03-04 Wed                  not counted: the first day",
        "  2026-03-05 Thu                  counted: 1 day",
    ]


def test_country_and_zone_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINMUNGO_COUNTRY", "JP")
    monkeypatch.setenv("SINMUNGO_TIMEZONE", "Asia/Tokyo")
    result = run("--unit=hours", "--amount=1", "--received=2026-12-28T18:00:00+09:00", "--json")
    answer = json.loads(result.stdout)
    assert answer["due"] == "2027-01-04T10:00:00+09:00"
    assert answer["steps"][1]["name"] == "年末年始"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SINMUNGO_COUNTRY", "XX", "'XX'; known: KR, JP"),
        ("SINMUNGO_TIMEZONE", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
        ("SINMUNGO_TIMEZONE", "../etc", "no time zone"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    result = run("--unit=days", "--amount=1", "--received=2026-12-28")
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--unit, --amount and --received are needed, or --batch"),
        (["--unit=days", "--amount=7"], "are needed"),
        (["--unit=years", "--amount=7", "--received=2026-03-04"], "'years' is not one of"),
        (["--unit=days", "--amount=many", "--received=2026-03-04"], "'many' is not a valid integer"),
        (["--unit=days", "--amount=0", "--received=2026-03-04"], "from 1 to 2500 days, not 0"),
        (["--unit=hours", "--amount=3", "--received=2026-03-04T10:30"], "needs a zone"),
        (["--unit=days", "--amount=7", "--received=2026-03-04", "--pause=2026-03-05"], "is not a pause"),
        (["--unit=days", "--amount=7", "--received=2026-03-04", "--pause=2026-03-05.."], "'' is not a date"),
        (["--unit=days", "--amount=7", "--received=2026-03-04", "--holiday=soon"], "'soon' is not a date"),
        (["--batch=-", "--amount=0"], "--batch takes"),
        (["--batch=nowhere.jsonl"], "No such file"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout
