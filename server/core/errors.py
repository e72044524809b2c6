"""Refusals: requests that are rejected, each with an HTTP status, a stable code and a message for a person.

Domains raise these or their own subclasses; the web layer turns them into a page or ``application/problem+json``.
Routes therefore have no try/except.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Text:
    """A message to be translated later: an English msgid with named values."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


def _(msgid: str, **params: object) -> Text:
    """Mark a message for translation; it is translated into the reader's language when it is shown."""
    return Text(msgid, params)


@dataclass(frozen=True)
class FieldError:
    """An error in one field of a form or a JSON body."""

    field: str
    text: Text


class Refusal(Exception):
    """A rejected request and the reason. Subclasses set ``status`` and ``code``."""

    status = 400
    code = "bad_request"
    text = _("We could not understand this request.")
    page = ""
    """Where whoever asks for a page is sent instead of reading an error."""

    def __init__(self, text: Text | None = None, *, code: str | None = None) -> None:
        self.text = text or type(self).text
        self.code = code or type(self).code
        super().__init__(f"{self.code}: {self.text}")


class BadRequest(Refusal):
    """400: malformed request."""


class UnreadableText(BadRequest):
    """400: bytes that are no text in the charset they were sent in."""

    code = "unreadable_text"
    text = _("This is not written in UTF-8, so we cannot read it. Please type it on our page, or send it as UTF-8.")


class BadCursor(BadRequest):
    """400: the position in a list was not given by that list."""

    code = "bad_cursor"
    text = _("This page of the list does not exist. Please start from the beginning.")


class NotSignedIn(Refusal):
    """401: requires an official's session or token."""

    status, code, text = 401, "not_signed_in", _("Please sign in first.")


class Forbidden(Refusal):
    """403: signed in, but without permission."""

    status, code, text = 403, "forbidden", _("You do not have the right to do this.")


class NotFound(Refusal):
    """404: missing, or not visible to this reader; the response does not say which."""

    status, code, text = 404, "not_found", _("We could not find this page.")


class Conflict(Refusal):
    """409: not possible in this state, or somebody else was faster."""

    status, code, text = 409, "conflict", _("This is no longer possible: the case has changed.")


class NotPossibleNow(Conflict):
    """409: the state does not allow the action."""

    code = "illegal_transition"
    text = _("This is not possible in the current state.")

    def __init__(self, action: str, state: str, text: Text | None = None) -> None:
        super().__init__(text)
        self.details = {"action": action, "state": state}


class ChangedMeanwhile(Conflict):
    """409: somebody else changed it since the page was opened; ``entries`` are the ledger events of those changes."""

    code = "changed_meanwhile"
    text = _("Someone else changed this after you opened it. Your text is kept; please review what changed.")

    def __init__(self, entries: Sequence[Any] = ()) -> None:
        super().__init__()
        self.entries = entries


class TooSlow(Refusal):
    """408: the body did not arrive in time. Nothing was changed."""

    status, code, text = (
        408,
        "too_slow",
        _("What you sent did not arrive in time and was not accepted. Please try again."),
    )


class TooLarge(Refusal):
    """413: the body is larger than the route accepts."""

    status, code, text = 413, "too_large", _("This is too large to be sent.")


class Misdirected(Refusal):
    """421: the request names a site that this is not."""

    status, code, text = 421, "misdirected", _("This site is not reached under this name.")


class UnsupportedMedia(Refusal):
    """415: a content type that the route does not accept."""

    status, code, text = 415, "unsupported_media_type", _("This kind of content is not accepted here.")


class Invalid(Refusal):
    """422: one or more fields are wrong; nothing was changed."""

    status, code, text = 422, "invalid", _("Please check the marked fields.")

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__()
        self.errors = errors

    @classmethod
    def at(cls, name: str, text: Text) -> Self:
        """One wrong field."""
        return cls([FieldError(name, text)])


class OnlyShown(Invalid):
    """200: the form was sent to be shown again, in another language or after signing in, so nothing is written."""

    status, code = 200, "only_shown"

    def __init__(self) -> None:
        super().__init__([])
        self.text = _("It has not been sent, and nothing was changed.")


class TooMany(Refusal):
    """429: too many requests from one client; retry after ``retry_after`` seconds."""

    status, code, text = 429, "too_many_requests", _("Too many requests. Please try again in a moment.")

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Overloaded(Refusal):
    """503: overloaded, refused early; retry after ``retry_after`` seconds."""

    status, code, text = 503, "overloaded", _("Too many people are here right now. Please try again in a moment.")

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__()
        self.retry_after = retry_after
