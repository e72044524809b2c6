"""The messages of each kind of event of a visit: one record per kind."""

from server.core.messages import by_kind
from tracking.visits.messages.bookings import BOOKINGS
from tracking.visits.messages.no_shows import NO_SHOWS
from tracking.visits.messages.papers import PAPERS
from tracking.visits.messages.queue import QUEUE
from tracking.visits.messages.waiting import WAITING

MESSAGES = by_kind(*BOOKINGS, *PAPERS, *NO_SHOWS, *WAITING, *QUEUE)
