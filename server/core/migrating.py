"""Applying migrations with Tortoise's executor, without the work whose results nobody uses.

Before each operation Tortoise copies the models of all apps, for operations that look back (changing or removing a
field, running Python, not making a model), and after it builds the queries of every model anew. With a hundred models
that was nine tenths of the time. Here the copy is made, with its queries, when an operation looks at it.
"""

from collections.abc import Mapping
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps


class _Apps(StateApps):
    """Models as the migrations so far describe them, without queries: statements are made from their fields alone."""

    def _build_initial_querysets(self) -> None:
        """Not after each operation."""

    def with_queries(self) -> "_Apps":
        """The same, to be queried."""
        super()._build_initial_querysets()
        return self


class _State(State):
    """The state of all models; a copy renders its models only if somebody looks at them."""

    def clone(self) -> "State":
        return _Before({key: model.clone() for key, model in self.models.items()}, cast("_Apps", self.apps))


class _Before(_State):
    """The state before an operation."""

    def __init__(self, models: dict[tuple[str, str], ModelState], source: _Apps) -> None:
        self.models = models
        self._source = source
        self._rendered: _Apps | None = None

    @property
    def apps(self) -> _Apps:  # type: ignore[override]  # a field of the state, rendered late
        if self._rendered is None:
            self._rendered = cast("_Apps", self._source.clone(model_states=self.models)).with_queries()
        return self._rendered


class _Executor(MigrationExecutor):
    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        connections = {
            label: config.get("default_connection", "default") for label, config in self.loader.apps_config.items()
        }
        state = _State(models={}, apps=_Apps(default_connections=connections))
        for key in self._full_plan():
            if upto and key == upto:
                break
            if key in applied:
                migration = self.loader.graph.nodes[key]
                if migration is None:
                    raise ValueError(key)
                await migration.apply(state, dry_run=True, schema_editor=None)
        return state


async def apply(connection: BaseDBAsyncClient, apps: Mapping[str, Any]) -> None:
    """Apply every migration of the apps that is not applied yet."""
    await _Executor(connection, dict(apps)).migrate([MigrationTarget(app_label=app, name="__latest__") for app in apps])
