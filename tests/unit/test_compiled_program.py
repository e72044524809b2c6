"""The program's bytecode is saved by `sinmungo migrate`, so that a server starts quickly."""

from importlib.util import cache_from_source
from pathlib import Path

from server import cli


def test_the_bytecode_of_every_module_is_saved() -> None:
    modules = [path for name in ("server", "petitions", "forums", "tracking") for path in Path(name).rglob("*.py")]
    Path(cache_from_source(str(modules[0]))).unlink(missing_ok=True)
    cli.compile_program()
    assert [path for path in modules if not Path(cache_from_source(str(path))).exists()] == []
