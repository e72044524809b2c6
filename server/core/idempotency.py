"""One result per ``Idempotency-Key``: a repeated POST gets the first result and creates nothing.

Only a keyed hash of the client's key is stored, with a fingerprint of the request's content, so that the same key with
other content is refused instead of answered with somebody else's case. Secrets in a response (a case's access key) are
derived from the client's key and the server's secret, and are therefore never stored.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta

import orjson
from tortoise import fields
from tortoise.models import Model

from server.core import clock, database
from server.core.errors import BadRequest, Refusal, _

MAX_LENGTH = 200
LIFE = timedelta(days=30)
"""How long a repeated request is recognised: longer than clients retry or browsers keep a form open."""


class Answer(Model):
    """The result of the first request with a key, by the key's hash."""

    key_hash = fields.CharField(max_length=64, primary_key=True)
    fingerprint = fields.CharField(max_length=64)
    result = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "idempotency_answer"


class KeyReused(Refusal):
    """422: the key was already used with other content."""

    status, code = 422, "idempotency_key_reused"
    text = _("This Idempotency-Key has already been used for different content.")


def check(key: str) -> str:
    """Return the key. Raises ``BadRequest`` if it is empty, too long or not printable ASCII."""
    if not key or len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise BadRequest(_("The Idempotency-Key must be 1 to 200 printable characters."), code="bad_idempotency_key")
    return key


def fingerprint(content: object) -> str:
    """A fingerprint of the content sent with a key."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def digest(secret: str, scope: str, key: str) -> str:
    """The keyed hash under which a result is stored."""
    return hmac.digest(secret.encode(), f"{scope}\0{key}".encode(), "sha256").hex()


async def claim(key_hash: str, content_hash: str) -> str | None:
    """Claim a key in the transaction of the action. Returns None if it is new, else the first result.

    Concurrent duplicates wait for the first one's commit. Raises :class:`KeyReused`.
    """
    fresh = await database.fetch(
        "INSERT INTO idempotency_answer (key_hash, fingerprint, result, created_at) VALUES (?, ?, '', ?) "
        "ON CONFLICT (key_hash) DO NOTHING RETURNING key_hash",
        key_hash,
        content_hash,
        clock.now(),
    )
    if fresh:
        return None
    row = await database.fetch_one("SELECT fingerprint, result FROM idempotency_answer WHERE key_hash = ?", key_hash)
    if row is None or not hmac.compare_digest(row["fingerprint"], content_hash):
        raise KeyReused
    return str(row["result"])


async def settle(key_hash: str, result: str) -> None:
    """Store the first result, in the same transaction."""
    await database.execute("UPDATE idempotency_answer SET result = ? WHERE key_hash = ?", result, key_hash)


async def once(secret: str, scope: str, key: str, content: object, act: Callable[[], Awaitable[None]]) -> None:
    """Run ``act`` unless the key has already been used; a refusal does not use up the key.

    Without a key it always runs. Raises ``BadRequest`` and :class:`KeyReused` as above, and whatever ``act`` raises.
    """

    async def done() -> str:
        await act()
        return "done"

    await first(secret, scope, key, content, done)


async def first(secret: str, scope: str, key: str, content: object, act: Callable[[], Awaitable[str]]) -> str:
    """The same, returning the result of the first run."""
    if not key or database.only_shown():
        return await act()
    key_hash = digest(secret, scope, check(key))
    async with database.transaction():
        result = await claim(key_hash, fingerprint(content))
        if result is None:
            result = await act()
            await settle(key_hash, result)
    return result


async def seen(secret: str, scope: str, key: str) -> bool:
    """Whether a key has been used."""
    row = await database.fetch_one(
        "SELECT 1 AS found FROM idempotency_answer WHERE key_hash = ?", digest(secret, scope, key)
    )
    return row is not None


async def sweep() -> None:
    """Delete expired keys."""
    await database.execute("DELETE FROM idempotency_answer WHERE created_at < ?", clock.now() - LIFE)
