"""What the tables of participants hold about one. The row stays, so that they are still counted once."""

from server.core.personal import BLANK, Held, Personal, Way

PERSONAL = Personal(
    ways=(
        Way("participant", ("email",), "SELECT id FROM participant WHERE email IN (?)"),
        Way("unconfirmed", ("email",), "SELECT token_hash FROM unconfirmed WHERE LOWER(email) IN (?)"),
    ),
    held=(
        Held("unconfirmed", "unconfirmed", "token_hash", secret=("token_hash",)),
        Held("participant", "participant", "id", f"email = 'erased:' || id, name = {BLANK}"),
    ),
)
