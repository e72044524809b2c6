"""Labels of states, kinds, channels and decisions."""

from server.core.errors import Text, _

STATES: dict[str, Text] = {
    "received": _("Received"),
    "accepted": _("Department assigned"),
    "assigned": _("Handler assigned"),
    "in_progress": _("In progress"),
    "supplement_requested": _("More information needed"),
    "answered": _("Answered"),
    "closed": _("Case closed"),
    "returned": _("Returned"),
    "withdrawn": _("Withdrawn"),
    "transferred_out": _("Transferred to another agency"),
    "reopened": _("Reopened"),
}

KINDS: dict[str, Text] = {
    "inquiry_law": _("Question about a law"),
    "inquiry": _("Question about a system or procedure"),
    "suggestion": _("Suggestion"),
    "grievance": _("Grievance"),
    "other": _("Report of an inconvenience, or advice"),
    "statutory": _("Application under a law"),
    "report": _("Tip (without name or contact)"),
}

CHANNELS: dict[str, Text] = {
    "web": _("Online"),
    "phone": _("By phone"),
    "visit": _("In person"),
    "mail": _("By email"),
    "letter": _("By letter"),
}

PARTS: dict[str, Text] = {
    "asked": _("Waiting for a reply"),
    "replied": _("Replied"),
    "withdrawn": _("Consultation withdrawn"),
}

DECISIONS: dict[str, Text] = {
    "accepted": _("Done as requested"),
    "partly": _("Done in part"),
    "explained": _("Explained"),
    "refused": _("Refused"),
}

REFUSING = frozenset({"refused", "partly"})
"""Decisions that refuse the request, at least in part."""

RULINGS: dict[str, Text] = {
    "upheld": _("Upheld: the case is reopened"),
    "dismissed": _("Dismissed: the refusal stands"),
}
"""The possible decisions on an objection (Act 35②)."""
