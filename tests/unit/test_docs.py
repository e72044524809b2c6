"""The operators' page names every setting, command and kind of event that there is, and none that there is not."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import click

from forums import events as forum_events
from petitions import events
from server.cli import main
from server.core.config import Settings
from server.core.ledger import SettingChanged
from tracking.statistics.events import StatisticsCorrected
from tracking.visits import events as visit_events
from tracking.visits.daylist import HEAD

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text()


def test_every_setting_is_explained_and_nothing_else() -> None:
    explained = set(re.findall(r"^\| `SINMUNGO_([A-Z0-9_]+)` \|", PAGE, re.MULTILINE))
    assert explained == {field.name.upper() for field in dataclasses.fields(Settings)}


def test_every_command_is_explained_and_nothing_else() -> None:
    explained = set(re.findall(r"^\| `sinmungo ([a-z-]+)", PAGE, re.MULTILINE))
    assert isinstance(main, click.Group)
    assert explained == set(main.commands)


def test_every_column_of_the_list_of_visits_is_explained_and_no_other() -> None:
    table = PAGE.partition("| column | holds |\n| --- | --- |\n")[2].partition("\n\n")[0]
    explained = [name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert sorted(explained) == sorted(HEAD)


def test_every_kind_of_event_is_listed_with_its_data() -> None:
    listed = {
        kind: (audience, set(re.findall(r"`(\w+)`", data)))
        for kind, audience, data in re.findall(r"^\| `([a-z]+\.[a-z_]+)` \| (\w+) \| (.*) \|$", PAGE, re.MULTILINE)
    }
    event_classes: list[Any] = [
        event_class
        for module in (events, forum_events, visit_events)
        for event_class in vars(module).values()
        if dataclasses.is_dataclass(event_class) and hasattr(event_class, "kind")
    ]
    event_classes += [SettingChanged, StatisticsCorrected]
    assert listed == {
        event_class.kind: (event_class.audience.value, {field.name for field in dataclasses.fields(event_class)})
        for event_class in event_classes
    }
