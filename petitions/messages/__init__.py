"""The texts of each event of a case: timeline lines for officials, the petitioner and the public, and mails.

One record for each kind of event. Required by law, whatever the petitioner chose: receipt (Act 9), transfer out (Act
16), supplement (Act 22), return (Decree 25), extension (Decree 21), progress (Decree 23), answer (Act 27) and the
result of an objection (Act 35).
"""

from petitions.messages.answers import ANSWERS
from petitions.messages.consultations import CONSULTATIONS
from petitions.messages.intake import INTAKE
from petitions.messages.objections import OBJECTIONS
from petitions.messages.periods import PERIODS
from petitions.messages.supplements import SUPPLEMENTS
from petitions.messages.talk import TALK
from petitions.messages.visits import VISITS
from server.core.messages import by_kind

MESSAGES = by_kind(*INTAKE, *SUPPLEMENTS, *PERIODS, *ANSWERS, *OBJECTIONS, *CONSULTATIONS, *TALK, *VISITS)
