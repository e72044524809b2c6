"""Commitments: title, owner, steps, due dates and budget; marking steps as done, and finishing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import Field

from forums.forms.assigning import Version
from forums.forms.planning import Link
from server.core.errors import Text, _
from server.core.forms import About, Day, Errors, Form, Hint, Html, Label, MayBeEmpty, Wrong, line, paragraphs

TITLE_LIMIT, TEXT_LIMIT, BUDGET_LIMIT, STEP_LIMIT, REASON_LIMIT = 200, 10_000, 200, 300, 2_000
MOST_STEPS = 10
LONGEST = timedelta(days=366 * 15)
"""How far in the future a commitment can be due."""
TOO_FAR = _("This day is too far in the future. Please check the year.")
PAST = _("Please enter today or a later day.")
FUTURE = _("Please enter today or an earlier day.")


def before_commitment(made_on: date) -> Text:
    """The message for a day before the commitment was made."""
    return _("The commitment was made on %(day)s. Please enter that day or a later one.", day=made_on)


def wrong_day_done(done_on: date, made_on: date, today: date) -> Text | None:
    """What is wrong with the day on which a commitment was carried out, or None."""
    if done_on > today:
        return FUTURE
    return before_commitment(made_on) if done_on < made_on else None


class StepLine(Form):
    """One step; ``id`` for an existing one."""

    text: Annotated[str, line(STEP_LIMIT), Label(_("Step %(number)s"))] = ""
    due_on: Annotated[Day | None, Label(_("By when"))] = None
    id: Annotated[int | None, Field(ge=1, le=2**53), Label(_("Step")), Html(asked=False)] = None

    def check(self, errors: Errors) -> None:
        if self.due_on:
            errors.require(self, "text")


class MakeCommitment(Form):
    """A new commitment. ``owner`` is the user name of an official of the department."""

    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Commitment in one line"))]
    owner: Annotated[
        str,
        line(60, safe=False),
        Label(_("Responsible official")),
        Hint(_("The public sees the department and position, not the name.")),
        About("The name with which an official of the department signs in."),
    ]
    due_on: Annotated[Day, Label(_("Due date"))]
    text: Annotated[str, paragraphs(TEXT_LIMIT), Label(_("Details, for everyone")), Html(rows=3)] = ""
    budget: Annotated[
        str, line(BUDGET_LIMIT), Label(_("Budget")), Hint(_("For example: 12 million won, budget of 2027"))
    ] = ""
    steps: Annotated[
        Sequence[StepLine],
        Field(max_length=MOST_STEPS),
        Wrong(_("Please send a list of at most %(most)s steps.", most=MOST_STEPS)),
        Label(_("Steps")),
    ] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any], today: date) -> Self:  # type: ignore[override]  # due dates need it
        """Read a new commitment. Raises ``Invalid``."""
        command, errors = cls.read(raw)
        command.check_days(errors, today, today)
        errors.done()
        return command.tidy()

    def check_days(self, errors: Errors, today: date, made_on: date, *, kept: date | None = None) -> None:
        """Note invalid due dates.

        ``kept`` is the present due date, which may stay although it has passed. No step is due before ``made_on``.
        """
        if "due_on" not in errors:
            if self.due_on < today and self.due_on != kept:
                errors.fail("due_on", PAST)
            elif self.due_on > today + LONGEST:
                errors.fail("due_on", TOO_FAR)
        for number, step in enumerate(self.steps, 1):
            inner = errors.inside("steps", number)
            if step.due_on and step.due_on > today + LONGEST:
                inner.fail("due_on", TOO_FAR)
            if step.due_on and step.due_on < made_on:
                inner.fail("due_on", before_commitment(made_on) if made_on < today else PAST)

    def tidy(self) -> Self:
        """The same without empty rows of steps."""
        return replace(self, steps=tuple(step for step in self.steps if step.text))


class EditCommitment(MakeCommitment):
    """The changed commitment, with a reason where the due date changes."""

    reason: Annotated[
        str,
        paragraphs(REASON_LIMIT),
        Label(_("Why the due date changes")),
        Hint(_("Required if the due date changes; everyone can read it next to the previous dates.")),
        Html(rows=2),
    ] = ""
    seen: Version = None

    @classmethod
    def parse(  # type: ignore[override]  # compared with the present commitment
        cls, raw: Mapping[str, Any], today: date, made_on: date, due_on: date
    ) -> Self:
        """Read it; ``made_on`` is when it was made, ``due_on`` its present due date. Raises ``Invalid``."""
        command, errors = cls.read(raw)
        command.check_days(errors, today, made_on, kept=due_on)
        if "due_on" not in errors and command.due_on != due_on and not command.reason:
            errors.fail("reason", _("Please say why the due date changes; everyone can read it."))
        errors.done()
        return command.tidy()


class Commit(MakeCommitment):
    """A commitment because of a submission that has an answer already."""

    seen: Version = None


class DoStep(Form):
    """The step that is done."""

    step: Annotated[int, Field(ge=1, le=2**53), Label(_("Step"))]
    seen: Version = None


class Finish(Form):
    """A commitment is carried out: the day, and the evidence as text and optionally a link or files.

    The action checks the day.
    """

    evidence: Annotated[
        str,
        paragraphs(TEXT_LIMIT),
        MayBeEmpty(),
        Label(_("What was done, and where and when it can be seen")),
        Hint(_("Public. Without evidence it cannot be marked as carried out.")),
        Html(rows=4),
    ]
    link: Annotated[Link, Label(_("Where it can be seen (web address)"))] = ""
    done_on: Annotated[Day | None, Label(_("Carried out since"))] = None
    seen: Version = None

    def check(self, errors: Errors) -> None:
        if not self.evidence:
            errors.fail(
                "evidence", _("To mark it as carried out, please say what was done, and where and when it can be seen.")
            )
