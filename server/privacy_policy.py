"""What the privacy policy says about this installation (Personal Information Protection Act, article 30).

The page's periods, cookies and recipients are read from where the program keeps them, so that a change there changes
the page. What has no period here is not deleted by the program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from forums.routes.moderation import MARK
from petitions.mail_links import CASE_DAYS
from server.core import auth, guesses, idempotency, kept, security, web
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.notify.texting import COUNTED
from server.core.participants.links import CONFIRM_HOURS, PERSON_DAYS
from tracking.visits.actions import papers, waiting
from tracking.visits.queries import passes
from tracking.visits.routes import browser

EDITION = date(2026, 12, 1)
"""Since when the text of the page applies: change it with the text."""
HOUR, DAY = 3600, 24 * 3600
_KEPT = kept.LIFE + kept.SWEPT


@dataclass(frozen=True)
class Processing:
    """One purpose for which personal data are processed."""

    purpose: Text
    items: Text
    basis: Text
    kept: Text


_TASK = _(
    "A task of the city by law (Civil Petitions Treatment Act; Personal Information Protection Act, article 15 (1) 3)"
)
_ASKED = _("What you asked for (Personal Information Protection Act, article 15 (1) 4)")
_CONSENT = _("Your consent (Personal Information Protection Act, article 15 (1) 1)")
_RECORD = _(
    "With the record, for the period of the Public Records Management Act; the program deletes nothing of it by itself"
)

PROCESSING: Sequence[Processing] = (
    Processing(
        _("Receiving, handling and answering petitions"),
        _(
            "Name; email address or phone number; postal address if you give one; what you write, the place and the "
            "files"
        ),
        _TASK,
        _RECORD,
    ),
    Processing(
        _("Showing you your case or visit again in this browser"),
        _("A random number in a cookie, of which we keep only a fingerprint; links in emails"),
        _ASKED,
        _("%(session)s days after you opened it; links in emails %(link)s days",
          session=auth.CITIZEN_LIFE.days, link=CASE_DAYS),
    ),
    Processing(
        _("Publishing answers"),
        _("The petition and its answer without your name, contact and personal numbers"),
        _("Your consent when filing. You can withdraw it at any time on the page of your case, or by calling us"),
        _("Until you withdraw your consent; then at once no longer on any public page"),
    ),
    Processing(
        _("Taking part in forums"),
        _("Email address, the name that you choose, what you write; age band and district only if you give them"),
        _CONSENT,
        _("Until you ask us to delete it; what is not confirmed %(hours)s hours, a browser that knows you %(days)s "
          "days", hours=CONFIRM_HOURS, days=PERSON_DAYS),
    ),
    Processing(
        _("News by email"),
        _("Email address and what you follow"),
        _CONSENT,
        _("Until you unfollow"),
    ),
    Processing(
        _("Booking visits"),
        _("Name; email address or phone number; the service and your note"),
        _ASKED,
        _RECORD,
    ),
    Processing(
        _("Documents sent before a visit"),
        _("The files that you send"),
        _ASKED,
        _("%(days)s days after the visit", days=papers.KEPT_DAYS),
    ),
    Processing(
        _("Waiting lists for a free time"),
        _("Name; email address or phone number"),
        _ASKED,
        _("%(days)s days after the day you waited for", days=waiting.KEPT_DAYS),
    ),
    Processing(
        _("Telling you when it is nearly your turn"),
        _("Email address or phone number"),
        _ASKED,
        _("Until your turn is over, at the latest until the office closes that day"),
    ),
    Processing(
        _("Visitor passes at the reception"),
        _("Purpose of the visit, number of the pass"),
        _CONSENT,
        _("%(days)s days after it was issued", days=passes.KEPT_DAYS),
    ),
    Processing(
        _("Keeping a form until you send it"),
        _("What you typed, encrypted so that only this browser can open it; the internet address as a fingerprint"),
        _ASKED,
        _("At most %(hours)s hours, or until you send it", hours=int(_KEPT.total_seconds()) // 3600),
    ),
    Processing(
        _("Slowing down those who guess keys and passwords"),
        _("Fingerprints of the internet address and of the case or name that was tried"),
        _TASK,
        _("%(days)s days after the last attempt", days=guesses.FORGOTTEN.days),
    ),
    Processing(
        _("Preventing repeated sending and abuse"),
        _("Fingerprints of what was sent; the internet address (in memory only, never stored or logged); how many text "
          "messages went to a number in an hour (as a fingerprint)"),
        _TASK,
        _("%(days)s days; the counts of text messages %(hours)s hours",
          days=idempotency.LIFE.days, hours=int(COUNTED.total_seconds()) // 3600),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Cookie:
    """A cookie of the public pages."""

    name: str
    purpose: Text
    seconds: int

    @property
    def kept(self) -> Text:
        """How long it stays."""
        if HOUR <= self.seconds < DAY:
            return _("%(hours)s hours", hours=self.seconds // HOUR)
        if self.seconds < HOUR:
            return _("%(minutes)s minutes", minutes=max(1, self.seconds // 60))
        return _("%(days)s days", days=self.seconds // DAY)


COOKIES: Sequence[Cookie] = (
    Cookie(web.LANGUAGE_COOKIE, _("Your language"), web.YEAR),
    Cookie(web.TEXT_COOKIE, _("The size of the text"), web.YEAR),
    Cookie(web.NOTICE_COOKIE, _("A message on the next page, such as “Saved”"), web.NOTICE_SECONDS),
    Cookie(guesses.COOKIE, _("Spares you the wait after wrong keys that others tried"), guesses.COOKIE_DAYS * DAY),
    Cookie(kept.COOKIE, _("Opens the form that you have not sent yet"), int(_KEPT.total_seconds())),
    Cookie(kept.WRITER, _("Knows whose form it is when you sign in again"), int(kept.WRITER_LIFE.total_seconds())),
    Cookie(browser.COOKIE, _("Holds the time that you are booking"), browser.COOKIE_SECONDS),
    Cookie(MARK, _("Counts your reports of a text once"), web.YEAR),
)


def cookies() -> Sequence[Cookie]:
    """Every cookie of this installation."""
    session = Cookie(
        security.session_cookie(), _("Opens your cases, visits and submissions"), int(auth.CITIZEN_LIFE.total_seconds())
    )
    return [session, *COOKIES]


@dataclass(frozen=True)
class Recipient:
    """Somebody else's server that receives personal data."""

    host: str
    what: Text


def recipients(settings: Settings) -> Sequence[Recipient]:
    """The servers of others that this installation uses, by its settings."""
    found = []
    for url, what in (
        (settings.smtp_url, _("sends our emails: address and content")),
        (settings.text_url, _("sends our text messages: phone number and content")),
        (
            settings.geocoder_url,
            _("finds addresses on the map: the address of a place that you type, and nothing else"),
        ),
        (settings.meilisearch_url, _("keeps an index of what can be searched: petitions, answers and forums")),
        (settings.tile_url, _("sends the pictures of maps to your browser, and so learns its internet address")),
    ):
        if url:
            found.append(Recipient(urlsplit(url).hostname or "", what))
    return found
