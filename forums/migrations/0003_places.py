"""The checks that the models name and the ORM leaves out when it makes a table: no session has more places than it has."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from forums.models import Session


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    (constraint,) = Session._meta.constraints  # noqa: SLF001 — read here and nowhere else
    check = f'CONSTRAINT "{constraint.name}" CHECK ({constraint.check})'
    if client.capabilities.dialect == "postgres":
        await client.execute_script(f"ALTER TABLE forum_session ADD {check}")
        return
    # SQLite knows checks only of new tables; this one was made by the migration before and is empty.
    _count, rows = await client.execute_query(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'forum_session' AND sql IS NOT NULL ORDER BY type DESC"
    )
    table, *indexes = [row["sql"] for row in rows]
    await client.execute_script("DROP TABLE forum_session")
    await client.execute_script(f"{table.rstrip().removesuffix(')')}, {check})")
    for index in indexes:
        await client.execute_script(index)


class Migration(migrations.Migration):
    dependencies = [("forums", "0002_search")]

    operations = [ops.RunPython(create)]
