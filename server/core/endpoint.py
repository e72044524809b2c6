"""The address of an HTTP service as a setting names it: where to connect, and the credentials in the URL."""

import base64
import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

_URL = re.compile(r"[\x21-\x7e]+")
_SECRET = re.compile(r"[^\x00-\x1f\x7f]+")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}
_FORM = "must read https://host/path, https://token@host/path or https://user:password@host:port/path (or http://)"


@dataclass(frozen=True)
class Endpoint:
    """One address of an HTTP service."""

    secure: bool
    host: str
    port: int
    authority: str
    """The ``Host`` header: the port only if it is not the scheme's own."""
    target: str
    """Path and query."""
    authorization: str = field(repr=False)
    """The ``Authorization`` header: ``user:password@`` in the URL is basic credentials, ``token@`` a bearer token."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL. Raises ``ValueError`` with a reason that does not repeat it: it may hold credentials."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(_FORM) from None
        if not _URL.fullmatch(url) or parts.scheme not in _PORTS or not parts.hostname or parts.fragment or port == 0:
            raise ValueError(_FORM)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(
            secure=parts.scheme == "https",
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            authority=host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}",
            target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            authorization=_authorization(parts.username, parts.password),
        )


def _authorization(username: str | None, password: str | None) -> str:
    if username is None:
        return ""
    if password is None:
        token = unquote(username)
        if not _TOKEN.fullmatch(token):
            raise ValueError("the token holds characters that a header cannot hold")
        return f"Bearer {token}"
    credentials = f"{unquote(username)}:{unquote(password)}"
    if not _SECRET.fullmatch(credentials):
        raise ValueError("the credentials hold control characters")
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"
