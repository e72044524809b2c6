"""Forms of actions with strict legal limits: supplement extension, site investigation, repeated petition."""

from typing import Annotated

from pydantic import Field

from petitions.forms import Extend, Reason, Remedies
from server.core.errors import _
from server.core.forms import About, Day, Form, Hint, Html, Label, ReferencesRule, Seen, Wrong

MOST_EARLIER = 20
"""The most earlier cases that a closure names; the law requires two."""


class Prolong(Form):
    """By how many days the time to supplement is extended, and why (Decree 24②)."""

    days: Annotated[
        int,
        Field(ge=1, le=60),
        Label(_("Additional days to send the supplement")),
        About("From the last day on; at most as many as the request gave."),
    ]
    reason: Annotated[Reason, Label(_("Reason"), _("What the petitioner said")), Html(rows=2)] = ""
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
        Reason,
        Label(_("Reason"), _("What will be investigated, and why")),
        Hint(_("The petitioner will read it, with the new deadline.")),
    ]
    first: Annotated[
        Day | None,
        Label(_("First day")),
        About("The first day; left out to extend the investigation that is set."),
    ] = None
    version: Seen = None


class ExtendObjection(Extend):
    """By how many days the decision on an objection is extended, and why (Act 35②)."""

    amount: Annotated[
        int,
        Field(ge=1, le=10),
        Wrong(_("An objection may be extended once, by one to ten days.")),
        Label(_("Length of the extension"), _("Number of days")),
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
        About("At least two cases of the same petitioner that were answered before this one came."),
    ]
    reason: Annotated[
        Reason,
        Label(_("Reason"), _("Why they are the same, and repeated without good reason")),
        Hint(_("The petitioner will read it. The case ends here, without another answer.")),
        About("Why they are the same; the petitioner reads it."),
        Html(rows=4),
    ]
    remedies: Annotated[Remedies, About("What can be done against it.")]
    multi_party: Annotated[
        bool,
        Label(
            _("Petition by many people"),
            _("It is a petition by many people: five or more households, with five or more signatures"),
        ),
        About("A petition of many (Act 2 vi)."),
    ] = False
    committee: Annotated[
        bool,
        Label(
            _("Mediation committee"),
            _("The mediation committee has reviewed it (required for a petition by many people, Decree 26)"),
        ),
        About("The mediation committee has dealt with it (Decree 26)."),
    ] = False
    version: Seen = None
