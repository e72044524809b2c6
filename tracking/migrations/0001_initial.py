from tortoise import fields, migrations
from tortoise.indexes import Index
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
            name="Follow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("email", fields.CharField(max_length=254)),
                ("what", fields.CharField(max_length=80)),
                ("language", fields.CharField(max_length=2)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "follow",
                "app": "tracking",
                "unique_together": (("email", "what"),),
                "indexes": [Index(fields=["what", "id"], name="follow_what")],
                "pk_attr": "id",
                "table_description": "An address that hears once a day what is new with a forum, a kind, topic, district, department or voice.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="News",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("event_id", fields.BigIntField(unique=True)),
                ("kind", fields.CharField(max_length=60)),
                ("subject", fields.CharField(max_length=64)),
                ("forum_id", fields.BigIntField()),
                ("forum_kind", fields.CharField(max_length=20)),
                ("department_id", fields.IntField(null=True)),
                ("district", fields.CharField(default="", max_length=40)),
                ("voice_id", fields.BigIntField(null=True)),
                ("occurred_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "forum_news",
                "app": "tracking",
                "indexes": [
                    Index(fields=["forum_id", "id"], name="forum_news_forum"),
                    Index(fields=["forum_kind", "id"], name="forum_news_kind"),
                    Index(fields=["department_id", "id"], name="forum_news_department"),
                    Index(fields=["district", "id"], name="forum_news_district"),
                    Index(fields=["voice_id", "id"], name="forum_news_voice"),
                    Index(fields=["kind", "id"], name="forum_news_fact"),
                ],
                "pk_attr": "id",
                "table_description": "A fact about a public forum, voice or promise, by everything that it can be followed by.",
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
