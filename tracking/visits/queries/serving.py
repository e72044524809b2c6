"""Which counters would serve a visit at present. On the day, whichever is free calls."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core import config, database, i18n
from server.core.booking import times
from server.core.errors import Text, _
from tracking.visits.queries import offices
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import VisitState


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time of one service at one counter."""

    counter: int
    starts: int
    """Minutes since the epoch."""

    @property
    def starts_at(self) -> datetime:
        """In the city's zone."""
        return offices.local(self.starts)


async def at_counters(office_id: int, day: date) -> dict[int, tuple[Stretch, ...]]:
    """The counters that would serve each claim of an office's day, one after the other. At most four queries.

    Nearly all claims have one; a few change counters, because their time is free only in parts.
    """
    calendars = await offices.calendars(office_id, [day])
    found: dict[int, list[Stretch]] = {}
    for one in (await times.days([*calendars.values()])).values():
        for minute in sorted(one.steps):
            for counter, claim in one.steps[minute].items():
                if claim is not None:
                    known = found.setdefault(claim, [])
                    if not known or known[-1].counter != counter:
                        known.append(Stretch(counter, minute))
    return {claim: tuple(stretches) for claim, stretches in found.items()}


async def changes(view: VisitView, language: str) -> list[Text]:
    """What a visitor is told of services that change counters on the way. At most five queries, none for short ones."""
    step = timedelta(minutes=view.office.step)
    if view.state is not VisitState.BOOKED or all(one.ends_at - one.starts_at <= step for one in view.matters):
        return []
    claims = await database.column("SELECT claim_id FROM visit_matter WHERE visit_id = ? ORDER BY position", view.id)
    serving = await at_counters(view.office_id, view.date)
    zone = config.settings().zone
    return [
        _(
            "%(service)s: at %(time)s you may be asked to go on to another counter.",
            service=i18n.name_in(matter, language),
            time=i18n.time_text(stretch.starts_at, language, zone),
        )
        for matter, claim in zip(view.matters, claims, strict=True)
        for stretch in serving.get(claim or 0, ())[1:]
    ]
