"""The city that a browser visits."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.core.config import Settings
from tests.support.system import System, served


@pytest_asyncio.fixture(loop_scope="session")
async def site(settings: Settings) -> AsyncIterator[System]:
    """The city of this test, answering at ``site.url``."""
    async with served(settings) as system:
        yield system
