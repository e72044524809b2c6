"""How much strangers may upload in a day, from one address and together: the disk is everybody's.

Counted in the memory of each process, which grants its share, as for the other limits (decision 38); a day is the
city's. Officials and devices that are known are not counted.
"""

from collections import Counter
from datetime import date

from server.core.config import Settings
from server.core.days import today
from server.core.errors import Refusal, _

MEGABYTE = 1024 * 1024


class AddressQuota(Refusal):
    """413: this address has uploaded as much as it may today."""

    status, code, retry_after = 413, "upload_quota", 3600
    text = _(
        "As many files as we accept in a day have come from your network today. Please file without them, and add them "
        "to the case tomorrow."
    )


class StorageQuota(Refusal):
    """507: strangers together have uploaded as much as they may today."""

    status, code, retry_after = 507, "storage_quota", 3600
    text = _(
        "We cannot accept any more files today. Please file without them, and add them to the case tomorrow. What you "
        "write is accepted as always."
    )


class Quota:
    """Bytes of today, by address and in all."""

    def __init__(self, settings: Settings) -> None:
        share = MEGABYTE / settings.workers
        self._each, self._all = settings.upload_mb_address * share, settings.upload_mb_all * share
        self._day = date.min
        self._taken = Counter[str]()
        self._total = 0

    def take(self, address: str, size: int) -> None:
        """Count bytes that have come, or none to ask beforehand. Raises ``AddressQuota`` and ``StorageQuota``."""
        if (day := today()) != self._day:
            self._day, self._total = day, 0
            self._taken.clear()
        if self._total + size > self._all or self._total >= self._all:
            raise StorageQuota
        if self._taken[address] + size > self._each or self._taken[address] >= self._each:
            raise AddressQuota
        self._taken[address] += size
        self._total += size
