"""What the tables of bookings hold about a participant: the name and purpose of each registration."""

from server.core.personal import BLANK, Held, Personal

PERSONAL = Personal(
    held=(Held("booking", "participant", "participant_id", f"name = {BLANK}, note = ''", secret=("code",)),)
)
