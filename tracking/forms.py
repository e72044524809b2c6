"""What people type to follow a case: number and key, or the mail address that a link is sent to."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.core import references
from server.core.fields import Input


@dataclass(frozen=True)
class Follow:
    """A case's number and key, typed in any way."""

    reference: str
    """In its one form; as typed where it cannot be a number."""
    key: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Follow":
        """Read it: capitals or not, with or without dashes, in full-width letters too. Raises ``Invalid``."""
        data = Input(raw)
        typed, key = (
            unicodedata.normalize("NFKC", data.text(name, limit=80, required=True)) for name in ("reference", "key")
        )
        data.done()
        return cls(references.read_reference(typed) or typed, key)


@dataclass(frozen=True)
class AskForLink:
    """Where a link to all cases of an address is sent to."""

    email: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "AskForLink":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        email = data.email("email", required=True)
        data.done()
        return cls(email)


@dataclass(frozen=True)
class Wish:
    """How an address wants to hear."""

    mode: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Wish":
        """Read it; a mail program's one press (RFC 8058) means the least. Raises ``Invalid``."""
        data = Input(raw)
        if data.text("List-Unsubscribe", limit=40) == "One-Click":
            return cls("required")
        mode = data.choice("mode", ("all", "digest", "required"), required=True)
        data.done()
        return cls(mode)
