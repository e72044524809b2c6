"""Words that mean much the same in this city, learned from its own public texts (``server.core.search.learning``).

A question's words are looked up here, and what is related to them is searched for beside them, so that 보안등 finds a
petition about 가로등. Nothing is compared in the process that answers: the learned neighbours of each word are a row of
a table, and the index finds the documents, with the permissions of every question.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.core import database
from server.core.search import words

_name = re.compile(r"[a-z]{1,20}")
STEM = "\ue004"
"""Begins what is no token of the index but the beginning of a word, by which its forms are one."""
LEARNED = "#learned"
"""The row that holds from how many documents the others were learned, and which version they are."""
_LATIN_STEM = 4
_FINAL = 28
"""Final consonants of a syllable, none included."""
_VOWELS = 21


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word of a question."""

    tokens: tuple[str, ...]
    """Its own tokens in the index."""
    related: Mapping[str, float]
    """Tokens of other words, with how much they say the same: 0 to 1."""


class Related:
    """The table of related words whose name begins with ``prefix``."""

    def __init__(self, prefix: str = "search") -> None:
        if not _name.fullmatch(prefix):
            raise ValueError(f"{prefix!r} cannot begin the name of a table")
        self.table = f"{prefix}_related"

    def create_sql(self, dialect: str) -> str:
        """The statement that creates it on ``sqlite`` or ``postgres``."""
        text = "TEXT NOT NULL" if dialect == "sqlite" else 'TEXT COLLATE "C" NOT NULL'
        sql = f"CREATE TABLE {self.table} (word {text}, related TEXT NOT NULL, PRIMARY KEY (word))"
        return f"{sql} WITHOUT ROWID" if dialect == "sqlite" else sql

    async def of(self, question: str) -> list[Word]:
        """The words of a question to which others are related. One statement."""
        runs = words.words(question)
        wanted = {feature for run, cjk in runs for feature in features(run, cjk=cjk)}
        if not wanted:
            return []
        rows = await database.fetch(f"SELECT word, related FROM {self.table} WHERE word IN (?)", sorted(wanted))
        known = {row["word"]: dict(_read(row["related"])) for row in rows}
        found = list[Word]()
        for run, cjk in dict.fromkeys(runs):
            more = dict[str, float]()
            for feature in features(run, cjk=cjk):
                for token, weight in known.get(feature, {}).items():
                    more[token] = max(weight, more.get(token, 0.0))
            own = tokens(run, cjk=cjk)
            for token in own:
                more.pop(token, None)
            if more:
                found.append(Word(own, more))
        return found

    async def learned(self) -> tuple[int, int]:
        """From how many documents the table was learned, and which version it is; zeros if it never was."""
        text = await database.value(f"SELECT related FROM {self.table} WHERE word = ?", LEARNED)
        documents, _, version = (text or "0 0").partition(" ")
        return int(documents), int(version)

    async def replace(self, rows: Iterable[tuple[str, Sequence[tuple[str, float]]]], documents: int) -> None:
        """Take what was learned from some documents in place of what there is, in one transaction."""
        lines = [(word, " ".join(f"{token}:{weight:.2f}" for token, weight in related)) for word, related in rows]
        async with database.transaction():
            _before, version = await self.learned()
            await database.execute(f"DELETE FROM {self.table}")
            lines.append((LEARNED, f"{documents} {version + 1}"))
            await database.insert(self.table, ("word", "related"), lines)


def _read(line: str) -> Iterable[tuple[str, float]]:
    for each in line.split():
        token, _, weight = each.rpartition(":")
        yield token, float(weight)


def tokens(run: str, *, cjk: bool) -> tuple[str, ...]:
    """The tokens of a word in the index, without single characters."""
    if not cjk:
        return (run[: words.MAX_WORD],)
    return tuple(dict.fromkeys(run[at : at + words.PAIR] for at in range(len(run) - 1)))


def features(run: str, *, cjk: bool) -> tuple[str, ...]:
    """What a word is learned and looked up by: its tokens, and its beginnings, which its forms have in common.

    A Korean ending changes the last syllable of the stem (새다, 샌다), so two of the beginnings leave out the final
    consonant or all but the initial one. Of a short word the first syllable without it is one, too, as is a single
    ideograph.
    """
    own = tokens(run, cjk=cjk)
    if not cjk:
        return (*own, STEM + run[:_LATIN_STEM]) if len(run) > _LATIN_STEM else own
    if "가" <= run[0] <= "힣":
        stems = [STEM + _open(run[0])] if len(run) <= words.PAIR else []
        if len(run) >= words.PAIR and "가" <= run[1] <= "힣":
            stems += [f"{STEM}{run[0]}{_open(run[1])}", f"{STEM}{run[0]}{_initial(run[1])}"]
        return (*own, *dict.fromkeys(stems))
    return (*own, *(STEM + one for one in dict.fromkeys(run) if one >= "\u3400"))


def all_features(text: str) -> list[str]:
    """The features of a text, with repetitions."""
    return [feature for run, cjk in words.words(text, words.MAX_TEXT) for feature in features(run, cjk=cjk)]


def _open(syllable: str) -> str:
    """A syllable without its final consonant."""
    number = ord(syllable) - ord("가")
    return chr(ord("가") + number - number % _FINAL)


def _initial(syllable: str) -> str:
    return chr(0x1100 + (ord(syllable) - ord("가")) // (_VOWELS * _FINAL))


def tokens_of(found: Collection[Word]) -> set[str]:
    """All tokens that are related to the words of a question."""
    return {token for word in found for token in word.related}
