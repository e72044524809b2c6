"""The checks that the models name and the ORM leaves out when it makes a table: no slot has more booked than it holds."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from server.core.booking.models import Slot


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    (constraint,) = Slot._meta.constraints  # noqa: SLF001 — read here and nowhere else
    check = f'CONSTRAINT "{constraint.name}" CHECK ({constraint.check})'
    if client.capabilities.dialect == "postgres":
        await client.execute_script(f"ALTER TABLE booking_slot ADD {check}")
        return
    # SQLite knows checks only of new tables; this one was made by the migration before and is empty.
    _count, rows = await client.execute_query(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'booking_slot' AND sql IS NOT NULL ORDER BY type DESC"
    )
    table, *indexes = [row["sql"] for row in rows]
    await client.execute_script("DROP TABLE booking_slot")
    await client.execute_script(f"{table.rstrip().removesuffix(')')}, {check})")
    for index in indexes:
        await client.execute_script(index)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [ops.RunPython(create)]
