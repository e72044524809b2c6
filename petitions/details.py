"""What petitioners state about a matter besides title and text, as the form declares it."""

from petitions.forms import FilePetition
from petitions.queries.cases import CaseView
from server.core.forms import FormField

_ON_THEIR_OWN = frozenset({"title", "body"})


def details(case: CaseView) -> list[tuple[FormField, object]]:
    """The fields and their values, for both pages of a case; without those that are empty or hidden from the reader."""
    given = ((each, getattr(case, each.attribute)) for each in FilePetition.what() if each.name not in _ON_THEIR_OWN)
    return [(each, value) for each, value in given if value]
