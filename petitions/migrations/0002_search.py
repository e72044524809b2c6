"""The text indexes, in each database's own way."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from petitions.search import desk_index, public_index


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    for index in (desk_index, public_index):
        for sql in index.create_sql(client.capabilities.dialect):
            await client.execute_script(sql)


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [ops.RunPython(create)]
