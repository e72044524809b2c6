"""The table of related words, which the search engine learns."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from server.core.search import RELATED


async def create(_apps: object, editor: object) -> None:
    client = editor.client  # type: ignore[attr-defined]
    await client.execute_script(RELATED.create_sql(client.capabilities.dialect))


class Migration(migrations.Migration):
    dependencies = [("core", "0003_search")]

    operations = [ops.RunPython(create)]
