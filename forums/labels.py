"""The labels of kinds, states, outcomes and rules of forums."""

from server.core.errors import Text, _

KINDS: dict[str, Text] = {
    "listening": _("Listening forum"),
    "field_office": _("Field office"),
    "speakers_corner": _("Speaker's corner"),
    "discussion": _("Online discussion"),
    "broadcast": _("Live broadcast"),
    "notice": _("Notice"),
}

FORUM_STATES: dict[str, Text] = {
    "proposed": _("Proposed by a citizen"),
    "declined": _("Declined"),
    "draft": _("Being planned"),
    "published": _("Announced"),
    "running": _("Open now"),
    "closed": _("Closed"),
    "cancelled": _("Cancelled"),
}

SUBMISSION_STATES: dict[str, Text] = {
    "received": _("Submission received"),
    "assigned": _("With the department"),
    "answered": _("Answered"),
    "merged": _("Merged"),
    "withdrawn": _("Withdrawn by the author"),
}

OUTCOMES: dict[str, Text] = {
    "adopted": _("Adopted"),
    "partly_adopted": _("Adopted in part"),
    "already_done": _("Already done"),
    "under_study": _("Under study"),
    "not_adopted": _("Not adopted"),
    "out_of_scope": _("Outside our responsibility"),
}

COMMITMENT_STATES: dict[str, Text] = {
    "planned": _("Planned"),
    "under_way": _("Under way"),
    "done": _("Carried out"),
    "contested": _("Disputed"),
    "dropped": _("Discontinued"),
}

STANCES: dict[str, Text] = {
    "for": _("For"),
    "against": _("Against"),
    "idea": _("Idea"),
}

CHANNELS: dict[str, Text] = {
    "web": _("Written online"),
    "floor": _("Spoken at the session"),
    "paper": _("On paper"),
    "import": _("From the records"),
    "petition": _("From a petition"),
}

SESSION_KINDS: dict[str, Text] = {
    "sitting": _("Meeting"),
    "visit": _("Visit to the site"),
    "slot": _("Ten minutes to speak"),
    "walk_in": _("Ten minutes for walk-ins"),
}

REGISTRATIONS: dict[str, Text] = {
    "confirmed": _("Registered"),
    "waiting": _("On the waiting list"),
    "offered": _("Place offered"),
    "attended": _("Attended"),
    "cancelled": _("Cancelled by the participant"),
    "lapsed": _("Offer expired"),
}

RULES: dict[str, Text] = {
    "personal": _("Reveals private information about a person"),
    "insult": _("Insults, threatens or degrades someone"),
    "advert": _("Advertises"),
    "repeated": _("Repeats the same text"),
    "party": _("Campaigns for a party or a candidate"),
    "unlawful": _("Is against the law"),
    "off_topic": _("Has nothing to do with the forum"),
}
"""The rules for texts, published on a page of their own; a text that breaks one may be hidden."""

MODERATION: dict[str, Text] = {
    "after": _("At once; moderators review them afterwards"),
    "before": _("Only after a moderator has reviewed them"),
}
"""When texts in a forum are shown."""

WHY: dict[str, Text] = {
    "appeal": _("The author appeals"),
    "before": _("Shown only after review"),
    "links": _("Many links"),
    "repeated": _("Posted repeatedly"),
    "reported": _("Reported"),
}
"""Why a text is in the moderation queue; with ``before``, ``links`` and ``repeated`` it is held and not shown yet."""

AGE_BANDS: dict[str, Text] = {
    "under_20": _("Under 20"),
    "20s": _("20 to 29"),
    "30s": _("30 to 39"),
    "40s": _("40 to 49"),
    "50s": _("50 to 59"),
    "60s": _("60 to 69"),
    "70_plus": _("70 and over"),
}
"""Age bands that participants may choose for the statistics; optional."""
