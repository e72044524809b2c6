"""The checks that the models name and the ORM leaves out when it makes a table: no more is taken than there is."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from server.core.booking.models import Claim, Slot


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    for model in (Slot, Claim):
        table = model._meta.db_table  # noqa: SLF001 — read here and nowhere else
        (constraint,) = model._meta.constraints  # noqa: SLF001
        check = f'CONSTRAINT "{constraint.name}" CHECK ({constraint.check})'
        if client.capabilities.dialect == "postgres":
            await client.execute_script(f"ALTER TABLE {table} ADD {check}")
            continue
        # SQLite knows checks only of new tables; this one was made by the migration before and is empty.
        _count, rows = await client.execute_query(
            f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL ORDER BY type DESC"
        )
        statement, *indexes = [row["sql"] for row in rows]
        await client.execute_script(f"DROP TABLE {table}")
        await client.execute_script(f"{statement.rstrip().removesuffix(')')}, {check})")
        for index in indexes:
            await client.execute_script(index)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [ops.RunPython(create)]
