"""Retired words of docs/glossary.md are used nowhere: not in names, comments, docstrings, templates or messages."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"

ORDINARY = {
    "act": "also the law, and what `acts` modules declare",
    "asked department": "the words come apart in ordinary sentences",
    "date": "also a day",
    "deed": "checked as a name below",
    "door": "also a door: 'door to door', texts of citizens in the demonstration city",
    "give back": "database connections are given back",
    "give to": "ordinary English",
    "give up": "jobs are given up",
    "hand": "also a hand, and 'by hand'",
    "hand out": "files and ids are handed out",
    "join": "`str.join`, SQL, joining a queue",
    "kept": "also stored",
    "known": "also what somebody knows; checked as a name of reference data in reviews",
    "part": "also a part of a page, a file or a name; fixed in the contract as an action",
    "pass on": "values are passed on",
    "people": "also citizens",
    "person": "also a human being",
    "place taken": "places in a queue are taken",
    "prolong": "a contract's address, and the event kinds of supplements",
    "put off": "ordinary English",
    "separate": "also an adjective",
    "sitting": "ordinary English",
    "take back": "ordinary English",
    "take in": "ordinary English",
    "take up": "ordinary English: room, space",
    "told": "ordinary English",
    "turn": "ordinary English",
    "open again": "ordinary English",
    "counts as withdrawn": "ordinary English",
    "what becomes of it": "ordinary English",
    "whoever comes by": "ordinary English",
    "ask for a second look": "ordinary English",
}
"""Retired words that cannot be looked for, because they are right elsewhere, each with its reason."""

ALLOWED = {
    "This forum is closed. You can still comment on individual opinions.": "opinion, in the ordinary sense",
}
"""Beginnings of messages that may hold a retired word."""

NAMES = re.compile(
    r"(?:^|_)(?:voices?|opinions?|promises?|promising|facts?|happenings?|deeds?|doorkeepers?|reckon|house)(?:_|$)"
)
"""Parts of names that are retired whatever the glossary's phrases are."""
NAMES_ALLOWED: dict[str, str] = {
    "documented": "",
}


@cache
def retired() -> tuple[dict[str, str], list[str]]:
    """The English words with the ones that replaced them, and the Korean and Japanese ones."""
    english, other = {}, []
    for line in GLOSSARY.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| ") else []
        if len(cells) == 5 and cells[0] not in {"English", "---"}:
            for word in filter(None, (w.strip() for w in cells[4].split(","))):
                if word.isascii():
                    english[word] = cells[0]
                else:
                    other.append(word)
    return english, other


@cache
def pattern() -> re.Pattern[str]:
    words = [w for w in retired()[0] if w not in ORDINARY]
    return re.compile(
        r"\b(?:" + "|".join(re.escape(w).replace(r"\ ", r"[\s_-]+") + "s?" for w in words) + r")\b", re.IGNORECASE
    )


def files(*suffixes: str) -> Iterator[Path]:
    """What is ours: vendored files keep their authors' words."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.splitlines():
        path = ROOT / name
        ours = "vendor" not in path.parts and path != Path(__file__).resolve()
        if path.suffix in suffixes and path.is_file() and ours:
            yield path


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """Comments and docstrings with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def test_names_use_the_words_of_the_glossary() -> None:
    found: dict[str, str] = {}
    for path in files(".py"):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type == tokenize.NAME and NAMES.search(snake(token.string)) and token.string not in NAMES_ALLOWED:
                found.setdefault(token.string, f"{path.relative_to(ROOT)}:{token.start[0]}")
    assert found == {}


def test_comments_and_docstrings_use_the_words_of_the_glossary() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {match[0]}"
        for path in files(".py")
        if "demo" not in path.parts
        for line, text in prose_of(path.read_text())
        for match in pattern().finditer(text)
    ]
    assert found == []


def test_templates_and_styles_use_the_words_of_the_glossary() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files(".html", ".css", ".js")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for match in pattern().finditer(line)
        if not any(text in line for text in ALLOWED) and not (path.suffix == ".js" and match[0] == "Promise")
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "server" / "locale").glob("*/*.po")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_messages_use_the_words_of_the_glossary(path: Path) -> None:
    others = [w for w in retired()[1] if (re.search("[가-힣]", w) is not None) == (path.parent.name == "ko")]
    other = re.compile("|".join(map(re.escape, others)))
    with path.open("rb") as stream:
        for message in read_po(stream, locale=path.parent.name):
            for msgid in message.id if isinstance(message.id, tuple | list) else (message.id,):
                match = pattern().search(msgid)
                assert match is None or msgid.startswith(tuple(ALLOWED)), f"a word of this is retired: {msgid}"
            for text in message.string if isinstance(message.string, tuple | list) else (message.string,):
                assert other.search(str(text)) is None, f"a word of this is retired: {text}"


def test_every_word_that_is_not_looked_for_is_in_the_glossary() -> None:
    assert set(ORDINARY) <= set(retired()[0])
