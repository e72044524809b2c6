"""The command ``sinmungo clock``: computes when a period ends and explains how it was counted.

With it anybody can check a deadline that the site states, or a file of them, without a database.
"""

import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import BinaryIO, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import orjson

from server.core.clock import Due, Pause, Step, StepKind, Unit, WorkingCalendar, due

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json] | None"

_COUNTED_AS = {
    Unit.HOURS: ("working hour", ""),
    Unit.DAYS: ("working day", ", the first day counted"),
    Unit.WEEKS: ("week", " by the calendar, the first day counted"),
    Unit.MONTHS: ("month", " by the calendar, the first day counted"),
    Unit.CIVIL_DAYS: ("calendar day", ", the first day not counted"),
}
_WORDS = {
    StepKind.WEEKEND: "not counted: weekend",
    StepKind.HOLIDAY: "not counted: %s",
    StepKind.PAUSE: "not counted: pause",
    StepKind.AFTER_HOURS: "not counted: outside working time",
    StepKind.FIRST_DAY: "not counted: the first day",
    StepKind.MOVED: "the last day was closed: the end moves here",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """One period to count."""

    unit: Unit
    amount: int
    received: date | datetime
    pauses: Sequence[Pause] = ()

    def answer(self, calendar: WorkingCalendar) -> Due:
        """Compute the due date. Raises ValueError as ``clock.due`` does."""
        return due(calendar, self.unit, self.amount, self.received, self.pauses)


def default_calendar() -> WorkingCalendar:
    """The calendar for the country and time zone in the environment. Raises ValueError for an unknown one."""
    zone = os.environ.get("SINMUNGO_TIMEZONE", "Asia/Seoul")
    try:
        timezone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"SINMUNGO_TIMEZONE: there is no time zone {zone!r}") from error
    return WorkingCalendar(os.environ.get("SINMUNGO_COUNTRY", "KR"), timezone)


def parse_date(text: str) -> date:
    """Read an ISO 8601 date. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date such as 2026-03-04") from None


def parse_received(text: str) -> date | datetime:
    """Read an ISO 8601 date or moment. Raises ValueError."""
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            return parse(text)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a moment such as 2026-03-04T10:30:00+09:00, nor a date such as 2026-03-04")


def parse_pause(text: str) -> Pause:
    """Read ``FROM..TO``, both days included. Raises ValueError."""
    first, dots, last = text.partition("..")
    if not dots:
        raise ValueError(f"{text!r} is not a pause such as 2026-03-11..2026-03-16")
    return parse_date(first), parse_date(last)


def parse_question(line: Json) -> Question:
    """Read one line of a batch. Raises ValueError naming the first field that is wrong."""
    if type(line) is not dict:
        raise ValueError("not an object with unit, amount and received")
    unit, amount, received, pauses = (line.get(name) for name in ("unit", "amount", "received", "pauses"))
    if unit not in list(Unit):
        raise ValueError(f"unit must be one of {', '.join(Unit)}")
    if type(amount) is not int:
        raise ValueError("amount must be a whole number")
    if type(received) is not str:
        raise ValueError("received must be a text with a moment or a date")
    return Question(Unit(str(unit)), amount, parse_received(received), _parse_pauses(pauses))


def explain(calendar: WorkingCalendar, question: Question) -> str:
    """Explain when the period ends and how it was counted, with a line for each run of days."""
    answer, received = question.answer(calendar), question.received
    noun, rule = _COUNTED_AS[question.unit]
    until = f"{answer.on:%Y-%m-%d %a} until midnight" if answer.by_day else _moment(answer.at)
    return "\n".join(
        [
            f"Due       {until}",
            f"Received  {_moment(calendar.local(received)) if isinstance(received, datetime) else received}",
            f"Period    {_number(question.amount, noun)}{rule}",
            *(f"  {_days(step)}  {_fate(step)}" for step in answer.steps),
        ]
    )


def as_json(calendar: WorkingCalendar, question: Question) -> str:
    """The same as ``explain`` as a JSON object."""
    answer = question.answer(calendar)
    steps = [
        {
            "kind": step.kind,
            "first": step.first,
            "last": step.last,
            "days": step.days,
            "minutes": step.worked / timedelta(minutes=1) if question.unit is Unit.HOURS else None,
            "name": step.name or None,
        }
        for step in answer.steps
    ]
    asked = {"unit": question.unit, "amount": question.amount, "received": question.received.isoformat()}
    return orjson.dumps({"due": _due(answer), "at": answer.at.isoformat(), **asked, "steps": steps}).decode()


def batch(calendar: WorkingCalendar, lines: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """Answer each line of a JSON Lines file with a line of JSON, and whether it was valid."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        asked: Json = None
        try:
            asked = orjson.loads(line)
            answer = {"due": _due(parse_question(asked).answer(calendar))}
        except orjson.JSONDecodeError as error:
            answer = {"error": f"line {number}: not JSON: {error}"}
        except ValueError as error:
            answer = {"error": f"line {number}: {error}"}
        name = asked.get("id") if isinstance(asked, dict) else None
        yield orjson.dumps({"id": name, **answer}).decode(), "due" in answer


