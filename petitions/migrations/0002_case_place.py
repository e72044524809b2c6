"""Cases near a place are found by an index."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    initial = False

    operations = [ops.AddIndex(model_name="Case", index=Index(fields=["lat", "lng"], name="case_place"))]
