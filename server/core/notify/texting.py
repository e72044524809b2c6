"""Wording and sending text messages: at what hour, how many to one number, and with which link.

How many a number got is counted under a keyed hash of number and hour, so that the table holds no numbers, and nobody
can tell which of its rows belong to one of them.
"""

import hmac
import logging
from datetime import datetime, time, timedelta

from prometheus_client import Counter

from server.core import clock, database, i18n, phones
from server.core.config import Settings
from server.core.delivery import Deferred, Refused, delivery_id
from server.core.jobs import Postponed
from server.core.messages import Urgency
from server.core.notify.correspondence import ShortNotice
from server.core.texts import TextMessage, Transport

log = logging.getLogger("sinmungo.notifications")
dropped = Counter("sinmungo_text_dropped", "Text messages that were not sent because their number got too many")

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
"""The city's hours in which only what is urgent is sent."""
MOST_AN_HOUR = 10
"""Messages to one number within a clock hour."""
_HOUR = timedelta(hours=1)
COUNTED = 2 * _HOUR
"""How long the counts of text messages to a number are kept."""
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "…": "...", "\u00a0": " "})
"""Typographic signs, any of which would more than halve the characters of a part."""


async def send(settings: Settings, transport: Transport, key: str, notice: ShortNotice) -> None:
    """Send a notice; ``key`` determines its id.

    What is not urgent waits for the morning. Once a number has got :data:`MOST_AN_HOUR`, what the law requires is sent
    in the next hour, and anything else is dropped: it would come too late, or is part of a flood.

    Raises ``Deferred``, ``Refused``, or ``Postponed`` with the moment from which it may be sent.
    """
    message = compose(settings, key, notice)
    now = clock.now()
    morning = quiet_until(now.astimezone(settings.zone))
    if morning and notice.urgency is not Urgency.IMMEDIATE:
        raise Postponed(morning)
    hour = now.replace(minute=0, second=0, microsecond=0)
    counted = _counted_as(settings, message.to, hour)
    if settings.rate_limits and not await _take(counted, now):
        if notice.urgency is Urgency.REQUIRED:
            raise Postponed(hour + _HOUR)
        dropped.inc()
        log.warning("a text message was dropped: its number got too many within an hour")
        return
    try:
        await transport.send(message)
    except (Deferred, Refused):
        await _give_back(counted)
        raise


def compose(settings: Settings, key: str, notice: ShortNotice) -> TextMessage:
    """The message: who writes, the sentence, the link. Raises ``Refused`` for a number that gets no text messages."""
    to = phones.for_texts(notice.to, settings.country)
    if not to:
        raise Refused("not a mobile number")
    sentence = f"[{settings.city_name}] {i18n.translate(notice.language, notice.sentence)}"
    link = f"\n{settings.public_url}{notice.path}" if notice.path else ""
    return TextMessage(to, sentence.translate(_PLAIN) + link, delivery_id(key), notice.language)


def quiet_until(here: datetime) -> datetime | None:
    """The end of the quiet hours around a time in the city; None by day."""
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return None
    day = here.date() + timedelta(days=here.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, here.tzinfo)


async def sweep() -> None:
    """Delete the counts of past hours."""
    await database.execute("DELETE FROM text_count WHERE created_at < ?", clock.now() - COUNTED)


def _counted_as(settings: Settings, number: str, hour: datetime) -> str:
    return hmac.digest(settings.secret_key.encode(), f"text\0{number}\0{hour.isoformat()}".encode(), "sha256").hex()


async def _take(counted: str, now: datetime) -> bool:
    """Count one message more, in one statement; False if there were :data:`MOST_AN_HOUR` already."""
    return await database.value(
        "INSERT INTO text_count (key_hash, sent, created_at) VALUES (?, 1, ?) ON CONFLICT (key_hash) "
        "DO UPDATE SET sent = text_count.sent + 1 WHERE text_count.sent < ? RETURNING sent",
        counted, now, MOST_AN_HOUR,
    ) is not None  # fmt: skip


async def _give_back(counted: str) -> None:
    await database.execute("UPDATE text_count SET sent = sent - 1 WHERE key_hash = ? AND sent > 0", counted)
