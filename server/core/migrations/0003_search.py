"""The tables of the embedded search engine, in each database's own way."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from server.core.search import TABLES


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    for sql in TABLES.create_sql(client.capabilities.dialect):
        await client.execute_script(sql)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_checks")]

    operations = [ops.RunPython(create)]
