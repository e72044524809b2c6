"""Links on the forums' error pages: back to the forum or submission, and to the reader's own pages."""

import re

from server.core.errors import NotFound, Text, _

_ABOUT: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(r"(/forums/registrations/[\w-]+)/."), _("Back to your registration")),
    (re.compile(r"(/submissions/[\w-]+)/."), _("Back to the submission")),
    (re.compile(r"(/commitments/[\w-]+)/."), _("Back to the commitment")),
    (re.compile(r"(/forums/[a-z-]+-\d+/sessions/\d+)$"), _("Back to the session")),
    (re.compile(r"(/forums/[a-z-]+-\d+)/."), _("Back to the forum")),
)
_OURS = re.compile(r"/(forums|submissions|commitments)(/|$)")


def ways_back(path: str, status: int) -> list[tuple[Text, str]]:
    """Links for an error page of the forums: first what ``path`` is about, unless it was not found; empty elsewhere."""
    if not _OURS.match(path):
        return []
    about = [
        (text, found[1]) for pattern, text in _ABOUT if status != NotFound.status and (found := pattern.match(path))
    ]
    return [*about[:1], (_("All forums"), "/forums"), (_("My submissions"), "/forums/mine")]
