"""Which case guide (민원후견인, Act 33) helps with a case, and why it is nobody of its department. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petitions.routing import NOTHING
from server.core import i18n
from server.core.errors import Text, _
from server.core.mentions import Mentions


@dataclass(frozen=True)
class GuideProfile:
    """What the choice of a guide depends on; ``load`` is the number of open cases that they guide."""

    id: int
    department_id: int | None
    languages: tuple[str, ...]
    specialities: tuple[str, ...]
    load: int
    away: bool = False


@dataclass(frozen=True)
class Guidance:
    """The guide of a case, and why it is nobody of its department; empty where it is."""

    guide: GuideProfile | None
    because: Text = NOTHING


def choose_guide(
    guides: Sequence[GuideProfile],
    *,
    department_id: int | None,
    department: Mapping[str, str],
    language: str,
    own_language: str,
    text: str,
) -> Guidance:
    """Choose the guide of a case (민원후견인, Act 33) among those who speak the petitioner's language and are present.

    A guide of the case's department, else one who belongs to no department and so to all. Another department's guide
    helps only where nobody of the department speaks a language that is not the city's ``own_language``. Then by a
    speciality that the text mentions, then the fewest open cases. ``department`` is its name in each language.
    """
    mentions = Mentions(text)

    def order(guide: GuideProfile) -> tuple[bool, bool, int, int, int]:
        return (
            guide.department_id != department_id,
            guide.department_id is not None,
            -len(mentions.all_found(guide.specialities)),
            guide.load,
            guide.id,
        )

    speakers = [one for one in guides if language in one.languages]
    at_home = [one for one in guides if one.department_id in {department_id, None}]
    there = [one for one in at_home if language in one.languages]
    abroad = [] if department_id is None or there or language == own_language else speakers
    names = {"department": department, "language": i18n.language_names(language)}
    if fitting := min((one for one in there or abroad if not one.away), key=order, default=None):
        if there:
            return Guidance(fitting)
        because = _("From another department, because no case guide of %(department)s speaks %(language)s.", **names)
    elif department_id is None:
        because = _("A case guide is chosen with the department.")
    elif there:
        because = _("The case guides of %(department)s are away today.", **names)
    elif abroad:
        because = _("The case guides who speak %(language)s are away today.", **names)
    elif at_home:
        because = _("No case guide of %(department)s speaks %(language)s.", **names)
    else:
        because = _("%(department)s has no case guide.", **names)
    return Guidance(fitting, because)
