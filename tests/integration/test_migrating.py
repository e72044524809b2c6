"""Migrations are applied as Tortoise applies them, only faster."""

from collections.abc import Sequence

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.migration import Migration
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model

from server.core import database, migrating
from tests.support.system import System

OPERATIONS: Sequence[ops.Operation] = (
    ops.CreateModel(
        name="Street",
        fields=[("id", fields.IntField(primary_key=True)), ("name", fields.CharField(max_length=20))],
        options={"table": "street", "app": "petitions", "pk_attr": "id"},
        bases=["Model"],
    ),
    ops.CreateModel(
        name="Lamp",
        fields=[
            ("id", fields.IntField(primary_key=True)),
            ("street", fields.ForeignKeyField("petitions.Street", related_name="lamps")),
            ("height", fields.IntField()),
        ],
        options={"table": "lamp", "app": "petitions", "pk_attr": "id"},
        bases=["Model"],
    ),
    ops.AddField(model_name="Street", name="code", field=fields.CharField(max_length=8, default="")),
    ops.AlterField(model_name="Street", name="name", field=fields.CharField(max_length=80, null=True)),
    ops.AddIndex(model_name="Lamp", index=Index(fields=("height", "id"), name="lamp_height")),
    ops.RenameField(model_name="Lamp", old_name="height", new_name="metres"),
    ops.RemoveField(model_name="Street", name="code"),
    ops.DeleteModel(name="Lamp"),
)


async def statements(state: State) -> list[str]:
    """The SQL of the operations, none of which is run."""
    editor = MigrationExecutor(database.connection(), {})._schema_editor(atomic=False, collect_sql=True)
    migration = Migration("0001_lamps", "petitions")
    migration.operations = list(OPERATIONS)
    await migration.apply(state, schema_editor=editor, collect_sql=True)
    return list(editor.collected_sql)


async def test_operations_that_look_back_become_the_same_statements(system: System) -> None:
    connections = {"petitions": "default"}
    theirs = await statements(State(models={}, apps=StateApps(default_connections=connections)))
    ours = await statements(migrating._State(models={}, apps=migrating._Apps(default_connections=connections)))
    assert ours == theirs
    assert sum("lamp" in one for one in ours) > 3


async def test_what_a_migration_in_python_asks_is_the_state_before_it(system: System) -> None:
    state = migrating._State(models={}, apps=migrating._Apps(default_connections={"petitions": "default"}))
    for operation in OPERATIONS[:2]:
        operation.state_forward("petitions", state)
    before = state.clone()
    OPERATIONS[5].state_forward("petitions", state)
    street: type[Model] = before.apps.get_model("petitions", "Street")
    assert "JOIN" in street.filter(lamps__height=3).sql()
    assert "metres" in state.apps.get_model("petitions.Lamp")._meta.fields_map
