"""The city that a browser visits."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.core.config import Settings
from tests.support.house import House, served


@pytest_asyncio.fixture(loop_scope="session")
async def site(settings: Settings) -> AsyncIterator[House]:
    """The city of this test, answering at ``site.url``."""
    async with served(settings) as house:
        yield house
