"""Words to complete what is being typed, and to correct what nobody wrote, from a small dictionary of what everybody
may read (``…_word``: the words of titles, and Latin words of texts).

A word has several keys: itself, its initial consonants (ㅈㅊ for 주차), and if it is Latin, its parts of three letters,
through which similar words are found. Whether they are similar enough is decided by the edit distance.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from server.core import database
from server.core.search import tables, words
from server.core.search.port import PUBLIC
from server.core.search.tables import Tables

LEAST = 4
"""Letters of the shortest word that is corrected."""
LONG = 6
"""Letters from which two mistakes are corrected, not one."""
COMPLETED, COMPARED = 5_000, 40
"""How many words that begin with two characters or more are looked at, of which the most frequent are offered."""
_END = "\U0010ffff"
_latin = re.compile(r"[a-zà-ɏ]+")
_begun = re.compile("(?<=[가-힣])[\u1100-\u11ff]+$")


async def complete(kept: Tables, typed: str, limit: int) -> list[str]:
    """The typed text with its last word completed, the most frequent first; all in one statement."""
    line = words.folded(typed, words.MAX_QUERY)
    if not (runs := words.words(line)) or not line.endswith(runs[-1][0]):
        return []
    last = runs[-1][0]
    # A syllable that is only begun (가로ㄷ) is left out.
    start = _begun.sub("", last)
    if len(start) == 1:
        sql = (
            f"SELECT word FROM {kept.prefix}_word WHERE {tables.FIRST} = ? AND {tables.WHOLE} AND documents > 0 "
            f"ORDER BY documents DESC, word LIMIT ?"
        )
        rows = await database.column(sql, start, limit)
    else:
        sql = (
            f"SELECT word FROM (SELECT word, documents FROM {kept.prefix}_word WHERE key >= ? AND key < ? "
            f"LIMIT {COMPLETED}) AS near "
            "WHERE documents > 0 GROUP BY word, documents ORDER BY documents DESC, word LIMIT ?"
        )
        rows = await database.column(sql, start, start + _END, limit)
    return [line[: len(line) - len(last)] + word for word in rows]


async def corrected(kept: Tables, q: str, frequent: Mapping[str, int], readers: Collection[str]) -> str:
    """The query with Latin words that no document of the readers contains replaced by similar ones; empty if there is
    nothing to say.

    One statement if there are Latin words, and at most two more for each unknown one, which never tell what others
    may read.
    """
    runs = words.words(q)
    found, line = dict[str, str](), " ".join(words.folded(q, words.MAX_QUERY).split())
    latin = {run for run, _cjk in runs if len(run) >= LEAST and _latin.fullmatch(run)}
    if not latin:
        return ""
    sql = f"SELECT word FROM {kept.prefix}_word WHERE key IN (?) AND documents > 0"
    unknown = latin.difference(await database.column(sql, sorted(latin)))
    for at, (run, _cjk) in enumerate(runs):
        if run not in unknown or run in found or await _is_written(kept, run, frequent, readers):
            continue
        if at == len(runs) - 1 and await _begins_a_word(kept, run):
            continue
        if similar := await _similar(kept, run):
            found[run] = similar
    if not found:
        return ""
    return re.sub(_latin, lambda match: found.get(match[0], match[0]), line)


async def _is_written(kept: Tables, run: str, frequent: Mapping[str, int], readers: Collection[str]) -> bool:
    """Whether a word that is in no public document is in another one of the readers."""
    others = set(readers) - {PUBLIC}
    return bool(others and frequent.get(run)) and await kept.holding(run, others) > 0


async def _begins_a_word(kept: Tables, run: str) -> bool:
    sql = f"SELECT word FROM {kept.prefix}_word WHERE key >= ? AND key < ? LIMIT 1"
    return await database.fetch_one(sql, run, run + _END) is not None


async def _similar(kept: Tables, run: str) -> str:
    """The most similar word, the most frequent among equals; empty if none is similar enough."""
    rows = await database.fetch(
        f"SELECT word, MAX(documents) AS documents FROM {kept.prefix}_word WHERE key IN (?) AND documents > 0 "
        f"GROUP BY word ORDER BY COUNT(*) DESC, 2 DESC LIMIT {COMPARED}",
        words.parts(run),
    )
    most = 1 if len(run) < LONG else 2
    near = [(distance(run, row["word"], most), -row["documents"], row["word"]) for row in rows]
    return min((each for each in near if each[0] <= most), default=(0, 0, ""))[2]


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be changed, added, left out or exchanged with the next; ``most + 1`` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: Sequence[int] = []
    line: Sequence[int] = range(len(other) + 1)
    for at, letter in enumerate(one, 1):
        following = [at]
        for to, against in enumerate(other, 1):
            cost = min(line[to] + 1, following[-1] + 1, line[to - 1] + (letter != against))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == against:
                cost = min(cost, before[to - 2] + 1)
            following.append(cost)
        if min(following) > most:
            return most + 1
        before, line = line, following
    return line[-1]
