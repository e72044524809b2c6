"""What the tables of mails hold about an address: its wishes, what it follows, what waits for its daily mail."""

from server.core.personal import Held, Personal, Way

PERSONAL = Personal(
    ways=(
        Way("digest_item", ("email",), "SELECT id FROM digest_item WHERE LOWER(email) IN (?)"),
        Way("follow", ("email",), "SELECT id FROM follow WHERE LOWER(email) IN (?)"),
    ),
    held=(
        Held("digest_item", "digest_item", "id"),
        Held("follow", "follow", "id"),
        Held("mail_preference", "email", "email"),
    ),
)
