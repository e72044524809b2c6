"""The two text indexes over forums: the forums themselves, and what was said in them."""

from collections.abc import Sequence

from server.core import privacy
from server.core.search import Index

forum_index = Index("forum")
"""Forums by id: title, summary, text, place, people."""
submission_index = Index("submission")
"""Submissions by id: number, title, text."""


def forum_text(title: str, summary: str, body: str, place: str, panel: Sequence[str]) -> str:
    """What a forum is found by."""
    return "\n".join([title, summary, place, *panel, body])


def submission_text(number: str, title: str, text: str) -> str:
    """What a submission is found by: what everybody reads of it, so that nobody finds out whose number it holds."""
    return f"{number}\n{privacy.mask(title)}\n{privacy.mask(text)}"
