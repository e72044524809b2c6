"""An answer: one of six outcomes, and the fields that each requires."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from forums.forms.assigning import Version, open_departments
from forums.forms.committing import LONGEST, TEXT_LIMIT, TOO_FAR, MakeCommitment
from forums.forms.planning import Link
from forums.labels import OUTCOMES
from forums.states import ADOPTED
from server.core.city import City
from server.core.errors import _
from server.core.forms import About, Day, Errors, Form, Hint, Html, Key, Label, MayBeEmpty, OneOf, line, paragraphs

MOVED_LIMIT = 200
_ONLY_OF = {"link": "already_done", "study_until": "under_study", "moved_to": "out_of_scope"}
"""Fields of a single outcome; ignored with any other."""


class GiveAnswer(Form):
    """A department's answer. Outcomes that adopt bring a ``commitment``, unless there is one already."""

    outcome: Annotated[str, OneOf(OUTCOMES), Label(_("Outcome (public)"))]
    text: Annotated[
        str,
        paragraphs(TEXT_LIMIT, least=2),
        MayBeEmpty(),
        Label(_("Answer, for everyone")),
        Hint(_("What exactly is adopted, when and where it was already done, what is being studied, or why not.")),
        Html(rows=6),
        About("May be omitted only if `link` shows what has been done."),
    ]
    commitment: Annotated[MakeCommitment | None, Key("commitment"), Label(_("Commitment"))] = None
    department_id: Annotated[
        int | None,
        OneOf(),
        Key("department"),
        Label(_("Department that answers")),
        About("If no department is responsible yet."),
    ] = None
    """The department that answers, where none is assigned yet."""
    link: Annotated[Link, Label(_("Where it can be seen (web address)")), About("With already_done.")] = ""
    study_until: Annotated[
        Day | None, Label(_("Studied until")), Hint(_("You will be reminded once this day has passed."))
    ] = None
    moved_to: Annotated[
        str,
        line(MOVED_LIMIT),
        Label(_("Who decides it, if it was passed on")),
        About("With out_of_scope."),
    ] = ""
    seen: Version = None

    @classmethod
    def parse(  # type: ignore[override]  # a commitment's due dates are checked against today
        cls, raw: Mapping[str, Any], city: City, today: date, *, has_commitment: bool, strict: bool = False
    ) -> Self:
        """Read it; ``has_commitment``: there is a commitment already. Raises ``Invalid`` with every error."""
        outcome = str(raw.get("outcome"))
        expects = outcome in ADOPTED and not has_commitment
        fields = {name: value for name, value in raw.items() if _ONLY_OF.get(name, outcome) == outcome}
        if not expects:
            fields = {name: value for name, value in fields.items() if name.partition(".")[0] != "commitment"}
        command, errors = cls.read(fields, strict=strict, choices=open_departments(city))
        if expects:
            errors.require(command, "commitment")
        if command.commitment:
            command.commitment.check_days(errors.inside("commitment"), today, today)
            command = replace(command, commitment=command.commitment.tidy())
        if command.study_until and command.study_until <= today:
            errors.fail("study_until", _("Please enter a day after today."))
        elif command.study_until and command.study_until > today + LONGEST:
            errors.fail("study_until", TOO_FAR)
        errors.done()
        return command

    def check(self, errors: Errors) -> None:
        if not self.link:  # a link to what is done already is answer enough
            errors.require(self, "text")
        for name, outcome in _ONLY_OF.items():
            if name != "link" and self.outcome == outcome:
                errors.require(self, name)
