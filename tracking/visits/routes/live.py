"""The live timetable: marks of a shown week change when somebody takes or frees a time.

A hold writes no event, so the days that are open on some page are looked at every second: one query for all of them
tells which have changed. What a week's pages are sent is computed once for each office, set of services and week.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.core import city
from server.core.booking import times
from server.core.booking.day import Day
from server.core.errors import NotFound
from server.core.forms import Parameters
from server.core.security import network
from server.core.stream.listener import Listener, event
from tracking.visits.choosing import Choice
from tracking.visits.queries import grid, offices, weeks
from tracking.visits.queries.grid import Errand
from tracking.visits.rules import DayHours
from tracking.visits.timetable import start_value

AGAIN = 60.0
"""Seconds after which the hours and calendars of a week are read again."""
Marks = dict[str, tuple[str, int]]
"""By start: the mark, and how many places are left."""


@dataclass
class _Week:
    """A week that is open on some page."""

    errand: Errand
    hours: Mapping[date, DayHours]
    calendars: Mapping[date, int]
    read_at: float
    versions: dict[int, int] = field(default_factory=dict)
    marks: dict[date, Marks] = field(default_factory=dict)
    frame: bytes = b""

    def update(self, days: Mapping[int, Day]) -> dict[str, tuple[str, int] | None]:
        """Take over what has changed. Returns the marks that differ; None for a start that is gone."""
        changed: dict[str, tuple[str, int] | None] = {}
        for day, calendar in self.calendars.items():
            found = days.get(calendar)
            if found is not None and self.versions.get(calendar) != found.version:
                self.versions[calendar] = found.version
                before, now = self.marks.get(day, {}), self._marks(day, found)
                self.marks[day] = now
                changed |= {start: one for start, one in now.items() if before.get(start) != one}
                changed |= dict.fromkeys(start for start in before if start not in now)
        if changed or not self.frame:
            whole = {start: one for marks in self.marks.values() for start, one in marks.items()}
            self.frame = event("slots", marks=whole)
        return changed

    def _marks(self, day: date, found: Day) -> Marks:
        slots = grid.seen(self.errand, day, self.hours[day], found).slots
        return {start_value(slot.start): (slot.mark.value, slot.left) for slot in slots}


class Timetables:
    """The weeks that are open on some page of this process."""

    prefix = "slots/"
    woken_by = ""

    def __init__(self) -> None:
        self._weeks: dict[str, _Week] = {}
        self._lock = asyncio.Lock()

    def topic(self, choice: Choice, monday: date) -> str:
        """The topic of the pages that show a week."""
        return f"{self.prefix}{choice.office}/{monday}/{choice.party}/{','.join(choice.services)}"

    async def whole(self, topic: str, errand: Errand, monday: date) -> bytes:
        """All marks of a week, encoded once for all pages that open it."""
        async with self._lock:
            if topic not in self._weeks:
                self._weeks[topic] = week = await self._read(errand, monday)
                week.update(await times.days([*week.calendars.values()]))
            return self._weeks[topic].frame

    async def look(self, subjects: Collection[str]) -> list[tuple[str, bytes]]:
        """See ``server.core.stream.hub.Watcher``."""
        async with self._lock:
            self._weeks = {topic: week for topic, week in self._weeks.items() if topic in subjects}
            for week in self._weeks.values():
                if time.monotonic() - week.read_at >= AGAIN:
                    fresh = await self._read(week.errand, min(week.hours))
                    week.errand, week.hours, week.calendars = fresh.errand, fresh.hours, fresh.calendars
                    week.read_at = fresh.read_at
                    week.versions.clear()
            days = await times.days({one for week in self._weeks.values() for one in week.calendars.values()})
            found = [(topic, week.update(days)) for topic, week in self._weeks.items()]
        return [(topic, event("slots", marks=changed)) for topic, changed in found if changed]

    @staticmethod
    async def _read(errand: Errand, monday: date) -> _Week:
        began = time.monotonic()
        days = offices.span_of_days(monday, monday + timedelta(days=weeks.WEEK - 1))
        hours = await offices.hours(errand.office.id, errand.place.weekly, days, await city.kept_calendar())
        return _Week(errand, hours, await offices.calendars(errand.office.id, days), began)


class SlotStream:
    """``/offices/{code}/slots/stream?service=&from=``: the marks of a week, and each change of them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NoSuchOffice``, ``Invalid``, or ``NotFound`` for a week outside the time that can be booked."""
        request = Request(scope)
        timetables: Timetables = request.app.state.timetables
        params = Parameters(request.query_params)
        wanted = params.day("from")
        params.done()
        given = Choice.read(request.query_params)
        choice = Choice(request.path_params["code"], given.services, given.party)
        errand = await choice.errand()
        first, last = errand.office.window.days(offices.now())
        monday = offices.monday(wanted or first)
        if not offices.monday(first) <= monday <= last:
            raise NotFound
        topic = timetables.topic(choice, monday)
        listener = Listener(send, f"slots:{network(request.scope)}", subject=topic, crowd=True)

        async def past() -> AsyncIterator[tuple[int, bytes]]:
            yield 0, await timetables.whole(topic, errand, monday)

        await request.app.state.hub.serve(listener, past(), receive)


routes = [Route("/offices/{code}/slots/stream", SlotStream(), methods=["GET"])]
