"""Settings: read once from the environment and ``.env``, frozen, with every invalid one reported.

Owns the names and defaults of all settings and the secret key's file. Nothing else in the program reads the
environment, so tests and further deployments only need their own ``Settings(...)``.
"""

import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from server.core.endpoint import Endpoint
from server.core.networks import parsed

LANGUAGES = ("ko", "ja", "en")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
SHORTEST_KEY, SHORTEST_TOKEN = 32, 16
"""Characters: 256 bits in hexadecimal would be 64."""
SIGNING_KEYS = "signing_keys"
"""The file of the data folder in which keys of links are rotated."""
_SIGNING_KEY = re.compile(r"[^\s@,]{32,}(@\d{4}-\d\d-\d\d)?")
ROLES = ("intake", "handler", "manager", "inspector", "guide", "clerk", "administrator")
"""The roles of officials (``accounts.Role``)."""


class BadSettings(ValueError):
    """One or more settings are invalid; ``problems`` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """The settings of one installation. Field ``x`` is read from ``SINMUNGO_X``."""

    database_url: str = "sqlite:///var/sinmungo.db"
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    secret_key: str = field(default="", repr=False)
    signing_keys: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = ""
    smtp_url: str = field(default="", repr=False)
    smtp_utf8: bool = False
    mail_from: str = "sinmungo@localhost"
    text_url: str = field(default="", repr=False)
    timezone: str = "Asia/Seoul"
    country: str = "KR"
    languages: tuple[str, ...] = LANGUAGES
    rate_limits: bool = True
    keep_pages: bool = True
    trusted_proxies: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)
    city_name: str = "신문고"
    call_centre: str = "120"
    privacy_officer: str = ""
    security_contact: str = ""
    tile_url: str = ""
    geocoder_url: str = field(default="", repr=False)
    clamd_url: str = field(default="", repr=False)
    meilisearch_url: str = ""
    meilisearch_key: str = field(default="", repr=False)
    run_jobs: bool = True
    forum_supports: int = 100
    idle_minutes: int = 60
    answer_delay: int = 60
    upload_mb_address: int = 1_000
    upload_mb_all: int = 20_000
    keep_contacts_years: int = 3
    keep_cases_years: int = 10
    keep_visits_years: int = 1
    two_step_roles: tuple[str, ...] = ()
    demo_live: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def language(self) -> str:
        return self.languages[0]

    def spoken(self, language: str) -> str:
        """The given language, or the default if the city does not support it."""
        return language if language in self.languages else self.language

    @property
    def public_url(self) -> str:
        """The base URL of links in mails, without a trailing slash."""
        return self.base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def spool(self) -> Path:
        """The folder for mails when there is no SMTP server, and for text messages when there is no gateway."""
        return self.data_dir / "mail"

    @property
    def compiled(self) -> Path:
        return self.data_dir / "templates"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host) and (not self.base_url or is_loopback(urlsplit(self.base_url).hostname or ""))

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the site is asked for: the base URL's, and on a loopback server this machine's."""
        own = urlsplit(self.public_url).hostname or ""
        return frozenset({own, *(LOOPBACK_NAMES if is_loopback(self.host) else ())})

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> "Settings":
        """Read ``.env``, overridden by the environment. Raises :class:`BadSettings` with every invalid value."""
        given = {k: v for k, v in dotenv_values(env_file).items() if v is not None}
        given.update(os.environ if environ is None else environ)
        values = {k.removeprefix("SINMUNGO_").lower(): v.strip() for k, v in given.items() if k.startswith("SINMUNGO_")}
        chosen, problems = _read(values)
        settings = replace(cls(), **chosen)
        problems += settings.problems()
        if problems:
            raise BadSettings(problems)
        return settings

    def problems(self) -> list[str]:
        found = []
        scheme = self.database_url.partition("://")[0]
        if scheme not in {"sqlite", "postgres", "postgresql", "asyncpg"}:
            found.append(f"SINMUNGO_DATABASE_URL: {scheme!r} is neither sqlite nor postgresql")
        if self.sqlite and self.workers > 1:
            found.append("SINMUNGO_WORKERS: one web process owns a SQLite database; use PostgreSQL for more")
        found += self._place_problems()
        found += self._url_problems()
        found += self._key_problems()
        found += self._proxy_problems()
        if not self.rate_limits and not self.loopback:
            found.append("SINMUNGO_RATE_LIMITS: off only on a loopback address")
        return found

    def _place_problems(self) -> list[str]:
        found = []
        if not self.languages or set(self.languages) - set(LANGUAGES):
            found.append(f"SINMUNGO_LANGUAGES: {','.join(self.languages)!r} is not a choice among ko,ja,en")
        if unknown := set(self.two_step_roles) - set(ROLES):
            found.append(f"SINMUNGO_TWO_STEP_ROLES: {','.join(sorted(unknown))!r} is not among {','.join(ROLES)}")
        if self.country not in {"KR", "JP"}:
            found.append(f"SINMUNGO_COUNTRY: {self.country!r} is neither KR nor JP")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            found.append(f"SINMUNGO_TIMEZONE: {self.timezone!r} is not a time zone")
        return found

    def _key_problems(self) -> list[str]:
        found = []
        if self.secret_key and len(self.secret_key) < SHORTEST_KEY:
            found.append(f"SINMUNGO_SECRET_KEY: shorter than {SHORTEST_KEY} characters")
        if any(not _SIGNING_KEY.fullmatch(one) for one in self.signing_keys):
            found.append(
                f"SINMUNGO_SIGNING_KEYS: each needs at least {SHORTEST_KEY} characters, and may end in @ and a date"
            )
        if self.metrics_token and len(self.metrics_token) < SHORTEST_TOKEN:
            found.append(f"SINMUNGO_METRICS_TOKEN: shorter than {SHORTEST_TOKEN} characters")
        return found

    def _proxy_problems(self) -> list[str]:
        found = [f"SINMUNGO_TRUSTED_PROXIES: {one!r} is no address or network" for one in _no_networks(self)]
        if not self.base_url and self.host in {"0.0.0.0", "::"}:  # noqa: S104 - which is asked here
            found.append("SINMUNGO_BASE_URL: needed where the server listens on every address")
        return found

    def _url_problems(self) -> list[str]:
        found = []
        for name, url, schemes in (
            ("BASE_URL", self.base_url, {"http", "https"}),
            ("SMTP_URL", self.smtp_url, {"smtp", "smtps"}),
            ("CLAMD_URL", self.clamd_url, {"tcp", "unix"}),
            ("MEILISEARCH_URL", self.meilisearch_url, {"http", "https"}),
        ):
            if url and url.partition("://")[0] not in schemes:
                found.append(f"SINMUNGO_{name}: must start with {' or '.join(sorted(schemes))}://")
        if self.security_contact and not self.security_contact.startswith(("mailto:", "https://")):
            found.append("SINMUNGO_SECURITY_CONTACT: must start with mailto: or https://")
        for name, url in (("TEXT_URL", self.text_url), ("GEOCODER_URL", self.geocoder_url)):
            try:
                if url:
                    Endpoint.parse(url)
            except ValueError as error:
                found.append(f"SINMUNGO_{name}: {error}")
        return found

    def with_secret(self) -> "Settings":
        """The same settings with the keys of the data folder, where none are set.

        The secret key is made once and kept there. Raises :class:`BadSettings` for a key file that protects nothing.
        """
        complete = self if self.secret_key else replace(self, secret_key=self._kept_secret())
        path = self.data_dir / SIGNING_KEYS
        if not self.signing_keys and path.exists():
            complete = replace(complete, signing_keys=tuple(path.read_text().split()))
            if not complete.signing_keys or complete.problems():
                raise BadSettings([f"{path}: no signing keys that can be read; restore the file, or delete it."])
        return complete

    def _kept_secret(self) -> str:
        path = self.data_dir / "secret_key"
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another process was first: its key is used
                write_key(path, secrets.token_hex(32))
        key = path.read_text().strip()
        if len(key) < SHORTEST_KEY:
            why = f"{path}: empty or shorter than {SHORTEST_KEY} characters, so that anybody could forge links."
            what = "Restore it from a backup, or delete it: with the new key, links that were sent no longer open."
            raise BadSettings([f"{why} {what}"])
        return key


