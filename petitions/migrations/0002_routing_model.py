"""The versions of what routing learned, the cases that each learned from, and the departments' thresholds."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="RoutingModel",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("learned_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("cases", fields.IntField()),
                ("corrections", fields.IntField()),
                ("held", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
                ("arrays", fields.BinaryField()),
                ("evaluation", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("active", fields.BooleanField(default=False)),
            ],
            options={
                "table": "routing_model",
                "app": "petitions",
                "pk_attr": "id",
                "table_description": "A version of what routing learned from handled cases: hashed arrays, when, from how many, and how good it is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoutingExample",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "model",
                    fields.ForeignKeyField(
                        "petitions.RoutingModel",
                        source_field="model_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="examples",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("case_id", fields.BigIntField()),
            ],
            options={
                "table": "routing_example",
                "app": "petitions",
                "indexes": [
                    Index(fields=["case_id"], name="routing_example_case"),
                    Index(fields=["model_id"], name="routing_example_model"),
                ],
                "pk_attr": "id",
                "table_description": "A case that a version learned from, so that the version is deleted with the case's words.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoutingThreshold",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "department",
                    fields.OneToOneField(
                        "core.Department",
                        source_field="department_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="threshold",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("assign_at", fields.FloatField()),
                ("propose_at", fields.FloatField()),
            ],
            options={
                "table": "routing_threshold",
                "app": "petitions",
                "pk_attr": "id",
                "table_description": "From which probability a department gets a case at once, and from which it is proposed. Others have the usual.",
            },
            bases=["Model"],
        ),
    ]
