"""Work in a process of its own, so that neither its libraries nor its data stay in the memory of a server."""

import asyncio
import sys


async def run(module: str, given: bytes) -> bytes:
    """What ``python -m module`` answers to some bytes. Raises ``RuntimeError`` if it failed."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, errors = await started.communicate(given)
    except BaseException:
        if started.returncode is None:
            started.kill()
        raise
    if started.returncode:
        raise RuntimeError(f"{module} failed: {errors.decode('utf-8', 'replace')[-1_000:]}")
    return out
