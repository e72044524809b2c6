"""Forms of actions with strict legal limits: supplements, site investigations, repeated petitions, consultations."""

from datetime import date
from typing import Annotated

from pydantic import Field

from petitions.consultation import LONGEST_DAYS, ReplyBy
from petitions.forms import TEXT_LIMIT, AssignHandler, Extend, Reason, Remedies, ToldReason
from server.core.errors import _
from server.core.forms import (
    About,
    Code,
    Day,
    Errors,
    Form,
    Hint,
    Html,
    Key,
    Label,
    OneOf,
    ReferencesRule,
    Seen,
    Wrong,
    paragraphs,
)

MOST_EARLIER = 20
"""The most earlier cases that a closure names; the law requires two."""


class Prolong(Form):
    """By how many days the time to supplement is extended, and why (Decree 24②)."""

    days: Annotated[
        int,
        Field(ge=1, le=60),
        Label(_("Additional days to send the supplement")),
        About("Counted from the last day; at most as many as the request gave."),
    ]
    reason: Annotated[Reason, Label(_("What the petitioner said")), Html(rows=2)] = ""
    version: Seen = None


class Investigate(Form):
    """A site investigation: first day, number of working days, reason; without a first day it is extended."""

    days: Annotated[
        int,
        Field(ge=1, le=14),
        Label(_("Number of working days")),
        Hint(_("At most 14. They do not count towards the processing period (Decree 17).")),
        About("Working days; at most 7 to extend."),
    ]
    reason: Annotated[
        ToldReason,
        Label(_("What will be investigated, and why")),
        Hint(_("The petitioner will read it, with the new deadline.")),
    ]
    first: Annotated[
        Day | None,
        Label(_("First day")),
        About("The first day; omit it to extend the investigation that is scheduled."),
    ] = None
    version: Seen = None


class ExtendObjection(Extend):
    """By how many days the decision on an objection is extended, and why (Act 35②)."""

    amount: Annotated[
        int,
        Field(ge=1, le=10),
        Wrong(_("An objection may be extended once, by one to ten days.")),
        Label(_("Number of days")),
        Hint(_("Once, by at most 10 days from the day after the deadline (Act 35②).")),
        About("Days."),
    ]


class CloseRepeated(Form):
    """The earlier answered cases with the same request, why they are the same, and the remedies.

    The official states ``multi_party``, a petition by many people (다수인관련민원), and ``committee``, that the
    mediation committee has considered it (Decree 26). Petitioners are not asked about households and signatures.
    """

    earlier: Annotated[
        tuple[str, ...],
        ReferencesRule(MOST_EARLIER),
        Label(_("The same petition, already answered")),
        Hint(_("At least two. You decide whether they are the same (Act 23).")),
        About("At least two cases of the same petitioner that were answered before this one was received."),
    ]
    reason: Annotated[
        ToldReason,
        Label(_("Why they are the same, and repeated without good reason")),
        Hint(_("The petitioner will read it. The case ends here, without another answer.")),
        About("Why they are the same; the petitioner reads it."),
        Html(rows=4),
    ]
    remedies: Annotated[Remedies, About("How it can be contested.")]
    multi_party: Annotated[
        bool,
        Label(_("It is a petition by many people: five or more households, with five or more signatures")),
        About("A petition by many people (Act 2 vi)."),
    ] = False
    committee: Annotated[
        bool,
        Label(_("The mediation committee has reviewed it (required for a petition by many people, Decree 26)")),
        About("The mediation committee has reviewed it (Decree 26)."),
    ] = False
    version: Seen = None


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


class _Reply:
    """Until when a reply is wanted: by a day, which takes precedence, or within working days."""

    due: date | None
    days: int | None

    @property
    def reply_by(self) -> ReplyBy:
        return ReplyBy(None if self.due else self.days, self.due)

    def check(self, errors: Errors) -> None:
        if self.due is None and self.days is None and "due" not in errors and "days" not in errors:
            errors.fail("due", NO_DAY)


class RequestConsultation(_Reply, Form):
    """Which department is consulted, on what, and until when."""

    department: Annotated[
        Code,
        OneOf(),
        Label(_("Department")),
        Hint(_("Its officials can then see this case, and handle only what they were asked for.")),
        About("The code of the consulted department."),
    ]
    text: Annotated[
        str,
        paragraphs(TEXT_LIMIT),
        Label(_("What you need from them")),
        Hint(_("Only officials can read it. The petitioner is told which department is consulted and until when.")),
        About("The request, which only officials can read."),
        Html(rows=4),
    ]
    due: Due = None
    days: Days = None
    version: Seen = None


class ExtendConsultation(_Reply, Form):
    """Until when the reply is extended, and why."""

    reason: Annotated[
        Reason,
        Label(_("Reason, and progress so far")),
        Hint(_("The department in charge will be notified.")),
    ]
    due: Due = None
    days: Days = None
    version: Seen = None


class WithdrawPart(AssignHandler):
    """Which consultation is withdrawn, and why."""

    target: Annotated[
        Code,
        OneOf(),
        Key("department"),
        Label(_("Department")),
        Hint(_("It no longer needs to reply, and can no longer see this case.")),
        About("The code of the consulted department."),
    ]
    text: Annotated[Reason, Key("reason"), Html(rows=2)] = ""
