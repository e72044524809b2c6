"""Signed tokens for links, cookies and QR codes, and the keys that they are signed with."""

import base64
import hashlib
import hmac

from itsdangerous import BadData, URLSafeTimedSerializer

from server.core import clock
from server.core.config import Settings


def keys(settings: Settings) -> list[str]:
    """The keys with which links are valid today, the one that signs new ones first.

    The secret key itself, until keys are rotated; what is stored is hashed with that one for good.
    """
    today = clock.now().date().isoformat()
    rotated = [one.partition("@") for one in settings.signing_keys]
    return [key for key, _at, until in rotated if not until or today <= until] or [settings.secret_key]


def sign(settings: Settings, purpose: str, value: object) -> str:
    """A tamper-proof, timestamped token for a link."""
    return _serializer(keys(settings)[0], purpose).dumps(value)


def unsign(settings: Settings, purpose: str, token: str, max_age: int | None = None) -> object | None:
    """The value of a token, or None if it is forged, for another purpose, or older than ``max_age`` seconds."""
    try:
        value: object = _serializer(keys(settings)[::-1], purpose).loads(token, max_age=max_age)
    except BadData:
        return None
    return value


def _serializer(secret: str | list[str], purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


_DAY = 86_400


def sign_short(settings: Settings, purpose: str, value: str, days: int) -> str:
    """A tamper-proof token for a link in a text message, valid for some days: ``value`` and 22 characters more.

    ``value`` has letters, digits and hyphens. The signature has 80 bits, too many to try at a server, and ends in a
    letter or digit, so that a phone takes all of it for the link.
    """
    named = f"{value}.{int(clock.now().timestamp()) // _DAY + days:x}"
    return f"{named}.{short_signature(settings, purpose, named)}"


def unsign_short(settings: Settings, purpose: str, token: str) -> str | None:
    """The value of a short token, or None if it is forged, for another purpose, or too old."""
    named, _dot, signature = token.rpartition(".")
    expected = [signed_with(key, purpose, named) for key in keys(settings)]
    if not token.isascii() or not any(hmac.compare_digest(signature, one) for one in expected):
        return None
    value, _dot, last_day = named.rpartition(".")
    return value if int(clock.now().timestamp()) // _DAY <= int(last_day, 16) else None


def short_signature(settings: Settings, purpose: str, named: str) -> str:
    """80 bits of a signature in 16 letters and digits."""
    return signed_with(keys(settings)[0], purpose, named)


def signed_with(secret: str, purpose: str, named: str) -> str:
    """The same with a key of one's own, where several are valid."""
    digest = hmac.digest(secret.encode(), f"short\0{purpose}\0{named}".encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()
