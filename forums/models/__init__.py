"""Tables of forums: forums and sessions, submissions and comments, commitments, moderation, news. One module per
topic.
"""

from forums.models.commitments import Commitment, Step
from forums.models.moderation import ModerationDay, Report, Review, TextEvent
from forums.models.news import News
from forums.models.places import Forum, Numbering, Participation, Session
from forums.models.submissions import Comment, ForumFile, ForumWords, Submission, Support

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
    "TextEvent",
]
