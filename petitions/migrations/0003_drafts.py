from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("petitions", "0002_case_place"), ("petitions", "0002_routing_model")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DeskDraft",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "core.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "petitions.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("action", fields.CharField(max_length=30)),
                ("content", fields.TextField(unique=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "desk_draft",
                "app": "petitions",
                "unique_together": (("account", "case", "action"),),
                "indexes": [
                    Index(fields=["case_id", "id"], name="draft_case"),
                    Index(fields=["updated_at"], name="draft_updated"),
                ],
                "pk_attr": "id",
                "table_description": "What an official has typed into the form of an action and not sent, which nobody else reads.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LeavingAnswer",
            fields=[
                (
                    "case",
                    fields.OneToOneField(
                        "petitions.Case",
                        source_field="case_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="leaving",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "core.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("content", fields.TextField(unique=False)),
                ("pressed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("leaves_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "leaving_answer",
                "app": "petitions",
                "pk_attr": "case_id",
                "table_description": "An answer between the press and its event, for as long as it can be taken back.",
            },
            bases=["Model"],
        ),
    ]
