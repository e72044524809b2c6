from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="DigestItem",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("event_id", fields.BigIntField()),
                ("email", fields.CharField(db_index=True, max_length=254)),
                ("subject", fields.CharField(max_length=64)),
                ("language", fields.CharField(max_length=2)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "digest_item",
                "app": "tracking",
                "unique_together": (("event_id", "email"),),
                "pk_attr": "id",
                "table_description": "One fact that waits for the next digest of an address.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Preference",
            fields=[
                ("email", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=254)),
                ("mode", fields.CharField(max_length=10)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mail_preference",
                "app": "tracking",
                "pk_attr": "email",
                "table_description": "How a mail address wants to hear: ``all`` at once, ``digest`` once a day, ``required`` only what the law wants told.",
            },
            bases=["Model"],
        ),
    ]
