"""The bell that wakes whoever waits for work: it must not keep them from being stopped."""

import asyncio

import pytest

from server.core.bell import Bell


@pytest.mark.parametrize("turns", range(4))
async def test_a_ring_together_with_the_end_does_not_undo_the_end(turns: int) -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.wait(5))
    for _turn in range(3):
        await asyncio.sleep(0)
    bell.ring()
    for _turn in range(turns):
        await asyncio.sleep(0)
    if waiting.cancel():
        with pytest.raises(asyncio.CancelledError):
            await waiting
    else:
        assert await waiting is True


async def test_it_says_whether_it_rang() -> None:
    bell = Bell()
    assert await bell.wait(0.001) is False
    asyncio.get_running_loop().call_later(0.001, bell.ring)
    assert await bell.wait(5) is True
