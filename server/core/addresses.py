"""Email addresses: which of them are accepted, how they are shown, and how they stand in a mail.

Forms and the mailer use this one rule, so that no address is accepted to which no mail can be sent.

===============================  ==============================  ==========================================
written                          kept and shown                  in a mail
===============================  ==============================  ==========================================
``kim@example.org``              as written                      as written
``kim@한국.kr``, or in Punycode  ``kim@한국.kr``                 ``kim@xn--3e0b707e.kr``
``taro..ba@docomo.ne.jp``        as written                      ``"taro..ba"@docomo.ne.jp``
``김@example.org``               as written, but refused unless  as written, to servers that offer SMTPUTF8
                                 ``SINMUNGO_SMTP_UTF8`` is on
===============================  ==============================  ==========================================

Everything else follows email-validator, without looking domains up.
"""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

MAX_LOCAL = 64
"""Characters before the @ (RFC 5321, 4.5.3.1.1)."""
_DOTTED_DOMAIN = re.compile(r"(?:(?:[a-z0-9-]+\.)?(?:docomo|ezweb|vodafone|softbank)\.ne\.jp|au\.com)", re.IGNORECASE)
"""Japanese mobile carriers. They once gave out addresses with dots at the end or in a row, which are still in use."""
_DOTTED_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_UNQUOTED_LOCAL = re.compile(r"[^.]+(?:\.[^.]+)*")


class NotAnAddress(ValueError):
    """Not one email address in a form that exists. The text names nobody."""


class NeedsUtf8(NotAnAddress):
    """An address with other letters before the @, to which the mail server cannot send."""


@dataclass(frozen=True)
class Address:
    """An email address; as text in the form in which people read it."""

    local: str
    domain: str
    wire_domain: str
    """The domain in ASCII."""

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def wire(self) -> str:
        """The address as it stands in a mail and in SMTP."""
        local = self.local if _UNQUOTED_LOCAL.fullmatch(self.local) else f'"{self.local}"'
        return f"{local}@{self.wire_domain}"


def read(written: str, *, utf8: bool) -> Address:
    """Read an address; ``utf8`` allows letters of every script before the @. Raises :class:`NotAnAddress`."""
    local, _at, domain = written.rpartition("@")
    if _DOTTED_DOMAIN.fullmatch(domain):
        local = re.sub(r'"(.+)"', r"\1", local)
        if not _DOTTED_LOCAL.fullmatch(local) or len(local) > MAX_LOCAL:
            raise NotAnAddress("not an email address")
        return Address(local, domain.lower(), domain.lower())
    try:
        found = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        raise NotAnAddress("not an email address") from None
    if len(found.local_part) > MAX_LOCAL:
        raise NotAnAddress("not an email address")
    if found.smtputf8 and not utf8:
        raise NeedsUtf8("an email address with letters that the mail server cannot send to")
    return Address(found.local_part, found.domain, found.ascii_domain)
