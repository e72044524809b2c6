"""Settings: every bad one is named, and the secret is made once."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from server.core import accounts, clock, config
from server.core.config import BadSettings, Settings
from server.core.signing import sign, sign_short, unsign, unsign_short
from tests.support.command import sinmungo

NOWHERE = Path("no-such.env")


def test_without_any_setting_the_embedded_defaults_hold() -> None:
    settings = Settings.load({}, NOWHERE)
    assert settings.sqlite
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.languages == ("ko", "ja", "en")
    assert settings.loopback


def test_the_data_folder_moves_the_embedded_database_along() -> None:
    settings = Settings.load({"SINMUNGO_DATA_DIR": "elsewhere"}, NOWHERE)
    assert settings.database_url == "sqlite:///elsewhere/sinmungo.db"
    settings = Settings.load({"SINMUNGO_DATA_DIR": "elsewhere", "SINMUNGO_DATABASE_URL": "sqlite:///my.db"}, NOWHERE)
    assert settings.database_url == "sqlite:///my.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somewhere/x"),
        ("PORT", "0"),
        ("PORT", "http"),
        ("WORKERS", "2"),
        ("WORKERS", "65"),
        ("COUNTRY", "FR"),
        ("TIMEZONE", "Asia/Atlantis"),
        ("LANGUAGES", "ko,fr"),
        ("LANGUAGES", ","),
        ("BASE_URL", "ftp://city.example"),
        ("SMTP_URL", "mail.city.example"),
        ("CLAMD_URL", "http://127.0.0.1"),
        ("TEXT_URL", "smtp://gateway.example"),
        ("TEXT_URL", "https://secret@gateway.example:port/"),
        ("TEXT_URL", "https://secret%0aX@gateway.example/"),
        ("GEOCODER_URL", "geocoder.example/search"),
        ("GEOCODER_URL", "ftp://geocoder.example/search"),
        ("SECRET_KEY", "short"),
        ("RATE_LIMITS", "maybe"),
        ("RUN_JOBS", "sometimes"),
        ("IDLE_MINUTES", "0"),
        ("SIGNING_KEYS", "short"),
        ("SIGNING_KEYS", "k" * 40 + "@tomorrow"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy.example"),
        ("METRICS_TOKEN", "short"),
        ("HOST", "0.0.0.0"),  # noqa: S104 — without a base URL
        ("TWO_STEP_ROLES", "administrator,mayor"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.load({f"SINMUNGO_{name}": value}, NOWHERE)
    named = {"HOST": "BASE_URL"}.get(name, name)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [f"SINMUNGO_{named}"]
    assert "secret" not in str(caught.value)


def test_the_roles_that_can_need_a_code_are_those_there_are() -> None:
    assert {*config.ROLES} == {*accounts.ROLES}


def test_every_bad_value_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.load({"SINMUNGO_PORT": "x", "SINMUNGO_COUNTRY": "FR"}, NOWHERE)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("host", "base_url", "refused"),
    [
        ("127.0.0.1", "", False),
        ("localhost", "http://127.0.0.1:8000", False),
        ("0.0.0.0", "", True),  # noqa: S104 — that is the point
        ("127.0.0.1", "https://petitions.city.example", True),
    ],
)
def test_rate_limits_are_switched_off_on_loopback_only(host: str, base_url: str, *, refused: bool) -> None:
    environ = {"SINMUNGO_RATE_LIMITS": "off", "SINMUNGO_HOST": host, "SINMUNGO_BASE_URL": base_url}
    if refused:
        with pytest.raises(BadSettings):
            Settings.load(environ, NOWHERE)
    else:
        assert not Settings.load(environ, NOWHERE).rate_limits


def test_an_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("SINMUNGO_PORT=9000\nSINMUNGO_COUNTRY=JP\n")
    settings = Settings.load({"SINMUNGO_PORT": "9001"}, path)
    assert (settings.port, settings.country) == (9001, "JP")


@pytest.mark.parametrize("content", ["", "abc", "\n", " " * 40])
def test_a_key_file_that_protects_nothing_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(BadSettings, match="anybody could forge links") as caught:
        Settings(data_dir=tmp_path).with_secret()
    assert "Restore it from a backup, or delete it" in str(caught.value)
    answer = sinmungo(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/a.db"), "check")
    assert (answer.exit_code, "secret_key" in answer.output) == (2, True)


def test_a_key_file_is_on_the_disk_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, real = list[Path](), os.fsync

    def noted(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink())
        real(number)

    monkeypatch.setattr(os, "fsync", noted)
    made = Settings(data_dir=tmp_path).with_secret()
    assert len(made.secret_key) == 64
    assert (synced[0].name[:10], synced[1]) == ("secret_key", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_keys_are_rotated_and_old_links_stay_valid_for_a_time(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/a.db")
    old = settings.with_secret()
    link, short = sign(old, "a", 1), sign_short(old, "b", "V1", 400)
    answer = sinmungo(settings, "rotate-key", "--days", "30")
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "signing_keys").stat().st_mode & 0o777 == 0o600
    new = settings.with_secret()
    assert new.secret_key == old.secret_key, "what is stored is hashed with it"
    assert (unsign(new, "a", link), unsign_short(new, "b", short)) == (1, "V1")
    assert unsign(old, "a", sign(new, "a", 2)) is None, "new links have the new key"
    assert unsign(new, "a", sign(new, "a", 2)) == 2
    with clock.at(clock.now() + timedelta(days=31)):
        assert (unsign(new, "a", link), unsign_short(new, "b", short)) == (None, None)
        assert unsign(new, "a", sign(new, "a", 2)) == 2
    (tmp_path / "signing_keys").write_text("")
    with pytest.raises(BadSettings):
        settings.with_secret()


@pytest.mark.parametrize("name", ["SINMUNGO_SECRET_KEY", "SINMUNGO_SIGNING_KEYS"])
def test_keys_that_stand_in_a_file_of_settings_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A key file would be ignored, or replace what the operator has written."""
    (tmp_path / ".env").write_text(f"{name}={'k' * 40}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(name, raising=False)
    settings = Settings(data_dir=tmp_path / "var", database_url=f"sqlite:///{tmp_path}/a.db")
    answer = sinmungo(settings, "rotate-key")
    assert answer.exit_code == 0, answer.output
    printed = dict([answer.output.strip().split("=", 1)])["SINMUNGO_SIGNING_KEYS"].split(",")
    assert (len(printed), printed[1].partition("@")[0]) == (2, "k" * 40)
    assert not (tmp_path / "var" / "signing_keys").exists()


async def test_the_secret_is_made_once_even_by_processes_that_start_together(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    made = await asyncio.gather(*(asyncio.to_thread(settings.with_secret) for _ in range(8)))
    assert len({one.secret_key for one in made}) == 1
    assert len(made[0].secret_key) == 64
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert Settings(secret_key="k" * 40).with_secret().secret_key == "k" * 40
