"""Where an address is, by an outside service that answers as Nominatim does; off unless the settings name one.

The service gets the typed address, the city's bounds and country, and who asks: this program. It learns nothing about
the reader. Whatever goes wrong means that it does not know, and then district names and landmarks have to do.
"""

import asyncio
import logging
import math
import ssl
import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import h11
import orjson

from server.core import config, http_client, privacy
from server.core.endpoint import Endpoint

log = logging.getLogger("sinmungo.geocoder")

Point = tuple[float, float]
"""Latitude and longitude."""
TIMEOUT = 3.0
"""Seconds for which a reader waits, with the time until it is this question's turn."""
BETWEEN = 1.0
"""Seconds between two questions: public services allow one a second."""
REST = 30.0
"""Seconds for which a service that failed is not asked, so that not every reader waits for it."""
KEPT, KEPT_SECONDS = 2_000, 24 * 3600.0
"""How many answers are remembered, and for how long; in memory only."""
_LONGEST = 100_000
"""Bytes of an answer."""


class Geocoder:
    """The service at one address, what it has answered, and when it may be asked next."""

    def __init__(self, url: str, country: str, public_url: str) -> None:
        self._endpoint = Endpoint.parse(url)
        self._tls = ssl.create_default_context() if self._endpoint.secure else None
        self._country = country.lower()
        self._agent = f"sinmungo (+{public_url})"
        self._kept: OrderedDict[str, tuple[float, Point | None]] = OrderedDict()
        self._next = 0.0

    async def find(self, address: str, bounds: Sequence[Point]) -> Point | None:
        """Where an address is, within the rectangle of ``bounds`` if there are any; None where that is not known.

        An address with a telephone number or another personal number in it is not sent.
        """
        asked = " ".join(address.split())
        if not asked or privacy.find(asked):
            return None
        moment = time.monotonic()
        known = self._kept.get(asked)
        if known is not None and moment - known[0] < KEPT_SECONDS:
            self._kept.move_to_end(asked)
            return known[1]
        turn = max(moment, self._next)
        if turn - moment >= TIMEOUT:
            return None
        self._next = turn + BETWEEN
        try:
            async with asyncio.timeout(TIMEOUT):
                await asyncio.sleep(turn - moment)
                found = await self._ask(asked, bounds)
        except (OSError, h11.RemoteProtocolError, ValueError) as error:
            log.warning("the geocoder does not answer as it should: %s", type(error).__name__)
            self._next = time.monotonic() + REST
            return None
        self._kept[asked] = (time.monotonic(), found)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    async def _ask(self, address: str, bounds: Sequence[Point]) -> Point | None:
        question = {"q": address, "format": "jsonv2", "limit": "1", "countrycodes": self._country}
        if bounds:
            lats, lngs = [lat for lat, _lng in bounds], [lng for _lat, lng in bounds]
            question |= {"viewbox": f"{min(lngs)},{min(lats)},{max(lngs)},{max(lats)}", "bounded": "1"}
        target = self._endpoint.target
        answer = await http_client.ask(
            self._endpoint,
            "GET",
            f"{target}{'&' if '?' in target else '?'}{urlencode(question)}",
            headers=[("User-Agent", self._agent), ("Accept", "application/json")],
            tls=self._tls,
            longest=_LONGEST,
        )
        if answer.status != HTTPStatus.OK:
            raise ValueError(f"HTTP {answer.status}")
        return _point(orjson.loads(answer.content))


def _point(places: Any) -> Point | None:
    """The first place of an answer. Raises ``ValueError`` for anything that is not a list of places."""
    try:
        point = (float(places[0]["lat"]), float(places[0]["lon"])) if places else None
    except (KeyError, TypeError, IndexError):
        raise ValueError("no places") from None
    if point and not (math.isfinite(sum(point)) and abs(point[0]) <= 90 and abs(point[1]) <= 180):  # noqa: PLR2004
        raise ValueError("no point on earth")
    return point


@lru_cache(maxsize=1)
def at(url: str, country: str, public_url: str) -> Geocoder:
    """The service at an address, the same each time."""
    return Geocoder(url, country, public_url)


async def find(address: str, bounds: Sequence[Point]) -> Point | None:
    """Where an address is, by the service of the settings; None without one. See ``Geocoder.find``."""
    settings = config.settings()
    if not settings.geocoder_url:
        return None
    return await at(settings.geocoder_url, settings.country, settings.public_url).find(address, bounds)
