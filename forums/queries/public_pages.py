"""The public pages of forums, submissions and commitments, for the sitemap."""

from forums.states import SEEN, SubmissionState
from server.core import database
from server.core.sitemap import PublicPages

_SEEN = tuple(sorted(state.value for state in SEEN))

FORUMS = PublicPages(
    "forum",
    "'/forums/' || slug",
    "COALESCE(closed_at, published_at)",
    f"published_at IS NOT NULL AND visibility = 'shown' AND status IN ({database.marks(_SEEN)})",
    _SEEN,
)
SUBMISSIONS = PublicPages(
    "submission",
    "'/submissions/' || number",
    "COALESCE(outcome_at, received_at)",
    "visibility = 'shown' AND status <> ?",
    (SubmissionState.WITHDRAWN.value,),
)
COMMITMENTS = PublicPages("commitment", "'/commitments/' || number", "NULL", "1 = 1")
