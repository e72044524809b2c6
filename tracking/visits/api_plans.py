"""Several matters in one visit, in the JSON interface: the plans that an office's days allow."""

from datetime import datetime, timedelta
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import contract, i18n, web
from server.core.contract import Answer, Contract, said
from server.core.days import today
from server.core.forms import Parameters
from tracking.visits.actions import taking
from tracking.visits.api import channel, services_in
from tracking.visits.forms import MOST_PEOPLE
from tracking.visits.queries import offices, planning
from tracking.visits.queries.planning import DayPlan, PlannedDay

WEEK = 7


class PlanStop(Answer):
    """One service of a plan."""

    service: str
    name: str
    start: datetime
    end: datetime
    floor: int
    counter: Annotated[str, said("Its number; empty for any counter of the floor that does it.")]
    value: Annotated[str, said("What `stops` of a booking contains to choose it.")]


class VisitPlan(Answer):
    """A visit that settles everything, all or nothing."""

    start: datetime
    end: datetime
    minutes: Annotated[int, said("From the first start to the last end.")]
    walking: int
    waiting: int
    why: list[str]
    stops: list[PlanStop]


class PlannedVisitDay(Answer):
    """The best plans of a day, best first."""

    date: str
    obstacle: Annotated[str, said("Why there is no plan; empty if there is one.")]
    plans: list[VisitPlan]


@Contract(
    "The best plans of a visit with several services, day by day",
    contract.record({"items": contract.many(PlannedVisitDay)}),
    query={
        "service": contract.text(about="Services: separated by commas, or one parameter each."),
        "from": contract.DAY,
        "to": contract.DAY,
        "party": contract.integer(about="The number of people."),
        "guide": contract.text(about="The number of the case guide who comes along."),
    },
    refusals=(404,),
)
async def plans(request: Request) -> Response:
    """``GET /offices/{code}/plans``: a week from tomorrow unless other days are asked for."""
    data = Parameters(request.query_params)
    first = data.day("from") or today() + timedelta(days=1)
    last = data.day("to") or first + timedelta(days=WEEK - 1)
    party = data.integer("party", low=1, high=MOST_PEOPLE) or 1
    guide = data.text("guide", limit=10)
    data.done()
    errand = await taking.errand(request.path_params["code"], services_in(request), channel(request), party)
    company = await taking.guide_of(errand.place, guide)
    wanted = offices.span_of_days(first, min(last, first + timedelta(days=planning.MOST_DAYS - 1)))
    found = await planning.plans(errand, wanted, guide=company) if wanted else []
    lang = web.language(request)
    return web.json({"items": [_day(one, lang) for one in found]})


def _day(day: PlannedDay, lang: str) -> PlannedVisitDay:
    obstacle = i18n.translate(lang, day.obstacle) if day.obstacle else ""
    return PlannedVisitDay(date=day.date.isoformat(), obstacle=obstacle, plans=[_plan(one, lang) for one in day.plans])


def _plan(plan: DayPlan, lang: str) -> VisitPlan:
    stops = [
        PlanStop(
            service=one.service.code, name=i18n.name_in(one.service, lang), start=offices.local(one.start),
            end=offices.local(one.end), floor=one.floor, counter=one.number, value=one.value,
        )
        for one in plan.stops
    ]  # fmt: skip
    return VisitPlan.of(
        plan,
        start=offices.local(plan.start),
        end=offices.local(plan.end),
        why=[i18n.translate(lang, one) for one in plan.why],
        stops=stops,
    )


routes = [Route("/api/v1/offices/{code}/plans", plans)]
