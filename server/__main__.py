"""Where ``sinmungo`` and ``python -m server`` begin: everything is imported, then the command runs.

A thousand modules are imported, which the garbage collector would walk through again and again, a sixth of the time
to start. They stay for good, so it never looks at them.
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
