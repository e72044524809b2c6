"""What of a case everybody may read: texts without names and numbers."""

from collections.abc import Iterable

from server.core import privacy


def published(text: str, names: Iterable[str] = ()) -> str:
    """A text with personal numbers, mail addresses and the petitioner's own name masked."""
    masked = privacy.mask(text)
    for name in names:
        if len(name) > 1:
            masked = masked.replace(name, privacy.mask_name(name))
    return masked
