"""Forms of consultations: requesting, extending the reply, withdrawing the request."""

from datetime import date
from typing import Annotated

from pydantic import Field

from petitions.consultation import LONGEST_DAYS, ReplyBy
from petitions.forms import TEXT_LIMIT, AssignHandler, Reason
from server.core.errors import _
from server.core.forms import About, Code, Day, Errors, Form, Hint, Html, Key, Label, OneOf, Seen, paragraphs

NO_DAY = _("Please say when you need the reply.")
Due = Annotated[
    Day | None,
    Label(_("Reply due")),
    About("The day by which the reply is needed, within the case's own period (Act 20)."),
]
Days = Annotated[
    int | None,
    Field(ge=1, le=LONGEST_DAYS),
    Label(_("Working days to reply")),
    About("The same in working days, today (or the present reply day) not counted."),
    Html(asked=False),
]


class RequestConsultation(Form):
    """Which department is consulted, on what, and until when: by a day or within working days.

    The day takes precedence if both are given.
    """

    department: Annotated[
        Code,
        OneOf(),
        Label(_("Department")),
        Hint(_("Its officials can then see this case, and handle only what they were asked for.")),
        About("The code of the department that is asked."),
    ]
    text: Annotated[
        str,
        paragraphs(TEXT_LIMIT),
        Label(_("What you need from them")),
        Hint(_("Only officials can read it. The petitioner is told which department is consulted and until when.")),
        About("What is asked; officials only read it."),
        Html(rows=4),
    ]
    due: Due = None
    days: Days = None
    version: Seen = None

    @property
    def reply_by(self) -> ReplyBy:
        return ReplyBy(None if self.due else self.days, self.due)

    def check(self, errors: Errors) -> None:
        _check_reply_by(self.due, self.days, errors)


class ExtendConsultation(Form):
    """Until when the reply is extended, and why."""

    reason: Annotated[
        Reason,
        Label(_("Reason"), _("Reason, and progress so far")),
        Hint(_("The department in charge will be notified.")),
    ]
    due: Due = None
    days: Days = None
    version: Seen = None

    @property
    def reply_by(self) -> ReplyBy:
        return ReplyBy(None if self.due else self.days, self.due)

    def check(self, errors: Errors) -> None:
        _check_reply_by(self.due, self.days, errors)


class WithdrawPart(AssignHandler):
    """Which consultation is withdrawn, and why."""

    target: Annotated[
        Code,
        OneOf(),
        Key("department"),
        Label(_("Department")),
        Hint(_("It no longer needs to reply, and can no longer see this case.")),
        About("The code of the department that was asked."),
    ]
    text: Annotated[Reason, Key("reason"), Html(rows=2)] = ""


def _check_reply_by(due: date | None, days: int | None, errors: Errors) -> None:
    if due is None and days is None and "due" not in errors and "days" not in errors:
        errors.fail("due", NO_DAY)
