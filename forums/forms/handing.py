"""Raw input into what is done to many voices at once: handed to a department, joined with another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.core.city import City
from server.core.fields import Input, safe_text
from server.core.references import read_reference

WORDS_LIMIT = 2_000


@dataclass(frozen=True)
class Hand:
    """To which department."""

    department_id: int
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any], city: City) -> "Hand":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        codes = {row.code: row.id for row in city.open_departments}
        code = data.choice("department", codes, required=True)
        command = cls(codes.get(code, 0), read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class Join:
    """With which other one."""

    to: str
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Join":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        command = cls(read_number(data.text("to", limit=24, required=True)), read_seen(data))
        data.done()
        return command


def read_number(text: str) -> str:
    """A submission's number as somebody typed it, in its one form; one that was given elsewhere as it is."""
    found = read_reference(text[1:]) if text[:1] in {"V", "v"} else None
    return f"V-{found}" if found else text


def read_seen(data: Input) -> int | None:
    """The version that the sender's page showed."""
    return data.integer("version", low=0, high=10**9)


@dataclass(frozen=True)
class Words:
    """What an official or an author writes to an act."""

    text: str
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Words":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        command = cls(safe_text(data, "text", limit=WORDS_LIMIT, required=True, lines=True, least=2), read_seen(data))
        data.done()
        return command
