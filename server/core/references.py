"""Numbers and keys that people read aloud: case numbers with a check character, and access keys.

The alphabet has 29 characters, a prime, without those that look or sound alike (0/O, 1/I/L, U/V). The check character
is a weighted sum modulo 29, so every single wrong character and every swap of two is detected.
"""

import hashlib
import hmac
import secrets
import unicodedata

from server.core import characters

ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
LENGTH = 8
KEY_LENGTH = 16


def check_character(body: str) -> str:
    """The check character for ``body``."""
    return ALPHABET[sum((place + 1) * _VALUE[c] for place, c in enumerate(body)) % len(ALPHABET)]


def new_reference() -> str:
    """A random case number such as ``K7Q-M9X-RW4``: 29⁸ possibilities and a check character."""
    body = _random(LENGTH)
    return _grouped(body + check_character(body), 3)


def read_reference(typed: str) -> str | None:
    """Normalise a typed case number (any case or width, spaces or dashes); None if it is not valid."""
    letters = _letters(typed)
    if len(letters) != LENGTH + 1 or any(c not in _VALUE for c in letters):
        return None
    if check_character(letters[:-1]) != letters[-1]:
        return None
    return _grouped(letters, 3)


def new_key() -> str:
    """A random access key of 16 characters (77 bits), in groups of four."""
    return _grouped(_random(KEY_LENGTH), 4)


def derived_key(secret: str, idempotency_key: str, reference: str) -> str:
    """The access key of a case filed with an Idempotency-Key: the same for every repetition, and never stored."""
    digest = hmac.digest(secret.encode(), f"access-key\0{idempotency_key}\0{reference}".encode(), "sha256")
    return _grouped(_spelt(int.from_bytes(digest, "big"), KEY_LENGTH), 4)


def _random(length: int) -> str:
    return _spelt(secrets.randbelow(len(ALPHABET) ** length), length)


def _spelt(number: int, length: int) -> str:
    """The last letters of a number, the last one first."""
    letters = []
    for _place in range(length):
        number, value = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[value])
    return "".join(letters)


def key_hash(key: str) -> str:
    """The stored hash of an access key; ignores case, width, spaces and dashes."""
    return hashlib.sha256(_letters(key).encode()).hexdigest()


def _letters(typed: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", characters.bare(typed)).upper() if c.isalnum())


def _grouped(letters: str, size: int) -> str:
    return "-".join(letters[i : i + size] for i in range(0, len(letters), size))
