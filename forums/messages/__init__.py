"""The messages of each kind of event of a forum, a submission or a commitment: one record per kind."""

from forums.messages.commitments import COMMITMENTS
from forums.messages.gatherings import GATHERINGS
from forums.messages.moderation import MODERATION
from forums.messages.places import PLACES
from forums.messages.submissions import SUBMISSIONS
from server.core.messages import by_kind

MESSAGES = by_kind(*GATHERINGS, *PLACES, *SUBMISSIONS, *MODERATION, *COMMITMENTS)
