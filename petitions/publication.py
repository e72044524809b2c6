"""What of a case everybody may read: texts without names and numbers."""

from collections.abc import Iterable

from server.core import privacy

_OF_OFFICIALS = frozenset(privacy.NumberKind) - {privacy.NumberKind.EMAIL}


def published(text: str, names: Iterable[str] = (), *, official: bool = False) -> str:
    """A text with personal numbers, mail addresses and the petitioner's own name and address masked.

    In what an official wrote the city's mail addresses stay; the petitioner's own does not.
    """
    masked = privacy.mask(text, _OF_OFFICIALS) if official else privacy.mask(text)
    for name in names:
        if "@" in name:
            masked = masked.replace(name, privacy.mask_email(name))
        elif len(name) > 1:
            masked = masked.replace(name, privacy.mask_name(name))
    return masked
