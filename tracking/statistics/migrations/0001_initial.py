from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AdoptionDays",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("forum_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=20)),
                ("department_id", fields.IntField()),
                ("district", fields.CharField(max_length=40)),
                ("period", fields.CharField(max_length=8)),
                ("what", fields.CharField(max_length=8)),
                ("value", fields.IntField()),
                ("number", fields.IntField(default=0)),
            ],
            options={
                "table": "statistics_adoption_days",
                "app": "statistics",
                "unique_together": (("forum_id", "kind", "department_id", "district", "period", "what", "value"),),
                "indexes": [
                    Index(
                        fields=["forum_id", "kind", "department_id", "period", "district", "what", "value", "number"],
                        name="adoption_days_districts",
                    ),
                    Index(
                        fields=["forum_id", "kind", "district", "period", "department_id", "what", "value", "number"],
                        name="adoption_days_departm",
                    ),
                    Index(
                        fields=["forum_id", "department_id", "district", "period", "kind", "what", "value", "number"],
                        name="adoption_days_kinds",
                    ),
                    Index(fields=["period", "forum_id"], name="adoption_days_periods"),
                ],
                "pk_attr": "id",
                "table_description": "How many submissions took so many days to an answer, or until it was done.",
            },
            bases=["_Days"],
        ),
        ops.CreateModel(
            name="AdoptionTotal",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("forum_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=20)),
                ("department_id", fields.IntField()),
                ("district", fields.CharField(max_length=40)),
                ("period", fields.CharField(max_length=8)),
                ("forums", fields.IntField(default=0)),
                ("participants", fields.IntField(default=0)),
                ("received", fields.IntField(default=0)),
                ("adopted", fields.IntField(default=0)),
                ("partly_adopted", fields.IntField(default=0)),
                ("already_done", fields.IntField(default=0)),
                ("under_study", fields.IntField(default=0)),
                ("not_adopted", fields.IntField(default=0)),
                ("out_of_scope", fields.IntField(default=0)),
                ("done", fields.IntField(default=0)),
            ],
            options={
                "table": "statistics_adoption",
                "app": "statistics",
                "unique_together": (("forum_id", "kind", "department_id", "district", "period"),),
                "indexes": [
                    Index(
                        fields=["forum_id", "kind", "department_id", "period", "district"], name="adoption_districts"
                    ),
                    Index(
                        fields=["forum_id", "kind", "district", "period", "department_id"], name="adoption_departments"
                    ),
                    Index(fields=["forum_id", "department_id", "district", "period", "kind"], name="adoption_kinds"),
                    Index(fields=["period", "forum_id"], name="adoption_periods"),
                    Index(fields=["department_id", "forum_id"], name="adoption_department_forums"),
                    Index(fields=["district", "forum_id"], name="adoption_district_forums"),
                    Index(fields=["kind", "forum_id"], name="adoption_kind_forums"),
                ],
                "pk_attr": "id",
                "table_description": "How much was said and what became of it.",
            },
            bases=["_Place"],
        ),
        ops.CreateModel(
            name="CountedCase",
            fields=[
                ("counted", fields.BooleanField(default=False)),
                ("kind", fields.CharField(default="", max_length=20)),
                ("department_id", fields.IntField(default=0)),
                ("district", fields.CharField(default="", max_length=40)),
                ("period", fields.CharField(default="", max_length=8)),
                ("case_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("reference", fields.CharField(max_length=16)),
                ("answered", fields.IntField(default=0)),
                ("timed", fields.IntField(default=0)),
                ("on_time", fields.IntField(default=0)),
                ("reopened", fields.IntField(default=0)),
                ("rated", fields.IntField(default=0)),
                ("rating", fields.IntField(default=0)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("hours", fields.IntField(null=True)),
            ],
            options={
                "table": "statistics_case",
                "app": "statistics",
                "indexes": [Index(fields=["period", "case_id"], name="statistics_case_period")],
                "pk_attr": "case_id",
                "table_description": "One petition as it was counted last.",
            },
            bases=["_Counted"],
        ),
        ops.CreateModel(
            name="CountedForum",
            fields=[
                ("counted", fields.BooleanField(default=False)),
                ("kind", fields.CharField(default="", max_length=20)),
                ("department_id", fields.IntField(default=0)),
                ("district", fields.CharField(default="", max_length=40)),
                ("period", fields.CharField(default="", max_length=8)),
                ("forum_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(max_length=48)),
                ("held_on", fields.DateField(null=True)),
                ("participants", fields.IntField(default=0)),
            ],
            options={
                "table": "statistics_forum",
                "app": "statistics",
                "indexes": [Index(fields=["period", "forum_id"], name="statistics_forum_period")],
                "pk_attr": "forum_id",
                "table_description": "One forum as it was counted last.",
            },
            bases=["_Counted"],
        ),
        ops.CreateModel(
            name="CountedSubmission",
            fields=[
                ("counted", fields.BooleanField(default=False)),
                ("kind", fields.CharField(default="", max_length=20)),
                ("department_id", fields.IntField(default=0)),
                ("district", fields.CharField(default="", max_length=40)),
                ("period", fields.CharField(default="", max_length=8)),
                ("submission_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("number", fields.CharField(max_length=24)),
                ("forum_id", fields.BigIntField(default=0)),
                ("received_on", fields.DateField(null=True)),
                ("outcome", fields.CharField(default="", max_length=16)),
                ("outcome_on", fields.DateField(null=True)),
                ("done_on", fields.DateField(null=True)),
                ("answer_days", fields.IntField(null=True)),
                ("done_days", fields.IntField(null=True)),
            ],
            options={
                "table": "statistics_submission",
                "app": "statistics",
                "indexes": [
                    Index(fields=["received_on", "submission_id"], name="statistics_submission_day"),
                    Index(fields=["forum_id", "received_on", "submission_id"], name="statistics_submission_forum"),
                    Index(fields=["kind", "received_on", "submission_id"], name="statistics_submission_kind"),
                    Index(
                        fields=["department_id", "received_on", "submission_id"],
                        name="statistics_submission_department",
                    ),
                    Index(fields=["district", "received_on", "submission_id"], name="statistics_submission_district"),
                    Index(fields=["period", "submission_id"], name="statistics_submission_period"),
                ],
                "pk_attr": "submission_id",
                "table_description": "One submission as it was counted last: what its part of the totals is made of, and a line of the export.",
            },
            bases=["_Counted"],
        ),
        ops.CreateModel(
            name="People",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("dimension", fields.CharField(max_length=10)),
                ("value", fields.CharField(max_length=40)),
                ("people", fields.IntField()),
            ],
            options={
                "table": "statistics_people",
                "app": "statistics",
                "unique_together": (("dimension", "value"),),
                "pk_attr": "id",
                "table_description": "How many different people took part, by what they said of themselves. Counted once a night and never published",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PetitionHours",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("forum_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=20)),
                ("department_id", fields.IntField()),
                ("district", fields.CharField(max_length=40)),
                ("period", fields.CharField(max_length=8)),
                ("what", fields.CharField(max_length=8)),
                ("value", fields.IntField()),
                ("number", fields.IntField(default=0)),
            ],
            options={
                "table": "statistics_petition_hours",
                "app": "statistics",
                "unique_together": (("forum_id", "kind", "department_id", "district", "period", "what", "value"),),
                "indexes": [
                    Index(
                        fields=["forum_id", "kind", "department_id", "period", "district", "what", "value", "number"],
                        name="petition_hours_district",
                    ),
                    Index(
                        fields=["forum_id", "kind", "district", "period", "department_id", "what", "value", "number"],
                        name="petition_hours_departm",
                    ),
                    Index(
                        fields=["forum_id", "department_id", "district", "period", "kind", "what", "value", "number"],
                        name="petition_hours_kinds",
                    ),
                    Index(fields=["period", "forum_id"], name="petition_hours_periods"),
                ],
                "pk_attr": "id",
                "table_description": "How many petitions were answered within so many working hours.",
            },
            bases=["_Days"],
        ),
        ops.CreateModel(
            name="PetitionTotal",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("forum_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=20)),
                ("department_id", fields.IntField()),
                ("district", fields.CharField(max_length=40)),
                ("period", fields.CharField(max_length=8)),
                ("received", fields.IntField(default=0)),
                ("answered", fields.IntField(default=0)),
                ("timed", fields.IntField(default=0)),
                ("on_time", fields.IntField(default=0)),
                ("reopened", fields.IntField(default=0)),
                ("rated", fields.IntField(default=0)),
                ("rating", fields.IntField(default=0)),
            ],
            options={
                "table": "statistics_petitions",
                "app": "statistics",
                "unique_together": (("forum_id", "kind", "department_id", "district", "period"),),
                "indexes": [
                    Index(
                        fields=["forum_id", "kind", "department_id", "period", "district"], name="petitions_districts"
                    ),
                    Index(
                        fields=["forum_id", "kind", "district", "period", "department_id"], name="petitions_departments"
                    ),
                    Index(fields=["forum_id", "department_id", "district", "period", "kind"], name="petitions_kinds"),
                    Index(fields=["period", "forum_id"], name="petitions_periods"),
                ],
                "pk_attr": "id",
                "table_description": "How many petitions there were and how they were handled.",
            },
            bases=["_Place"],
        ),
        ops.CreateModel(
            name="Recount",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("why", fields.CharField(max_length=10)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("looked_at", fields.IntField(default=0)),
                ("late", fields.IntField(default=0)),
                ("corrected", fields.IntField(default=0)),
                ("samples", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "statistics_recount",
                "app": "statistics",
                "pk_attr": "id",
                "table_description": "One recount of everything: when, why, how much it looked at, and what it had to correct.",
            },
            bases=["Model"],
        ),
    ]
