"""The rules for texts in forums: the explanation of each, and the prepared reason for hiding a text that breaks it."""

from dataclasses import dataclass

from server.core.errors import Text, _


@dataclass(frozen=True, slots=True)
class Guideline:
    """One rule: its explanation, and the prepared reason for hiding a text."""

    explained: Text
    reason: Text


GUIDELINES: dict[str, Guideline] = {
    "personal": Guideline(
        _("Do not write names, addresses, phone numbers or other private information about yourself or others."),
        _("It revealed private information about a person, so it is hidden to protect them."),
    ),
    "insult": Guideline(
        _("Disagree as strongly as you like, but do not insult, threaten or degrade anyone."),
        _("It insulted, threatened or degraded someone. You are welcome to make the same point in other words."),
    ),
    "advert": Guideline(
        _("Do not advertise goods, services or other websites in forums."),
        _("It advertised something that has nothing to do with this forum."),
    ),
    "repeated": Guideline(
        _("Say it once. Posting the same text again, here or elsewhere, makes others harder to hear."),
        _("The same text was already there. The first one stays."),
    ),
    "party": Guideline(
        _(
            "Discussing politics is welcome, campaigning is not: do not call for votes for or against a party or a "
            "candidate."
        ),
        _("It campaigned for or against a party or a candidate."),
    ),
    "unlawful": Guideline(
        _("Do not post anything the law forbids, such as defamation, incitement or fraud."),
        _("What it said may be against the law."),
    ),
    "off_topic": Guideline(
        _("Keep to the forum's topic. For anything else there are petitions and other forums."),
        _("It had nothing to do with this forum's topic. You are welcome to file a petition or use a suitable forum."),
    ),
}
"""By rule, a key of ``forums.labels.RULES``."""

UPHELD = _("Another moderator has reviewed the text and the appeal. The text breaks the rule, so it stays hidden.")
"""The reason for dismissing an appeal, where the moderator writes none."""
