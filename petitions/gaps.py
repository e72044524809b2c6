"""What is still to be filled in: gaps of reply templates that must not reach a petitioner.

A gap is ``{{…}}`` or a known placeholder, square brackets (also full-width ones and ``〔…〕``) unless they hold a
number or name an enclosure (``[별표 1]``, ``[붙임]``), and blanks drawn as ○○○, △△, OOO or ___. Round brackets
and ``【…】``, with which Japanese letters head their parts, are text.
"""

import re

from pydantic import AfterValidator

from server.core.errors import Text, _
from server.core.forms import Mistake

NAMES: dict[str, Text] = {
    "reference": _("the case number"),
    "title": _("the case title"),
    "kind": _("the kind of petition"),
    "petitioner": _("the petitioner's name"),
    "department": _("the department that answers"),
    "department_phone": _("the department's phone"),
    "handler": _("the official who answers"),
    "handler_phone": _("that official's phone"),
    "guide": _("the case guide's name"),
    "guide_phone": _("the case guide's phone"),
    "received": _("the day of receipt"),
    "due": _("the due date"),
    "today": _("today's date"),
    "city": _("the city's name"),
}
"""Every placeholder and its meaning."""

_GAP = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|｛[^｛｝\n]{0,60}｝"
    rf"|\{{\s*(?:{'|'.join(NAMES)})\s*\}}"
    r"|\[[^\[\]\n]{0,60}\]|［[^［］\n]{0,60}］|〔[^〔〕\n]{0,60}〕"
    r"|[○◯△]{2,}|(?<![一二三四五六七八九十〇])〇{2,}|(?<![A-Za-z])O{3,}(?![A-Za-z])|_{3,}"
)
_TEXT = re.compile(r".\s*(?:[^\]］〕]*\d|별표|별지|붙임|첨부|참고|別紙|別表|添付)", re.DOTALL)


def gaps(text: str) -> tuple[str, ...]:
    """The gaps of a text as they are written, each once."""
    found = (match[0] for match in _GAP.finditer(text))
    return tuple(dict.fromkeys(gap for gap in found if gap[0] not in "[［〔" or not _TEXT.match(gap)))


def _finished(text: str) -> str:
    if left := gaps(text):
        raise Mistake(_("Please fill in or delete what is still missing: %(names)s", names=", ".join(left)))
    return text


FINISHED = AfterValidator(_finished)
"""Of a text that leaves the city: it has no gap."""
