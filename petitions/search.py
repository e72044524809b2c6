"""The text indexes of cases: one for the desk (all words and the petitioner's name), one for the public page."""

from server.core.search import Index

desk_index = Index("case_desk")
public_index = Index("case_public")


def desk_text(reference: str, title: str, body: str, name: str) -> str:
    """The text by which officials find a case."""
    return f"{reference}\n{title}\n{name}\n{body}"


def public_text(title: str, body: str, answer: str) -> str:
    """The text by which everybody finds an answered case; the parts are already masked."""
    return f"{title}\n{body}\n{answer}"
