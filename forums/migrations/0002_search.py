"""The text indexes, in each database's own way."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from forums.search import forum_index, submission_index


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    for index in (forum_index, submission_index):
        for sql in index.create_sql(client.capabilities.dialect):
            await client.execute_script(sql)


class Migration(migrations.Migration):
    dependencies = [("forums", "0001_initial")]

    operations = [ops.RunPython(create)]
