"""What the reception enters: a visitor without a reservation, and a visitor pass with the consent to what is kept."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from server.core.errors import _
from server.core.forms import LANGUAGES, Errors, Form, Hint, Html, Label, OneOf, line
from tracking.visits.queries.passes import KEPT_DAYS
from tracking.visits.queue_forms import PressId

CONSENT_EDITION = "2026-11"
"""Which edition of :data:`CONSENT` was agreed to; the event of each pass names it. A changed text is a new edition."""
CONSENT = (
    _("What is kept: the purpose of the visit, the number of the pass, and when it was issued and returned."),
    _("Why: for the safety of the building and to know who is inside in an emergency."),
    _("How long: %(days)s days; then it is erased.", days=KEPT_DAYS),
    _("You may refuse. Without consent no pass can be issued; you are then served at the reception or by telephone."),
)
"""What a visitor agrees to: as the Personal Information Protection Act asks (Article 15, paragraph 2)."""


def _number(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().upper()


class IssuePass(Form):
    """A visitor pass."""

    number: Annotated[
        str,
        line(20, safe=False),
        AfterValidator(_number),
        Label(_("Number of the pass")),
        Hint(_("As printed on it.")),
        Html(autocomplete="off"),
    ]
    purpose: Annotated[str, line(300), Label(_("Purpose of the visit")), Html(autocomplete="off")]
    consent: Annotated[bool, Label(_("The visitor has read or heard this and agrees"))] = False
    screened: Annotated[bool, Label(_("The security step is passed"))] = False

    def check(self, errors: Errors) -> None:
        if not self.consent:
            errors.fail("consent", _("Without the visitor's consent no pass can be issued."))


class ReceiveWalkIn(Form):
    """A ticket for somebody without a reservation, who does not use the kiosk."""

    services: Annotated[tuple[str, ...], OneOf(), Label(_("Services"))] = ()
    language: Annotated[str, OneOf(LANGUAGES), Label(_("Language of the visitor"))] = "ko"
    press_id: PressId = ""

    def check(self, errors: Errors) -> None:
        if not self.services and "services" not in errors:
            errors.fail("services", _("Please choose a service, or several."))
