"""The rules of speaking in forums: what each asks of people, and what is said in place of a text that broke it."""

from dataclasses import dataclass

from server.core.errors import Text, _


@dataclass(frozen=True, slots=True)
class Guideline:
    """One rule, explained to whoever speaks, and the prepared reason for hiding a text."""

    explained: Text
    reason: Text


GUIDELINES: dict[str, Guideline] = {
    "personal": Guideline(
        _("Do not write names, addresses, phone numbers or other private things about yourself or others."),
        _("It told private things about a person, so it is hidden to protect them."),
    ),
    "insult": Guideline(
        _("Contradict as sharply as you like, but do not insult, threaten or degrade anybody."),
        _("It insulted, threatened or degraded somebody. The point itself may be made again in other words."),
    ),
    "advert": Guideline(
        _("Forums are no place to advertise goods, services or other sites."),
        _("It advertised something that has nothing to do with this forum."),
    ),
    "repeated": Guideline(
        _("Say a thing once. The same text again, here or elsewhere, makes others harder to hear."),
        _("The same text was already there. The first one stays."),
    ),
    "party": Guideline(
        _("Politics belongs here, campaigning does not: no call to vote for or against a party or a candidate."),
        _("It campaigned for or against a party or a candidate."),
    ),
    "unlawful": Guideline(
        _("Do not write what the law forbids, such as defamation, incitement or false offers."),
        _("What it said may be against the law."),
    ),
    "off_topic": Guideline(
        _("Speak to what the forum asks. For everything else there are petitions and other forums."),
        _("It had nothing to do with what this forum asks. It is welcome as a petition or in a fitting forum."),
    ),
}
"""By rule, as ``forums.labels.RULES`` names them."""

UPHELD = _("Another moderator has read the text and the appeal. The text breaks the rule, so it stays hidden.")
"""What an author is told where the moderator adds no words."""
