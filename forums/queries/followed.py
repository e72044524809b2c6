"""What can be followed, and how it is named: ``all``, ``forum/…``, ``submission/…``, ``kind/…``, ``district/…``,
``department/…`` (its code) and ``topic/…`` (search words).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forums.labels import KINDS
from forums.queries.following import About, about
from server.core import city
from server.core.errors import FieldError, Invalid, Text, _
from server.core.forms import Parameters
from server.core.search import query_terms, tokens

MOST = 80
"""Characters of a name."""
NOT_THERE = _("This cannot be followed.")


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that is followed, its title and its address."""

    what: str
    text: Text | str
    path: str


async def read(what: str) -> str:
    """Normalises a name that somebody sent. Raises ``Invalid`` if there is no such thing."""
    data = Parameters({"what": what})
    sort, _slash, name = data.text("what", limit=MOST).partition("/")
    if data.errors:
        raise Invalid([FieldError("what", NOT_THERE)])
    known = await city.city()
    match sort:
        case "all" if not name:
            return sort
        case "kind" if name in KINDS:
            return f"{sort}/{name}"
        case "district" if name in known.districts:
            return f"{sort}/{name}"
        case "department" if known.department_by_code(name):
            return f"{sort}/{name}"
        case "topic" if query_terms(name) and len(name) <= MOST - len("topic/"):
            return f"{sort}/{' '.join(name.split())}"
        case "forum" | "submission":
            found = (await about([f"{sort}/{name}"])).get(f"{sort}/{name}")
            if found is not None and found.shown:
                return found.subject
    raise Invalid([FieldError("what", NOT_THERE)])


async def words(whats: Sequence[str], language: str) -> list[Followed]:
    """What is followed, for display; a deleted or hidden thing is shown by its number."""
    known = await city.city()
    things = await about([what for what in whats if what.startswith(("forum/", "submission/"))])
    found = []
    for what in whats:
        sort, _slash, name = what.partition("/")
        match sort:
            case "all":
                item = Followed(what, _("Every forum"), "/forums")
            case "kind":
                item = Followed(what, KINDS[name], f"/forums?kind={name}")
            case "district":
                item = Followed(what, known.district_name(name, language), f"/forums?district={name}")
            case "department":
                row = known.department_by_code(name)
                item = Followed(what, row.name(language) if row else name, f"/forums?department={name}")
            case "topic":
                item = Followed(what, _("Topic: %(words)s", words=name), f"/forums?q={name}")
            case _:
                thing = things.get(what)
                shown = thing is not None and thing.shown
                item = Followed(what, thing.title if thing and shown else name, thing.path if thing and shown else "")
        found.append(item)
    return found


def names_of(thing: About, departments: Mapping[int, city.DepartmentRow]) -> list[str]:
    """Every name, except topics, under which this event can be followed."""
    names = ["all", f"kind/{thing.forum_kind}", f"forum/{thing.forum}"]
    if thing.number:
        names.append(thing.subject)
    if thing.district:
        names.append(f"district/{thing.district}")
    department = departments.get(thing.department_id or 0)
    if department:
        names.append(f"department/{department.code}")
    return names


def topic_text(thing: About) -> str:
    """The text that topics are matched against: the search tokens of everything public about it."""
    return f" {' '.join(tokens(f'{thing.forum_title} {thing.title} {thing.text}'))} "


def about_topic(topic: str, text: str) -> bool:
    """Whether the text from :func:`topic_text` contains every term of the topic, as in a search."""
    return all(f" {' '.join(term.tokens)}{'' if term.prefix else ' '}" in text for term in query_terms(topic))
