"""Every text that the program and its templates mark for translation, extracted as gettext does."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [
    ("petitions/**.py", "python"),
    ("forums/**.py", "python"),
    ("tracking/**.py", "python"),
    ("server/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {"jinja2": {"silent": "false", "extensions": "jinja2.ext.do"}}


def marked() -> Iterator[tuple[str, str]]:
    """Place and message id (the singular one) of every marked text."""
    options = {pattern: OPTIONS.get(method, {}) for pattern, method in METHODS}
    for place, line, message, _comments, _context in extract_from_dir(
        ROOT,
        METHODS,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda path: not Path(path).name.startswith((".", "var", "node_modules")),
    ):
        msgid = message[0] if isinstance(message, tuple) else message
        if msgid:
            yield f"{place}:{line}", msgid
