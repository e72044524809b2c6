"""The two text indexes over forums: the forums themselves, and what was said in them."""

from server.core.search import Index

forum_index = Index("forum")
"""Forums by id: title, summary, text, place, people."""
voice_index = Index("voice")
"""Submissions by id: number, title, text."""
