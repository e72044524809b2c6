"""The two text indexes: forums, and submissions."""

from collections.abc import Sequence

from server.core import privacy
from server.core.search import Index

forum_index = Index("forum")
"""Forums by id: title, summary, text, place, people."""
submission_index = Index("submission")
"""Submissions by id: number, title, text."""


def forum_text(title: str, summary: str, body: str, place: str, panel: Sequence[str]) -> str:
    """The indexed text of a forum."""
    return "\n".join([title, summary, place, *panel, body])


def submission_text(number: str, title: str, text: str) -> str:
    """The indexed text of a submission: only what everybody reads, so that a search cannot reveal masked data."""
    return f"{number}\n{privacy.mask(title)}\n{privacy.mask(text)}"
