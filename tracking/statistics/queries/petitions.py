"""The published figures about petitions; ratings only where they identify nobody."""

from tracking.statistics.measures import PETITIONS
from tracking.statistics.queries.withheld import Restricted

_RATINGS = Restricted(PETITIONS, "rated", "answered")
petitions_by, petitions = _RATINGS.by, _RATINGS.everything
