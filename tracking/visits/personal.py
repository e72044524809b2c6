"""What the tables of visits hold about a visitor. Time, service and what came of the visit stay: they are counted."""

from server.core.personal import BLANK, Held, Personal, Way

_FINGERPRINTS = ("key_hash", "household", "household_also", "household_active", "browser", "holder")
_CONTACT = "name = '', email = '', phone = ''"
_HOUSEHOLD = "household = '', household_also = ''"

PERSONAL = Personal(
    ways=(
        Way(
            "visit",
            ("email", "phone", "household", "household"),
            "SELECT id FROM visit "
            "WHERE LOWER(email) IN (?) OR phone IN (?) OR household IN (?) OR household_also IN (?)",
        ),
        Way("subject", ("visit",), "SELECT 'visit/' || number FROM visit WHERE id IN (?)"),
        Way("number", ("visit",), "SELECT number FROM visit WHERE id IN (?)"),
        Way("visit_document", ("visit",), "SELECT id FROM visit_document WHERE visit_id IN (?)"),
        Way(
            "waiting",
            ("email", "phone", "household", "household"),
            "SELECT id FROM visit_waiting "
            "WHERE LOWER(email) IN (?) OR phone IN (?) OR household IN (?) OR household_also IN (?)",
        ),
        Way(
            "ticket",
            ("visit", "email", "phone"),
            "SELECT id FROM ticket WHERE visit_id IN (?) OR LOWER(contact) IN (?) OR contact IN (?)",
        ),
    ),
    held=(
        Held("visit_words", "visit", "visit_id", f"text = {BLANK}"),
        Held("visit_file", "visit_document", "document_id", files="hash"),
        Held("visit_document", "visit", "visit_id", "note = ''"),
        Held("visit_request", "reference", "case_reference", f"reason = {BLANK}"),
        Held("no_show", "visit", "visit_id", _HOUSEHOLD, secret=_FINGERPRINTS),
        Held(
            "visit_restriction", "visit", "visit_id", f"{_HOUSEHOLD}, appeal = '', decision = ''", secret=_FINGERPRINTS
        ),
        Held("visit_waiting", "waiting", "id", secret=_FINGERPRINTS),
        Held("visitor_pass", "ticket", "ticket_id", f"purpose = {BLANK}"),
        Held(
            "ticket",
            "ticket",
            "id",
            f"contact = '', note = '', urgent = CASE WHEN urgent = '' THEN '' ELSE {BLANK} END",
        ),
        Held(
            "visit",
            "visit",
            "id",
            f"{_CONTACT}, note = '', situations = NULL, {_HOUSEHOLD}, household_active = NULL, browser = '', "
            "holder = NULL, key_hash = ''",
            secret=_FINGERPRINTS,
        ),
    ),
)

OLD_VISITS = (
    "SELECT id FROM visit WHERE held_until IS NULL AND ends_at < ? "
    "AND (name <> '' OR email <> '' OR phone <> '' OR note <> '' OR household <> '') ORDER BY id LIMIT ?"
)
"""The visits, so many, that are over since before a moment and still say whose they were."""
