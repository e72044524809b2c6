"""The silent call for help of a counter: raised, accepted by one colleague, ended with a report.

Each changes the queue of the day, so that the counter pages of the office hear of it at once, and nothing that visitors
see says why.
"""

from server.core import clock, database
from server.core.accounts import Official
from tracking.visits.actions import calling, queueing
from tracking.visits.errors import EmergencyTaken
from tracking.visits.events import EmergencyAccepted, EmergencyEnded, EmergencyRaised
from tracking.visits.queries import emergencies, offices
from tracking.visits.queries.emergencies import EmergencyRow
from tracking.visits.queue_forms import EndEmergency


async def call_for_help(actor: Official, counter_id: str) -> EmergencyRow:
    """Ask the colleagues of the office for help. While a counter's call is not over, it stays the same one.

    Raises ``NoSuchCounter``.
    """
    async with queueing.changing(await calling.office_of(counter_id)) as day:
        if (there := await emergencies.of_counter(int(counter_id))) is not None:
            return there
        (row,) = await database.insert(
            "emergency_call", ("counter_id", "raised_by", "raised_at", "report"),
            [(int(counter_id), actor.id, clock.now(), "")], returning="id",
        )  # fmt: skip
        await day.chain.append(actor.actor, EmergencyRaised(row["id"], int(counter_id), actor.id))
        return await emergencies.one(row["id"])


async def accept(actor: Official, number: int) -> EmergencyRow:
    """Go there. The first colleague does; who accepts twice is not refused. Raises ``EmergencyTaken``, ``NotFound``."""
    found = await emergencies.one(number)
    async with queueing.changing(await offices.office_by_id(found.office_id)) as day:
        hit = await database.execute(
            "UPDATE emergency_call SET accepted_by = ?, accepted_at = ? "
            "WHERE id = ? AND accepted_by IS NULL AND ended_at IS NULL",
            actor.id, clock.now(), number,
        )  # fmt: skip
        now = await emergencies.one(number)
        if hit:
            await day.chain.append(actor.actor, EmergencyAccepted(number, actor.id))
        elif now.accepted_by != actor.id:
            raise EmergencyTaken(now.accepted_by_name)
        return now


async def end(actor: Official, number: int, command: EndEmergency) -> EmergencyRow:
    """Help is no longer needed. The first report stays. Raises ``NotFound``."""
    found = await emergencies.one(number)
    async with queueing.changing(await offices.office_by_id(found.office_id)) as day:
        hit = await database.execute(
            "UPDATE emergency_call SET ended_at = ?, report = ? WHERE id = ? AND ended_at IS NULL",
            clock.now(), command.report, number,
        )  # fmt: skip
        if hit:
            await day.chain.append(actor.actor, EmergencyEnded(number, actor.id))
        return await emergencies.one(number)
