"""The entry point of ``sinmungo`` and ``python -m server``: imports everything, then runs the command.

About a thousand modules are imported. Scanning them repeatedly in the garbage collector would take a sixth of the
start-up time, and they are never freed, so they are excluded from collection.
"""

import gc


def main() -> None:
    """Run the command."""
    gc.disable()
    from server.cli import main as command  # noqa: PLC0415 - the collector waits for it

    gc.freeze()
    gc.enable()
    command(prog_name="sinmungo")


if __name__ == "__main__":
    main()
