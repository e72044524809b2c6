"""What the tables of forums hold about a participant. That they spoke, and what became of it, stays: it is counted."""

from server.core.personal import BLANK, Held, Personal, Way

PERSONAL = Personal(
    ways=(
        Way(
            "submission",
            ("participant", "reference"),
            "SELECT id FROM submission WHERE participant_id IN (?) OR (petition <> '' AND petition IN (?))",
        ),
        Way("comment", ("participant",), "SELECT id FROM comment WHERE participant_id IN (?)"),
        Way("proposal", ("participant",), "SELECT id FROM forum WHERE proposer_id IN (?)"),
        Way("subject", ("submission",), "SELECT 'submission/' || number FROM submission WHERE id IN (?)"),
        Way("subject", ("comment",), "SELECT 'comment/' || id FROM comment WHERE id IN (?)"),
        Way("subject", ("proposal",), "SELECT 'forum/' || slug FROM forum WHERE id IN (?)"),
        # What is said about one of many comments is kept under the name of all of them.
        Way("said", ("subject",), "SELECT appeal FROM review WHERE subject IN (?) AND appeal <> ''"),
        Way("said", ("subject",), "SELECT reason FROM review WHERE subject IN (?) AND reason <> ''"),
    ),
    held=(
        Held("forum_words", "subject", "subject", f"text = {BLANK}"),
        Held("forum_words", "said", "text", f"text = {BLANK}"),
        Held("forum_file", "subject", "subject", files="hash"),
        Held("report", "subject", "subject", "text = ''", secret=("reporter",)),
        Held("review", "subject", "subject", "reason = '', appeal = ''"),
        Held(
            "submission",
            "submission",
            "id",
            f"title = {BLANK}, text = {BLANK}, author = {BLANK}, fingerprint = 0",
            secret=("fingerprint",),
        ),
        Held("comment", "comment", "id", f"text = {BLANK}, author = {BLANK}, fingerprint = 0", secret=("fingerprint",)),
        Held("forum", "proposal", "id", f"title = {BLANK}, summary = '', body = '', place = '', panel = '[]'"),
        Held("support", "participant", "participant_id", ""),
        Held("participation", "participant", "participant_id", ""),
    ),
)
