"""Raw input about promises: what is promised, by whom, in which steps, by when; that it is done, or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from forums.forms.handing import read_seen
from forums.forms.planning import read_link
from server.core.errors import Text, _
from server.core.fields import REQUIRED, Input, safe_text

TITLE_LIMIT, TEXT_LIMIT, BUDGET_LIMIT, STEP_LIMIT, REASON_LIMIT = 200, 10_000, 200, 300, 2_000
MOST_STEPS = 10
LONGEST = timedelta(days=366 * 15)
"""How far ahead a promise can be due."""
TOO_FAR = _("This day is too far away. Please check the year.")
PAST = _("Please give today or a later day.")
FUTURE = _("Please give today or an earlier day.")


def before_promised(made_on: date) -> Text:
    """What to say to a day before something was promised."""
    return _("It was promised on %(day)s. Please give that day or a later one.", day=made_on)


def wrong_day_done(done_on: date, made_on: date, today: date) -> Text | None:
    """What is wrong with the day since which a promise is carried out; nothing is before it was promised."""
    if done_on > today:
        return FUTURE
    return before_promised(made_on) if done_on < made_on else None


@dataclass(frozen=True)
class StepLine:
    """One step; ``id`` where it stands already."""

    text: str
    due_on: date | None = None
    id: int | None = None


@dataclass(frozen=True)
class Promise:
    """What is promised. ``owner`` is the name that an official of the department signs in with."""

    title: str
    owner: str
    due_on: date
    text: str = ""
    budget: str = ""
    steps: Sequence[StepLine] = field(default=())

    @classmethod
    def parse(cls, raw: Mapping[str, Any], today: date) -> "Promise":
        """Read a new one. Raises ``Invalid``."""
        data = Input(raw)
        command = cls.read(data, today, today)
        data.done()
        return command

    @classmethod
    def read(cls, data: Input, today: date, made_on: date, *, kept: date | None = None) -> "Promise":
        """The same out of a larger form, which calls ``data.done()``.

        ``kept`` is the day that holds now and may be left, though it is over. No step is due before ``made_on``.
        """
        due = data.day("due_on", required=True) or today
        _ahead(data, "due_on", due, today, kept)
        return cls(
            safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2),
            data.text("owner", limit=60, required=True),
            due,
            safe_text(data, "text", limit=TEXT_LIMIT, lines=True),
            safe_text(data, "budget", limit=BUDGET_LIMIT),
            tuple(_steps(data, today, made_on)),
        )


def _ahead(data: Input, name: str, day: date, today: date, kept: date | None = None) -> None:
    if day < today and day != kept:
        data.fail(name, PAST)
    elif day > today + LONGEST:
        data.fail(name, TOO_FAR)


def _steps(data: Input, today: date, made_on: date) -> list[StepLine]:
    rows = data.raw.get("steps")
    if rows is None:
        return []
    if not isinstance(rows, list) or len(rows) > MOST_STEPS or not all(isinstance(row, Mapping) for row in rows):
        data.fail("steps", _("Please send a list of at most %(most)s steps.", most=MOST_STEPS))
        return []
    found = []
    for number, row in enumerate(rows, 1):
        one = Input(row, f"{data.prefix}steps.{number}.", data.errors)
        text = safe_text(one, "text", limit=STEP_LIMIT)
        due = one.day("due_on")
        if due and due > today + LONGEST:
            one.fail("due_on", TOO_FAR)
        if due and due < made_on:
            one.fail("due_on", before_promised(made_on) if made_on < today else PAST)
        if due and not text:
            one.fail("text", REQUIRED)
        if text:
            found.append(StepLine(text, due, one.integer("id", low=1, high=2**53)))
    return found


def from_page(form: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A page's flat fields in the shape that ``Promise.parse`` reads: the steps from their numbered rows."""
    names = ("title", "owner", "due_on", "text", "budget")
    rows = [
        {part: form.get(f"{prefix}steps.{number}.{part}") for part in ("text", "due_on", "id")}
        for number in range(1, MOST_STEPS + 1)
    ]
    return {**{name: form.get(prefix + name) for name in names}, "steps": rows}


@dataclass(frozen=True)
class EditPromise:
    """What is promised from now on, and, where the day changes, why."""

    promise: Promise
    reason: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any], today: date, made_on: date, due_on: date) -> "EditPromise":
        """Read it; ``made_on`` is when it was promised, ``due_on`` the day that holds now. Raises ``Invalid``."""
        data = Input(raw)
        promise = Promise.read(data, today, made_on, kept=due_on)
        reason = safe_text(data, "reason", limit=REASON_LIMIT, lines=True)
        if promise.due_on != due_on and not reason:
            data.fail("reason", _("Please say why the day changes; everybody can read it."))
        command = cls(promise, reason, read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class Finish:
    """That it is done, since which day, and what shows it: words, and a link or files where there are any."""

    evidence: str
    link: str = ""
    done_on: date | None = None
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Finish":
        """Read it. Raises ``Invalid`` without evidence; whether the day can be right, the action looks."""
        data = Input(raw)
        evidence = safe_text(data, "evidence", limit=TEXT_LIMIT, lines=True)
        if not evidence and not any(error.field == "evidence" for error in data.errors):
            data.fail("evidence", _("“Carried out” needs evidence: what was done, where and when it can be seen."))
        command = cls(evidence, read_link(data, "link"), data.day("done_on"), read_seen(data))
        data.done()
        return command
