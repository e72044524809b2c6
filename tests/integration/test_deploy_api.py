"""The files of docs/deploy: each is run or parsed by the program that reads it, where that is installed."""

import getpass
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY

import server.app
import server.core.search.meilisearch.engine  # noqa: F401 - with both all metrics
from server.core.config import Settings
from tests.support.live import ROOT, Starter, free_port
from tests.support.loopback import make_certificate

DEPLOY = ROOT / "docs" / "deploy"
NAME = "minwon.example.kr"


def program(name: str) -> str:
    """A program's path. Where it is not installed, the test is left out."""
    return shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin:/bin") or pytest.skip(f"{name} is not installed")


def known() -> set[str]:
    """Every series of the program."""
    found = set()
    for family in REGISTRY.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "summary": ["_sum", "_count"]}
        found |= {f"{family.name}{suffix}" for suffix in suffixes.get(family.type, [""])}
    return found


def expressions() -> list[str]:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    rules = (DEPLOY / "prometheus-rules.yml").read_text()
    return [
        *re.findall(r"expr: (.*)", rules),
        *[target["expr"] for panel in dashboard["panels"] for target in panel["targets"]],
    ]


def test_rules_and_dashboard_ask_for_metrics_that_exist() -> None:
    asked = {name for one in expressions() for name in re.findall(r"\b(?:sinmungo|process)_\w+", one)}
    assert len(asked) > 10, "expressions are found"
    assert asked - known() == set()
    series = {name for name in known() if name.startswith("sinmungo_")}
    bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in series}
    shown = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked}
    assert bare - shown == set(), "a metric that nobody looks at"


def test_rules_and_settings_of_prometheus_are_valid(tmp_path: Path) -> None:
    tool = program("promtool")
    (tmp_path / "token").write_text("t" * 20)
    shutil.copy(DEPLOY / "prometheus-rules.yml", tmp_path)
    text = (DEPLOY / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus/sinmungo-token", str(tmp_path / "token")))
    done = subprocess.run([tool, "check", "config", tmp_path / "prometheus.yml"], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_units_are_valid(tmp_path: Path) -> None:
    tool = program("systemd-analyze")
    units = sorted((DEPLOY / "systemd").iterdir())
    assert len(units) == 7
    for unit in units:  # the programs themselves are not installed there
        text = unit.read_text().replace("/opt/sinmungo/.venv/bin/sinmungo", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("/usr/local/bin/meilisearch", "/bin/true"))
    done = subprocess.run(
        [tool, "verify", *(tmp_path / unit.name for unit in units)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_copies_what_there_is_and_runs_commands_that_exist() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"server", "petitions", "forums", "tracking", "templates"} <= set(copied)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[tuple[int, int, int]]:
    """nginx with our file, on free ports: its ports for HTTP and HTTPS, and that of the site."""
    tool = program("nginx")
    plain, secure, site = free_port(), free_port(), free_port()
    certificate = make_certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure} "),
        ("127.0.0.1:8000", f"127.0.0.1:{site}"),
        ("/etc/ssl/sinmungo/fullchain.pem", str(certificate)),
        ("/etc/ssl/sinmungo/privkey.pem", str(certificate.with_suffix(".key"))),
        ("/var/cache/nginx/sinmungo", str(tmp_path / "cache")),
    ):
        assert old in text
        text = text.replace(old, new)
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""  # only root may name one
    whole = f"{user}pid {tmp_path}/pid;\ndaemon off;\nerror_log {tmp_path}/error.log;\nworker_processes 1;\n"
    whole += f"events {{}}\nhttp {{\naccess_log off;\n{paths}{text}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    process = subprocess.Popen([tool, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"])
    try:
        patience = time.monotonic() + 30
        while not (tmp_path / "pid").exists() and process.poll() is None and time.monotonic() < patience:
            time.sleep(0.05)
        assert process.poll() is None, (tmp_path / "error.log").read_text()
        yield plain, secure, site
    finally:
        process.terminate()
        process.wait(15)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_site_works_behind_nginx(settings: Settings, starter: Starter, nginx: tuple[int, int, int]) -> None:
    plain, secure, port = nginx
    environment = {"SINMUNGO_BASE_URL": f"https://{NAME}", "SINMUNGO_TRUSTED_PROXIES": "127.0.0.1"}
    starter.serve(settings, port, **environment, SINMUNGO_RATE_LIMITS="on")
    host = {"host": NAME}
    with httpx.Client(verify=False, headers=host, timeout=30) as browser:  # noqa: S501 - a certificate of our own
        moved = browser.get(f"http://127.0.0.1:{plain}/petitions?page=2")
        assert (moved.status_code, moved.headers["location"]) == (301, f"https://{NAME}/petitions?page=2")
        base = f"https://127.0.0.1:{secure}"
        home = browser.get(f"{base}/")
        assert home.status_code == 200
        assert "strict-transport-security" in home.headers
        signed = browser.post(f"{base}/desk/sign-in", data={"username": "admin", "password": "correct horse"})
        assert signed.status_code == 303, signed.text
        assert "secure" in signed.headers["set-cookie"].lower(), "the scheme is believed"
        for hidden in ("/metrics", "/readyz"):
            assert browser.get(f"{base}{hidden}").status_code == 404
        assert browser.get(f"{base}/", headers={"host": "evil.example"}).status_code == 421
        static = re.findall(r'href="(/static/css/[^"]+)"', home.text)[0]
        assert browser.get(f"{base}{static}").status_code == 200
        answer = browser.post(
            f"{base}/api/v1/petitions",
            json={"title": "가로등", "body": "가로등이 꺼졌습니다.", "petitioner": {"name": "홍길동"}},
        )
        assert answer.status_code == 201, answer.text
        case, key = f"{base}/api/v1/cases/{answer.json()['reference']}", {"x-access-key": answer.json()["access_key"]}
        assert browser.get(case, headers=key).status_code == 200
        with browser.stream("GET", f"{base}/desk/stream") as live:
            assert (live.status_code, live.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
            assert next(live.iter_raw()), "sent on at once"
