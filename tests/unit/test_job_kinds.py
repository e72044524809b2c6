"""No kind of job is without somebody who enqueues it."""

from pathlib import Path

from server import wiring
from server.core.config import Settings
from tests.unit.test_layers import ROOT

PACKAGES = ("server", "petitions", "forums", "tracking")


def test_every_job_is_periodic_or_enqueued_by_something(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    kinds = {*wiring.handlers(settings, wiring.ports(settings), lambda *_, **__: "")}
    assert set(wiring.PERIODIC) <= kinds
    assert set(wiring.HEARD) <= kinds
    assert kinds >= wiring.DELIVERIES
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.name != "wiring.py"]
    sources = "".join(path.read_text() for path in paths)
    left = kinds - {*wiring.PERIODIC, *wiring.HEARD, wiring.REMIND_ON}
    assert not [kind for kind in sorted(left) if f'"{kind}"' not in sources]
