from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from server.core.accounts import Role
from server.core.booking.states import Status


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Answer",
            fields=[
                ("key_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("result", fields.CharField(default="", max_length=200)),
                ("created_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotency_answer",
                "app": "core",
                "pk_attr": "key_hash",
                "table_description": "The result of the first request with a key, by the key's hash.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Department",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(max_length=80)),
                ("name_ja", fields.CharField(default="", max_length=80)),
                ("name_en", fields.CharField(default="", max_length=80)),
                ("phone", fields.CharField(default="", max_length=40)),
                ("email", fields.CharField(default="", max_length=120)),
                ("place", fields.CharField(default="", max_length=120)),
                ("duties", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("keywords", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("active", fields.BooleanField(default=True)),
            ],
            options={
                "table": "department",
                "app": "core",
                "pk_attr": "id",
                "table_description": "A department that answers cases, with its duties (used by routing).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("username", fields.CharField(unique=True, max_length=60)),
                ("name", fields.CharField(max_length=80)),
                (
                    "role",
                    fields.CharEnumField(
                        description="INTAKE: intake\nHANDLER: handler\nMANAGER: manager\nINSPECTOR: inspector\nGUIDE: guide\nCLERK: clerk\nADMINISTRATOR: administrator",
                        enum_type=Role,
                        max_length=20,
                    ),
                ),
                (
                    "department",
                    fields.ForeignKeyField(
                        "core.Department",
                        source_field="department_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="accounts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email", fields.CharField(default="", max_length=120)),
                ("phone", fields.CharField(default="", max_length=40)),
                ("hours", fields.CharField(default="", max_length=80)),
                ("languages", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("specialities", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("language", fields.CharField(default="ko", max_length=2)),
                ("password_hash", fields.CharField(max_length=200)),
                ("totp_secret", fields.CharField(default="", max_length=64)),
                ("totp_last", fields.BigIntField(default=0)),
                ("active", fields.BooleanField(default=True)),
                ("demo", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account",
                "app": "core",
                "indexes": [Index(fields=["department_id", "role"], name="account_department_role")],
                "pk_attr": "id",
                "table_description": "An official who can sign in.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Absence",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "core.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="absences",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("first_day", fields.DateField()),
                ("last_day", fields.DateField()),
            ],
            options={
                "table": "absence",
                "app": "core",
                "pk_attr": "id",
                "table_description": "Days on which an official is away (both inclusive). Guides who are away get no new cases.",
            },
            bases=["Model"],
        ),
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
                "app": "core",
                "unique_together": (("event_id", "email"),),
                "pk_attr": "id",
                "table_description": "An event waiting for the next digest of an address.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="District",
            fields=[
                ("code", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ("name", fields.CharField(max_length=80)),
                ("name_ja", fields.CharField(default="", max_length=80)),
                ("name_en", fields.CharField(default="", max_length=80)),
                ("outline", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "district",
                "app": "core",
                "pk_attr": "code",
                "table_description": "An area of the city, with its outline: rings of ``[lng, lat]`` points, or a single one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DistrictChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=8)),
                ("content", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "district_change",
                "app": "core",
                "indexes": [Index(fields=["kind", "id"], name="district_change_kind")],
                "pk_attr": "id",
                "table_description": "Districts read from a file that await confirmation, or the districts before a change.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("transaction_id", fields.BigIntField(default=0)),
                ("subject", fields.CharField(max_length=64)),
                ("sequence", fields.IntField()),
                ("kind", fields.CharField(max_length=60)),
                ("data", fields.TextField(unique=False)),
                ("audience", fields.CharField(max_length=8)),
                ("actor", fields.CharField(max_length=64)),
                ("occurred_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("previous_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "ledger_event",
                "app": "core",
                "unique_together": (("subject", "sequence"),),
                "indexes": [Index(fields=["transaction_id", "id"], name="ledger_event_order")],
                "pk_attr": "id",
                "table_description": "One event. Never updated, never deleted.",
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
                "app": "core",
                "unique_together": (("email", "what"),),
                "indexes": [Index(fields=["what", "id"], name="follow_what")],
                "pk_attr": "id",
                "table_description": "A subscription of an address to the daily news about a subject, named by its domain.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Head",
            fields=[
                ("subject", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("length", fields.IntField()),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "ledger_head",
                "app": "core",
                "pk_attr": "subject",
                "table_description": "The end of a subject's chain. Its row is the subject's lock.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Holiday",
            fields=[
                ("date", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=80)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "holiday",
                "app": "core",
                "pk_attr": "date",
                "table_description": "A temporary public holiday (임시공휴일), which no library can know in advance.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Job",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("key", fields.CharField(unique=True, max_length=120)),
                ("kind", fields.CharField(max_length=60)),
                ("payload", fields.TextField(unique=False)),
                ("dead", fields.BooleanField(default=False)),
                ("run_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("error", fields.TextField(default="", unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "job",
                "app": "core",
                "indexes": [Index(fields=["dead", "run_at"], name="job_due")],
                "pk_attr": "id",
                "table_description": "A job that is still to be done, or has failed for good (``dead``).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LocalHours",
            fields=[
                ("first_day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("opens", fields.CharField(max_length=5)),
                ("lunch_starts", fields.CharField(max_length=5)),
                ("lunch_ends", fields.CharField(max_length=5)),
                ("closes", fields.CharField(max_length=5)),
            ],
            options={
                "table": "local_hours",
                "app": "core",
                "pk_attr": "first_day",
                "table_description": "The office hours from a day on, where an ordinance differs from 09:00-18:00 (Decree 8의3).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Participant",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, max_length=254)),
                ("name", fields.CharField(max_length=40)),
                ("language", fields.CharField(default="ko", max_length=2)),
                ("age_band", fields.CharField(default="", max_length=8)),
                ("district", fields.CharField(default="", max_length=40)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "participant",
                "app": "core",
                "pk_attr": "id",
                "table_description": "A person with a confirmed mail address and a display name, which may be a pseudonym.",
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
                "app": "core",
                "pk_attr": "email",
                "table_description": "How an address is notified: ``all`` immediately, ``digest`` daily, ``required`` only what the law requires.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("token_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "core.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("email", fields.CharField(default="", max_length=254)),
                ("cases", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("participant_id", fields.BigIntField(null=True)),
                ("api", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "session",
                "app": "core",
                "pk_attr": "token_hash",
                "table_description": "A session: an official's browser or token, or a citizen's browser with the cases it may see.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Slot",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("scope", fields.CharField(max_length=20)),
                ("closes_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("self_service", fields.BooleanField(default=True)),
                ("capacity", fields.IntField()),
                ("booked", fields.IntField(default=0)),
                ("waiting", fields.IntField(default=0)),
                ("attended", fields.IntField(default=0)),
                ("cancelled", fields.BooleanField(default=False)),
            ],
            options={
                "table": "booking_slot",
                "app": "core",
                "constraints": [
                    CheckConstraint(check="booked >= 0 AND booked <= capacity", name="booking_slot_capacity")
                ],
                "pk_attr": "id",
                "table_description": "The places available at one time and how many are taken. The domain's own row says what they are for.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Booking",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "slot",
                    fields.ForeignKeyField(
                        "core.Slot",
                        source_field="slot_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bookings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "participant",
                    fields.ForeignKeyField(
                        "core.Participant",
                        source_field="participant_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="bookings",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("code", fields.CharField(unique=True, max_length=16)),
                (
                    "status",
                    fields.CharEnumField(
                        description="CONFIRMED: confirmed\nWAITING: waiting\nOFFERED: offered\nATTENDED: attended\nCANCELLED: cancelled\nLAPSED: lapsed",
                        enum_type=Status,
                        max_length=10,
                    ),
                ),
                ("held_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("note", fields.CharField(default="", max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("checked_in_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "booking",
                "app": "core",
                "unique_together": (("slot", "participant"),),
                "indexes": [
                    Index(fields=["slot_id", "status", "created_at", "id"], name="booking_slot_status"),
                    Index(fields=["participant_id", "id"], name="booking_participant"),
                    Index(fields=["status", "held_until"], name="booking_held"),
                ],
                "pk_attr": "id",
                "table_description": "A participant's booking in a slot, or their position in its waiting list. One per participant and slot.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Unconfirmed",
            fields=[
                ("token_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("email", fields.CharField(max_length=254)),
                ("act", fields.CharField(max_length=20)),
                ("content", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "unconfirmed",
                "app": "core",
                "indexes": [
                    Index(fields=["created_at"], name="unconfirmed_created"),
                    Index(fields=["email", "created_at"], name="unconfirmed_email"),
                ],
                "pk_attr": "token_hash",
                "table_description": "An action that waits until its author confirms their mail address by opening the link in the mail.",
            },
            bases=["Model"],
        ),
    ]
