"""How crowded an office will be: its fitted model, or the rules alone where it has no history yet."""

import contextlib
import time

from server.core import database
from tracking.visits.crowding import Model

KEPT = 300.0
"""Seconds for which a model is kept: it is fitted once a night."""
_kept: dict[int, tuple[float, Model]] = {}


def forget() -> None:
    """Clear the cache."""
    _kept.clear()


async def model(office_id: int) -> Model:
    """The model of an office, at most ``KEPT`` seconds old; an empty one before the first night."""
    if office_id not in _kept or time.monotonic() - _kept[office_id][0] >= KEPT:
        parameters = await database.value("SELECT parameters FROM crowding_model WHERE office_id = ?", office_id)
        found = Model({})
        if parameters is not None:
            with contextlib.suppress(ValueError):  # of an earlier version: fitted anew tonight
                found = Model.from_json(database.document(parameters))
        _kept[office_id] = time.monotonic(), found
    return _kept[office_id][1]
