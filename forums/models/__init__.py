"""Tables of the public's voice: forums, who takes part, what is said, and what became of it. One module per topic."""

from forums.models.moderation import ModerationDay, Report, Review, TextFact
from forums.models.news import News
from forums.models.places import Forum, Numbering, Participation, Session
from forums.models.promises import Commitment, Step
from forums.models.voices import Comment, ForumFile, ForumWords, Submission, Support

__all__ = [
    "Comment",
    "Commitment",
    "Forum",
    "ForumFile",
    "ForumWords",
    "ModerationDay",
    "News",
    "Numbering",
    "Participation",
    "Report",
    "Review",
    "Session",
    "Step",
    "Submission",
    "Support",
    "TextFact",
]