def write_key(path: Path, content: str, *, anew: bool = False) -> None:
    """Write a key file that only its owner reads, durably and whole. Raises ``FileExistsError`` unless ``anew``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if anew:
            mine.replace(path)
        else:
            os.link(mine, path)
    finally:
        mine.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _no_networks(settings: Settings) -> list[str]:
    found = []
    for one in settings.trusted_proxies:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            found.append(one)
    return found


def _read(values: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Convert the values to fields, with a sentence for each that cannot be read."""
    chosen: dict[str, Any] = {name: values[name] for name in _TEXTS if values.get(name)}
    problems: list[str] = []
    if values.get("data_dir"):
        chosen["data_dir"] = Path(values["data_dir"])
        chosen.setdefault("database_url", f"sqlite:///{chosen['data_dir'] / 'sinmungo.db'}")
    for name, (low, high) in _NUMBERS.items():
        if value := values.get(name):
            if value.isdecimal() and low <= int(value) <= high:
                chosen[name] = int(value)
            else:
                problems.append(f"SINMUNGO_{name.upper()}: {value!r} is not a number from {low} to {high}")
    for name in _SWITCHES:
        if value := values.get(name):
            chosen[name] = value.lower() != "off"
            if value.lower() not in {"on", "off"}:
                problems.append(f"SINMUNGO_{name.upper()}: {value!r} is neither on nor off")
    for name in _LISTS:
        if values.get(name):
            chosen[name] = tuple(one.strip() for one in values[name].split(",") if one.strip())
    return chosen, problems


_TEXTS = (
    "database_url", "secret_key", "base_url", "smtp_url", "mail_from", "text_url", "host", "city_name", "call_centre",
    "privacy_officer", "security_contact", "tile_url", "geocoder_url", "clamd_url", "meilisearch_url",
    "meilisearch_key", "metrics_token", "timezone", "country",
)  # fmt: skip
_PERIODS = ("keep_contacts_years", "keep_cases_years", "keep_visits_years")
_NUMBERS = {
    "port": (1, 65535),
    "workers": (1, 64),
    "forum_supports": (1, 1_000_000),
    "idle_minutes": (5, 720),
    "answer_delay": (0, 3_600),
    **dict.fromkeys(_PERIODS, (1, 100)),
    "upload_mb_address": (1, 10**6),
    "upload_mb_all": (1, 10**9),
}
_LISTS = ("languages", "two_step_roles", "trusted_proxies", "signing_keys")
_SWITCHES = ("rate_limits", "keep_pages", "run_jobs", "smtp_utf8", "demo_live")


_current: list[Settings] = []


def use(settings: Settings) -> None:
    """Set the settings of this process. Called once at start-up."""
    _current[:] = [settings]


def settings() -> Settings:
    """The settings of this process."""
    return _current[0]


def is_loopback(host: str) -> bool:
    """Whether a host name or address is reachable only from this machine."""
    if host == "localhost":
        return True
    try:
        return parsed(host).is_loopback
    except ValueError:
        return False
