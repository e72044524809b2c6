"""The entry point of ``sinmungo`` and ``python -m server``: imports everything, then runs the command.

About a thousand modules are imported. Scanning them repeatedly in the garbage collector would take a sixth of the
start-up time, and they are never freed, so they are excluded from collection. Another sixth would be spent by Tortoise
on parsing the source of each model for ``#:`` comments, of which there are none.
"""

import gc


def main() -> None:
    """Run the command."""
    gc.disable()
    from tortoise import models  # noqa: PLC0415 - the collector waits for it

    models._get_comments = lambda cls: {}  # noqa: ARG005, SLF001 - there is no setting
    from server.cli import main as command  # noqa: PLC0415 - after both

    gc.freeze()
    gc.enable()
    command(prog_name="sinmungo")


if __name__ == "__main__":
    main()
