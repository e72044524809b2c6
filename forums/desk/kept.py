"""A form that came back: which one, what was typed into it, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.core.errors import Refusal


@dataclass(frozen=True)
class Kept:
    """Empty on a page that is opened anew."""

    action: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    files: Sequence[Mapping[str, object]] = ()
    """The files that came with it, as a page carries them."""

    def value(self, name: str, default: object = "") -> object:
        """What stands in a field, by its name on the page."""
        return self.values.get(name, default)

    def error(self, name: str) -> str:
        """What is wrong with a field."""
        return self.errors.get(name, "")
