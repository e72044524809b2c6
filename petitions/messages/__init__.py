"""What each event of a case says: the lines that officials, the petitioner and the public read, and the mails.

One record a kind of event. Required by law, whatever a petitioner wishes: receipt (Act 9), transfer out (Act 16),
supplement (Act 22), return (Decree 25), extension (Decree 21), progress (Decree 23), answer (Act 27) and what comes of
an objection (Act 35).
"""

from petitions.messages.answers import ANSWERS
from petitions.messages.consultations import CONSULTATIONS
from petitions.messages.intake import INTAKE
from petitions.messages.objections import OBJECTIONS
from petitions.messages.periods import PERIODS
from petitions.messages.supplements import SUPPLEMENTS
from petitions.messages.talk import TALK
from server.core.messages import by_kind

MESSAGES = by_kind(*INTAKE, *SUPPLEMENTS, *PERIODS, *ANSWERS, *OBJECTIONS, *CONSULTATIONS, *TALK)
