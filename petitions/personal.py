"""What the tables of cases hold about a petitioner. Dates, kind, department and rating stay: statistics count them."""

from server.core.personal import BLANK, Held, Personal, Way

PERSONAL = Personal(
    ways=(
        Way("case", ("email", "phone"), "SELECT case_id FROM petitioner WHERE LOWER(email) IN (?) OR phone IN (?)"),
        Way("reference", ("case",), "SELECT reference FROM petition_case WHERE id IN (?)"),
        Way("subject", ("case",), "SELECT 'case/' || reference FROM petition_case WHERE id IN (?)"),
        Way("routing_model", ("case",), "SELECT DISTINCT model_id FROM routing_example WHERE case_id IN (?)"),
    ),
    held=(
        Held("statement", "case", "case_id", f"text = {BLANK}"),
        Held("answer", "case", "case_id", f"text = {BLANK}, reasons = '', remedies = ''"),
        Held("attachment", "case", "case_id", files="hash"),
        Held("desk_draft", "case", "case_id"),
        Held("leaving_answer", "case", "case_id"),
        Held(
            "petition_case",
            "case",
            "id",
            f"title = {BLANK}, body = {BLANK}, address = '', lat = NULL, lng = NULL, routing = '{{}}', public = FALSE, "
            "key_hash = ''",
            secret=("key_hash",),
        ),
        Held("petitioner", "case", "case_id", "name = '', email = '', phone = '', address = ''"),
        Held("routing_model", "routing_model", "id", secret=("arrays",)),
    ),
)

CONTACTS = Personal(held=(Held("petitioner", "case", "case_id", "email = '', phone = '', address = ''"),))
"""How to reach petitioners, which is of no use long after their cases have ended."""

OLD_CONTACTS = (
    "SELECT c.id FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
    "WHERE c.open = ? AND COALESCE(c.closed_at, c.answered_at, c.received_at) < ? "
    "AND (p.email <> '' OR p.phone <> '' OR p.address <> '') ORDER BY c.id LIMIT ?"
)
OLD_CASES = (
    "SELECT id FROM petition_case WHERE open = ? AND COALESCE(closed_at, answered_at, received_at) < ? "
    f"AND body <> {BLANK} ORDER BY id LIMIT ?"
)
"""The cases, so many, that are not open any more since before a moment and still say something."""
