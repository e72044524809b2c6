"""Placeholder until its author fills it in."""

from collections.abc import Callable, Mapping
from typing import Any

from server.core.config import Settings
from server.core.jobs import Task
from server.core.mail import Transport

Render = Callable[[str, str, Mapping[str, Any]], str]
HEARD: tuple[str, ...] = ()


class Notifier:
    def __init__(self, settings: Settings, transport: Transport, render: Render) -> None:
        self.settings = settings

    async def notify(self, task: Task) -> None: ...
    async def deliver(self, task: Task) -> None: ...
    async def digest(self, task: Task) -> None: ...