@click.command("clock")
@click.option("--unit", type=click.Choice([str(unit) for unit in Unit]), help="How the period is counted.")
@click.option("--amount", type=int, help="Length of the period in these units.")
@click.option("--received", help="ISO 8601 moment with its zone; a date is enough where days are counted.")
@click.option("--pause", "pauses", multiple=True, metavar="FROM..TO", help="Days that do not count, both included.")
@click.option("--holiday", "holidays", multiple=True, metavar="DATE", help="A temporary holiday.")
@click.option("--json", "json", is_flag=True, help="Print one JSON object.")
@click.option("--batch", "file", type=click.File("rb"), help="JSON Lines: id, unit, amount, received, pauses.")
@click.pass_context
def clock_command(
    context: click.Context,
    unit: str | None,
    amount: int | None,
    received: str | None,
    pauses: Sequence[str],
    holidays: Sequence[str],
    file: BinaryIO | None,
    *,
    json: bool,
) -> None:
    """Show when a period ends and how it was counted.

    With --batch, one line of JSON for each line of the file: {"id", "due"}, or {"id", "error"} for a bad one;
    the exit code is then 1.
    """
    if file is not None and any((unit, amount is not None, received, pauses)):
        raise click.UsageError("--batch takes unit, amount, received and pauses from the file")
    try:
        extra = {parse_date(day): "temporary holiday" for day in holidays}
        calendar = dataclasses.replace(default_calendar(), extra_holidays=extra)
        if file is not None:
            _print_batch(context, calendar, file)
        else:
            asked = _question(unit, amount, received, pauses)
            click.echo((as_json if json else explain)(calendar, asked))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _question(unit: str | None, amount: int | None, received: str | None, pauses: Sequence[str]) -> Question:
    if unit is None or amount is None or received is None:
        raise ValueError("--unit, --amount and --received are needed, or --batch")
    return Question(Unit(unit), amount, parse_received(received), [parse_pause(text) for text in pauses])


def _print_batch(context: click.Context, calendar: WorkingCalendar, file: BinaryIO) -> None:
    failed = False
    for line, good in batch(calendar, file):
        click.echo(line)
        failed |= not good
    if failed:
        context.exit(1)


def _parse_pauses(value: Json) -> list[Pause]:
    if value is None:
        return []
    pauses: list[Pause] = []
    for pair in value if isinstance(value, list) else [value]:
        match pair:
            case [str(first), str(last)]:
                pauses.append((parse_date(first), parse_date(last)))
            case _:
                raise ValueError("pauses must be a list of pairs of dates")
    return pauses


def _due(answer: Due) -> str:
    return answer.on.isoformat() if answer.by_day else answer.at.isoformat()


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %a %H:%M}" + (f":{moment:%S}" if moment.second else "")


def _days(step: Step) -> str:
    last = "" if step.first == step.last else f"..{step.last:%Y-%m-%d %a}"
    return f"{step.first:%Y-%m-%d %a}{last}".ljust(30)


def _fate(step: Step) -> str:
    if step.kind is not StepKind.COUNTED:
        return _WORDS[step.kind].replace("%s", step.name)
    if not step.worked:
        return f"counted: {_number(step.days, 'day')}"
    minutes, seconds = divmod(step.worked // timedelta(seconds=1), 60)
    return f"counted: {minutes // 60} h {minutes % 60:02} min" + (f" {seconds} s" if seconds else "")
